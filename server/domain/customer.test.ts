import { describe, expect, it } from 'vitest';
import { activateCustomer, changeCustomer, closeCustomer, newCustomer, searchWords } from './customer.ts';
import { date } from './date.ts';

const TODAY = date('2025-01-15');
const OFFICE = 1n;

/** What is given -> firstname, middlename, lastname, display name. */
const NAMES: readonly [string, object, [string | null, string | null, string | null, string]][] = [
  ['nothing', {}, ['X1', null, 'Customer', 'X1 Customer']],
  ['a first name', { firstname: 'Asha' }, ['Asha', null, 'Customer', 'Asha Customer']],
  ['a last name', { lastname: 'Mollel' }, ['X1', null, 'Mollel', 'X1 Mollel']],
  [
    'three names',
    { firstname: 'Asha', middlename: 'N.', lastname: 'Mollel' },
    ['Asha', 'N.', 'Mollel', 'Asha N. Mollel'],
  ],
  ['a full name', { fullname: 'Umoja Traders' }, [null, null, null, 'Umoja Traders']],
];

describe('names', () => {
  it.each(NAMES)('are made from %s', (_case, given, [firstname, middlename, lastname, displayName]) => {
    const customer = newCustomer({ externalId: 'X1', ...given }, OFFICE, TODAY);
    expect(customer).toMatchObject({ firstname, middlename, lastname, displayName });
  });

  it('follow the external id where they mirrored it', () => {
    const mirrored = newCustomer({ externalId: 'X1' }, OFFICE, TODAY);
    expect(changeCustomer(mirrored, { externalId: 'X2' }, TODAY).displayName).toBe('X2 Customer');
    const named = newCustomer({ externalId: 'X1', firstname: 'Asha' }, OFFICE, TODAY);
    expect(changeCustomer(named, { externalId: 'X2' }, TODAY).displayName).toBe('Asha Customer');
    const whole = newCustomer({ externalId: 'X1', fullname: 'Umoja' }, OFFICE, TODAY);
    expect(changeCustomer(whole, { externalId: 'X2' }, TODAY).displayName).toBe('Umoja');
  });
});

describe('the life of a customer', () => {
  const active = newCustomer({ externalId: 'X1', submittedDate: date('2025-01-10') }, OFFICE, TODAY);
  const pending = newCustomer({ externalId: 'X1', active: false }, OFFICE, TODAY);

  it('goes from pending over active to closed', () => {
    expect(pending.status).toBe('pending');
    expect(activateCustomer(pending, TODAY, TODAY)).toMatchObject({
      status: 'active',
      activationDate: TODAY,
    });
    const closure = { on: TODAY, reasonId: 17n, hasOpenLoans: false };
    expect(closeCustomer(active, closure, TODAY)).toMatchObject({ status: 'closed', closedDate: TODAY });
  });

  it('is never activated twice, closed twice, or closed with open loans', () => {
    expect(() => activateCustomer(active, TODAY, TODAY)).toThrow(/not pending/);
    const closure = { on: TODAY, reasonId: 17n, hasOpenLoans: true };
    expect(() => closeCustomer(active, closure, TODAY)).toThrow(/open loans/);
    const closed = closeCustomer(active, { ...closure, hasOpenLoans: false }, TODAY);
    expect(() => closeCustomer(closed, closure, TODAY)).toThrow(/already closed/);
  });
});

it('is found by words of names and external id, by phone and by email', () => {
  const given = {
    externalId: 'AB/12-x',
    fullname: "Zuri O'Neil",
    mobileNo: '255713',
    emailAddress: 'Z@x.tz',
  };
  expect(searchWords(newCustomer(given, OFFICE, TODAY))).toEqual([
    '12',
    '255713',
    'ab',
    'ab/12-x',
    'neil',
    'o',
    'x',
    'z@x.tz',
    'zuri',
  ]);
});

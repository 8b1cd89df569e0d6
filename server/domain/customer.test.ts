import { describe, expect, it } from 'vitest';
import {
  activateCustomer,
  type Customer,
  type CustomerApplication,
  type CustomerChange,
  changeCustomer,
  closeCustomer,
  newCustomer,
  requireDeletable,
  searchWords,
} from './customer.ts';
import { date } from './date.ts';
import { answerTo } from './life/story.ts';

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

describe('a new customer', () => {
  const made = (own: Partial<CustomerApplication> = {}): Customer =>
    newCustomer({ externalId: 'X1', ...own }, OFFICE, TODAY);
  const TOMORROW = date('2025-01-16');
  const EARLIER = date('2025-01-10');

  it('is active from today unless told otherwise', () => {
    expect(made()).toEqual({
      externalId: 'X1',
      status: 'active',
      officeId: OFFICE,
      firstname: 'X1',
      middlename: null,
      lastname: 'Customer',
      displayName: 'X1 Customer',
      mobileNo: null,
      emailAddress: null,
      dateOfBirth: null,
      submittedDate: TODAY,
      activationDate: TODAY,
      closedDate: null,
      closureReasonId: null,
    });
  });

  it.each<[string, Partial<CustomerApplication>, string, string | null, string]>([
    // situation, given: status, activated, submitted
    ['pending', { active: false }, 'pending', null, '2025-01-15'],
    ['active', { active: true }, 'active', '2025-01-15', '2025-01-15'],
    ['active since an earlier day', { activationDate: EARLIER }, 'active', '2025-01-10', '2025-01-10'],
    ['submitted earlier', { submittedDate: EARLIER }, 'active', '2025-01-15', '2025-01-10'],
    ['pending, submitted earlier', { active: false, submittedDate: EARLIER }, 'pending', null, '2025-01-10'],
  ])('%s', (_, own, status, activated, submitted) => {
    const { activationDate, submittedDate, ...customer } = made(own);
    expect([customer.status, activationDate, submittedDate]).toEqual([status, activated, submitted]);
  });

  it('keeps how to reach it', () => {
    const given = { mobileNo: '255713', emailAddress: 'z@x.tz', dateOfBirth: date('1990-05-01') };
    expect(made(given)).toMatchObject(given);
  });

  const PARTS =
    'invalid_argument fullname_and_parts: must not be given together with firstname, middlename or lastname [fullname]';
  const fullname = 'Umoja Traders';

  it.each<[string, Partial<CustomerApplication>, string]>([
    [
      'pending with a day of activation',
      { active: false, activationDate: TODAY },
      'invalid_argument activation_date_of_pending_customer: must not be given for a customer that is not active [activationDate]',
    ],
    [
      'submitted tomorrow',
      { submittedDate: TOMORROW, activationDate: TOMORROW },
      'permission_denied date_in_future: submittedDate must not be in the future [submittedDate]',
    ],
    [
      'active from tomorrow',
      { activationDate: TOMORROW },
      'permission_denied date_in_future: activationDate must not be in the future [activationDate]',
    ],
    [
      'active before it was submitted',
      { activationDate: EARLIER, submittedDate: date('2025-01-11') },
      'permission_denied date_too_early: activationDate must not be before 2025-01-11, when the customer was submitted [activationDate]',
    ],
    ['born today', { dateOfBirth: TODAY }, 'accepted'],
    [
      'born tomorrow',
      { dateOfBirth: TOMORROW },
      'invalid_argument birth_in_future: must not be in the future [dateOfBirth]',
    ],
    ['of a full and a first name', { fullname, firstname: 'Asha' }, PARTS],
    ['of a full and a middle name', { fullname, middlename: 'N.' }, PARTS],
    ['of a full and a last name', { fullname, lastname: 'Mollel' }, PARTS],
  ])('%s', (_, own, answer) => {
    expect(answerTo(() => made(own))).toBe(answer);
  });
});

describe('a customer', () => {
  const given = {
    firstname: 'Asha',
    middlename: 'N.',
    lastname: 'Mollel',
    mobileNo: '255713',
    emailAddress: 'a@x.tz',
    dateOfBirth: date('1990-05-01'),
  };
  const asha = newCustomer({ externalId: 'X1', ...given }, OFFICE, TODAY);
  const umoja = newCustomer({ externalId: 'X1', fullname: 'Umoja' }, OFFICE, TODAY);

  it.each<[string, Customer, CustomerChange, Partial<Customer>]>([
    ['stays as it is when nothing is given', asha, {}, asha],
    ['gets another phone', asha, { mobileNo: '255714' }, { ...asha, mobileNo: '255714' }],
    ['gets another email', asha, { emailAddress: 'b@x.tz' }, { ...asha, emailAddress: 'b@x.tz' }],
    [
      'gets another birthday',
      asha,
      { dateOfBirth: date('1991-05-01') },
      { ...asha, dateOfBirth: date('1991-05-01') },
    ],
    [
      'gets another first name',
      asha,
      { firstname: 'Zuri' },
      { ...asha, firstname: 'Zuri', displayName: 'Zuri N. Mollel' },
    ],
    [
      'gets another middle name',
      asha,
      { middlename: 'O.' },
      { ...asha, middlename: 'O.', displayName: 'Asha O. Mollel' },
    ],
    [
      'gets another last name',
      asha,
      { lastname: 'Juma' },
      { ...asha, lastname: 'Juma', displayName: 'Asha N. Juma' },
    ],
    [
      'gets a full name instead of its parts',
      asha,
      { fullname: 'Umoja' },
      { ...asha, firstname: null, middlename: null, lastname: null, displayName: 'Umoja' },
    ],
    ['keeps a full name', umoja, { mobileNo: '255714' }, { ...umoja, mobileNo: '255714' }],
    [
      'gets parts instead of a full name: first',
      umoja,
      { firstname: 'Asha' },
      { ...umoja, firstname: 'Asha', displayName: 'Asha' },
    ],
    ['middle', umoja, { middlename: 'N.' }, { ...umoja, middlename: 'N.', displayName: 'N.' }],
    ['last', umoja, { lastname: 'Mollel' }, { ...umoja, lastname: 'Mollel', displayName: 'Mollel' }],
  ])('%s', (_, customer, change, changed) => {
    expect(changeCustomer(customer, change, TODAY)).toEqual(changed);
  });

  it('whose name is another than its parts make keeps it until they change', () => {
    const own = { ...asha, displayName: 'Mama Asha' };
    expect(changeCustomer(own, { mobileNo: '1' }, TODAY).displayName).toBe('Mama Asha');
    expect(changeCustomer(own, { lastname: 'Juma' }, TODAY).displayName).toBe('Asha N. Juma');
  });

  it('is found by its middle name, and by nothing it does not have', () => {
    const words = searchWords(newCustomer({ externalId: 'X1', ...given }, OFFICE, TODAY));
    expect(words).toEqual(['255713', 'a@x.tz', 'asha', 'mollel', 'n', 'x1']);
    expect(searchWords(umoja)).toEqual(['umoja', 'x1']);
  });

  const pending = newCustomer(
    { externalId: 'X1', active: false, submittedDate: date('2025-01-12') },
    OFFICE,
    TODAY,
  );
  const closed = closeCustomer(asha, { on: TODAY, reasonId: 17n, hasOpenLoans: false }, TODAY);
  const closure = (on: string, hasOpenLoans = { hasOpenLoans: false }) => ({
    on: date(on),
    reasonId: 17n,
    ...hasOpenLoans,
  });

  it.each<[string, () => unknown, string]>([
    [
      'activated twice',
      () => activateCustomer(asha, TODAY, TODAY),
      'aborted customer_must_be_pending: Customer is not pending, it cannot be activated',
    ],
    [
      'activated on the day it was submitted',
      () => activateCustomer(pending, date('2025-01-12'), TODAY),
      'accepted',
    ],
    [
      'activated the day before',
      () => activateCustomer(pending, date('2025-01-11'), TODAY),
      'permission_denied date_too_early: activationDate must not be before 2025-01-12, when the customer was submitted [activationDate]',
    ],
    [
      'activated tomorrow',
      () => activateCustomer(pending, date('2025-01-16'), TODAY),
      'permission_denied date_in_future: activationDate must not be in the future [activationDate]',
    ],
    [
      'closed twice',
      () => closeCustomer(closed, closure('2025-01-15'), TODAY),
      'aborted customer_already_closed: Customer is already closed',
    ],
    [
      'closed with open loans',
      () => closeCustomer(asha, closure('2025-01-15', { hasOpenLoans: true }), TODAY),
      'aborted customer_has_open_loans: Customer has open loans, close those first',
    ],
    [
      'closed tomorrow',
      () => closeCustomer(asha, closure('2025-01-16'), TODAY),
      'permission_denied date_in_future: closureDate must not be in the future [closureDate]',
    ],
    [
      'closed before it was active',
      () => closeCustomer(asha, closure('2025-01-14'), TODAY),
      'permission_denied date_too_early: closureDate must not be before 2025-01-15, when the customer became active [closureDate]',
    ],
    ['closed while pending', () => closeCustomer(pending, closure('2025-01-12'), TODAY), 'accepted'],
    [
      'closed before it was submitted',
      () => closeCustomer(pending, closure('2025-01-11'), TODAY),
      'permission_denied date_too_early: closureDate must not be before 2025-01-12, when the customer became active [closureDate]',
    ],
    ['deleted while pending', () => requireDeletable(pending, { hasLoans: false }), 'accepted'],
    [
      'deleted with loans',
      () => requireDeletable(pending, { hasLoans: true }),
      'aborted customer_has_loans: Customer has loans, it cannot be deleted',
    ],
    [
      'deleted while active',
      () => requireDeletable(asha, { hasLoans: false }),
      'aborted customer_must_be_pending: Only a pending customer can be deleted',
    ],
  ])('%s', (_, act, answer) => {
    expect(answerTo(act)).toBe(answer);
  });
});

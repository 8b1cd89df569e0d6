/** Offices, payment types and closure reasons: read by partners and operators, kept by operators. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';
import { type Caller, callerOf, expectOk, expectRefusal } from './calls.ts';

let world: World;
let api: Caller;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  api = callerOf(world);
});
afterAll(() => world.close());

const operator = { as: 'operator' } as const;

describe.each(['offices', 'payment-types', 'closure-reasons'])('%s', (path) => {
  it('are made, renamed, closed and opened again by operators', async () => {
    const asked = { name: 'Up country', shortName: 'UP' };
    const made = expectOk(await api.post(`/v1/${path}`, asked, operator)).body;
    expect(made).toMatchObject({ ...asked, active: true });
    const renamed = await api.put(`/v1/${path}/${made.id}`, { name: 'Highlands' }, operator);
    expect(expectOk(renamed).body).toEqual({ ...made, name: 'Highlands' });
    const closed = expectOk(await api.post(`/v1/${path}/${made.id}/deactivate`, undefined, operator));
    expect(closed.body).toMatchObject({ active: false });
    expect(expectOk(await api.get(`/v1/${path}`)).body.items).toContainEqual(closed.body);
    const opened = expectOk(await api.post(`/v1/${path}/${made.id}/activate`, undefined, operator));
    expect(opened.body).toMatchObject({ active: true });
    const { items } = await world.operator.audit.list({ rows: 4 }).page();
    expect(items.map((each) => each.subject.id)).toEqual([made.id, made.id, made.id, made.id]);
  });

  it('refuse a name twice, unknown ids, and everybody else', async () => {
    const asked = { name: 'Coast', shortName: 'COAST' };
    expectOk(await api.post(`/v1/${path}`, asked, operator));
    expectRefusal(await api.post(`/v1/${path}`, { ...asked, name: 'Sea' }, operator), '409 aborted');
    expectRefusal(await api.post(`/v1/${path}`, { ...asked, shortName: 'SEA' }, operator), '409 aborted');
    expectRefusal(await api.put(`/v1/${path}/9999`, { name: 'x' }, operator), '404 not_found');
    expectRefusal(
      await api.post(`/v1/${path}`, { name: 'x' }, operator),
      '400 invalid_argument',
      'shortName',
    );
    expectRefusal(await api.post(`/v1/${path}`, asked, { as: 'admin' }), '403 permission_denied');
    expectOk(await api.get(`/v1/${path}`, { as: 'admin' }));
    expectOk(await api.get(`/v1/${path}`, operator));
    expectRefusal(await api.get(`/v1/${path}`, { as: 'stranger' }), '401 unauthenticated');
  });
});

it('keeps the head office open, and lets no customer into a closed one', async () => {
  expectRefusal(await api.post('/v1/offices/1/deactivate', undefined, operator), '409 aborted');
  const { id } = await world.operator.offices.create({ name: 'Mwanza', shortName: 'MWANZA' });
  expect(await world.partner.customers.create({ externalId: 'm-1', officeId: id })).toMatchObject({
    officeName: 'Mwanza',
  });
  await world.operator.offices.deactivate(id);
  const refused = await api.post('/v1/customers', { externalId: 'm-2', officeId: id });
  expectRefusal(refused, '404 not_found');
});

it('sends money of a payment type through the account that a product maps to it', async () => {
  const { glAccounts, loanProducts, paymentTypes } = world.operator;
  await glAccounts.create({ glCode: '1010', name: 'Agent float', type: 'asset' });
  await paymentTypes.create({ name: 'Agent', shortName: 'AGENT' });
  await loanProducts.update(1, { fundSourceByPaymentType: { AGENT: '1010' } });
  const { id: customerId } = await world.partner.customers.create({ externalId: 'agent' });
  const loan = await world.partner.loans.create({ customerId, productId: 1, principal: 50_000 });
  await world.partner.repayments.create(loan.id, { transactionAmount: 500, paymentTypeId: 'agent' });
  const items = await world.partner.loans.transactions(loan.id);
  const paid = items.find(({ type }) => type === 'Repayment');
  expect(paid?.journal[0]?.lines).toContainEqual({ glCode: '1010', debit: 500 });
});

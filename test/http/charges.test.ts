/** Charges: configured by operators, taken by products, added to loans, waived and adjusted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Loan } from '../../sdk/client.ts';
import { auditBook } from '../audit.ts';
import { makeWorld, type World } from '../world.ts';
import { type Caller, callerOf, expectOk, expectRefusal } from './calls.ts';

let world: World;
let api: Caller;
let customerId: string;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  api = callerOf(world);
  customerId = (await world.partner.customers.create({ externalId: 'amina' })).id;
  const { charges } = world.operator;
  await charges.create({
    code: 'VISIT',
    name: 'Field visit',
    chargeTimeType: 'Specified due date',
    chargeCalculationType: 'Flat',
    amount: 2_500,
  });
  await charges.create({
    code: 'BOUNCE',
    name: 'Returned payment',
    chargeTimeType: 2,
    chargeCalculationType: 2,
    amount: 1.5,
    penalty: true,
    minCap: 1_000,
    maxCap: 5_000,
  });
});
afterAll(async () => {
  const { faults } = await auditBook(world.db, world.clock.date());
  await world.close();
  expect(faults).toEqual([]);
});

const operator = { as: 'operator' } as const;

async function borrow(externalId: string, more: object = {}): Promise<Loan> {
  world.clock.setDate('2025-01-15');
  const asked = { customerId, productId: 2, principal: 600_000, externalId, ...more };
  return world.partner.loans.create(asked);
}

const ROUTES = [
  ['GET', '/v1/charges'],
  ['GET', '/v1/charges/1'],
  ['POST', '/v1/charges'],
  ['PUT', '/v1/charges/1'],
  ['POST', '/v1/charges/1/deactivate'],
  ['DELETE', '/v1/charges/1'],
] as const;

it.each(ROUTES)('%s %s is for operators', async (method, path) => {
  const asked = async (as: 'admin' | 'nobody') => (await world.fetch(path, { method, as })).status;
  expect([await asked('admin'), await asked('nobody')]).toEqual([403, 401]);
});

describe('a charge', () => {
  it('goes out in labels, whether labels or codes came in', async () => {
    const [visit, bounce] = await world.operator.charges.list();
    expect(visit).toMatchObject({
      id: '1',
      code: 'VISIT',
      chargeTimeType: 'Specified due date',
      chargeCalculationType: 'Flat',
      amount: 2_500,
      currencyCode: 'TZS',
      penalty: false,
      active: true,
    });
    expect(bounce).toMatchObject({
      chargeTimeType: 'Specified due date',
      chargeCalculationType: '% of amount',
      minCap: 1_000,
    });
    expect(await world.operator.charges.get('1')).toEqual(visit);
  });

  it('is refused with every field at fault', async () => {
    const reply = await api.post(
      '/v1/charges',
      {
        code: 'ODD',
        name: 'Odd',
        chargeTimeType: 'Overdue installment',
        chargeCalculationType: '% of disbursement',
        amount: 0,
        minCap: 50,
        maxCap: 10,
      },
      operator,
    );
    expectRefusal(reply, '400 invalid_argument');
    const faults: { field: string }[] = JSON.parse(reply.body.message);
    expect(faults.map(({ field }) => field).sort()).toEqual([
      'amount',
      'chargeCalculationType',
      'maxCap',
      'penalty',
    ]);
    const twice = { code: 'VISIT', name: 'X', chargeTimeType: 2, chargeCalculationType: 1, amount: 1 };
    expectRefusal(await api.post('/v1/charges', twice, operator), '409 aborted');
  });

  it('changes for the products that have it, and can be taken away once none has', async () => {
    const { charges, loanProducts } = world.operator;
    const fee = await charges.create({
      code: 'SETUP',
      name: 'Set-up fee',
      chargeTimeType: 'Disbursement',
      chargeCalculationType: '% of amount',
      amount: 1,
    });
    const before = await loanProducts.update(2, { charges: ['SETUP'] });
    const first = await borrow('setup-1');
    expect(first).toMatchObject({ feesCharged: 6_000, feesPaid: 6_000, feesOutstanding: 0 });
    await charges.update(fee.id, { amount: 2, name: 'Arrangement fee' });
    expect((await world.partner.loanProducts.get(2)).version).toBe(before.version + 1);
    expect(await borrow('setup-2')).toMatchObject({ feesPaid: 12_000 });
    expect((await world.partner.loanCharges.list(first.id))[0]).toMatchObject({
      amount: 6_000,
      name: 'Set-up fee',
    });
    expectRefusal(await api.post(`/v1/charges/${fee.id}/deactivate`, undefined, operator), '409 aborted');
    expectRefusal(await api.delete(`/v1/charges/${fee.id}`, operator), '409 aborted');
    await loanProducts.update(2, { charges: [] });
    expect(await charges.deactivate(fee.id)).toMatchObject({ active: false });
    expectRefusal(
      await api.put('/v1/loan-products/2', { charges: ['SETUP'] }, operator),
      '400 invalid_argument',
      'charges.0',
    );
    await charges.delete(fee.id);
    expectRefusal(await api.get(`/v1/charges/${fee.id}`, operator), '404 not_found');
  });

  it('is no part of a product that could not take it', async () => {
    const twice = await api.put('/v1/loan-products/2', { charges: ['BOUNCE', 'BOUNCE'] }, operator);
    expectRefusal(twice, '400 invalid_argument', 'charges.1');
  });
});

describe('a charge of a product that falls due on a specified date', () => {
  beforeAll(async () => void (await world.operator.loanProducts.update(2, { charges: ['VISIT'] })));
  afterAll(async () => void (await world.operator.loanProducts.update(2, { charges: [] })));

  it('takes its day from the application, by its code or its id, and the preview shows what is booked', async () => {
    for (const chargeId of ['VISIT', 1]) {
      const charges = [{ chargeId, dueDate: '2025-03-10' }];
      const preview = await world.partner.loans.preview({ productId: 2, principal: 600_000, charges });
      const loan = await borrow(`dated-${chargeId}`, { charges });
      expect(loan).toMatchObject({ status: 'Active', feesCharged: 2_500 });
      expect(loan.repaymentSchedule).toEqual(preview.repaymentSchedule);
      expect(loan.repaymentSchedule[2]).toMatchObject({ dueDate: '2025-03-15', feesDue: 2_500 });
      expect(await world.partner.loanCharges.list(loan.id)).toMatchObject([
        { code: 'VISIT', dueDate: '2025-03-10', amount: 2_500 },
      ]);
    }
  });

  it('may have an amount of its own there, and be there twice, beside others', async () => {
    const charges = [
      { chargeId: 'VISIT', dueDate: '2025-02-10', amount: 4_000 },
      { chargeId: 'BOUNCE', dueDate: '2025-02-11' },
      { chargeId: 'VISIT', dueDate: '2025-03-10' },
    ];
    const loan = await borrow('dated-twice', { charges, disburse: false });
    expect(loan).toMatchObject({ status: 'Submitted and pending approval' });
    const shown = await world.partner.loanCharges.list(loan.id);
    expect(shown.map(({ code, amount, dueDate }) => [code, amount, dueDate])).toEqual([
      ['VISIT', 4_000, '2025-02-10'],
      ['BOUNCE', 5_000, '2025-02-11'],
      ['VISIT', 2_500, '2025-03-10'],
    ]);
  });

  it('is refused without its day, booked and previewed alike, and nothing is made', async () => {
    const asked = { productId: 2, principal: 600_000 };
    const { total } = await world.partner.loans.list().page();
    for (const [charges, field] of [
      [undefined, 'charges'],
      [[{ chargeId: 'BOUNCE', dueDate: '2025-02-10' }], 'charges'],
      [[{ chargeId: 'VISIT' }], 'dueDate'],
    ] as const) {
      const body = { ...asked, ...(charges && { charges }) };
      expectRefusal(await api.post('/v1/loans/preview', body), '400 invalid_argument', field);
      const booked = await api.post('/v1/loans', { ...body, customerId });
      expectRefusal(booked, '400 invalid_argument', field);
    }
    expect((await world.partner.loans.list().page()).total).toBe(total);
  });

  it('is as the product has it: a change of the charge holds for its next loans', async () => {
    const charges = [{ chargeId: 'VISIT', dueDate: '2025-02-10' }];
    const before = await borrow('dated-before', { charges });
    await world.operator.charges.update(1, { amount: 3_000 });
    expect(await borrow('dated-after', { charges })).toMatchObject({ feesCharged: 3_000 });
    expect(await world.partner.loans.get(before.id)).toMatchObject({ feesCharged: 2_500 });
    await world.operator.charges.update(1, { amount: 2_500 });
  });
});

describe('a charge of a loan', () => {
  it('is added by id or by code, under both addressings, once under a key, and explained', async () => {
    const { id } = await borrow('visit/1');
    const headers = { 'idempotency-key': 'visit-once' };
    const asked = { chargeId: 'VISIT', dueDate: '2025-02-10' };
    const first = expectOk(await api.post(`/v1/loans/${id}/charges`, asked, { headers }));
    const again = expectOk(await api.post('/v1/loans/external/visit%2F1/charges', asked, { headers }));
    expect(again.body).toEqual(first.body);
    expect(first.body).toMatchObject({
      id: '1',
      loanId: id,
      code: 'VISIT',
      amount: 2_500,
      amountOutstanding: 2_500,
      dueDate: '2025-02-10',
    });
    const second = await world.partner.loanCharges.add(
      { externalId: 'visit/1' },
      { chargeId: 2, dueDate: '2025-03-20' },
    );
    expect(second).toMatchObject({ id: '2', amount: 5_000, penalty: true });
    const loan = await world.partner.loans.get(id);
    expect(loan).toMatchObject({ feesCharged: 2_500, penaltiesCharged: 5_000 });
    expect(loan.repaymentSchedule[1]).toMatchObject({ feesDue: 2_500, penaltiesDue: 0 });
    const explained = await world.partner.loans.explain(id, { installment: 1, component: 'fees' });
    expect(explained.chargedFrom).toMatchObject([{ kind: 'charge', chargeId: '1', amount: 2_500 }]);
    expect(await world.partner.loanCharges.list(id)).toHaveLength(2);
    expect(await world.partner.loanCharges.get({ loan: id, charge: 2 })).toEqual(second);
  });

  it('may come with the application, whose preview has it too', async () => {
    const charges = [
      { chargeId: 'VISIT', dueDate: '2025-03-10' },
      { chargeId: 2, dueDate: '2025-02-01', amount: 0.5 },
    ];
    const preview = await world.partner.loans.preview({ productId: 2, principal: 600_000, charges });
    const loan = await borrow('visit-applied', { charges });
    expect(loan).toMatchObject({ status: 'Active', feesCharged: 2_500, penaltiesCharged: 3_000 });
    expect(loan.repaymentSchedule).toEqual(preview.repaymentSchedule);
    expect(await world.partner.loanCharges.list(loan.id)).toHaveLength(2);
    const unknown = { customerId, productId: 2, principal: 600_000, charges: [{ chargeId: 'NONE' }] };
    expectRefusal(await api.post('/v1/loans', unknown), '404 not_found');
  });

  it('may have an amount of its own, in the currency', async () => {
    const { id } = await borrow('visit-own');
    const asked = { chargeId: 'VISIT', dueDate: '2025-02-10', amount: 3_000.5 };
    expect(await world.partner.loanCharges.add(id, asked)).toMatchObject({ amount: 3_000.5 });
    const odd = await api.post(`/v1/loans/${id}/charges`, { ...asked, amount: 0.001 });
    expectRefusal(odd, '400 invalid_argument', 'amount');
  });

  it('is refused without its day, when unknown, and in another currency', async () => {
    const { id } = await borrow('visit-refused');
    const add = (body: object) => api.post(`/v1/loans/${id}/charges`, body);
    expectRefusal(await add({ chargeId: 'VISIT' }), '400 invalid_argument', 'dueDate');
    expectRefusal(await add({ chargeId: 'NONE', dueDate: '2025-02-10' }), '404 not_found');
    expectRefusal(await add({ chargeId: 'VISIT', dueDate: '2025-01-10' }), '403 permission_denied');
    const flat = { chargeTimeType: 2, chargeCalculationType: 1, amount: 1 } as const;
    await world.operator.charges.create({ ...flat, code: 'EURO', name: 'Euro fee', currencyCode: 'EUR' });
    expectRefusal(await add({ chargeId: 'EURO', dueDate: '2025-02-10' }), '400 invalid_argument', 'chargeId');
    expectRefusal(await api.post(`/v1/loans/${id}/charges/7/waive`, {}), '404 not_found');
  });

  it('is waived, which can be taken back, and the journal follows', async () => {
    const { id } = await borrow('visit-waived');
    const { loanCharges, loans } = world.partner;
    await loanCharges.add(id, { chargeId: 'VISIT', dueDate: '2025-02-10' });
    world.clock.setDate('2025-02-20');
    const waived = await loanCharges.waive({ loan: id, charge: 1 }, { note: 'sorry' });
    expect(waived).toMatchObject({ waived: true, amountWaived: 2_500, amountOutstanding: 0 });
    const items = await loans.transactions(id);
    const booked = items.find((each) => each.id === waived.transactionId);
    expect(booked).toMatchObject({
      type: 'Waive Charges',
      charges: [{ chargeId: '1', code: 'VISIT', amount: 2_500 }],
      amount: 2_500,
      note: 'sorry',
      date: '2025-02-10',
    });
    expect(await loans.get(id)).toMatchObject({ feesWaived: 2_500, feesOutstanding: 0 });
    expectRefusal(await api.post(`/v1/loans/${id}/charges/1/waive`, {}), '409 aborted');
    expect(await loanCharges.undoWaiver({ loan: id, charge: 1 })).toMatchObject({
      waived: false,
      amountOutstanding: 2_500,
    });
    expectRefusal(await api.post(`/v1/loans/${id}/charges/1/undo-waiver`, {}), '409 aborted');
    expect(await loans.get(id)).toMatchObject({ feesWaived: 0, feesOutstanding: 2_500 });
    const trail = await world.operator.audit.list({ operation: 'waiveLoanCharge' }).page();
    expect(trail.items[0]).toMatchObject({ subject: { kind: 'loan', id }, command: { chargeId: '1' } });
  });

  it('is adjusted by at most itself, as a payment with its own journal', async () => {
    const { id } = await borrow('visit-adjusted');
    const { loanCharges, loans } = world.partner;
    await loanCharges.add(id, { chargeId: 'VISIT', dueDate: '2025-02-10' });
    world.clock.setDate('2025-02-12');
    const adjusted = await loanCharges.adjust({ loan: id, charge: 1 }, { transactionAmount: 1_000 });
    const items = await loans.transactions(id);
    const booked = items.find((each) => each.id === adjusted.transactionId);
    expect(booked).toMatchObject({
      type: 'Charge Adjustment',
      amount: 1_000,
      fees: 1_000,
      date: '2025-02-12',
    });
    expect(booked?.journal[0]?.lines).toContainEqual({ glCode: '4200', debit: 1_000 });
    const above = await api.post(`/v1/loans/${id}/charges/1/adjust`, { transactionAmount: 1_501 });
    expectRefusal(above, '400 invalid_argument');
  });

  it('is paid by itself by an operator, once under a key, with a journal of its own', async () => {
    const { id } = await borrow('visit/paid');
    const { loanCharges, loans } = world.partner;
    await loanCharges.add(id, { chargeId: 'VISIT', dueDate: '2025-02-10' });
    await loanCharges.add(id, { chargeId: 'BOUNCE', dueDate: '2025-02-12' });
    world.clock.setDate('2025-02-12');
    const headers = { 'idempotency-key': 'visit-paid' };
    const asked = {
      transactionAmount: 1_500,
      transactionDate: '2025-02-11',
      paymentTypeId: 1,
      note: 'in cash',
    };
    const path = `/v1/loans/${id}/charges/1/pay`;
    const paid = expectOk(await api.post(path, asked, { ...operator, headers }));
    expect(paid.body).toMatchObject({ id: '1', amountPaid: 1_500, amountOutstanding: 1_000 });
    const external = '/v1/loans/external/visit%2Fpaid/charges/1/pay';
    expect(expectOk(await api.post(external, asked, { ...operator, headers })).body).toEqual(paid.body);
    const items = await loans.transactions(id);
    const booked = items.filter(({ type }) => type === 'Charge Payment');
    expect(booked).toMatchObject([
      {
        id: (paid.body as unknown as { readonly transactionId: string }).transactionId,
        amount: 1_500,
        fees: 1_500,
        date: '2025-02-11',
        note: 'in cash',
        charges: [{ chargeId: '1', code: 'VISIT', amount: 1_500 }],
      },
    ]);
    expect(booked[0]?.journal[0]?.lines).toHaveLength(2);
    expect(booked[0]?.journal[0]?.lines).toContainEqual({ glCode: '1000', debit: 1_500 });
    expect(await loans.get(id)).toMatchObject({ feesPaid: 1_500, penaltiesPaid: 0, principalPaid: 0 });
    const trail = await world.operator.audit.list({ operation: 'payLoanCharge' }).page();
    expect(trail.items[0]).toMatchObject({ subject: { kind: 'loan', id }, command: { chargeId: '1' } });
    const rest = await world.operator.loanCharges.pay({ loan: id, charge: 1 });
    expect(rest).toMatchObject({ amountPaid: 2_500, amountOutstanding: 0 });
    const explained = await loans.explain(id, { installment: 1, component: 'fees' });
    expect(explained.settledBy).toMatchObject([
      { type: 'Charge Payment', paid: 1_500 },
      { type: 'Charge Payment', paid: 1_000 },
    ]);
    const reversed = { transactionDate: '2025-02-12' };
    await world.partner.repayments.reverse({ loan: id, repayment: rest.transactionId ?? '' }, reversed);
    expect(await loanCharges.get({ loan: id, charge: 1 })).toMatchObject({ amountOutstanding: 1_000 });
    const listed = await world.partner.repayments.list(id).page();
    expect(listed.items.map(({ type, status }) => [type, status])).toEqual([
      ['Charge Payment', 'reversed'],
      ['Charge Payment', 'posted'],
    ]);
  });

  it('is paid by itself in one of its installments', async () => {
    const fee = {
      code: 'EACH',
      name: 'Handling',
      chargeTimeType: 8,
      chargeCalculationType: 1,
      amount: 500,
    } as const;
    await world.operator.charges.create(fee);
    const { id } = await borrow('each', { charges: [{ chargeId: 'EACH' }] });
    world.clock.setDate('2025-01-20');
    const at = { loan: id, charge: 1 };
    const paid = await world.operator.loanCharges.pay(at, { installment: 3 });
    expect(paid).toMatchObject({ amount: 6_000, amountPaid: 500 });
    const rows = (await world.partner.loans.get(id)).repaymentSchedule;
    expect(rows.map((row) => row.feesPaid).slice(1, 5)).toEqual([0, 0, 500, 0]);
    const again = await api.post(`/v1/loans/${id}/charges/1/pay`, { installment: 3 }, operator);
    expectRefusal(again, '409 aborted');
    const none = await api.post(`/v1/loans/${id}/charges/1/pay`, { installment: 40 }, operator);
    expectRefusal(none, '400 invalid_argument', 'installment');
  });

  it('is not paid by itself by anybody else, nor above what is open, nor twice', async () => {
    const { id } = await borrow('visit-not-paid');
    await world.partner.loanCharges.add(id, { chargeId: 'VISIT', dueDate: '2025-02-10' });
    const path = `/v1/loans/${id}/charges/1/pay`;
    const asked = async (as: 'admin' | 'nobody') =>
      (await world.fetch(path, { method: 'POST', as, body: '{}' })).status;
    expect([await asked('admin'), await asked('nobody')]).toEqual([403, 401]);
    const pay = (body: object, at = path) => api.post(at, body, operator);
    expectRefusal(await pay({ transactionAmount: 2_500.01 }), '400 invalid_argument', 'transactionAmount');
    expectRefusal(await pay({ transactionAmount: 0.001 }), '400 invalid_argument', 'transactionAmount');
    expectRefusal(await pay({ transactionAmount: -1 }), '400 invalid_argument', 'transactionAmount');
    expectRefusal(await pay({ installment: 1 }), '400 invalid_argument', 'installment');
    expectRefusal(await pay({ installment: 0 }), '400 invalid_argument', 'installment');
    expectRefusal(await pay({ paymentTypeId: 'NONE' }), '400 invalid_argument', 'paymentTypeId');
    expectRefusal(await pay({ amount: 1 }), '400 invalid_argument', 'amount');
    expectRefusal(await pay({ transactionDate: '2025-01-16' }), '403 permission_denied');
    expectRefusal(await pay({ transactionDate: '2025-01-14' }), '403 permission_denied');
    expectRefusal(await pay({}, `/v1/loans/${id}/charges/9/pay`), '404 not_found');
    expectRefusal(await pay({}, '/v1/loans/external/nobody/charges/1/pay'), '404 not_found');
    await world.operator.loanCharges.pay({ loan: id, charge: 1 });
    expectRefusal(await pay({}), '409 aborted');
  });

  it('is given back once it was paid, and its income with it', async () => {
    const { id } = await borrow('visit-refunded');
    const { loanCharges, loans, repayments } = world.partner;
    await loanCharges.add(id, { chargeId: 'VISIT', dueDate: '2025-02-10' });
    world.clock.setDate('2025-02-15');
    const refused = await api.post(`/v1/loans/${id}/charges/1/refund`, {});
    expectRefusal(refused, '400 invalid_argument', 'transactionAmount');
    await repayments.create(id, { transactionAmount: 59_235.76 });
    expect(await loanCharges.get({ loan: id, charge: 1 })).toMatchObject({ amountPaid: 2_500 });
    const given = await loanCharges.refund({ loan: id, charge: 1 }, { transactionAmount: 2_000 });
    const items = await loans.transactions(id);
    const booked = items.find((each) => each.id === given.transactionId);
    expect(booked).toMatchObject({ type: 'Charge Refund', amount: 2_000, date: '2025-02-15' });
    expect(booked?.journal[0]?.lines).toContainEqual({ glCode: '4200', debit: 2_000 });
    const above = await api.post(`/v1/loans/${id}/charges/1/refund`, { transactionAmount: 501 });
    expectRefusal(above, '400 invalid_argument', 'transactionAmount');
  });

  it('is changed or taken off while the loan is pending, and not after', async () => {
    const { id } = await borrow('visit-pending', { disburse: false });
    const { loanCharges, loans } = world.partner;
    await loanCharges.add(id, { chargeId: 'VISIT', dueDate: '2025-02-10' });
    const changed = await loanCharges.update(
      { loan: id, charge: 1 },
      { amount: 4_000, dueDate: '2025-03-10' },
    );
    expect(changed).toMatchObject({ amount: 4_000, dueDate: '2025-03-10' });
    expect((await loans.get(id)).repaymentSchedule.map((row) => row.feesDue).slice(0, 4)).toEqual([
      0, 0, 4_000, 0,
    ]);
    await loanCharges.delete({ loan: id, charge: 1 });
    expect(await loanCharges.list(id)).toEqual([]);
    expect(await loans.get(id)).toMatchObject({ feesCharged: 0 });
    expect(await loanCharges.add(id, { chargeId: 'VISIT', dueDate: '2025-02-10' })).toMatchObject({
      id: '2',
    });
    await loans.approve(id, { approvedOnDate: '2025-01-15' });
    expectRefusal(await api.delete(`/v1/loans/${id}/charges/2`), '409 aborted');
    expectRefusal(await api.put(`/v1/loans/external/visit-pending/charges/2`, { amount: 1 }), '409 aborted');
  });
});

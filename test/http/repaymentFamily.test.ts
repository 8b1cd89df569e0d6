/** The contract's table "Repayments": waivers, refunds, recoveries, charge-off, corrections. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';
import { type Answer, type Caller, callerOf, expectOk, expectRefusal } from './calls.ts';

let world: World;
let api: Caller;
let customerId: number;
let loan: Answer;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-03-20' });
  api = callerOf(world);
  const customer = { externalId: 'borrower', activationDate: '2024-01-01' };
  customerId = Number(expectOk(await api.post('/v1/customers', customer)).body.id);
});
afterAll(() => world.close());

/** 300,000 over 3 months from 15 Jan, 2 % a month: 6,000 of interest in the first month. */
beforeEach(async () => {
  const terms = { customerId, productId: 2, principal: 300_000, numberOfRepayments: 3 };
  const on = { submittedOnDate: '2025-01-15', expectedDisbursementDate: '2025-01-15' };
  loan = expectOk(await api.post('/v1/loans', { ...terms, ...on })).body;
});

const path = () => `/v1/loans/${loan.id}/repayments`;
const post = (verb: string, body: object) => api.post(`${path()}/${verb}`, body);
const done = async (verb: string, body: object) => expectOk(await post(verb, body)).body;
const pay = async (transactionAmount: number, transactionDate = '2025-03-20') =>
  expectOk(await api.post(path(), { transactionAmount, transactionDate })).body;
const reload = async () => expectOk(await api.get(`/v1/loans/${loan.id}`)).body;
const today = { transactionDate: '2025-03-20' };

describe('waive-interest', () => {
  it('takes interest off, up to what is outstanding', async () => {
    const waiver = await done('waive-interest', { transactionAmount: 2_000 });
    expect(waiver).toMatchObject({ type: 'Waive Interest', amount: 2_000, interest: 2_000 });
    expect(await reload()).toMatchObject({ interestWaived: 2_000, principalPaid: 0, totalRepayment: 0 });
    const much = { transactionAmount: loan.interestCharged };
    expectRefusal(await post('waive-interest', much), '409 aborted');
    expect(expectOk(await api.get(path())).body.total).toBe(0);
    expect((await api.get(`${path()}/${waiver.id}`)).body).toEqual(waiver);
  });

  it('refuses a loan that is not active', async () => {
    await pay(loan.totalOutstanding);
    expectRefusal(await post('waive-interest', { transactionAmount: 1 }), '409 aborted');
  });
});

describe('recover', () => {
  it('takes money for a written-off loan, which stays written off', async () => {
    expectRefusal(await post('recover', { transactionAmount: 100 }), '409 aborted');
    expectOk(await api.post(`/v1/loans/${loan.id}/writeoff`, today));
    const recovery = await done('recover', { transactionAmount: 100 });
    expect(recovery).toMatchObject({ type: 'Recovery Repayment', amount: 100 });
    expect((await reload()).status).toBe('Closed (written off)');
    expectRefusal(await api.post(path(), { transactionAmount: 100 }), '400 failed_precondition');
  });
});

describe('refund', () => {
  it('pays back what was paid in advance', async () => {
    await pay(311_979.2, '2025-03-15');
    const refund = await done('refund', { transactionAmount: 500 });
    expect(refund).toMatchObject({ type: 'Refund', amount: 500 });
    expectRefusal(await post('refund', { transactionAmount: 200_000 }), '409 aborted');
  });
});

describe('credit-balance-refund', () => {
  it('pays an overpayment back; at zero the loan closes', async () => {
    expectRefusal(await post('credit-balance-refund', { transactionAmount: 10 }), '409 aborted');
    await pay(loan.totalOutstanding + 100);
    expectRefusal(await post('credit-balance-refund', { transactionAmount: 100.01 }), '409 aborted');
    const first = await done('credit-balance-refund', { transactionAmount: 40 });
    expect(first).toMatchObject({ type: 'Credit Balance Refund', amount: 40 });
    expect(await reload()).toMatchObject({ status: 'Overpaid', totalOverpaid: 60 });
    await done('credit-balance-refund', { transactionAmount: 60 });
    expect(await reload()).toMatchObject({ status: 'Closed (obligations met)', totalOverpaid: 0 });
  });
});

describe('charge-off', () => {
  it('marks the loan, which stays open, until it is undone', async () => {
    expectRefusal(await post('undo-charge-off', today), '409 aborted');
    const off = await done('charge-off', { ...today, note: 'lost' });
    expect(off).toMatchObject({ type: 'Charge-off', amount: loan.totalOutstanding, principal: 300_000 });
    expect(await reload()).toMatchObject({
      status: 'Active',
      chargedOff: true,
      chargedOffDate: '2025-03-20',
      totalOutstanding: loan.totalOutstanding,
    });
    expectRefusal(await post('charge-off', today), '409 aborted');
    expect(await done('undo-charge-off', today)).toMatchObject({
      id: off.id,
      type: 'Undo Charge-off',
      reversed: true,
    });
    expect((await reload()) as unknown as object).toMatchObject({ chargedOff: false });
    expectRefusal(await post('charge-off', { transactionDate: '2025-03-21' }), '403 permission_denied');
    expectRefusal(await post('charge-off', {}), '400 invalid_argument', 'transactionDate');
  });
});

describe('adjust', () => {
  it('reverses the repayment and posts a new one', async () => {
    const first = await pay(10_000, '2025-02-15');
    const change = { transactionDate: '2025-02-16', transactionAmount: 12_000, note: 'typo' };
    const second = await done(`${first.id}/adjust`, change);
    expect(second).toMatchObject({ type: 'Repayment', date: '2025-02-16', amount: 12_000, reversed: false });
    expect(second.id).not.toBe(first.id);
    const before = (await api.get(`${path()}/${first.id}`)).body;
    expect(before).toMatchObject({ id: first.id, amount: 10_000, status: 'reversed', reversed: true });
    expect(await reload()).toMatchObject({ totalRepayment: 12_000 });
    expectRefusal(await post(`${first.id}/adjust`, change), '409 aborted');
  });

  it('takes the repayment back with an amount of 0', async () => {
    const first = await pay(10_000, '2025-02-15');
    const gone = await done(`${first.id}/adjust`, { ...today, transactionAmount: 0 });
    expect(gone).toMatchObject({ id: first.id, reversed: true });
    expect((await reload()).totalRepayment).toBe(0);
  });

  it('refuses unknown transactions and negative amounts', async () => {
    const first = await pay(10_000, '2025-02-15');
    const amount = (transactionAmount: number) => ({ ...today, transactionAmount });
    expectRefusal(await post('999999/adjust', amount(1)), '404 not_found');
    const negative = await post(`${first.id}/adjust`, amount(-1));
    expectRefusal(negative, '400 invalid_argument', 'transactionAmount');
    expectRefusal(await post('x/adjust', amount(1)), '400 invalid_argument', 'transaction_id');
  });
});

describe('reverse', () => {
  it('keeps the repayment, marked, and replays the later ones', async () => {
    const first = await pay(104_026.4, '2025-02-15');
    const second = await pay(104_026.4, '2025-03-15');
    expect(second).toMatchObject({ interest: expect.any(Number) });
    expect(await done(`${first.id}/reverse`, today)).toMatchObject({ id: first.id, reversed: true });
    const replayed = (await api.get(`${path()}/${second.id}`)).body;
    expect(replayed).toMatchObject({ id: second.id, interest: 6_000 });
    expect(await reload()).toMatchObject({ totalRepayment: 104_026.4, nextDueDate: '2025-03-15' });
    expect(expectOk(await api.get(path())).body.total).toBe(2);
    expectRefusal(await post(`${first.id}/reverse`, today), '409 aborted');
  });

  it('refuses days that are no days of the loan, as adjust and undo-charge-off do', async () => {
    const { id } = await pay(10_000, '2025-02-15');
    expectOk(await post('charge-off', today));
    for (const transactionDate of ['2025-03-21', '2025-01-14']) {
      const gone = { transactionDate, transactionAmount: 0 };
      expectRefusal(await post(`${id}/reverse`, { transactionDate }), '403 permission_denied');
      expectRefusal(await post(`${id}/adjust`, gone), '403 permission_denied');
      expectRefusal(await post('undo-charge-off', { transactionDate }), '403 permission_denied');
    }
    expect(await reload()).toMatchObject({ totalRepayment: 10_000, chargedOff: true });
  });

  it('says so when the repayment is reversed already, by no number of ours', async () => {
    const { id } = await pay(10_000);
    await done(`${id}/reverse`, today);
    const again = await post(`${id}/reverse`, today);
    expectRefusal(again, '409 aborted');
    expect(again.body.message).toBe('The transaction is already reversed');
  });

  it('opens a loan that the repayment had closed', async () => {
    const all = await pay(loan.totalOutstanding);
    await done(`${all.id}/reverse`, today);
    expect(await reload()).toMatchObject({ status: 'Active', totalOutstanding: loan.totalOutstanding });
  });

  it('keeps the ledger in balance', async () => {
    const { body } = expectOk(await api.get('/v1/trial-balance'));
    expect(body.totalDebit).toBe(body.totalCredit);
  });
});

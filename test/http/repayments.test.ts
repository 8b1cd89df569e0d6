/**
 * The contract's table "Repayments": post, list, get, through HTTP; and what they do to the loan and the
 * ledger.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';
import { type Answer, type Caller, callerOf, expectOk, expectRefusal } from './calls.ts';

let world: World;
let api: Caller;
let made = 0;
let customerId: number;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-03-20' });
  api = callerOf(world);
  const customer = { externalId: 'borrower', activationDate: '2024-01-01' };
  customerId = Number(expectOk(await api.post('/v1/customers', customer)).body.id);
});
afterAll(() => world.close());

let loan: Answer;

/**
 * 300,000 over 3 months from 15 Jan, 2 % a month: 104,026.40 a month, three times (the last one
 * 104,026.41).
 */
beforeEach(async () => {
  loan = await lend();
});

const lend = async (body: object = {}) => {
  const terms = { customerId, productId: 2, principal: 300_000, numberOfRepayments: 3 };
  const on = { submittedOnDate: '2025-01-15', expectedDisbursementDate: '2025-01-15' };
  return expectOk(await api.post('/v1/loans', { ...terms, ...on, externalId: `R-${++made}`, ...body })).body;
};
const path = () => `/v1/loans/${loan.id}/repayments`;
const repay = (body: object) => api.post(path(), body);
const paid = async (transactionAmount: number, transactionDate?: string) =>
  expectOk(await repay({ transactionAmount, ...(transactionDate && { transactionDate }) })).body;
const reload = async () => expectOk(await api.get(`/v1/loans/${loan.id}`)).body;

describe('POST /v1/loans/{id}/repayments', () => {
  it('goes to interest, then principal, and answers the repayment', async () => {
    expect(await paid(10_000, '2025-02-15')).toEqual({
      id: expect.stringMatching(/^\d+$/),
      loanId: loan.id,
      type: 'Repayment',
      date: '2025-02-15',
      amount: 10_000,
      interest: 6_000,
      principal: 4_000,
      status: 'posted',
      reversed: false,
    });
    expect(await reload()).toMatchObject({
      principalPaid: 4_000,
      interestPaid: 6_000,
      totalRepayment: 10_000,
      principalOutstanding: 296_000,
      nextDueDate: '2025-02-15',
      nextDueAmount: 94_026.4,
    });
  });

  it('is of today when it names no date, and keeps what it was sent with', async () => {
    const details = {
      externalId: 'PAY/1',
      receiptNumber: 'R-77',
      note: 'by phone',
      paymentTypeId: '1',
      idempotencyKey: 'key-1',
    };
    const { body } = expectOk(await repay({ transactionAmount: 500.25, ...details, paymentTypeId: 1 }));
    expect(body).toMatchObject({ date: '2025-03-20', amount: 500.25, interest: 500.25, ...details });
    expect(body).not.toHaveProperty('principal');
    expect((await api.get(`${path()}/${body.id}`)).body).toEqual(body);
  });

  it('moves the next due date on when an installment is met', async () => {
    await paid(104_026.4, '2025-02-15');
    const after = await reload();
    expect(after).toMatchObject({ nextDueDate: '2025-03-15', nextDueAmount: 104_026.4, daysPastDue: 5 });
    expect(after.repaymentSchedule[1]).toMatchObject({
      complete: true,
      paidDate: '2025-02-15',
      totalPaid: 104_026.4,
      paidInAdvance: 0,
      paidLate: 0,
    });
  });

  it('counts what comes early and what comes late', async () => {
    await paid(4_026.4, '2025-02-01');
    await paid(100_000, '2025-02-20');
    expect((await reload()).repaymentSchedule[1]).toMatchObject({
      paidInAdvance: 4_026.4,
      paidLate: 100_000,
      complete: true,
      paidDate: '2025-02-20',
    });
  });

  it('closes the loan when nothing is left', async () => {
    await paid(loan.totalOutstanding);
    expect(await reload()).toMatchObject({
      status: 'Closed (obligations met)',
      closedDate: '2025-03-20',
      totalOutstanding: 0,
      principalOutstanding: 0,
      interestOutstanding: 0,
      totalOverpaid: 0,
    });
    expect(await reload()).not.toHaveProperty('nextDueDate');
  });

  it('leaves the loan Overpaid when more comes than is owed', async () => {
    const repayment = await paid(loan.totalOutstanding + 20.75);
    expect(repayment).toMatchObject({ overpaymentPortion: 20.75, principal: 300_000 });
    expect(await reload()).toMatchObject({ status: 'Overpaid', totalOverpaid: 20.75, totalOutstanding: 0 });
  });

  it('replays the later ones when one comes with an earlier date; their ids stay', async () => {
    const later = await paid(104_026.4, '2025-03-01');
    const earlier = await paid(50_000, '2025-02-10');
    const now = (await api.get(`${path()}/${later.id}`)).body;
    expect(now.id).toBe(later.id);
    expect(earlier).toMatchObject({ interest: 6_000, principal: 44_000 });
    expect(now.principal + now.interest).toBeCloseTo(104_026.4, 2);
    expect(now.interest).toBeLessThan(later.interest);
    expect(await reload()).toMatchObject({ totalRepayment: 154_026.4 });
  });

  it('works by both addressings', async () => {
    const byName = `/v1/loans/external/${loan.externalId}/repayments`;
    const { body } = expectOk(await api.post(byName, { transactionAmount: 1_000 }));
    expect((await api.get(`${byName}/${body.id}`)).body).toEqual(body);
    expect((await api.get(byName)).body).toEqual((await api.get(path())).body);
  });

  it('refuses days to come and days before the disbursement', async () => {
    const on = (transactionDate: string) => repay({ transactionAmount: 100, transactionDate });
    expectRefusal(await on('2025-03-21'), '403 permission_denied');
    expectRefusal(await on('2025-01-14'), '403 permission_denied');
    expectRefusal(await on('2025-13-01'), '400 invalid_argument', 'transactionDate');
    expect((await reload()).totalRepayment).toBe(0);
  });

  it('refuses a loan that is not active', async () => {
    loan = await lend({ disburse: false });
    const refused = await repay({ transactionAmount: 100 });
    expectRefusal(refused, '400 failed_precondition');
    expect(refused.body.message).toBe('Loan must be Active, Fully Paid or Overpaid');
  });

  it('refuses amounts that are none, missing and unknown fields, unknown loans', async () => {
    for (const transactionAmount of [0, -5, '5', null, 0.001, 10.123])
      expectRefusal(await repay({ transactionAmount }), '400 invalid_argument', 'transactionAmount');
    expectRefusal(await repay({}), '400 invalid_argument', 'transactionAmount');
    expectRefusal(await repay({ transactionAmount: 5, color: 1 }), '400 invalid_argument', 'color');
    const long = 'k'.repeat(101);
    const key = await repay({ transactionAmount: 5, idempotencyKey: long });
    expectRefusal(key, '400 invalid_argument', 'idempotencyKey');
    const type = await repay({ transactionAmount: 5, paymentTypeId: 99 });
    expectRefusal(type, '400 invalid_argument', 'paymentTypeId');
    const body = { transactionAmount: 5 };
    expectRefusal(await api.post('/v1/loans/999999/repayments', body), '404 not_found');
    expectRefusal(await api.post('/v1/loans/external/none/repayments', body), '404 not_found');
    expectRefusal(await api.post('/v1/loans/x/repayments', body), '400 invalid_argument', 'loan_id');
    expectRefusal(await api.post(path(), body, { as: 'stranger' }), '401 unauthenticated');
  });

  it('takes an external id once per loan', async () => {
    expectOk(await repay({ transactionAmount: 5, externalId: 'mine' }));
    expectRefusal(await repay({ transactionAmount: 6, externalId: 'mine' }), '409 aborted');
    expect((await reload()).totalRepayment).toBe(5);
  });
});

describe('idempotencyKey', () => {
  it('answers the first repayment again', async () => {
    const body = { transactionAmount: 100, transactionDate: '2025-02-01', idempotencyKey: 'once' };
    const first = expectOk(await repay(body)).body;
    expect(expectOk(await repay(body)).body).toEqual(first);
    expect((await reload()).totalRepayment).toBe(100);
  });

  it('refuses another amount or date', async () => {
    const body = { transactionAmount: 100, transactionDate: '2025-02-01', idempotencyKey: 'once' };
    expectOk(await repay(body));
    expectRefusal(await repay({ ...body, transactionAmount: 101 }), '409 aborted');
    expectRefusal(await repay({ ...body, transactionDate: '2025-02-02' }), '409 aborted');
    expect((await reload()).totalRepayment).toBe(100);
  });

  it('names a repayment within its loan only', async () => {
    const body = { transactionAmount: 100, idempotencyKey: 'shared' };
    const first = expectOk(await repay(body)).body;
    loan = await lend();
    const second = expectOk(await repay(body)).body;
    expect(second.id).not.toBe(first.id);
    expect((await reload()).totalRepayment).toBe(100);
  });
});

describe('GET /v1/loans/{id}/repayments', () => {
  it('lists newest first, page by page', async () => {
    await paid(100, '2025-02-01');
    await paid(300, '2025-03-01');
    await paid(200, '2025-02-01');
    const { body } = expectOk(await api.get(path()));
    expect(body).toMatchObject({ total: 3, page: 1, rowsPerPage: 10 });
    expect(body.items.map((each: { amount: number }) => each.amount)).toEqual([300, 200, 100]);
    const first = expectOk(await api.get(`${path()}?rows=2`)).body;
    expect(first.items).toEqual(body.items.slice(0, 2));
    const second = expectOk(await api.get(`${path()}?rows=2&page=2`)).body;
    expect(second).toMatchObject({ items: body.items.slice(2), total: 3, page: 2, rowsPerPage: 2 });
    const after = expectOk(await api.get(`${path()}?rows=2&after=${first.nextCursor}`)).body;
    expect(after.items).toEqual(body.items.slice(2));
    expect((await reload()).repaymentHistory).toEqual(body.items);
  });

  it('shows repayments of the customer only', async () => {
    expect(expectOk(await api.get(path())).body).toEqual({ items: [], total: 0, page: 1, rowsPerPage: 10 });
  });

  it('refuses pages that are none, and unknown loans', async () => {
    expectRefusal(await api.get(`${path()}?rows=101`), '400 invalid_argument', 'page');
    expectRefusal(await api.get('/v1/loans/999999/repayments'), '404 not_found');
  });
});

describe('GET /v1/loans/{id}/repayments/{transaction_id}', () => {
  it('refuses what is not a repayment of this loan', async () => {
    const mine = await paid(100);
    expectRefusal(await api.get(`${path()}/999999`), '404 not_found');
    expectRefusal(await api.get(`${path()}/x`), '400 invalid_argument', 'transaction_id');
    loan = await lend();
    expectRefusal(await api.get(`${path()}/${mine.id}`), '404 not_found');
  });
});

describe('the ledger', () => {
  type Line = { glCode: string; debit: number; credit: number };
  const balances = async (query = '') => {
    const { body } = expectOk(await api.get(`/v1/trial-balance${query}`));
    expect(body.totalDebit).toBe(body.totalCredit);
    const net = (line: Line) => [line.glCode, Math.round((line.debit - line.credit) * 100) / 100] as const;
    return Object.fromEntries(body.items.map(net)) as Record<string, number>;
  };
  const moved = async (act: () => Promise<unknown>) => {
    const before = await balances();
    await act();
    const after = await balances();
    const changes = Object.keys(after).map(
      (code) => [code, Math.round(((after[code] ?? 0) - (before[code] ?? 0)) * 100) / 100] as const,
    );
    return Object.fromEntries(changes.filter(([, change]) => change !== 0));
  };

  it('gets a balanced entry for each disbursement and repayment', async () => {
    expect(await moved(() => lend())).toEqual({ 1000: -300_000, 1100: 300_000 });
    const repayment = await moved(() => paid(10_000, '2025-02-15'));
    expect(repayment).toEqual({ 1000: 10_000, 1100: -4_000, 1110: -6_000 });
  });

  it('owes the customer an overpayment, and earns the interest when the loan closes', async () => {
    const { interestCharged, totalOutstanding } = loan;
    const changes = await moved(() => paid(totalOutstanding + 50));
    expect(changes).toEqual({
      1000: totalOutstanding + 50,
      1100: -300_000,
      2100: -50,
      4100: -interestCharged,
    });
  });

  it('stands on a day', async () => {
    await paid(10_000, '2025-02-15');
    const early = await balances('?date=2025-01-14');
    expect(Object.values(early).every((net) => net === 0)).toBe(true);
    expectRefusal(await api.get('/v1/trial-balance?date=soon'), '400 invalid_argument', 'date');
  });

  it('is for operators', async () => {
    expectRefusal(await api.get('/v1/trial-balance', { as: 'admin' }), '403 permission_denied');
    expectRefusal(await api.get('/v1/trial-balance', { as: 'nobody' }), '401 unauthenticated');
    expectOk(await api.get('/v1/trial-balance', { as: 'operator' }));
  });

  it('keeps no entry out of balance: the database has no way to write one', async () => {
    const insert = (amount: number) =>
      world.db.read.query(
        `insert into journal_entry (loan_id, entry_seq, line, transaction_seq, debit_account, credit_account,
           amount, entry_date, recorded_at)
         values ($1, 9999, 1, 1, '1000', '1100', $2, '2025-01-15', now())`,
        [BigInt(loan.id), amount],
      );
    await expect(insert(0)).rejects.toThrow(/journal_entry_amount_check/);
    await expect(insert(-1)).rejects.toThrow(/journal_entry_amount_check/);
  });
});

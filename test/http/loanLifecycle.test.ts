/** The contract's table "Loans": from application to the end, through HTTP, refusals included. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';
import { type Answer, type Caller, callerOf, expectOk, expectRefusal } from './calls.ts';

const NOT_PENDING = 'Loan Account is not in submitted and pending approval state';
const NOT_APPROVED = 'Loan Account is not in approved and not disbursed state';

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

const lend = async (body: object = {}): Promise<Answer> => {
  const terms = { customerId, productId: 2, principal: 300_000, numberOfRepayments: 3 };
  const on = { submittedOnDate: '2025-01-10', expectedDisbursementDate: '2025-01-15' };
  const named = { externalId: `L-${++made}` };
  return expectOk(await api.post('/v1/loans', { ...terms, ...on, ...named, ...body })).body;
};
const submit = (body: object = {}) => lend({ disburse: false, ...body });
const act = (loan: Answer, verb: string, body?: object) => api.post(`/v1/loans/${loan.id}/${verb}`, body);
const done = async (loan: Answer, verb: string, body?: object) => expectOk(await act(loan, verb, body)).body;
const reload = async (loan: Answer) => expectOk(await api.get(`/v1/loans/${loan.id}`)).body;
const approval = { approvedOnDate: '2025-01-12' };
const disbursement = { actualDisbursementDate: '2025-01-15' };
const approved = async () => {
  const loan = await submit();
  await done(loan, 'approve', approval);
  return loan;
};

async function expectAborted(loan: Answer, verb: string, body: object | undefined, message?: string) {
  const before = await reload(loan);
  const refused = await act(loan, verb, body);
  expectRefusal(refused, '409 aborted');
  if (message !== undefined) expect(refused.body.message).toBe(message);
  expect(await reload(loan)).toEqual(before);
}

describe('step by step', () => {
  it('goes from pending over approved to active, by both addressings', async () => {
    const loan = await submit();
    const external = `/v1/loans/external/${loan.externalId}`;
    const { body: yes } = expectOk(await api.post(`${external}/approve`, { ...approval, note: 'fine' }));
    expect(yes).toMatchObject({
      status: 'Approved',
      approvedDate: '2025-01-12',
      approvedPrincipal: 300_000,
    });
    const { body: out } = expectOk(await api.post(`${external}/disburse`, disbursement));
    expect(out).toMatchObject({
      status: 'Active',
      disbursedDate: '2025-01-15',
      principalDisbursed: 300_000,
      nextDueDate: '2025-02-15',
    });
    expect(out.repaymentSchedule).toEqual((await lend()).repaymentSchedule);
  });

  it('approves and pays out less than was asked for', async () => {
    const loan = await submit();
    await done(loan, 'approve', { ...approval, approvedLoanAmount: 200_000 });
    const out = await done(loan, 'disburse', { ...disbursement, transactionAmount: 150_000 });
    expect(out).toMatchObject({
      principal: 300_000,
      approvedPrincipal: 200_000,
      principalDisbursed: 150_000,
    });
  });

  it('refuses to approve twice, too much, too early, too late', async () => {
    const loan = await approved();
    await expectAborted(loan, 'approve', approval, 'Loan is already approved');
    const other = await submit();
    const much = await act(other, 'approve', { ...approval, approvedLoanAmount: 300_000.01 });
    expectRefusal(much, '400 invalid_argument', 'approvedLoanAmount');
    expectRefusal(await act(other, 'approve', { approvedOnDate: '2025-01-09' }), '403 permission_denied');
    expectRefusal(await act(other, 'approve', { approvedOnDate: '2025-03-21' }), '403 permission_denied');
    expectRefusal(await act(other, 'approve', {}), '400 invalid_argument', 'approvedOnDate');
    expectRefusal(await api.post('/v1/loans/999999/approve', approval), '404 not_found');
  });

  it('refuses to pay out what is not approved, too much, too early, in the future', async () => {
    await expectAborted(await submit(), 'disburse', disbursement, NOT_APPROVED);
    await expectAborted(await lend(), 'disburse', disbursement, NOT_APPROVED);
    const loan = await approved();
    const on = (actualDisbursementDate: string) => act(loan, 'disburse', { actualDisbursementDate });
    expectRefusal(await on('2025-01-11'), '403 permission_denied');
    expectRefusal(await on('2025-03-21'), '403 permission_denied');
    const much = await act(loan, 'disburse', { ...disbursement, transactionAmount: 300_001 });
    expectRefusal(much, '400 invalid_argument', 'transactionAmount');
    const type = await act(loan, 'disburse', { ...disbursement, paymentTypeId: 99 });
    expectRefusal(type, '400 invalid_argument', 'paymentTypeId');
    expect((await reload(loan)).status).toBe('Approved');
  });

  it('rejects or withdraws for good', async () => {
    for (const [verb, status] of [
      ['reject', 'Rejected'],
      ['withdraw', 'Withdrawn by applicant'],
    ] as const) {
      const loan = await submit();
      expect(await done(loan, verb, { note: 'no' })).toMatchObject({ status, closedDate: '2025-03-20' });
      await expectAborted(loan, 'approve', approval, NOT_PENDING);
    }
    await expectAborted(await approved(), 'reject', {}, 'Loan Account Reject is not allowed');
    await expectAborted(await lend(), 'withdraw', undefined, NOT_PENDING);
  });
});

describe('PUT /v1/loans/{id}', () => {
  it('changes a pending loan, within the limits of the product', async () => {
    const loan = await submit();
    const change = { principal: 240_000, numberOfRepayments: 6, interestRatePerPeriod: 1.5 };
    const externalId = `renamed-${++made}`;
    const { body } = expectOk(await api.put(`/v1/loans/${loan.id}`, { ...change, externalId }));
    expect(body).toMatchObject({ ...change, externalId, termFrequency: 6 });
    expect(body.repaymentSchedule).toHaveLength(7);
    expectRefusal(await api.get(`/v1/loans/external/${loan.externalId}`), '404 not_found');
    expect((await api.get(`/v1/loans/external/${externalId}`)).body).toEqual(body);
    const put = (fields: object) => api.put(`/v1/loans/${loan.id}`, fields);
    expectRefusal(await put({ principal: 999 }), '400 invalid_argument', 'principal');
    expectRefusal(await put({ numberOfRepayments: 37 }), '400 invalid_argument', 'numberOfRepayments');
    expectRefusal(await put({ interestRatePerPeriod: 11 }), '400 invalid_argument', 'interestRatePerPeriod');
    expectRefusal(await put({ productId: 1 }), '400 invalid_argument', 'productId');
    const taken = await lend();
    expectRefusal(await put({ externalId: taken.externalId }), '409 aborted');
    expect(await reload(loan)).toEqual(body);
  });

  it('refuses when the loan is not pending any more', async () => {
    for (const loan of [await approved(), await lend()])
      expectRefusal(await api.put(`/v1/loans/${loan.id}`, { principal: 5000 }), '409 aborted');
  });
});

describe('DELETE /v1/loans/{id}', () => {
  it('removes a pending loan, 204, and frees its external id', async () => {
    const loan = await submit();
    const gone = await api.delete(`/v1/loans/external/${loan.externalId}`);
    expect({ status: gone.status, text: gone.text }).toEqual({ status: 204, text: '' });
    expectRefusal(await api.get(`/v1/loans/${loan.id}`), '404 not_found');
    expectRefusal(await api.delete(`/v1/loans/${loan.id}`), '404 not_found');
    expect(expectOk(await api.get(`/v1/loans?externalId=${loan.externalId}`)).body.total).toBe(0);
    await lend({ externalId: loan.externalId });
  });

  it('refuses when the loan is past pending, and leaves it untouched', async () => {
    for (const loan of [await approved(), await lend()]) {
      const before = await reload(loan);
      expectRefusal(await api.delete(`/v1/loans/${loan.id}`), '403 permission_denied');
      expect(await reload(loan)).toEqual(before);
    }
  });
});

describe('taking back', () => {
  it('undoes the disbursal, then the approval', async () => {
    const loan = await lend();
    const back = await done(loan, 'undo-disbursal', { note: 'wrong account' });
    expect(back).toMatchObject({ status: 'Approved', principalDisbursed: 0, totalOutstanding: 0 });
    expect(back).not.toHaveProperty('disbursedDate');
    const pending = await done(loan, 'undo-approval');
    expect(pending.status).toBe('Submitted and pending approval');
    expect(pending).not.toHaveProperty('approvedDate');
    await done(loan, 'approve', approval);
    expect((await done(loan, 'disburse', disbursement)).status).toBe('Active');
  });

  it('refuses to undo what is not there, or what was repaid', async () => {
    await expectAborted(await submit(), 'undo-approval', undefined, NOT_APPROVED);
    await expectAborted(await lend(), 'undo-approval', {}, NOT_APPROVED);
    await expectAborted(await approved(), 'undo-disbursal', {});
    const repaid = await lend();
    await done(repaid, 'repayments', { transactionAmount: 100 });
    await expectAborted(repaid, 'undo-disbursal', {});
  });

  it('moves the disbursement to another day, in one step', async () => {
    const loan = await submit();
    await done(loan, 'approve', { approvedOnDate: '2025-01-10' });
    await done(loan, 'disburse', disbursement);
    const moved = await done(loan, 'adjust-disbursement-date', { actualDisbursementDate: '2025-01-20' });
    expect(moved).toMatchObject({
      status: 'Active',
      disbursedDate: '2025-01-20',
      nextDueDate: '2025-02-20',
      principalDisbursed: 300_000,
    });
    const on = (actualDisbursementDate: string) =>
      act(loan, 'adjust-disbursement-date', { actualDisbursementDate });
    expectRefusal(await on('2025-03-21'), '403 permission_denied');
    expectRefusal(await on('2025-01-09'), '403 permission_denied');
    expect(await reload(loan)).toEqual(moved);
    await done(loan, 'repayments', { transactionAmount: 100 });
    await expectAborted(loan, 'adjust-disbursement-date', { actualDisbursementDate: '2025-01-21' });
  });

  it('rolls a loan back from wherever it stands, telling the steps', async () => {
    const loans = [
      [await lend(), ['undo-disbursal', 'undo-approval', 'delete']],
      [await approved(), ['undo-approval', 'delete']],
      [await submit(), ['delete']],
    ] as const;
    for (const [loan, steps] of loans) {
      const { id: loanId, externalId } = loan;
      expect(await done(loan, 'rollback')).toEqual({ loanId, externalId, steps });
      expectRefusal(await api.get(`/v1/loans/${loanId}`), '404 not_found');
      await lend({ externalId });
    }
  });

  it('refuses to roll back what was repaid or is settled', async () => {
    const repaid = await lend();
    await done(repaid, 'repayments', { transactionAmount: 100 });
    await expectAborted(repaid, 'rollback', undefined);
    const settled = await lend();
    await done(settled, 'repayments', { transactionAmount: settled.totalOutstanding });
    await expectAborted(settled, 'rollback', {});
    const rejected = await submit();
    await done(rejected, 'reject');
    await expectAborted(rejected, 'rollback', {});
  });

  it('leaves the ledger as it was', async () => {
    const before = expectOk(await api.get('/v1/trial-balance')).body;
    const net = (balance: Answer) => balance.items.map((line) => line.debit - line.credit);
    await done(await lend(), 'rollback');
    expect(net(expectOk(await api.get('/v1/trial-balance')).body)).toEqual(net(before));
  });
});

describe('POST /v1/loans/{id}/writeoff', () => {
  it('gives up what is outstanding and closes the loan', async () => {
    const loan = await lend();
    const closed = await done(loan, 'writeoff', { transactionDate: '2025-03-20', note: 'gone' });
    expect(closed).toMatchObject({
      status: 'Closed (written off)',
      closedDate: '2025-03-20',
      principalWrittenOff: 300_000,
      totalOutstanding: 0,
    });
    await expectAborted(loan, 'writeoff', { transactionDate: '2025-03-20' });
  });

  it('refuses days to come, days before the disbursement, loans that are not active', async () => {
    const loan = await lend();
    const on = (transactionDate: string) => act(loan, 'writeoff', { transactionDate });
    expectRefusal(await on('2025-03-21'), '403 permission_denied');
    expectRefusal(await on('2025-01-14'), '403 permission_denied');
    expectRefusal(await act(loan, 'writeoff', {}), '400 invalid_argument', 'transactionDate');
    await expectAborted(await approved(), 'writeoff', { transactionDate: '2025-03-20' });
  });
});

describe('GET /v1/loans/{id}/payoff', () => {
  it('says what settles the loan, by component', async () => {
    const loan = await lend();
    const { body } = expectOk(await api.get(`/v1/loans/${loan.id}/payoff?date=2025-03-20`));
    expect(body).toEqual({
      loanId: loan.id,
      date: '2025-03-20',
      principal: 300_000,
      interest: loan.interestCharged,
      fees: 0,
      penalties: 0,
      total: loan.totalOutstanding,
    });
    const total = (body as unknown as { total: number }).total;
    await done(loan, 'repayments', { transactionAmount: total });
    expect((await reload(loan)).status).toBe('Closed (obligations met)');
    expectRefusal(await api.get(`/v1/loans/${loan.id}/payoff`), '409 aborted');
  });
});

describe('GET /v1/loans/{id}/transactions', () => {
  it('shows every kind with its split, the balance after it and its journal', async () => {
    const loan = await lend();
    await done(loan, 'repayments', { transactionAmount: 10_000, transactionDate: '2025-02-15' });
    const { items, total } = expectOk(await api.get(`/v1/loans/${loan.id}/transactions`)).body;
    expect(total).toBe(2);
    expect(items[0]).toMatchObject({
      type: 'Disbursement',
      date: '2025-01-15',
      submittedDate: '2025-03-20',
      principalBalance: 300_000,
      journal: [
        {
          date: '2025-01-15',
          lines: [
            { glCode: '1100', debit: 300_000 },
            { glCode: '1000', credit: 300_000 },
          ],
        },
      ],
    });
    expect(items[1]).toMatchObject({
      type: 'Repayment',
      principal: 4_000,
      interest: 6_000,
      principalBalance: 296_000,
    });
  });
});

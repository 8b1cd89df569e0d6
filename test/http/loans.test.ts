/** The contract's table "Loans": make, preview, get, list, through HTTP. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';
import { type Caller, callerOf, expectOk, expectRefusal } from './calls.ts';

const WALLET = 1;
const TERM = 2;

let world: World;
let api: Caller;
let made = 0;
let customer: { id: string; externalId: string };

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  api = callerOf(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  customer = await createCustomer();
});

const fresh = () => `X-${++made}`;
const createCustomer = async (body: object = {}) => {
  const since = { activationDate: '2024-01-01' };
  return expectOk(await api.post('/v1/customers', { externalId: fresh(), ...since, ...body })).body;
};
const loanOf = (body: object = {}) => ({
  customerId: Number(customer.id),
  productId: TERM,
  principal: 1_200_000,
  ...body,
});
const post = (body: object = {}) => api.post('/v1/loans', loanOf(body));
const create = async (body: object = {}) => expectOk(await post(body)).body;
const countLoans = async () => expectOk(await api.get('/v1/loans')).body.total;

describe('POST /v1/loans', () => {
  it('names every field that is missing at once', async () => {
    const nothing = await api.post('/v1/loans', {});
    for (const field of ['customerId', 'productId', 'principal'])
      expectRefusal(nothing, '400 invalid_argument', field);
    expect(JSON.parse(nothing.body.message)).toHaveLength(3);
    const named = { customerExternalId: customer.externalId, productId: TERM, principal: 1_200_000 };
    expectOk(await api.post('/v1/loans', named));
  });

  it('submits, approves and disburses in one step', async () => {
    const { body } = expectOk(await post({ externalId: 'LOAN-1' }));
    expect(body).toMatchObject({
      accountNo: body.id.padStart(9, '0'),
      externalId: 'LOAN-1',
      customerId: customer.id,
      customerExternalId: customer.externalId,
      loanProductId: '2',
      loanProductName: 'Term loan, 12 months',
      status: 'Active',
      principal: 1_200_000,
      approvedPrincipal: 1_200_000,
      currencyCode: 'TZS',
      termFrequency: 12,
      termFrequencyType: 'Months',
      numberOfRepayments: 12,
      repaymentEvery: 1,
      repaymentFrequencyType: 'Months',
      interestRatePerPeriod: 2,
      interestRateFrequencyType: 'Per month',
      submittedDate: '2025-01-15',
      approvedDate: '2025-01-15',
      disbursedDate: '2025-01-15',
      maturityDate: '2026-01-15',
      chargedOff: false,
      principalDisbursed: 1_200_000,
      principalPaid: 0,
      principalOutstanding: 1_200_000,
      principalOverdue: 0,
      totalOverdue: 0,
      totalOverpaid: 0,
      totalRepayment: 0,
      nextDueDate: '2025-02-15',
      nextDueAmount: 113_471.52,
      daysPastDue: 0,
      repaymentHistory: [],
    });
    expect(body).not.toHaveProperty('closedDate');
  });

  it('makes twelve equal installments, 2 % a month on what is owed, nothing lost', async () => {
    const { repaymentSchedule: rows, ...loan } = await create();
    expect(rows).toHaveLength(13);
    expect(rows[0]).toMatchObject({ period: 0, dueDate: '2025-01-15', principalBalance: 1_200_000 });
    expect(rows[1]).toEqual({
      period: 1,
      fromDate: '2025-01-15',
      dueDate: '2025-02-15',
      days: 31,
      principalDue: 89_471.52,
      interestDue: 24_000,
      feesDue: 0,
      penaltiesDue: 0,
      totalDue: 113_471.52,
      principalPaid: 0,
      interestPaid: 0,
      feesPaid: 0,
      penaltiesPaid: 0,
      totalPaid: 0,
      paidInAdvance: 0,
      paidLate: 0,
      totalOutstanding: 113_471.52,
      principalBalance: 1_110_528.48,
      complete: false,
    });
    const cents = (name: string) =>
      rows.reduce((sum, row) => sum + Math.round(Number(row[name] ?? 0) * 100), 0);
    expect(cents('principalDue')).toBe(120_000_000);
    expect(rows[12]?.principalBalance).toBe(0);
    expect(cents('interestDue')).toBe(Math.round(loan.interestCharged * 100));
    expect(loan.totalOutstanding).toBe((120_000_000 + cents('interestDue')) / 100);
  });

  it('makes a single installment of the wallet product', async () => {
    const loan = await create({ productId: WALLET, principal: 50_000.5 });
    expect(loan).toMatchObject({
      numberOfRepayments: 1,
      maturityDate: '2025-02-14',
      interestCharged: 5000.05,
      totalOutstanding: 55_000.55,
    });
    expect(loan.repaymentSchedule).toHaveLength(2);
  });

  it('refuses an unknown customer or product, and makes nothing', async () => {
    const before = await countLoans();
    expectRefusal(await post({ customerId: 999_999 }), '404 not_found');
    expectRefusal(await post({ customerId: 'nobody' }), '404 not_found');
    expectRefusal(await post({ productId: 99, externalId: 'unmade' }), '404 not_found');
    expect(await countLoans()).toBe(before);
    expectOk(await post({ externalId: 'unmade' }));
  });

  it('refuses an external id that is taken', async () => {
    const externalId = fresh();
    await create({ externalId });
    const before = await countLoans();
    expectRefusal(await post({ externalId }), '409 aborted');
    expect(await countLoans()).toBe(before);
  });

  it('refuses a customer who is not Active', async () => {
    const pending = expectOk(await api.post('/v1/customers', { externalId: fresh(), active: false })).body;
    expectRefusal(await post({ customerId: Number(pending.id) }), '409 aborted');
  });

  it('keeps the principal within the bounds of the product', async () => {
    for (const principal of [999.99, 100_000_000.01])
      expectRefusal(await post({ principal }), '400 invalid_argument', 'principal');
    for (const principal of [1000, 100_000_000]) await create({ principal });
  });

  it('refuses amounts that are none', async () => {
    for (const principal of [0, -1, '5000', null, true, 1000.005, 5000.1234567891])
      expectRefusal(await post({ principal }), '400 invalid_argument', 'principal');
    const raw = `{"customerId":${customer.id},"productId":2,"principal":1e400}`;
    const huge = await world.fetch('/v1/loans', {
      method: 'POST',
      body: raw,
      headers: { 'content-type': 'application/json' },
    });
    expect(huge.status).toBe(400);
  });

  it('refuses missing and unknown fields by name', async () => {
    const empty = await api.post('/v1/loans', {});
    for (const field of ['productId', 'principal']) expectRefusal(empty, '400 invalid_argument', field);
    const nobody = await api.post('/v1/loans', { productId: TERM, principal: 5000 });
    expectRefusal(nobody, '400 invalid_argument', 'customerId');
    expectRefusal(await post({ colour: 'red' }), '400 invalid_argument', 'colour');
    expectRefusal(await post({ externalId: 'x'.repeat(129) }), '400 invalid_argument', 'externalId');
    expectRefusal(await post({ customerId: 1.5 }), '400 invalid_argument', 'customerId');
    expectRefusal(await post({ productId: 'wallet' }), '400 invalid_argument', 'productId');
  });

  it('finds the customer by id, by external id, and says so when a text fits two', async () => {
    const externalId = `${Number(customer.id) + 500_000}`;
    const named = await createCustomer({ externalId });
    expect(await create({ customerId: customer.id })).toMatchObject({ customerId: customer.id });
    expect(await create({ customerId: externalId })).toMatchObject({ customerId: named.id });
    expect(await create({ customerId: customer.externalId })).toMatchObject({ customerId: customer.id });
    const { customerId: _left, ...rest } = loanOf();
    const byName = { ...rest, customerExternalId: customer.externalId };
    expect(expectOk(await api.post('/v1/loans', byName)).body.customerId).toBe(customer.id);
    const imitator = await createCustomer({ externalId: customer.id });
    expectRefusal(await post({ customerId: customer.id }), '400 invalid_argument', 'customerId');
    expect(await create({ customerId: Number(customer.id) })).toMatchObject({ customerId: customer.id });
    const both = await post({ customerExternalId: imitator.externalId });
    expectRefusal(both, '400 invalid_argument', 'customerExternalId');
  });

  it('stays submitted with disburse: false', async () => {
    const loan = await create({ disburse: false, expectedDisbursementDate: '2025-02-01' });
    expect(loan).toMatchObject({
      status: 'Submitted and pending approval',
      submittedDate: '2025-01-15',
      expectedDisbursementDate: '2025-02-01',
      principalDisbursed: 0,
      maturityDate: '2026-02-01',
    });
    for (const field of ['approvedDate', 'disbursedDate', 'approvedPrincipal'])
      expect(loan).not.toHaveProperty(field);
  });

  it('takes the terms that the product leaves to the loan, and no others', async () => {
    const chosen = { numberOfRepayments: 6, interestRatePerPeriod: 1.5, firstRepaymentDate: '2025-02-28' };
    const loan = await create(chosen);
    expect(loan).toMatchObject({ numberOfRepayments: 6, interestRatePerPeriod: 1.5, termFrequency: 6 });
    expect(loan.repaymentSchedule[1]?.dueDate).toBe('2025-02-28');
    const refused = async (body: object, field: string) =>
      expectRefusal(await post(body), '400 invalid_argument', field);
    await refused({ numberOfRepayments: 37 }, 'numberOfRepayments');
    await refused({ interestRatePerPeriod: 10.01 }, 'interestRatePerPeriod');
    await refused({ interestRatePerPeriod: -1 }, 'interestRatePerPeriod');
    await refused({ repaymentEvery: 2 }, 'repaymentEvery');
    await refused({ productId: WALLET, numberOfRepayments: 2 }, 'numberOfRepayments');
    await refused({ firstRepaymentDate: '2025-01-15' }, 'firstRepaymentDate');
  });

  it('books a loan of the past on its days, and refuses days to come', async () => {
    const past = { submittedOnDate: '2024-06-01', expectedDisbursementDate: '2024-06-03' };
    const loan = await create(past);
    expect(loan).toMatchObject({
      submittedDate: '2024-06-01',
      disbursedDate: '2024-06-03',
      nextDueDate: '2024-07-03',
      totalOverdue: expect.any(Number),
    });
    expect(loan.daysPastDue).toBe(196);
    expect(loan.totalOverdue).toBeGreaterThan(0);
    expectRefusal(await post({ expectedDisbursementDate: '2025-01-16' }), '403 permission_denied');
    const future = { submittedOnDate: '2025-01-16', disburse: false };
    expectRefusal(await post(future), '403 permission_denied');
    const early = { submittedOnDate: '2023-06-01', expectedDisbursementDate: '2023-06-01' };
    expectRefusal(await post(early), '403 permission_denied');
  });
});

describe('POST /v1/loans/preview', () => {
  it('shows the numbers of the booked loan, and writes nothing', async () => {
    const before = await countLoans();
    const terms = { productId: TERM, principal: 350_000, numberOfRepayments: 7 };
    const preview = expectOk(await api.post('/v1/loans/preview', terms)).body;
    expect(await countLoans()).toBe(before);
    for (const field of ['id', 'accountNo', 'customerId']) expect(preview).not.toHaveProperty(field);
    const { annualPercentageRate, ...rest } = preview;
    expect(annualPercentageRate).toBeGreaterThan(23.9);
    expect(annualPercentageRate).toBeLessThan(24.1);
    expect(await create(terms)).toMatchObject(rest);
  });

  it('refuses what booking would refuse', async () => {
    const refused = (body: object) => api.post('/v1/loans/preview', { productId: TERM, ...body });
    expectRefusal(await refused({ principal: 1 }), '400 invalid_argument', 'principal');
    expectRefusal(await refused({}), '400 invalid_argument', 'principal');
    expectRefusal(await refused({ principal: 5000, productId: 99 }), '404 not_found');
    expectRefusal(await refused({ principal: 5000, x: 1 }), '400 invalid_argument', 'x');
  });
});

describe('GET /v1/loans/{id}', () => {
  it('finds by id and by external id, with the same answer', async () => {
    const externalId = 'loan/1%2F é😀';
    const loan = await create({ externalId });
    const byId = expectOk(await api.get(`/v1/loans/${loan.id}`)).body;
    expect(byId).toEqual(loan);
    expect(expectOk(await api.get(`/v1/loans/external/${encodeURIComponent(externalId)}`)).body).toEqual(
      byId,
    );
  });

  it('refuses what does not exist and what is no id', async () => {
    expectRefusal(await api.get('/v1/loans/999999'), '404 not_found');
    expectRefusal(await api.get('/v1/loans/external/none'), '404 not_found');
    expectRefusal(await api.get('/v1/loans/one'), '400 invalid_argument', 'loan_id');
    expectRefusal(await api.get('/v1/loans/1?depth=2'), '400 invalid_argument', 'depth');
    expectRefusal(await api.get('/v1/loans/1', { as: 'nobody' }), '401 unauthenticated');
  });

  it('follows the customer who is renamed', async () => {
    const loan = await create();
    const externalId = fresh();
    expectOk(await api.put(`/v1/customers/${customer.id}`, { externalId }));
    expect((await api.get(`/v1/loans/${loan.id}`)).body).toMatchObject({
      customerExternalId: externalId,
      customerName: `${externalId} Customer`,
    });
  });
});

describe('GET /v1/loans', () => {
  const list = async (query: string) => expectOk(await api.get(`/v1/loans?${query}`)).body;

  it('filters by customer, by either id, but not by both', async () => {
    const mine = [await create(), await create({ productId: WALLET, principal: 2000 })];
    for (const query of [`customerId=${customer.id}`, `customerExternalId=${customer.externalId}`]) {
      const { items, total } = await list(query);
      expect(total).toBe(2);
      expect(items.map((each: { id: string }) => each.id)).toEqual(mine.map((each) => each.id));
      expect(items[0]).not.toHaveProperty('repaymentSchedule');
      expect(items[0]).not.toHaveProperty('repaymentHistory');
    }
    const both = `/v1/loans?customerId=${customer.id}&customerExternalId=${customer.externalId}`;
    expectRefusal(await api.get(both), '400 invalid_argument', 'customerExternalId');
    expect((await list('customerExternalId=nobody')).total).toBe(0);
    expect((await list('customerId=999999')).total).toBe(0);
    expectRefusal(await api.get('/v1/loans?customerId=x'), '400 invalid_argument', 'customerId');
  });

  it('filters by product, external id and status, whatever its case', async () => {
    const externalId = fresh();
    const waiting = await create({ disburse: false, externalId });
    await create({ productId: WALLET, principal: 2000 });
    const own = `customerId=${customer.id}`;
    expect((await list(`${own}&productId=${WALLET}`)).total).toBe(1);
    expect((await list(`externalId=${externalId}`)).items[0]?.id).toBe(waiting.id);
    expect((await list('externalId=none')).total).toBe(0);
    expect((await list(`${own}&status=ACTIVE`)).total).toBe(1);
    const label = encodeURIComponent('submitted and pending approval');
    expect((await list(`${own}&status=${label}`)).items[0]?.id).toBe(waiting.id);
    for (const status of ['Activ', 'Active ', ''])
      expectRefusal(
        await api.get(`/v1/loans?status=${encodeURIComponent(status)}`),
        '400 invalid_argument',
        'status',
      );
  });

  it('finds what is overdue', async () => {
    await create();
    const late = await create({ submittedOnDate: '2024-12-01', expectedDisbursementDate: '2024-12-01' });
    const own = `customerId=${customer.id}`;
    const { items, total } = await list(`${own}&overdue=true`);
    expect(total).toBe(1);
    expect(items[0]).toMatchObject({ id: late.id, daysPastDue: 14, totalOverdue: 113_471.52 });
    expect((await list(`${own}&overdue=false`)).total).toBe(1);
    expectRefusal(await api.get('/v1/loans?overdue=maybe'), '400 invalid_argument', 'overdue');
  });

  it('sorts and pages, with the total of all pages', async () => {
    for (const [principal, day] of [
      [3000, '2025-01-03'],
      [1000, '2025-01-02'],
      [2000, '2025-01-04'],
    ])
      await create({ principal, productId: WALLET, submittedOnDate: day, expectedDisbursementDate: day });
    const own = `customerId=${customer.id}&rows=2`;
    const amounts = async (query: string) =>
      (await list(`${own}&${query}`)).items.map((each: { principal: number }) => each.principal);
    expect(await amounts('orderBy=principal')).toEqual([1000, 2000]);
    expect(await amounts('orderBy=principal&page=2')).toEqual([3000]);
    expect(await amounts('orderBy=principal&sortOrder=DESC')).toEqual([3000, 2000]);
    expect(await amounts('orderBy=expectedDisbursementDate')).toEqual([1000, 3000]);
    expect(await amounts('orderBy=id')).toEqual([3000, 1000]);
    const first = await list(`${own}&orderBy=principal`);
    expect(first).toMatchObject({ total: 3, page: 1, rowsPerPage: 2 });
    const rest = await list(`${own}&orderBy=principal&after=${first.nextCursor}`);
    expect(rest.items.map((each: { principal: number }) => each.principal)).toEqual([3000]);
    expect(rest).not.toHaveProperty('nextCursor');
    expect((await list(`${own}&page=4000000000`)).items).toEqual([]);
    for (const query of ['rows=101', 'page=0', 'page=x', 'orderBy=status', 'sortOrder=UP'])
      expectRefusal(await api.get(`/v1/loans?${query}`), '400 invalid_argument');
  });
});

/** Loan products as operators make them: whole or not at all, versioned, previewed before they exist. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditBook } from '../audit.ts';
import { makeWorld, type World } from '../world.ts';
import { type Caller, callerOf, expectOk, expectRefusal, type Reply } from './calls.ts';

let world: World;
let api: Caller;
let customerId: string;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  api = callerOf(world);
  customerId = (await world.partner.customers.create({ externalId: 'amina' })).id;
});
afterAll(async () => {
  const { faults } = await auditBook(world.db, world.clock.date());
  await world.close();
  expect(faults).toEqual([]);
});

const ROUTES = [
  ['POST', '/v1/loan-products'],
  ['PUT', '/v1/loan-products/1'],
  ['POST', '/v1/loan-products/1/deactivate'],
  ['POST', '/v1/loan-products/1/activate'],
  ['GET', '/v1/loan-products/1/versions'],
  ['POST', '/v1/loan-products/preview'],
] as const;

it.each(ROUTES)('%s %s is for operators', async (method, path) => {
  const asked = async (as: 'admin' | 'nobody') => (await world.fetch(path, { method, as })).status;
  expect([await asked('admin'), await asked('nobody')]).toEqual([403, 401]);
});

type NewProduct = Parameters<World['operator']['loanProducts']['create']>[0];

let made = 0;
const product = (terms: object = {}): NewProduct => {
  made += 1;
  return {
    name: `School loan ${made}`,
    shortName: `SCHOOL-${made}`,
    principal: 300_000,
    numberOfRepayments: 6,
    repaymentEvery: 1,
    repaymentFrequencyType: 'Months',
    interestRatePerPeriod: 1.5,
    interestRateFrequencyType: 'Per month',
    daysInYearType: '360 days',
    daysInMonthType: '30 days',
    ...terms,
  };
};

const operator = { as: 'operator' } as const;
const create = (terms?: object): Promise<Reply> => api.post('/v1/loan-products', product(terms), operator);

function faultsOf(reply: Reply): Record<string, string> {
  expectRefusal(reply, '400 invalid_argument');
  const faults: { field: string; error: string }[] = JSON.parse(reply.body.message);
  return Object.fromEntries(faults.map(({ field, error }) => [field, error]));
}

describe('a new product', () => {
  it('needs few words: the other terms have defaults, which the answer shows', async () => {
    const { body } = expectOk(await create());
    expect(body).toMatchObject({
      status: 'active',
      version: 1,
      currencyCode: 'TZS',
      scheduleType: 'Cumulative',
      interestType: 'Declining Balance',
      amortizationType: 'Equal installments',
      transactionProcessingStrategy: 'mifos-standard-strategy',
      accountingMethod: 'Accrual (periodic)',
      accounts: { loanPortfolio: '1100', interestIncome: '4100' },
      charges: [],
      overridableTerms: [],
    });
    expect(body).not.toHaveProperty('maxPrincipal');
    expect(expectOk(await api.get(`/v1/loan-products/${body.id}`)).body).toEqual(body);
  });

  it('takes codes for labels', async () => {
    const terms = {
      repaymentFrequencyType: 1,
      interestRateFrequencyType: 3,
      scheduleType: 2,
      interestType: 0,
    };
    expect(expectOk(await create(terms)).body).toMatchObject({
      repaymentFrequencyType: 'Weeks',
      interestRateFrequencyType: 'Per year',
      scheduleType: 'Progressive',
      transactionProcessingStrategy: 'advanced-payment-allocation-strategy',
      allocationRules: [{ transactionType: 'Default', futureInstallments: 'Next installment' }],
    });
  });

  it('keeps every further term as it was given', async () => {
    const terms = {
      description: 'for fees',
      currencyCode: 'UGX',
      currencyInMultiplesOf: 100,
      principal: 300_000,
      interestRatePerPeriod: 1.234567,
      minInterestRatePerPeriod: 0.000001,
      repaymentStartDateType: 'Submission date',
      amortizationType: 'Equal principal payments',
      interestCalculationPeriodType: 'Daily',
      daysInYearType: '365 days',
      daysInMonthType: 'Actual',
      graceOnPrincipalPayment: 1,
      graceOnInterestPayment: 2,
      graceOnInterestCharged: 3,
      graceOnArrearsAgeing: 4,
      fixedPrincipalPercentagePerInstallment: 12.5,
      principalThresholdForLastInstallment: 40,
      downPaymentEnabled: true,
      downPaymentPercentage: 25,
      multiDisburse: true,
      maxTrancheCount: 3,
      maxOutstandingBalance: 900_000,
      disallowExpectedDisbursements: true,
      overAppliedPercentage: 50,
      delinquencyBucket: 'STANDARD',
      installmentLevelDelinquency: true,
      overdueDaysForNonPerforming: 60,
      leavesNonPerformingOnlyWhenArrearsCleared: true,
      daysBeforeRepaymentIsDue: 3,
      daysAfterRepaymentIsOverdue: 5,
      closingTolerance: 500,
      statesAccrualActivity: true,
      interestRefundFor: ['Payout refund'],
      offeredFromDate: '2025-01-01',
      offeredUntilDate: '2025-12-31',
      accountingMethod: 'Cash',
      overridableTerms: ['graceOnPrincipalPayment', 'firstRepaymentDate'],
    };
    const { body } = expectOk(await create(terms));
    expect(body).toMatchObject(terms);
    const unchanged = await api.put(`/v1/loan-products/${body.id}`, terms, operator);
    expect(expectOk(unchanged).body).toEqual(body);
  });

  it('can be made of what another one answered', async () => {
    const [wallet] = await world.partner.loanProducts.list();
    if (!wallet) throw new Error('a book starts with a wallet loan');
    const { id, status, version, delinquencyRanges, ...terms } = wallet;
    const copy = await world.operator.loanProducts.create({ ...terms, name: 'Copy', shortName: 'COPY' });
    expect({ ...copy, id, name: wallet.name, shortName: wallet.shortName }).toEqual(wallet);
    expect([status, version, delinquencyRanges?.length]).toEqual(['active', 1, 4]);
  });

  it('lends at its terms, and is made once under an idempotency key', async () => {
    const asked = product({ graceOnPrincipalPayment: 1 });
    const headers = { 'idempotency-key': 'product-once' };
    const first = expectOk(await api.post('/v1/loan-products', asked, { ...operator, headers }));
    const again = expectOk(await api.post('/v1/loan-products', asked, { ...operator, headers }));
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const loan = await world.partner.loans.create({
      customerId,
      productId: first.body.id,
      principal: 300_000,
    });
    expect(loan.repaymentSchedule[1]).toMatchObject({ principalDue: 0, interestDue: 4_500 });
    expect(loan).toMatchObject({ numberOfRepayments: 6, principalOutstanding: 300_000 });
  });
});

describe('a product that does not fit together', () => {
  it('is refused with every field at fault', async () => {
    const reply = await create({
      minPrincipal: 500_000,
      maxNumberOfRepayments: 3,
      scheduleType: 'Progressive',
      interestType: 'Flat',
      transactionProcessingStrategy: 'mifos-standard-strategy',
      downPaymentPercentage: 25,
      maxTrancheCount: 3,
      delinquencyBucket: 'NONE-SUCH',
      charges: ['NO-FEE'],
      accounts: { loanPortfolio: '4100', fundSource: '9999' },
      fundSourceByPaymentType: { PIGEON: '1000' },
    });
    expect(faultsOf(reply)).toEqual({
      principal: 'must be at least minPrincipal',
      numberOfRepayments: 'must be at most maxNumberOfRepayments',
      interestType: 'progressive schedules know declining balance only',
      transactionProcessingStrategy:
        'must be advanced-payment-allocation-strategy with a progressive schedule',
      allocationRules: 'go with advanced-payment-allocation-strategy only',
      downPaymentPercentage: 'needs downPaymentEnabled',
      maxTrancheCount: 'needs multiDisburse',
      delinquencyBucket: 'no bucket NONE-SUCH',
      'charges.0': 'no charge NO-FEE',
      'accounts.loanPortfolio': 'GL account 4100 is of type income, must be asset',
      'accounts.fundSource': 'GL account 9999 does not exist',
      'fundSourceByPaymentType.PIGEON': 'no payment type has this short name',
    });
  });

  it('is refused when a loan at its bounds has no schedule', async () => {
    const faults = faultsOf(await create({ minPrincipal: 10, installmentAmountInMultiplesOf: 100 }));
    expect(Object.keys(faults)).toEqual(['minPrincipal']);
    expect(faults.minPrincipal).toMatch(/^no schedule can be made with it: .*interest/);
  });

  it('is refused for numbers that cannot be read, all at once', async () => {
    const reply = await create({
      principal: 0.001,
      interestRatePerPeriod: 1.1234567,
      offeredFromDate: '2025-02-30',
      overridableTerms: ['colour'],
    });
    expect(Object.keys(faultsOf(reply)).sort()).toEqual(['offeredFromDate']);
    const second = await create({
      principal: 0.001,
      interestRatePerPeriod: 1.1234567,
      overridableTerms: ['colour'],
    });
    expect(Object.keys(faultsOf(second)).sort()).toEqual([
      'interestRatePerPeriod',
      'overridableTerms.0',
      'principal',
    ]);
  });

  it('is refused under a name that another product has', async () => {
    const taken = expectOk(await create()).body as unknown as { name: string; shortName: string };
    expectRefusal(await create({ name: taken.name }), '409 aborted');
    expectRefusal(await create({ shortName: taken.shortName }), '409 aborted');
  });

  it('changes nothing', async () => {
    const before = (await world.partner.loanProducts.list()).length;
    await create({ minPrincipal: 500_000 });
    expect(await world.partner.loanProducts.list()).toHaveLength(before);
  });
});

describe('a change of a product', () => {
  it('makes the next version, which binds new loans only', async () => {
    const { loanProducts } = world.operator;
    const { id } = await loanProducts.create(product({ maxPrincipal: 400_000 }));
    const before = await world.partner.loans.create({ customerId, productId: id, principal: 300_000 });
    const changed = await loanProducts.update(id, { interestRatePerPeriod: 3, maxPrincipal: null });
    expect(changed).toMatchObject({ version: 2, interestRatePerPeriod: 3 });
    expect(changed).not.toHaveProperty('maxPrincipal');
    const after = await world.partner.loans.create({ customerId, productId: id, principal: 500_000 });
    expect(after.interestRatePerPeriod).toBe(3);
    const kept = await world.partner.loans.get(before.id);
    expect(kept.repaymentSchedule).toEqual(before.repaymentSchedule);
    expect(kept.interestRatePerPeriod).toBe(1.5);
    const versions = await loanProducts.versions(id);
    expect(versions.map((each) => [each.version, each.interestRatePerPeriod, each.maxPrincipal])).toEqual([
      [2, 3, undefined],
      [1, 1.5, 400_000],
    ]);
    expect(versions[0]?.madeBy).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('that changes nothing makes no version', async () => {
    const { loanProducts } = world.operator;
    const { id, name } = await loanProducts.create(product());
    expect(await loanProducts.update(id, { name, interestRatePerPeriod: 1.5 })).toMatchObject({ version: 1 });
    expect(await loanProducts.versions(id)).toHaveLength(1);
  });

  it('is judged with the terms that stay, and refused as a whole', async () => {
    const { id } = await world.operator.loanProducts.create(product({ maxPrincipal: 400_000 }));
    const reply = await api.put(`/v1/loan-products/${id}`, { principal: 500_000 }, operator);
    expect(faultsOf(reply)).toEqual({ principal: 'must be at most maxPrincipal' });
    expect((await world.partner.loanProducts.get(id)).version).toBe(1);
    expectRefusal(await api.put('/v1/loan-products/999', { principal: 1 }, operator), '404 not_found');
    expectRefusal(
      await api.put(`/v1/loan-products/${id}`, { colour: 1 }, operator),
      '400 invalid_argument',
      'colour',
    );
    expectRefusal(
      await api.put(`/v1/loan-products/${id}`, { name: null }, operator),
      '400 invalid_argument',
      'name',
    );
  });

  it('is in the audit trail with what it was before', async () => {
    const { loanProducts, audit } = world.operator;
    const { id } = await loanProducts.create(product());
    await loanProducts.update(id, { description: 'for fees of a term' });
    const { items } = await audit.list({ operation: 'updateLoanProduct' }).page();
    expect(items[0]).toMatchObject({
      subject: { kind: 'loanProduct', id },
      before: { description: '', version: 1 },
      after: { description: 'for fees of a term', version: 2 },
    });
  });
});

it('lends no more once it is deactivated or its time is over, and again once it is back', async () => {
  const { loanProducts } = world.operator;
  const { id } = await loanProducts.create(product());
  expect(await loanProducts.deactivate(id)).toMatchObject({ status: 'inactive', version: 1 });
  const application = { customerId, productId: id, principal: 100_000 };
  expectRefusal(await api.post('/v1/loans', application), '409 aborted');
  expect(await loanProducts.activate(id)).toMatchObject({ status: 'active' });
  expectOk(await api.post('/v1/loans', application));
  await loanProducts.update(id, { offeredUntilDate: '2025-01-14' });
  expectRefusal(await api.post('/v1/loans', application), '403 permission_denied');
});

describe('the preview of a draft', () => {
  it('shows what a loan of the product then is', async () => {
    const { name, shortName, ...terms } = product({ graceOnInterestPayment: 1 });
    const shown = await world.operator.loanProducts.preview({ product: terms, principal: 240_000 });
    const { id } = await world.operator.loanProducts.create({ name, shortName, ...terms });
    const loan = await world.partner.loans.create({ customerId, productId: id, principal: 240_000 });
    expect(shown.repaymentSchedule).toEqual(loan.repaymentSchedule);
    expect(shown.annualPercentageRate).toBe(loan.annualPercentageRate);
  });

  it('refuses as the product itself would be, fields named beneath it', async () => {
    const { name: _name, shortName: _shortName, ...terms } = product({ minPrincipal: 500_000 });
    const reply = await api.post('/v1/loan-products/preview', { product: terms }, operator);
    expect(faultsOf(reply)).toEqual({ 'product.principal': 'must be at least minPrincipal' });
  });
});

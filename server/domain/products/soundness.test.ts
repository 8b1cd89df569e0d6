import { describe, expect, it } from 'vitest';
import type { ChargeDefinition } from '../charge.ts';
import { date } from '../date.ts';
import type { ProductDefinition, ProductLimits, ProductTerms } from '../product.ts';
import { DEFAULT_RULE } from '../progressive/allocation.ts';
import { accountFaults, type Chart } from './accounts.ts';
import { standardProduct } from './exampleProduct.ts';
import { termFaults } from './soundness.ts';
import { trialFaults } from './trial.ts';

const DAY = date('2025-01-15');

interface Differences {
  readonly terms?: Partial<ProductTerms>;
  readonly limits?: Partial<ProductLimits>;
  readonly rest?: Partial<ProductDefinition>;
}

function productWith({ terms = {}, limits = {}, rest = {} }: Differences): ProductDefinition {
  const standard = standardProduct();
  return {
    ...standard,
    ...rest,
    terms: { ...standard.terms, ...terms },
    limits: { ...standard.limits, ...limits },
  };
}

const lines = (product: ProductDefinition): string[] =>
  termFaults(product).map(({ field, error }) => `${field}: ${error}`);

const progressive = {
  scheduleType: 'PROGRESSIVE',
  strategy: 'advanced-payment-allocation-strategy',
  allocationRules: [DEFAULT_RULE],
} as const;
const recalculation = {
  restFrequency: 'DAILY',
  rescheduleStrategy: 'REDUCE_EMI_AMOUNT',
  preCloseRule: 'TILL_PRE_CLOSE_DATE',
  compounding: 'NONE',
  compoundingDay: null,
  arrearsBasedOnOriginalSchedule: false,
} as const;
const penalty: ChargeDefinition = {
  code: 'LATE',
  name: 'Late fee',
  time: 'OVERDUE',
  calculation: 'FLAT',
  amountOrPercentage: '5',
  minCap: null,
  maxCap: null,
  penalty: true,
  feeFrequency: null,
};

describe('terms that fit together', () => {
  it.each<[string, Differences]>([
    ['the standard ones', {}],
    ['a progressive schedule', { terms: progressive }],
    ['grace on all but one installment', { terms: { graceOnPrincipal: 11, graceOnInterest: 2 } }],
    ['recalculation', { terms: { interestRecalculation: recalculation } }],
    ['a down payment', { terms: { downPayment: { enabled: true, percentage: '25', automatic: true } } }],
    ['tranches', { terms: { multiDisburse: true, maxTrancheCount: 3, maxOutstandingBalance: 5_000_00n } }],
    ['an overdue penalty', { rest: { charges: [penalty] } }],
    ['a bound that is the standard', { limits: { numberOfRepayments: { least: 12, most: 12 } } }],
  ])('%s', (_what, differences) => {
    const product = productWith(differences);
    expect(lines(product)).toEqual([]);
    expect(trialFaults(product, DAY)).toEqual([]);
  });
});

describe('a fault', () => {
  it.each<[string, Differences]>([
    [
      'principal: must be at least minPrincipal',
      { limits: { principal: { standard: 1n, least: 2n, most: null } } },
    ],
    [
      'principal: must be at most maxPrincipal',
      { limits: { principal: { standard: 3n, least: null, most: 2n } } },
    ],
    [
      'maxPrincipal: must be at least minPrincipal',
      { limits: { principal: { standard: 3n, least: 4n, most: 2n } } },
    ],
    [
      'principal: must be greater than 0',
      { limits: { principal: { standard: 0n, least: null, most: null } } },
    ],
    [
      'minPrincipal: must be greater than 0',
      { limits: { principal: { standard: 1n, least: 0n, most: null } } },
    ],
    [
      'numberOfRepayments: must be at most maxNumberOfRepayments',
      { limits: { numberOfRepayments: { least: null, most: 11 } } },
    ],
    [
      'interestRatePerPeriod: must be at least minInterestRatePerPeriod',
      {
        limits: { interestRatePerPeriod: { least: '1.5000001', most: null } },
        terms: { interestRatePerPeriod: '1.4' },
      },
    ],
    [
      'offeredUntilDate: must not be before offeredFromDate',
      { rest: { offered: { least: date('2025-02-02'), most: date('2025-02-01') } } },
    ],
    [
      'maxNumberOfRepayments: makes a loan run longer than 100 years',
      {
        limits: { numberOfRepayments: { least: null, most: 120 } },
        terms: { repaymentFrequencyUnit: 'YEARS' },
      },
    ],
    ['fixedLength: must reach beyond the last but one installment', { terms: { fixedLength: 11 } }],
    [
      'graceOnPrincipalPayment: must be less than the fewest repayments that are allowed (3)',
      { limits: { numberOfRepayments: { least: 3, most: null } }, terms: { graceOnPrincipal: 3 } },
    ],
    [
      'graceOnInterestCharged: progressive schedules know no grace',
      { terms: { ...progressive, graceInterestFree: 1 } },
    ],
    [
      'interestType: progressive schedules know declining balance only',
      { terms: { ...progressive, interestType: 'FLAT' } },
    ],
    [
      'amortizationType: progressive schedules know equal installments only',
      { terms: { ...progressive, amortization: 'EQUAL_PRINCIPAL_PAYMENTS' } },
    ],
    [
      'repaymentFrequencyType: progressive schedules with interest know days, weeks and months',
      { terms: { ...progressive, repaymentFrequencyUnit: 'YEARS' } },
    ],
    [
      'transactionProcessingStrategy: advanced-payment-allocation-strategy needs a progressive schedule',
      { terms: { ...progressive, scheduleType: 'CUMULATIVE' } },
    ],
    ['allocationRules: need a rule for DEFAULT', { terms: { ...progressive, allocationRules: [] } }],
    [
      'allocationRules: must hold one rule for each type of transaction',
      { terms: { ...progressive, allocationRules: [DEFAULT_RULE, DEFAULT_RULE] } },
    ],
    [
      'allocationRules.0.order: must hold each of the 12 steps once',
      {
        terms: { ...progressive, allocationRules: [{ ...DEFAULT_RULE, order: DEFAULT_RULE.order.slice(1) }] },
      },
    ],
    [
      'allocationRules: go with advanced-payment-allocation-strategy only',
      { terms: { allocationRules: [DEFAULT_RULE] } },
    ],
    [
      'scheduleProcessingType: must be Horizontal with a cumulative schedule',
      { terms: { scheduleProcessing: 'VERTICAL' } },
    ],
    [
      'creditAllocationRules.0.order: must hold each component once',
      {
        terms: {
          ...progressive,
          creditAllocationRules: [
            { transactionType: 'CHARGEBACK', order: ['fees', 'fees', 'interest', 'principal'] },
          ],
        },
      },
    ],
    [
      'interestRecalculation: needs interest on a declining balance',
      { terms: { interestRecalculation: recalculation, interestType: 'FLAT' } },
    ],
    [
      'interestRecalculation.rescheduleStrategy: must be Adjust last unpaid period with a progressive schedule',
      { terms: { ...progressive, interestRecalculation: recalculation } },
    ],
    [
      'interestRecalculation.compoundingDay: is required with compounding',
      { terms: { interestRecalculation: { ...recalculation, compounding: 'INTEREST' } } },
    ],
    [
      'interestRecalculation.compoundingDay: goes with compounding only',
      { terms: { interestRecalculation: { ...recalculation, compoundingDay: 1 } } },
    ],
    [
      'downPaymentPercentage: is required with downPaymentEnabled',
      { terms: { downPayment: { enabled: true, percentage: null, automatic: false } } },
    ],
    [
      'downPaymentPercentage: must be greater than 0 and less than 100',
      { terms: { downPayment: { enabled: true, percentage: '100', automatic: false } } },
    ],
    [
      'downPaymentAutomatic: needs downPaymentEnabled',
      { terms: { downPayment: { enabled: false, percentage: null, automatic: true } } },
    ],
    ['maxTrancheCount: needs multiDisburse', { terms: { maxTrancheCount: 2 } }],
    [
      'maxOutstandingBalance: must not be below the largest principal',
      { terms: { multiDisburse: true, maxOutstandingBalance: 4_999_99n } },
    ],
    [
      'fixedPrincipalPercentagePerInstallment: goes with equal principal payments on cumulative schedules',
      { terms: { fixedPrincipalPercentagePerInstallment: '10' } },
    ],
    [
      'principalThresholdForLastInstallment: must be at most 100',
      { terms: { principalThresholdForLastInstallment: '101' } },
    ],
    [
      'installmentLevelDelinquency: needs a delinquencyBucket',
      { terms: { installmentLevelDelinquency: true } },
    ],
    [
      'overridableTerms: progressive schedules leave no choice of graceOnPrincipalPayment',
      { terms: progressive, rest: { choosable: ['graceOnPrincipal'] } },
    ],
    [
      'charges: LATE falls due on a day of each loan: add it to the loan',
      { rest: { charges: [{ ...penalty, time: 'SPECIFIED_DUE_DATE' }] } },
    ],
    [
      'charges: LATE is raised on overdue loans: make it a penalty',
      { rest: { charges: [{ ...penalty, penalty: false }] } },
    ],
    [
      'charges: LATE: progressive schedules know no installment fees',
      { terms: progressive, rest: { charges: [{ ...penalty, time: 'INSTALLMENT' }] } },
    ],
  ])('%s', (fault, differences) => {
    expect(lines(productWith(differences))).toContain(fault);
  });

  it('hides no other one', () => {
    const product = productWith({
      limits: { principal: { standard: 0n, least: null, most: null } },
      terms: { maxTrancheCount: 2, graceOnPrincipal: 12, scheduleProcessing: 'VERTICAL' },
    });
    expect(
      termFaults(product)
        .map(({ field }) => field)
        .sort(),
    ).toEqual(['graceOnPrincipalPayment', 'maxTrancheCount', 'principal', 'scheduleProcessingType']);
  });
});

describe('a trial', () => {
  it('names the bound at which no schedule can be made', () => {
    const product = productWith({
      limits: { principal: { standard: 1_200_00n, least: 1_00n, most: null } },
      terms: { installmentAmountInMultiplesOf: 100 },
    });
    expect(trialFaults(product, DAY).map(({ field }) => field)).toEqual(['minPrincipal']);
  });

  it('says of standard terms without a schedule nothing but that', () => {
    const product = productWith({
      terms: { installmentAmountInMultiplesOf: 100 },
      limits: { principal: { standard: 1_00n, least: 50n, most: 2_00n } },
    });
    expect(trialFaults(product, DAY)).toEqual([
      { field: 'principal', error: expect.stringMatching(/^no schedule can be made with it: /) },
    ]);
  });
});

describe('accounts', () => {
  const chart: Chart = [
    { code: '1000', name: 'Cash', type: 'asset', active: true },
    { code: '2000', name: 'Owed', type: 'liability', active: true },
    { code: '4000', name: 'Income', type: 'income', active: true },
    { code: '5000', name: 'Loss', type: 'expense', active: false },
  ];
  const { accounting } = standardProduct().terms;

  it('are faulty when they do not exist, are not active or are of another kind', () => {
    const accounts = { ...accounting.accounts, loanPortfolio: '4000', writeOff: '5000', fundSource: '9' };
    const faults = accountFaults(
      { ...accounting, accounts, fundSourceByPaymentType: { CASH: '4000' } },
      chart,
    );
    expect(faults.map(({ field, error }) => `${field}: ${error}`)).toEqual([
      'accounts.fundSource: GL account 9 does not exist',
      'accounts.loanPortfolio: GL account 4000 is of type income, must be asset',
      'accounts.writeOff: GL account 5000 is not active',
      'fundSourceByPaymentType.CASH: GL account 4000 is of type income, must be asset or liability',
    ]);
  });

  it('do not matter to a product without accounting', () => {
    const accounts = { ...accounting.accounts, loanPortfolio: 'nowhere' };
    expect(accountFaults({ ...accounting, method: 'NONE', accounts }, chart)).toEqual([]);
  });
});

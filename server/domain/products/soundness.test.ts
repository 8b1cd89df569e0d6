import { describe, expect, it } from 'vitest';
import type { ChargeDefinition } from '../charge.ts';
import { date } from '../date.ts';
import type { ProductDefinition } from '../product.ts';
import { type Differences, faultLines, PROGRESSIVE, productWith } from './exampleProduct.ts';
import { termFaults } from './soundness.ts';
import { trialFaults } from './trial.ts';

const DAY = date('2025-01-15');

const lines = (product: ProductDefinition): string[] => faultLines(termFaults(product));

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
    ['a progressive schedule', { terms: PROGRESSIVE }],
    ['grace on all but one installment', { terms: { graceOnPrincipal: 11, graceOnInterest: 2 } }],
    ['recalculation', { terms: { interestRecalculation: recalculation } }],
    ['a down payment', { terms: { downPayment: { enabled: true, percentage: '25', automatic: true } } }],
    ['tranches', { terms: { multiDisburse: true, maxTrancheCount: 3, maxOutstandingBalance: 5_000_00n } }],
    ['an overdue penalty', { rest: { charges: [penalty] } }],
    ['a bound that is the standard', { limits: { numberOfRepayments: { least: 12, most: 12 } } }],
    ['bounds of the rate', { limits: { interestRatePerPeriod: { least: '1.9', most: '2.000001' } } }],
    ['an offer of one day', { rest: { offered: { least: DAY, most: DAY } } }],
    ['an offer without an end', { rest: { offered: { least: DAY, most: null } } }],
    ['an offer without a beginning', { rest: { offered: { least: null, most: DAY } } }],
    ['100 years', { terms: { repaymentFrequencyUnit: 'YEARS', numberOfRepayments: 100 } }],
    ['a length just beyond the last but one installment', { terms: { fixedLength: 23, repaymentEvery: 2 } }],
    [
      'a charge that falls due on a day of each loan',
      { rest: { charges: [{ ...penalty, time: 'SPECIFIED_DUE_DATE' }] } },
    ],
    ['a penalty with every installment', { rest: { charges: [{ ...penalty, time: 'INSTALLMENT' }] } }],
    [
      'a fee when the money is paid out',
      { rest: { charges: [{ ...penalty, time: 'DISBURSEMENT', penalty: false }] } },
    ],
    [
      'a share of the principal with each installment',
      { terms: { amortization: 'EQUAL_PRINCIPAL_PAYMENTS', fixedPrincipalPercentagePerInstallment: '10' } },
    ],
    [
      'delinquency by installment with a bucket',
      {
        terms: {
          installmentLevelDelinquency: true,
          delinquencyBucket: { code: 'B', ranges: [{ code: 'R', name: 'r', minDays: 1, maxDays: null }] },
        },
      },
    ],
    [
      'a progressive schedule that leaves the rate to the loan',
      { terms: PROGRESSIVE, rest: { choosable: ['interestRatePerPeriod'] } },
    ],
    [
      'a progressive schedule of years without interest',
      { terms: { ...PROGRESSIVE, repaymentFrequencyUnit: 'YEARS', interestRatePerPeriod: '0' } },
    ],
    ['tranches that nobody expects', { terms: { multiDisburse: true, disallowExpectedDisbursements: true } }],
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
    [
      'numberOfRepayments: must be at least minNumberOfRepayments',
      { limits: { numberOfRepayments: { least: 13, most: null } } },
    ],
    [
      'interestRatePerPeriod: must be at most maxInterestRatePerPeriod',
      { limits: { interestRatePerPeriod: { least: null, most: '1.999999' } } },
    ],
    [
      'numberOfRepayments: makes a loan run longer than 100 years',
      { terms: { repaymentFrequencyUnit: 'WEEKS', repaymentEvery: 500 } },
    ],
    [
      'fixedLength: must reach beyond the last but one installment',
      { terms: { fixedLength: 22, repaymentEvery: 2 } },
    ],
    ['fixedLength: must reach beyond the last but one installment', { terms: { fixedLength: 11 } }],
    [
      'graceOnPrincipalPayment: must be less than the fewest repayments that are allowed (3)',
      { limits: { numberOfRepayments: { least: 3, most: null } }, terms: { graceOnPrincipal: 3 } },
    ],
    [
      'graceOnInterestCharged: progressive schedules know no grace',
      { terms: { ...PROGRESSIVE, graceInterestFree: 1 } },
    ],
    [
      'graceOnInterestPayment: must be less than the fewest repayments that are allowed (12)',
      { terms: { graceOnInterest: 12 } },
    ],
    [
      'interestType: progressive schedules know declining balance only',
      { terms: { ...PROGRESSIVE, interestType: 'FLAT' } },
    ],
    [
      'amortizationType: progressive schedules know equal installments only',
      { terms: { ...PROGRESSIVE, amortization: 'EQUAL_PRINCIPAL_PAYMENTS' } },
    ],
    [
      'repaymentFrequencyType: progressive schedules with interest know days, weeks and months',
      { terms: { ...PROGRESSIVE, repaymentFrequencyUnit: 'YEARS' } },
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
    [
      'downPaymentPercentage: must be greater than 0 and less than 100',
      { terms: { downPayment: { enabled: true, percentage: '0', automatic: false } } },
    ],
    [
      'downPaymentPercentage: needs downPaymentEnabled',
      { terms: { downPayment: { enabled: false, percentage: '25', automatic: false } } },
    ],
    ['maxOutstandingBalance: needs multiDisburse', { terms: { maxOutstandingBalance: 5_000_00n } }],
    [
      'disallowExpectedDisbursements: needs multiDisburse',
      { terms: { disallowExpectedDisbursements: true } },
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
      'fixedPrincipalPercentagePerInstallment: must be greater than 0 and less than 100',
      { terms: { amortization: 'EQUAL_PRINCIPAL_PAYMENTS', fixedPrincipalPercentagePerInstallment: '100' } },
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
      { terms: PROGRESSIVE, rest: { choosable: ['graceOnPrincipal'] } },
    ],
    [
      'charges: LATE is raised on overdue loans: make it a penalty',
      { rest: { charges: [{ ...penalty, penalty: false }] } },
    ],
    [
      'charges: LATE: progressive schedules know no installment fees',
      { terms: PROGRESSIVE, rest: { charges: [{ ...penalty, time: 'INSTALLMENT' }] } },
    ],
  ])('%s', (fault, differences) => {
    expect(lines(productWith(differences))).toEqual([fault]);
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

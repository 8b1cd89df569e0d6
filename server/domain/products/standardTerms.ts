/**
 * The terms of an ordinary loan, from which the seeded products and the examples of tests differ: declining
 * balance, equal installments, months of 30 days and years of 360; a payment goes to penalties, fees,
 * interest, principal.
 *
 *   1,200.00 over 12 months at 2 % a month: 12 installments of 113.47
 *
 * Source: contract "Loan products" (the seeded 12-month loan).
 */
import type { ProductTerms } from '../product.ts';

/** Who is watched how, and what the ledger is told, each lender says for itself. */
export const STANDARD_TERMS: Omit<ProductTerms, 'currency' | 'delinquencyBucket' | 'accounting'> = {
  installmentAmountInMultiplesOf: null,
  numberOfRepayments: 12,
  repaymentEvery: 1,
  repaymentFrequencyUnit: 'MONTHS',
  repaymentStartDateType: 'DISBURSEMENT_DATE',
  interestRatePerPeriod: '2',
  interestRateUnit: 'MONTH',
  interestType: 'DECLINING_BALANCE',
  amortization: 'EQUAL_INSTALLMENTS',
  interestCalculationPeriod: 'SAME_AS_REPAYMENT_PERIOD',
  allowPartialPeriodInterest: false,
  daysInYear: '360',
  daysInMonth: '30',
  interestRecalculation: null,
  graceOnPrincipal: 0,
  graceOnInterest: 0,
  graceInterestFree: 0,
  graceOnArrearsAgeing: 0,
  strategy: 'mifos-standard-strategy',
  scheduleType: 'CUMULATIVE',
  scheduleProcessing: 'HORIZONTAL',
  allocationRules: [],
  creditAllocationRules: [],
  downPayment: { enabled: false, percentage: null, automatic: false },
  multiDisburse: false,
  disallowExpectedDisbursements: false,
  maxTrancheCount: null,
  maxOutstandingBalance: null,
  overAppliedPercentage: null,
  principalThresholdForLastInstallment: '50',
  fixedLength: null,
  fixedPrincipalPercentagePerInstallment: null,
  installmentLevelDelinquency: false,
  overdueDaysForNonPerforming: 90,
  leavesNonPerformingOnlyWhenArrearsCleared: false,
};

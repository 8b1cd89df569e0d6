/**
 * The loan that the tables of this folder are about, as in engine.md: 5000 at 18 % a year, 4 monthly
 * installments from 15 Jan 2025, equal installments, interest as the repayment period with partial periods.
 * Rows print as a banker reads them: `2025-02-15 1222.22 + 75.00` (due date, principal + interest). Used by
 * tests only.
 */
import { allocateInFixedOrder } from '../allocation/fixedOrder.ts';
import type { PaymentInHand } from '../allocation/settle.ts';
import { PAYMENT_ORDERS } from '../allocation/strategies.ts';
import { noPortions } from '../components.ts';
import { type CivilDate, date } from '../date.ts';
import type { Installment } from '../installment.ts';
import { type Currency, formatMoney, type Money, parseMoney } from '../money.ts';
import { DEFAULT_SETTINGS, type InterestRecalculation, type LoanTerms } from '../terms.ts';
import { generateCumulativeSchedule, type ScheduleInput } from './cumulative.ts';
import { rowsToKeep } from './keptRows.ts';
import type { IncomingPayment, RecalculationInput } from './recalculation.ts';

export const EUR: Currency = { code: 'EUR', decimals: 2, inMultiplesOf: 0 };
export const money = (amount: number | string): Money => parseMoney(amount, EUR);

const START = date('2025-01-15');

const EXAMPLE: LoanTerms = {
  currency: EUR,
  principal: money(5000),
  installmentAmountInMultiplesOf: null,
  expectedDisbursementDate: START,
  firstRepaymentDate: null,
  termFrequency: 4,
  termFrequencyUnit: 'MONTHS',
  numberOfRepayments: 4,
  repaymentEvery: 1,
  repaymentFrequencyUnit: 'MONTHS',
  repaymentStartDateType: 'DISBURSEMENT_DATE',
  interestRatePerPeriod: '18',
  interestRateUnit: 'YEAR',
  interestType: 'DECLINING_BALANCE',
  amortization: 'EQUAL_INSTALLMENTS',
  interestCalculationPeriod: 'SAME_AS_REPAYMENT_PERIOD',
  allowPartialPeriodInterest: true,
  daysInYear: '365',
  daysInMonth: 'ACTUAL',
  interestChargedFrom: null,
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
  disallowExpectedDisbursements: true,
  maxTrancheCount: null,
  maxOutstandingBalance: null,
  overAppliedPercentage: null,
  principalThresholdForLastInstallment: '50',
  fixedLength: null,
  fixedInstallmentAmount: null,
  fixedPrincipalPercentagePerInstallment: null,
  installmentLevelDelinquency: false,
  overdueDaysForNonPerforming: null,
  leavesNonPerformingOnlyWhenArrearsCleared: false,
  delinquencyBucket: null,
  accounting: {
    method: 'NONE',
    accounts: {} as LoanTerms['accounting']['accounts'],
    fundSourceByPaymentType: {},
  },
};

/** The example with own terms; number of rows and term go together unless told apart. */
export const exampleTerms = (own: Partial<LoanTerms> = {}): LoanTerms => ({
  ...EXAMPLE,
  termFrequency: own.numberOfRepayments ?? EXAMPLE.termFrequency,
  termFrequencyUnit: own.repaymentFrequencyUnit ?? EXAMPLE.termFrequencyUnit,
  ...own,
});

/** The example as input of the generator: one tranche of the whole principal on the expected date. */
export function exampleInput(own: Partial<LoanTerms> = {}, more: Partial<ScheduleInput> = {}): ScheduleInput {
  const terms = exampleTerms(own);
  const on = terms.expectedDisbursementDate;
  return {
    terms,
    submittedOn: on,
    tranches: [{ expectedOn: on, disbursedOn: on, amount: terms.principal }],
    variations: [],
    businessDate: on,
    settings: DEFAULT_SETTINGS,
    ...more,
  };
}

export const shown = (amount: Money): string => formatMoney(amount, EUR);

/** `2025-02-15 1222.22 + 75.00` for every row. */
export const printed = (rows: readonly Installment[]): string[] =>
  rows.map(({ due, charged }) => `${due} ${shown(charged.principal)} + ${shown(charged.interest)}`);

/** The same without dates. */
export const amounts = (rows: readonly Installment[]): string[] => printed(rows).map((row) => row.slice(11));

export const schedule = (own: Partial<LoanTerms> = {}, more: Partial<ScheduleInput> = {}): Installment[] =>
  generateCumulativeSchedule(exampleInput(own, more));

/** Interest recalculation in its plainest form. */
export const recalculation = (own: Partial<InterestRecalculation> = {}): InterestRecalculation => ({
  restFrequency: 'DAILY',
  rescheduleStrategy: 'REDUCE_EMI_AMOUNT',
  preCloseRule: 'TILL_PRE_CLOSE_DATE',
  compounding: 'NONE',
  compoundingDay: null,
  arrearsBasedOnOriginalSchedule: false,
  ...own,
});

/** Lays a payment by penalties, fees, interest, principal: the strategy `mifos-standard-strategy`. */
export function allocate(rows: readonly Installment[], { date: on, amount }: IncomingPayment) {
  const payment: PaymentInHand = { date: on, left: amount, portions: noPortions() };
  const order = PAYMENT_ORDERS['mifos-standard-strategy'];
  allocateInFixedOrder({ rows, payment, order, dueCharges: () => 0n });
  return { left: payment.left, portions: payment.portions };
}

/** What is known besides the terms; rows of the schedule in force are kept up to a date. */
interface Known extends Partial<RecalculationInput> {
  readonly current?: readonly Installment[];
  readonly regenerateFrom?: CivilDate | null;
}

/** The input of a recalculation: everything anew, nothing paid, no charges. */
export const recalculationInput = (
  input: ScheduleInput,
  { current = [], regenerateFrom = null, ...own }: Known = {},
): RecalculationInput => ({
  ...input,
  payments: [],
  allocate,
  layCharges: () => {},
  feesDue: () => 0n,
  kept: rowsToKeep(current, regenerateFrom),
  ...own,
});

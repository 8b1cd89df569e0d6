/**
 * Loan terms: everything that was agreed when the loan was made. They are copied from the product into the
 * loan at origination; products may change, loans may not. Rates and percentages are decimal texts ("12.5"),
 * amounts minor units. Values are spelled as in the conformance vectors. Source: engine.md sections 2 to 6.
 */
import type { WorkingCalendar } from './calendar/workingCalendar.ts';
import type { ChargeDefinition } from './charge.ts';
import type { Component } from './components.ts';
import type { CivilDate, PeriodUnit } from './date.ts';
import type { Currency, DecimalText, Money } from './money.ts';

export type { DecimalText };

export type ScheduleType = 'CUMULATIVE' | 'PROGRESSIVE';
export type InterestType = 'FLAT' | 'DECLINING_BALANCE';
export type Amortization = 'EQUAL_INSTALLMENTS' | 'EQUAL_PRINCIPAL_PAYMENTS';
export type InterestCalculationPeriod = 'DAILY' | 'SAME_AS_REPAYMENT_PERIOD';
export type InterestRateUnit = 'DAY' | 'WEEK' | 'MONTH' | 'YEAR' | 'WHOLE_TERM';
export type DaysInYear = 'ACTUAL' | '360' | '364' | '365';
export type DaysInMonth = 'ACTUAL' | '30';

/** Names of the allocation strategies as in engine.md section 5.4 and 5.5. */
export type AllocationStrategy =
  | 'mifos-standard-strategy'
  | 'creocore-strategy'
  | 'interest-principal-penalties-fees-order-strategy'
  | 'principal-interest-penalties-fees-order-strategy'
  | 'early-repayment-strategy'
  | 'heavensfamily-strategy'
  | 'rbi-india-strategy'
  | 'due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy'
  | 'due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy'
  | 'advanced-payment-allocation-strategy';

export type DueType = 'PAST_DUE' | 'DUE' | 'IN_ADVANCE';
export type FutureInstallmentRule = 'NEXT_INSTALLMENT' | 'LAST_INSTALLMENT' | 'REAMORTIZATION';

export interface AllocationStep {
  readonly dueType: DueType;
  readonly component: Component;
}

/** Rule of the advanced allocation for one kind of transaction; `DEFAULT` for kinds without their own. */
export interface AllocationRule {
  readonly transactionType: string;
  readonly order: readonly AllocationStep[];
  readonly futureInstallments: FutureInstallmentRule;
}

/** Order in which a chargeback takes the components of the payment it charges back. */
export interface CreditAllocationRule {
  readonly transactionType: string;
  readonly order: readonly Component[];
}

export type RescheduleStrategy =
  | 'REDUCE_EMI_AMOUNT'
  | 'REDUCE_NUMBER_OF_INSTALLMENTS'
  | 'RESCHEDULE_NEXT_REPAYMENTS'
  | 'ADJUST_LAST_UNPAID_PERIOD';
export type RestFrequency = 'DAILY' | 'SAME_AS_REPAYMENT_PERIOD';
export type CompoundingFrequency = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'SAME_AS_REPAYMENT_PERIOD';
export type PreCloseRule = 'TILL_PRE_CLOSE_DATE' | 'TILL_REST_FREQUENCY_DATE';

export interface InterestRecalculation {
  readonly restFrequency: RestFrequency;
  readonly rescheduleStrategy: RescheduleStrategy;
  readonly preCloseRule: PreCloseRule;
  readonly compounding: 'NONE' | 'INTEREST' | 'FEE' | 'INTEREST_AND_FEE';
  /** Day of the month (1 to 31) or of the week (1 = Monday); null where neither says when it compounds. */
  readonly compoundingDay: number | null;
  /** Absent = monthly. */
  readonly compoundingFrequency?: CompoundingFrequency;
  /** Every so many days, weeks or months; absent = 1. */
  readonly compoundingInterval?: number;
  readonly arrearsBasedOnOriginalSchedule: boolean;
}

export interface DownPaymentTerms {
  readonly enabled: boolean;
  readonly percentage: DecimalText | null;
  /** Books the down payment by itself on every disbursement. */
  readonly automatic: boolean;
}

export interface LoanTerms {
  readonly currency: Currency;
  readonly principal: Money;
  /** Installments are brought to multiples of this many currency units; null = no rule. */
  readonly installmentAmountInMultiplesOf: number | null;
  readonly expectedDisbursementDate: CivilDate;
  readonly firstRepaymentDate: CivilDate | null;
  readonly termFrequency: number;
  readonly termFrequencyUnit: PeriodUnit;
  readonly numberOfRepayments: number;
  readonly repaymentEvery: number;
  readonly repaymentFrequencyUnit: PeriodUnit;
  readonly repaymentStartDateType: 'DISBURSEMENT_DATE' | 'SUBMITTED_ON_DATE';
  readonly interestRatePerPeriod: DecimalText;
  readonly interestRateUnit: InterestRateUnit;
  readonly interestType: InterestType;
  readonly amortization: Amortization;
  readonly interestCalculationPeriod: InterestCalculationPeriod;
  readonly allowPartialPeriodInterest: boolean;
  readonly daysInYear: DaysInYear;
  readonly daysInMonth: DaysInMonth;
  readonly interestChargedFrom: CivilDate | null;
  readonly interestRecalculation: InterestRecalculation | null;
  readonly graceOnPrincipal: number;
  readonly graceOnInterest: number;
  readonly graceInterestFree: number;
  /** Days before an unpaid installment makes the loan delinquent. */
  readonly graceOnArrearsAgeing: number;
  readonly strategy: AllocationStrategy;
  readonly scheduleType: ScheduleType;
  readonly scheduleProcessing: 'HORIZONTAL' | 'VERTICAL';
  /** Rules of the advanced allocation; empty with the fixed-order strategies. */
  readonly allocationRules: readonly AllocationRule[];
  readonly creditAllocationRules: readonly CreditAllocationRule[];
  readonly downPayment: DownPaymentTerms;
  readonly multiDisburse: boolean;
  readonly disallowExpectedDisbursements: boolean;
  readonly maxTrancheCount: number | null;
  readonly maxOutstandingBalance: Money | null;
  /**
   * Share by which approval or disbursement may exceed the applied amount, in percent; null = not allowed.
   */
  readonly overAppliedPercentage: DecimalText | null;
  readonly principalThresholdForLastInstallment: DecimalText;
  readonly fixedLength: number | null;
  readonly fixedInstallmentAmount: Money | null;
  readonly fixedPrincipalPercentagePerInstallment: DecimalText | null;
  readonly installmentLevelDelinquency: boolean;
  readonly overdueDaysForNonPerforming: number | null;
  readonly leavesNonPerformingOnlyWhenArrearsCleared: boolean;
  readonly delinquencyBucket: DelinquencyBucket | null;
  readonly accounting: AccountingRule;
  /** Penalties that close of business raises on overdue installments; absent = none. */
  readonly overdueCharges?: readonly ChargeDefinition[];
  /** Days on which due dates may fall, as they were when the loan was made; absent = every day. */
  readonly calendar?: WorkingCalendar;
  /** States accrued income in transactions of its own; absent = where close of business has that step. */
  readonly statesAccrualActivity?: boolean;
  /** Refunds that bring back the interest on the refunded amount as well; absent = none. */
  readonly interestRefundFor?: readonly ('merchantIssuedRefund' | 'payoutRefund')[];
  /** Up to this much may be open, or overpaid, when a loan is closed by hand; absent = nothing. */
  readonly closingTolerance?: Money;
  /** Days before a due date at which the reminder event is raised; absent = the deployment's setting. */
  readonly daysBeforeRepaymentIsDue?: number;
  /** Days after a missed due date at which the overdue event is raised; absent = the deployment's setting. */
  readonly daysAfterRepaymentIsOverdue?: number;
}

/** Ranges of days past due, ascending; the last may be open (`maxDays: null`). */
export interface DelinquencyBucket {
  readonly code: string;
  readonly ranges: readonly DelinquencyRange[];
}

export interface DelinquencyRange {
  readonly code: string;
  readonly name: string;
  readonly minDays: number;
  readonly maxDays: number | null;
}

export type AccountingMethod = 'NONE' | 'CASH' | 'ACCRUAL_PERIODIC';

/**
 * Roles that a product maps to accounts of the chart; engine.md section 8 says which transaction moves which.
 */
export type AccountRole =
  | 'fundSource'
  | 'loanPortfolio'
  | 'transfersInSuspense'
  | 'interestReceivable'
  | 'feeReceivable'
  | 'penaltyReceivable'
  | 'interestIncome'
  | 'feeIncome'
  | 'penaltyIncome'
  | 'recoveryIncome'
  | 'writeOff'
  | 'overpayment'
  | 'goodwillCredit'
  | 'goodwillInterest'
  | 'goodwillFee'
  | 'goodwillPenalty'
  | 'chargeOffExpense'
  | 'chargeOffFraudExpense'
  | 'chargeOffInterest'
  | 'chargeOffFee'
  | 'chargeOffPenalty';

export interface AccountingRule {
  readonly method: AccountingMethod;
  /** GL code per role. */
  readonly accounts: Readonly<Record<AccountRole, string>>;
  /** GL code of the fund source for payments of a given type, where it differs. */
  readonly fundSourceByPaymentType: Readonly<Record<string, string>>;
}

/** Deployment-wide settings of the engine, named as in the conformance settings. */
export interface EngineSettings {
  readonly precision: number;
  readonly chargeAccrualDate: 'due-date' | 'submitted-date';
  readonly nextPaymentDueDate: 'earliest-unpaid-date' | 'next-unpaid-due-date';
  readonly interestChargedFromSameAsDisbursal: boolean;
  readonly interestRecoveredFirstWhenAboveInstallment: boolean;
  readonly penaltyWaitPeriod: number;
  readonly graceOnPenaltyPosting: number;
  readonly backdatePenalties: boolean;
  readonly daysBeforeRepaymentIsDue: number;
  readonly daysAfterRepaymentIsOverdue: number;
}

export const DEFAULT_SETTINGS: EngineSettings = {
  precision: 12,
  chargeAccrualDate: 'due-date',
  nextPaymentDueDate: 'earliest-unpaid-date',
  interestChargedFromSameAsDisbursal: true,
  interestRecoveredFirstWhenAboveInstallment: false,
  penaltyWaitPeriod: 2,
  graceOnPenaltyPosting: 0,
  backdatePenalties: true,
  daysBeforeRepaymentIsDue: 1,
  daysAfterRepaymentIsOverdue: 2,
};

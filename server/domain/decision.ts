/**
 * The one way into a loan: `decide` takes a loan and a command and answers the loan after it, with what was
 * booked on the way, or throws a `Refusal` and changes nothing. Pure: the business date is an argument.
 * Source: engine.md sections 5 to 10.
 */

import type { ChargeDefinition } from './charge.ts';
import type { CivilDate, PeriodUnit } from './date.ts';
import type { JournalEntry } from './ledger.ts';
import type { Loan, LoanStatus } from './loan.ts';
import type { Money } from './money.ts';
import type { DecimalText, EngineSettings, LoanTerms } from './terms.ts';
import type { LoanTransaction, TransactionType } from './transaction.ts';

/** The kinds of payment that a caller can post (the others follow from other commands). */
export type PaymentType = Extract<
  TransactionType,
  | 'repayment'
  | 'merchantIssuedRefund'
  | 'payoutRefund'
  | 'goodwillCredit'
  | 'interestPaymentWaiver'
  | 'downPayment'
  | 'waiveInterest'
  | 'refund'
  | 'creditBalanceRefund'
  | 'recoveryRepayment'
>;

export type LoanCommand =
  /** New terms of a loan that is still pending. */
  | { kind: 'modify'; terms: LoanTerms; submittedOn: CivilDate }
  | { kind: 'approve'; on: CivilDate; amount?: Money; expectedDisbursementDate?: CivilDate }
  | { kind: 'undoApproval' }
  | { kind: 'reject'; on: CivilDate }
  | { kind: 'withdraw'; on: CivilDate }
  | {
      kind: 'disburse';
      on: CivilDate;
      amount?: Money;
      fixedInstallmentAmount?: Money;
      adjustedFirstDueDate?: CivilDate;
      paymentType?: string;
    }
  | { kind: 'undoDisbursal' }
  | { kind: 'undoLastDisbursal' }
  | { kind: 'pay'; type: PaymentType; on: CivilDate; amount: Money; paymentType?: string }
  | { kind: 'chargeback'; transactionId: number; on: CivilDate; amount: Money; paymentType?: string }
  | { kind: 'reverse'; transactionId: number; on: CivilDate }
  | { kind: 'adjust'; transactionId: number; on: CivilDate; amount: Money }
  | { kind: 'addCharge'; definition: ChargeDefinition; dueDate?: CivilDate; amountOrPercentage?: DecimalText }
  | { kind: 'removeCharge'; chargeId: number }
  | { kind: 'changeCharge'; chargeId: number; dueDate?: CivilDate; amountOrPercentage?: DecimalText }
  | { kind: 'waiveCharge'; chargeId: number }
  | { kind: 'undoWaiveCharge'; transactionId: number }
  | {
      kind: 'payCharge';
      chargeId: number;
      on: CivilDate;
      /** Absent = what is open. */
      amount?: Money;
      /** Of an installment fee: the number of the installment; absent = the first one that is open. */
      installment?: number;
      paymentType?: string;
    }
  | { kind: 'adjustCharge'; chargeId: number; on: CivilDate; amount: Money }
  | { kind: 'refundCharge'; chargeId: number; on: CivilDate; amount?: Money; paymentType?: string }
  | { kind: 'close'; on: CivilDate }
  | { kind: 'chargeOff'; on: CivilDate }
  | { kind: 'undoChargeOff' }
  | { kind: 'setFraud'; isFraud: boolean }
  | { kind: 'writeOff'; on: CivilDate }
  | { kind: 'undoWriteOff' }
  | {
      kind: 'reschedule';
      from: CivilDate;
      submittedOn: CivilDate;
      approvedOn: CivilDate;
      adjustedDueDate?: CivilDate;
      graceOnPrincipal?: number;
      graceOnInterest?: number;
      extraTerms?: number;
      newInterestRate?: DecimalText;
    }
  | {
      kind: 'reAge';
      startDate: CivilDate;
      frequencyNumber: number;
      frequencyUnit: PeriodUnit;
      numberOfInstallments: number;
    }
  | { kind: 'undoReAge' }
  | { kind: 'reAmortize' }
  | { kind: 'undoReAmortize' }
  | { kind: 'pauseDelinquency'; startDate: CivilDate; endDate: CivilDate }
  | { kind: 'resumeDelinquency'; startDate: CivilDate; endDate?: CivilDate }
  /**
   * Close of business for one day: overdue charges, delinquency, arrears, accruals (engine.md section 7.5).
   */
  | { kind: 'closeBusinessDay'; day: CivilDate; steps: readonly CloseOfBusinessStep[] }
  | { kind: 'accrue'; till: CivilDate }
  | { kind: 'classifyDelinquency' };

export type CloseOfBusinessStep =
  | 'APPLY_CHARGE_TO_OVERDUE_LOANS'
  | 'LOAN_DELINQUENCY_CLASSIFICATION'
  | 'CHECK_LOAN_REPAYMENT_DUE'
  | 'CHECK_LOAN_REPAYMENT_OVERDUE'
  | 'UPDATE_LOAN_ARREARS_AGING'
  | 'ADD_PERIODIC_ACCRUAL_ENTRIES'
  | 'CHECK_DUE_INSTALLMENTS'
  | 'ACCRUAL_ACTIVITY_POSTING'
  | 'LOAN_INTEREST_RECALCULATION';

export interface DecisionContext {
  /** The business date D: set by hand or by the job, never read from a clock in here. */
  readonly businessDate: CivilDate;
  readonly settings: EngineSettings;
  /** Ids from here on are of transactions that the decision at hand books; `decide` itself sets it. */
  readonly newFrom?: number;
}

/** Something that happened to the loan and that the outside may want to hear of. */
export interface LoanEvent {
  readonly name: string;
  readonly transactionId: number | null;
  /** The new status, on `loan-status-changed`. */
  readonly status?: LoanStatus;
}

export interface Decision {
  /** The loan after the command. */
  readonly loan: Loan;
  /** Transactions that are new or differ from before, as they now stand, by id. */
  readonly changed: readonly LoanTransaction[];
  /** What goes into the ledger, in order, balanced entry by entry. */
  readonly entries: readonly JournalEntry[];
  readonly events: readonly LoanEvent[];
}

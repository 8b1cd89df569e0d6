/**
 * Loan transactions: the history of a loan. A replay may change how a transaction was split, never its
 * identity (`id`), date or amount. Source: engine.md sections 0, 5.3, 5.6, 5.14.
 */
import type { Portions } from './components.ts';
import type { CivilDate } from './date.ts';
import type { Money } from './money.ts';

export type TransactionType =
  | 'disbursement'
  | 'repaymentAtDisbursement'
  | 'repayment'
  | 'downPayment'
  | 'merchantIssuedRefund'
  | 'payoutRefund'
  | 'goodwillCredit'
  | 'interestPaymentWaiver'
  | 'interestRefund'
  | 'chargeRefund'
  | 'chargeAdjustment'
  | 'chargePayment'
  | 'waiveInterest'
  | 'waiveCharges'
  | 'refund'
  | 'creditBalanceRefund'
  | 'chargeback'
  | 'recoveryRepayment'
  | 'writeOff'
  | 'chargeOff'
  | 'accrual'
  | 'accrualActivity'
  | 'reAge'
  | 'reAmortize';

/** Paid out of a transaction to one charge. */
export interface ChargePayment {
  readonly chargeId: number;
  readonly amount: Money;
}

export interface LoanTransaction {
  /** Number within the loan, 1, 2, 3 ... in order of first booking; stable for ever. */
  readonly id: number;
  /**
   * Place in the replay order among transactions of one date; a replay that changes the split moves it to the
   * end.
   */
  readonly sequence: number;
  /**
   * Its place when it was last laid over the schedule, where that replay has moved it since; absent = its
   * sequence. The next replay takes it at its new place.
   */
  readonly laidAs?: number;
  readonly type: TransactionType;
  readonly date: CivilDate;
  /** Business date on which it was booked. */
  readonly submittedOn: CivilDate;
  readonly amount: Money;
  readonly portions: Portions;
  /** Part of the amount that became, or came out of, an overpayment. */
  readonly overpaid: Money;
  /** Part of a waiver that had not been accrued and so is not booked. */
  readonly unrecognised: Money;
  readonly chargesPaid: readonly ChargePayment[];
  /** Outstanding principal after it, in list order; 0 for transactions that move no principal. */
  readonly balance: Money;
  /**
   * Reversed by hand: stays in lists. Reversed by the system (a superseded accrual, an undone disbursal):
   * hidden.
   */
  readonly reversal: 'none' | 'byHand' | 'bySystem';
  readonly reversedOn: CivilDate | null;
  /** The payment that a chargeback charges back; the transaction that an adjustment replaced. */
  readonly relatedTransactionId: number | null;
  /** The charge that a waiver, payment, adjustment or refund is about. */
  readonly relatedChargeId: number | null;
  readonly paymentType: string | null;
  /** The installment of an installment fee that a charge payment pays: 1 for the first normal one. */
  readonly place?: number;
  /** Parameters of re-age transactions; null for others. */
  readonly reAge: ReAgeTerms | null;
  /** Which accounts its lines went to when it was posted; never reclassified later (engine.md section 8). */
  readonly bookedAs: Booking;
  /**
   * What the overpaid part paid at once: of the portions of a chargeback by a credit allocation rule
   * (engine.md 5.9), or of the rows that a disbursement made, where that is more than principal.
   */
  readonly settledAtOnce?: Portions;
  /** Charge waiver taken back since the last replay, which does not know of it yet; absent = none of this. */
  readonly lifted?: LiftedWaiver;
}

/**
 * What taking a charge waiver back has undone; like a charge it stands before the transaction of its
 * number.
 */
export interface LiftedWaiver {
  readonly sequence: number;
  /** The installment of an installment fee, 1 for the first normal one. */
  readonly place?: number;
}

/**
 * How a transaction is classified for the ledger: before a charge-off, or after it (on a loan marked as
 * fraud).
 */
export type Booking = 'performing' | 'chargedOff' | 'chargedOffFraud';

export interface ReAgeTerms {
  readonly startDate: CivilDate;
  readonly frequencyNumber: number;
  readonly frequencyUnit: 'DAYS' | 'WEEKS' | 'MONTHS' | 'YEARS';
  readonly numberOfInstallments: number;
}

/** Payments in the wide sense: they are allocated to the schedule. */
export const REPAYMENT_LIKE: ReadonlySet<TransactionType> = new Set<TransactionType>([
  'repayment',
  'merchantIssuedRefund',
  'payoutRefund',
  'goodwillCredit',
  'chargeRefund',
  'chargeAdjustment',
  'downPayment',
  'interestPaymentWaiver',
  'interestRefund',
]);

/** All that pays the loan: also the payment of one charge, which goes to that charge first. */
export const PAYMENTS: ReadonlySet<TransactionType> = new Set<TransactionType>([
  ...REPAYMENT_LIKE,
  'chargePayment',
]);

/** Never touch the running balance. */
export const NON_MONETARY: ReadonlySet<TransactionType> = new Set<TransactionType>([
  'accrual',
  'accrualActivity',
  'chargeOff',
  'reAge',
  'reAmortize',
]);

export const isActive = (transaction: LoanTransaction): boolean => transaction.reversal === 'none';

/**
 * A loan: terms, state and history. Everything shown (schedule, balances, delinquency) is a function of
 * terms, transactions, charges and business date; what is stored of it is a cache that a test rebuilds.
 * Source: engine.md section 0.
 */
import type { LoanCharge } from './charge.ts';
import type { CivilDate } from './date.ts';
import type { Installment } from './installment.ts';
import type { Money } from './money.ts';
import type { DecimalText, LoanTerms } from './terms.ts';
import type { LoanTransaction } from './transaction.ts';

export type LoanStatus =
  | 'pending'
  | 'approved'
  | 'active'
  | 'closed'
  | 'writtenOff'
  | 'overpaid'
  | 'rejected'
  | 'withdrawn';

/** A disbursement that is expected or has happened. */
export interface Tranche {
  readonly expectedOn: CivilDate;
  readonly disbursedOn: CivilDate | null;
  readonly amount: Money;
}

/** A change to the terms of a running loan, effective from an installment (engine.md section 3.9). */
export interface TermVariation {
  readonly kind:
    | 'dueDate'
    | 'extraTerms'
    | 'graceOnPrincipal'
    | 'graceOnInterest'
    | 'interestRate'
    | 'installmentAmount';
  readonly applicableFrom: CivilDate;
  /** New due date, number of terms or periods, rate or amount, by kind. */
  readonly dateValue: CivilDate | null;
  readonly numberValue: DecimalText | null;
}

export interface DelinquencyAction {
  readonly action: 'PAUSE' | 'RESUME';
  readonly startDate: CivilDate;
  readonly endDate: CivilDate | null;
}

/** A range the loan was in; `liftedOn` null = still in it. */
export interface DelinquencyTag {
  readonly rangeCode: string;
  readonly addedOn: CivilDate;
  readonly liftedOn: CivilDate | null;
}

/** What of an installment was overdue, in which range, when the loan was last classified. */
export interface InstallmentTag {
  readonly installment: number;
  readonly rangeCode: string;
  readonly amount: Money;
}

/** Repayments that stand and are not listed: how much, how much of it principal, and the date of the last. */
export interface LeftOut {
  readonly lastOn: CivilDate | null;
  readonly amount: Money;
  readonly principal: Money;
}

/**
 * How rows of a schedule that follows the payments were made, and what was known then; only what the history
 * does not tell (history/regenerations.ts).
 */
export interface Regeneration {
  /** By the agreed terms alone, or ended by a pay-off on its day; absent = after the payments. */
  readonly by?: 'terms' | 'payoff';
  /** The business date that it reckoned with. */
  readonly on: CivilDate;
  /** So many rows before those that it made stood as they were. */
  readonly kept: number;
  /** Highest numbers of a transaction and of a charge that were known; 0 = none. */
  readonly transactions: number;
  readonly charges: number;
  /** Where they are not those of the regeneration before. */
  readonly variations?: readonly TermVariation[];
  /** Payments and waivers that counted then and were taken back since; absent = none. */
  readonly undone?: readonly UndoneTransaction[];
  /** Charges that counted then and no longer do, by number; absent = none. */
  readonly dropped?: readonly number[];
}

export interface UndoneTransaction {
  readonly id: number;
  /** The installment of an installment fee that a waiver had forgiven, 1 for the first normal one. */
  readonly place?: number;
}

export interface Loan {
  readonly terms: LoanTerms;
  readonly status: LoanStatus;
  readonly submittedOn: CivilDate;
  readonly approvedOn: CivilDate | null;
  readonly approvedPrincipal: Money;
  readonly disbursedOn: CivilDate | null;
  readonly closedOn: CivilDate | null;
  readonly overpaidOn: CivilDate | null;
  readonly chargedOffOn: CivilDate | null;
  readonly isFraud: boolean;
  readonly isNonPerforming: boolean;
  readonly overpaid: Money;
  readonly expectedMaturity: CivilDate | null;
  readonly actualMaturity: CivilDate | null;
  readonly tranches: readonly Tranche[];
  readonly variations: readonly TermVariation[];
  readonly charges: readonly LoanCharge[];
  readonly installments: readonly Installment[];
  /** All transactions in order of first booking, system-reversed ones included. */
  readonly transactions: readonly LoanTransaction[];
  /**
   * Quiet accruals (server/domain/closing) may be left out of `transactions` where they do not matter: then
   * the highest id and sequence in use, theirs included. Absent: nothing is left out.
   */
  readonly unlisted?: { readonly id: number; readonly sequence: number };
  /** Repayments too may be left out (history/abridged.ts); absent: none is. */
  readonly leftOut?: LeftOut;
  readonly accruedTill: CivilDate | null;
  readonly delinquencyActions: readonly DelinquencyAction[];
  readonly delinquencyTags: readonly DelinquencyTag[];
  /** Only of products with delinquency by installment; absent or empty = none is delinquent. */
  readonly installmentTags?: readonly InstallmentTag[];
  readonly lastClosedBusinessDate: CivilDate | null;
  /** Business date of the last replay, where the schedule depends on it; absent = it does not. */
  readonly laidOn?: CivilDate;
  /**
   * How the rows of a running loan came about whose interest follows the payments, oldest first; absent: not
   * known (made before this was noted), or nothing that the history does not tell.
   */
  readonly regenerations?: readonly Regeneration[];
}

/** As agreed: the approval may name another day than the application. */
export const expectedDisbursementOf = ({ tranches, terms }: Loan): CivilDate =>
  tranches[0]?.expectedOn ?? terms.expectedDisbursementDate;

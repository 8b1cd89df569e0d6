/**
 * What interest recalculation takes: the schedule's own input plus the payments, and two rules of the loan's
 * strategy that the generator asks for while it builds rows. The rows it answers carry principal and interest
 * only; charges are laid in and all transactions replayed over them afterwards.
 *
 * Source: engine.md section 3.10.
 */
import type { Portions } from '../components.ts';
import type { CivilDate } from '../date.ts';
import type { Installment } from '../installment.ts';
import type { Money } from '../money.ts';
import type { ScheduleInput } from './plan.ts';

/**
 * Money that came in and is laid on the schedule while it is built: repayment-like transactions, oldest
 * first.
 */
export interface IncomingPayment {
  readonly date: CivilDate;
  readonly amount: Money;
}

/** Where a payment went, and what no row could take. */
export interface LaidPayment {
  readonly left: Money;
  readonly portions: Portions;
}

/**
 * Lays a payment on `rows` in the order of the loan's strategy; changes `paid`, `metOn` and so on of the
 * rows.
 */
export type Allocate = (rows: readonly Installment[], payment: IncomingPayment) => LaidPayment;

/**
 * Puts the fees and penalties that fall into a new row into its `charged` (the first row takes those of its
 * first day).
 */
export type LayCharges = (row: Installment, rows: readonly Installment[]) => void;

/**
 * Fees and penalties that fall due after one date, up to another: those that may compound. `isFirst`: what
 * falls due on the first of them counts too.
 */
export type FeesDue = (span: { after: CivilDate; until: CivilDate; isFirst: boolean }) => Money;

export interface RecalculationInput extends ScheduleInput {
  /** In order of date, then booking; not reversed. */
  readonly payments: readonly IncomingPayment[];
  readonly allocate: Allocate;
  readonly layCharges: LayCharges;
  readonly feesDue: FeesDue;
  /** Rows of the schedule in force that stay as they stand (`rowsToKeep`); none = everything is made anew. */
  readonly kept: readonly Installment[];
}

/**
 * Paying and un-paying one component of one installment, with the columns that tell when it was paid.
 *
 *   x = min(x, outstanding[c]);  date < due: in advance += x;  date > due: late += x;  on the due date:
 *     neither
 *   An installment is met on the date of the transaction that leaves nothing outstanding in it.
 *
 * Source: engine.md section 5.1.
 */
import type { Component, MutablePortions } from '../components.ts';
import type { CivilDate } from '../date.ts';
import { type Installment, outstandingOf, totalOutstanding } from '../installment.ts';
import { type Money, maximum, minimum } from '../money.ts';

/** Money on its way into installments: what is left of it, and where the rest went. */
export interface PaymentInHand {
  readonly date: CivilDate;
  left: Money;
  readonly portions: MutablePortions;
}

/** Settles up to `limit` of one component of `row` from the payment; returns what was taken. */
export function payComponent(
  payment: PaymentInHand,
  target: { row: Installment; component: Component },
  limit: Money = payment.left,
): Money {
  const { row, component } = target;
  const open = maximum(0n, outstandingOf(row, component));
  const paid = minimum(minimum(payment.left, limit), open);
  if (paid <= 0n) return 0n;
  row.paid[component] += paid;
  if (payment.date < row.due) row.inAdvance += paid;
  if (payment.date > row.due) row.late += paid;
  payment.left -= paid;
  payment.portions[component] += paid;
  return paid;
}

/** Takes up to what is left of a refund out of the paid part of one component; returns what was taken. */
export function unpayComponent(
  refund: PaymentInHand,
  target: { row: Installment; component: Component },
): Money {
  const { row, component } = target;
  const taken = minimum(refund.left, row.paid[component]);
  if (taken <= 0n) return 0n;
  row.paid[component] -= taken;
  // Penalties leave both columns untouched, as in the reference.
  if (component !== 'penalties') {
    if (refund.date < row.due) row.inAdvance = maximum(0n, row.inAdvance - taken);
    if (refund.date > row.due) row.late = maximum(0n, row.late - taken);
  }
  refund.left -= taken;
  refund.portions[component] += taken;
  return taken;
}

/** Sets or clears the date on which the installment was met. */
export function noteWhetherMet(row: Installment, on: CivilDate): void {
  if (totalOutstanding(row) > 0n) row.metOn = null;
  else row.metOn ??= on;
}

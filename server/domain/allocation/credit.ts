/**
 * Crediting money back into the schedule: a chargeback takes a payment back, a credit balance refund pays an
 * overpayment out. First the overpayment pays for it; if that is not enough the whole amount is added to an
 * installment, and what came out of the overpayment is paid on it at once.
 *
 *   from overpaid = min(A, H);  principal = A - from overpaid;  principal > 0: row.principal += A, paid +=
 *     from overpaid
 *   300 in 3 rows, 100 paid on 15 Feb, chargeback of 40 on 20 Feb: row 2 = 140
 *
 * Source: engine.md sections 5.9 and 5.10.
 */
import { present } from '../assert.ts';
import { reachUntil } from '../charges/landing.ts';
import { noPortions } from '../components.ts';
import type { CivilDate } from '../date.ts';
import type { Installment } from '../installment.ts';
import { type Money, minimum } from '../money.ts';
import { noteWhetherMet, type PaymentInHand, payComponent } from './settle.ts';

export interface Credit {
  /** What the loan owes again. */
  readonly principal: Money;
  readonly fromOverpaid: Money;
}

/** Credits `amount` on `date`; changes the rows. `overpaid` is what payments have left over until then. */
export function creditAmount(
  rows: Installment[],
  credit: { readonly date: CivilDate; readonly amount: Money },
  overpaid: Money,
): Credit {
  const fromOverpaid = minimum(credit.amount, overpaid);
  const principal = credit.amount - fromOverpaid;
  if (principal > 0n) {
    const row = rowForCredit(rows, credit.date);
    row.charged.principal += credit.amount;
    row.credited.principal += credit.amount;
    row.metOn = null;
    const payment: PaymentInHand = { date: credit.date, left: fromOverpaid, portions: noPortions() };
    payComponent(payment, { row, component: 'principal' });
    noteWhetherMet(row, credit.date);
  }
  return { principal, fromOverpaid };
}

/** The first installment still to come, the additional one, or a new additional one. */
export function rowForCredit(rows: Installment[], on: CivilDate): Installment {
  const target = rows.find(
    (row) => row.kind !== 'downPayment' && (row.due > on || row.kind === 'additional'),
  );
  if (target?.kind === 'additional' && target.due < on) target.due = on;
  if (target) return target;
  const last = present(rows.at(-1), 'last installment');
  return last.due === on ? last : reachUntil(rows, on);
}

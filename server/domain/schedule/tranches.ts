/**
 * Drawdowns: the tranches a schedule is made of, in date order. Each may bring a down payment row (from = due
 * = its date, no interest); the normal rows share what is left of it.
 *
 *   down payment = round(toMultiple(amount x percentage / 100));  1000 at 25 %: row of 250, then 250 | 250
 *     | 250
 *
 * Source: engine.md sections 3.7 and 3.8.
 */
import { assert } from '../assert.ts';
import { type CivilDate, compareDates } from '../date.ts';
import { type Installment, newInstallment } from '../installment.ts';
import type { Tranche } from '../loan.ts';
import { type Money, sum, toMultiple } from '../money.ts';
import type { LoanTerms } from '../terms.ts';
import { percentOf } from './rate.ts';

/** One tranche on its date: `scheduled` is what the normal rows repay. */
export interface Drawdown {
  readonly on: CivilDate;
  readonly amount: Money;
  readonly downPayment: Money;
  readonly scheduled: Money;
}

/** What is due at once of a disbursement of `amount`. */
export function downPaymentOf(amount: Money, terms: LoanTerms): Money {
  const { enabled, percentage } = terms.downPayment;
  if (!enabled || percentage === null) return 0n;
  const share = percentOf(amount, percentage, terms.currency);
  return toMultiple(share, terms.installmentAmountInMultiplesOf, terms.currency);
}

/** The tranches in date order; the principal of the terms on its expected date when there are none. */
export function drawdowns(
  terms: LoanTerms,
  tranches: readonly Tranche[],
  businessDate: CivilDate,
): readonly Drawdown[] {
  const counting = stillCounting(tranches, businessDate);
  if (counting.length === 0) return [drawdown(terms, terms.expectedDisbursementDate, terms.principal)];
  const drawn = counting.map((tranche) => drawdown(terms, dateOf(tranche), tranche.amount));
  return drawn.length === 1 ? drawn : drawn.sort((a, b) => compareDates(a.on, b.on));
}

const dateOf = (tranche: Tranche): CivilDate => tranche.disbursedOn ?? tranche.expectedOn;

/** Once money is out, an expected tranche whose date has passed counts no longer. */
function stillCounting(tranches: readonly Tranche[], businessDate: CivilDate): readonly Tranche[] {
  if (tranches.every((tranche) => tranche.disbursedOn === null)) return tranches;
  return tranches.filter(({ disbursedOn, expectedOn }) => disbursedOn !== null || expectedOn >= businessDate);
}

function drawdown(terms: LoanTerms, on: CivilDate, amount: Money): Drawdown {
  assert(amount > 0n, 'a tranche is above zero');
  const downPayment = downPaymentOf(amount, terms);
  return { on, amount, downPayment, scheduled: amount - downPayment };
}

export const scheduledTotal = (drawn: readonly Drawdown[]): Money => sum(drawn.map((one) => one.scheduled));

/** The down payment row of a drawdown. */
export function downPaymentRow(drawn: Drawdown, number: number): Installment {
  const row = newInstallment({ number, kind: 'downPayment', from: drawn.on, due: drawn.on });
  row.charged.principal = drawn.downPayment;
  return row;
}

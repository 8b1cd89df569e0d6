/**
 * What it takes to pay a progressive loan off on a date. Loans that recalculate interest owe it up to the
 * date (or the next rest date), others owe the interest of all rows. Interest still open in overdue rows is
 * part of the quote; the reference leaves it out, so that its quote does not quite pay such a loan off.
 *
 *   2000 at 12 %, 30/360, 4 months from 15 Jan, on 5 Feb: 2000 + 2000 x 0.01 x 21/31 = 2013.55
 *   till rest date: 2020.00
 *
 * Source: engine.md section 4.6.
 */
import { addPortions, noPortions, type Portions, totalOf } from '../components.ts';
import type { CivilDate } from '../date.ts';
import { outstandingPortions } from '../installment.ts';
import { type Money, maximum, minimum, sum } from '../money.ts';
import type { ReplayInput } from '../replayResult.ts';
import { allocationRule } from './allocation.ts';
import { interestOwedOn } from './payable.ts';
import { runHistory } from './replay.ts';
import {
  bringInterestTo,
  layOver,
  type ProgressiveRun,
  payDateOf,
  paymentOf,
  type Recalculation,
} from './run.ts';

/** The open amounts that settle the loan on `on`. */
export function payoffQuote(input: ReplayInput, on: CivilDate): Portions {
  const { run } = runHistory(input);
  bringInterestTo(run, on);
  const open = run.rows.reduce((total, row) => addPortions(total, outstandingPortions(row)), noPortions());
  if (!run.recalculation) return open;
  const interest = recalculatedInterest(run, run.recalculation, on);
  return { ...open, interest: interest - notTaken(run, { ...open, interest }, on) };
}

function recalculatedInterest(run: ProgressiveRun, recalculation: Recalculation, on: CivilDate): Money {
  const forgiven = sum(run.rows.map((row) => row.waived.interest + row.writtenOff.interest));
  return maximum(0n, interestOwedOn(recalculation.model, payDateOf(recalculation, on)) - forgiven);
}

/**
 * Interest that no row is left to carry: on overdue principal when all later rows were paid ahead. Found by
 * laying the quote over the rows; nobody could pay it.
 */
function notTaken(run: ProgressiveRun, quote: Portions, on: CivilDate): Money {
  const payment = paymentOf({ date: on, amount: totalOf(quote) });
  layOver(run, payment, allocationRule(run.terms.allocationRules, 'REPAYMENT'));
  return minimum(payment.left, quote.interest);
}

/**
 * Schedules whose interest follows the payments. A run builds row after row and lays the payments on them as
 * it goes: early money lowers, and overdue principal raises, the balance that bears interest.
 *
 *   5000, 18 %, daily ACT/365, 4 months from 15 Jan; 2000 paid on 5 Feb 2025, reduce EMI:
 *   2000 + 66.57, then EMI 1029.73: 988.31 + 41.42, 998.98 + 30.75, 1012.71 + 14.98
 *
 * Source: engine.md section 3.10.
 */
import type { CivilDate } from '../date.ts';
import type { Installment } from '../installment.ts';
import { addInterestOnlyRows } from './interestOnly.ts';
import { keepRows } from './keptRows.ts';
import { addRecalculatedRow, isComplete } from './recalculatedRow.ts';
import type { RecalculationInput } from './recalculation.ts';
import { type RecalculationRun, restDate, startRun } from './recalculationRun.ts';

/** The installments of a loan that recalculates interest, as of the business date; charges are left out. */
export function generateRecalculatedSchedule(input: RecalculationInput): Installment[] {
  return completed(startRun(input));
}

/**
 * The schedule cut at a pay-off on `on` (or, by the pre-close rule, on its rest date): the last row ends
 * there and takes all remaining principal. The quote is what is open once charges are laid in and all
 * transactions are replayed over it. The business date of the input is that of the pay-off.
 */
export function generatePayoffSchedule(input: RecalculationInput, on: CivilDate): Installment[] {
  const byRest = input.terms.interestRecalculation?.preCloseRule === 'TILL_REST_FREQUENCY_DATE';
  const till = byRest ? restDate(startRun(input), on) : on;
  return completed(startRun(input, till));
}

function completed(run: RecalculationRun): Installment[] {
  keepRows(run, run.input.kept);
  while (!isComplete(run)) addRecalculatedRow(run);
  putGraceInterestIntoLastRow(run);
  // Beyond the last row interest runs by days: a pay-off then owes it up to its own date, whatever the rest.
  addInterestOnlyRows(run, run.input.businessDate);
  return run.made;
}

function putGraceInterestIntoLastRow(run: RecalculationRun): void {
  const last = run.made.at(-1);
  if (last) last.charged.interest += run.plan.graceInterest;
  run.plan.graceInterest = 0n;
}

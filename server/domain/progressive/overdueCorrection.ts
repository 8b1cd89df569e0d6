/**
 * Overdue principal bears interest day by day up to the date looked at, never after the last due date: each
 * row after an overdue one receives the unpaid principal of the row before it, and the row that contains the
 * date gives the sum back on that date (rest "same as repayment": on its own due date).
 *
 *   2000 at 12 %, 30/360, first installment (492.56 + 20.00) paid 10 days late:
 *   row 2 interest = 2000 x 10 days (7.14) + 1507.44 x 18 days (9.69) = 16.83
 *
 * Source: engine.md section 4.5.
 */
import type { CivilDate } from '../date.ts';
import { later } from '../date.ts';
import type { Money } from '../money.ts';
import type { RestFrequency } from '../terms.ts';
import { enterChange, type InterestModel, type RepaymentPeriod, repairLastPeriod } from './interestModel.ts';

/** How far overdue principal has been charged already; one run keeps one of these. */
export interface OverdueProgress {
  chargedUntil: CivilDate | null;
}

const unpaidPrincipal = (period: RepaymentPeriod): Money => period.duePrincipal - period.paidPrincipal;

const isOpen = (period: RepaymentPeriod): boolean =>
  unpaidPrincipal(period) > 0n || period.dueInterest > period.paidInterest;

/** Enters the correction as of `on` into the model; answers whether anything changed. */
export function correctOverdue(
  model: InterestModel,
  progress: OverdueProgress,
  at: { on: CivilDate; rest: RestFrequency },
): boolean {
  const overdue = model.periods.filter((period) => period.due < at.on && isOpen(period));
  if (overdue.length === 0) return false;
  const current = model.periods.find((period) => period.from < at.on && at.on <= period.due);
  let carried = 0n;
  let total = 0n;
  // Amounts are read before any of them is entered: entering one moves the last row.
  const unpaid = overdue.map(unpaidPrincipal);
  for (const [index, period] of [...overdue, ...(current ? [current] : [])].entries()) {
    if (carried > 0n) enterChange(model, startIn(period, progress), { correction: carried });
    carried = unpaid[index] ?? 0n;
    total += carried;
  }
  if (current) giveBack(model, progress, { total, on: at.rest === 'DAILY' ? at.on : current.due });
  else progress.chargedUntil = model.periods.at(-1)?.due ?? at.on;
  repairLastPeriod(model);
  return true;
}

function startIn(period: RepaymentPeriod, { chargedUntil }: OverdueProgress): CivilDate {
  return chargedUntil === null ? period.from : later(period.from, chargedUntil);
}

function giveBack(
  model: InterestModel,
  progress: OverdueProgress,
  sum: { total: Money; on: CivilDate },
): void {
  const on = progress.chargedUntil === null ? sum.on : later(sum.on, progress.chargedUntil);
  enterChange(model, on, { correction: -sum.total });
  progress.chargedUntil = on;
}

/**
 * Partial regeneration: rows due before the date of a payment, up to the last one that bears interest, are
 * kept as they stand and only receive the payments again. What was paid in them beyond EMI - I triggers the
 * reschedule strategy.
 *
 *   EMI 862, row 1 kept with 950.68 + 49.32: 138.00 above the EMI, so the EMI of rows 2 on is computed from
 *     4049.32
 *
 * Source: engine.md section 3.10 (partial regeneration).
 */
import type { CivilDate } from '../date.ts';
import { type Installment, newInstallment } from '../installment.ts';
import { type Money, maximum } from '../money.ts';
import { addAmount } from './datedAmounts.ts';
import { stepDueDate } from './dueDates.ts';
import { hasEqualInstallments, setAmounts } from './plan.ts';
import {
  joinDrawdowns,
  layOnRows,
  noteKeptCompounding,
  noteOverdue,
  type RecalculationRun,
  restDate,
  settleBearing,
  settlePaidIncome,
  takePayments,
} from './recalculationRun.ts';
import { applyVariations } from './variations.ts';

/**
 * The rows of the schedule in force that a regeneration from a date keeps: none when no interest lies in
 * them. The date is that of a payment (or of its undo) or of a reschedule; null keeps nothing.
 */
export function rowsToKeep(current: readonly Installment[], from: CivilDate | null): readonly Installment[] {
  if (from === null) return [];
  const candidates = current.filter((row) => row.kind !== 'additional' && row.due < from);
  const lastBearing = candidates.findLastIndex((row) => row.charged.interest > 0n);
  return candidates.slice(0, lastBearing + 1);
}

/** Takes the kept rows into the run, in order. */
export function keepRows(run: RecalculationRun, rows: readonly Installment[]): void {
  for (const row of rows) {
    if (row.kind !== 'downPayment') keepRow(run, row);
  }
}

function keepRow(run: RecalculationRun, row: Installment): void {
  advanceDueDate(run, row);
  joinDrawdowns(run, row.due);
  const working = addKept(run, row);
  const { principal, interest } = working.charged;
  run.unscheduled -= principal;
  run.principalSoFar += principal;
  run.interestSoFar += interest;
  run.from = row.due;
  const planned = row.kind === 'interestOnly' ? 0n : plannedPrincipal(run, interest);
  for (const payment of takePayments(run, row.due)) {
    const { portions } = layOnRows(run, payment);
    settlePaidIncome(run, portions, restDate(run, payment.date));
  }
  noteEarlyPayment(run, principal, planned);
  const rest = restDate(run, row.due);
  addAmount(run.reductions, rest, principal);
  const { from, due } = row;
  const fees = working.charged.fees + working.charged.penalties;
  noteKeptCompounding(run, { from, due, interest, fees, rest }, row);
  settleBearing(run, row.due);
  noteOverdue(run, row.due);
}

/** Moves the chain of due dates on, unless the row lies between two of them. */
function advanceDueDate(run: RecalculationRun, row: Installment): void {
  if (row.kind === 'interestOnly') return;
  const due = stepDueDate(run.walk, run.plan.dueRule, run.plan.moves);
  // A row that ended before its time: dates are counted on from its end.
  if (row.due < due) run.walk.last = row.due;
  applyVariations(run.plan, row.due, {
    row: run.row,
    principalSoFar: run.principalSoFar,
    interestSoFar: run.interestSoFar,
    balance: run.bearing,
  });
  run.row += 1;
}

function addKept(run: RecalculationRun, row: Installment): Installment {
  const kept = newInstallment({ number: run.made.length + 1, kind: row.kind, from: row.from, due: row.due });
  kept.charged.principal = row.charged.principal - row.credited.principal;
  kept.charged.interest = row.charged.interest;
  if (row.compounded !== undefined) kept.compounded = row.compounded;
  run.made.push(kept);
  const working = newInstallment(kept);
  working.charged = { ...kept.charged };
  run.working.push(working);
  run.input.layCharges(working, run.working);
  return working;
}

/** The principal that the EMI (or the equal share) left for the row. */
function plannedPrincipal(run: RecalculationRun, interest: Money): Money {
  const { plan } = run;
  return hasEqualInstallments(plan.terms) ? (plan.installment ?? 0n) - interest : plan.principalShare;
}

/**
 * Principal of the row above the plan (and above what was prepaid before): the strategy acts on the rows that
 * follow.
 */
function noteEarlyPayment(run: RecalculationRun, principal: Money, planned: Money): void {
  const beforehand = run.prepaid - planned;
  const prepaid = maximum(principal + beforehand, 0n);
  const isEarly = principal + beforehand > maximum(beforehand, 0n);
  run.prepaid = prepaid;
  const strategy = run.plan.terms.interestRecalculation?.rescheduleStrategy;
  if (!isEarly || strategy === 'RESCHEDULE_NEXT_REPAYMENTS') return;
  if (strategy === 'REDUCE_EMI_AMOUNT') setAmounts(run.plan, run.plan.total - run.principalSoFar, run.row);
  run.prepaid = 0n;
}

/**
 * What a lender asks of an open loan every day: when the next payment is due, what is in arrears, and whether
 * the loan is non-performing.
 *
 *   next payment due, `earliest-unpaid-date`: due date of the first row not met
 *   next payment due, `next-unpaid-due-date`: due date of the first open row due after D, else the maturity
 *   arrears: open principal, interest, fees and penalties of the rows due before D; on the original schedule:
 *     rows of the first schedule due before D - grace, against what was paid, in order
 *   non-performing: in arrears since before D - overdueDaysForNonPerforming (e.g. 179 days)
 *
 * Source: engine.md sections 9.1 and 9.4.
 */
import { addPortions, type MutablePortions, noPortions } from '../components.ts';
import { addDays, type CivilDate } from '../date.ts';
import { isProgressive } from '../history/replaying.ts';
import { scheduleInput } from '../history/scheduleInput.ts';
import { type Installment, isMet, outstandingOf, outstandingPortions } from '../installment.ts';
import type { Loan } from '../loan.ts';
import { type Money, minimum, sum } from '../money.ts';
import { generateCumulativeSchedule } from '../schedule/cumulative.ts';
import { DEFAULT_SETTINGS, type EngineSettings } from '../terms.ts';

export function nextPaymentDueDate(
  loan: Loan,
  businessDate: CivilDate,
  rule: EngineSettings['nextPaymentDueDate'],
): CivilDate | null {
  const open = loan.installments.filter((row) => !isMet(row));
  if (rule === 'earliest-unpaid-date') return open[0]?.due ?? null;
  return open.find((row) => row.due > businessDate)?.due ?? loan.expectedMaturity;
}

export interface Arrears {
  readonly amounts: MutablePortions;
  /** Due date of the oldest row in arrears; null when there is none. */
  readonly since: CivilDate | null;
}

/** `settings` matter to loans whose arrears are those of their first schedule. */
export function arrearsOf(
  loan: Loan,
  businessDate: CivilDate,
  settings: EngineSettings = DEFAULT_SETTINGS,
): Arrears {
  const onFirst = loan.terms.interestRecalculation?.arrearsBasedOnOriginalSchedule === true;
  if (onFirst && !isProgressive(loan)) return arrearsOnFirstSchedule(loan, businessDate, settings);
  const overdue = loan.installments.filter((row) => !isMet(row) && row.due < businessDate);
  const amounts = overdue.reduce((total, row) => addPortions(total, outstandingPortions(row)), noPortions());
  return { amounts, since: overdue[0]?.due ?? null };
}

/**
 * Against the schedule as it was agreed: its rows due before D - grace, less what was paid and waived of each
 * component, the oldest row first. What charges are open is a matter of the rows in force.
 */
function arrearsOnFirstSchedule(loan: Loan, businessDate: CivilDate, settings: EngineSettings): Arrears {
  const until = addDays(businessDate, -loan.terms.graceOnArrearsAgeing);
  const agreed = { ...scheduleInput(loan), variations: [], businessDate, settings };
  const first = generateCumulativeSchedule(agreed).filter((row) => row.due < until);
  const late = loan.installments.filter((row) => !isMet(row) && row.due < until);
  const amounts = late.reduce((total, row) => addPortions(total, outstandingPortions(row)), noPortions());
  const dates = late.filter((row) => chargesOpen(row) > 0n).map((row) => row.due);
  for (const component of ['principal', 'interest'] as const) {
    let settled = sum(loan.installments.map((row) => settledOf(row, component)));
    amounts[component] = 0n;
    for (const { due, charged } of first) {
      const open = charged[component] - minimum(charged[component], settled);
      settled -= charged[component] - open;
      amounts[component] += open;
      if (open > 0n) dates.push(due);
    }
  }
  return { amounts, since: dates.sort()[0] ?? null };
}

const chargesOpen = (row: Installment): Money => outstandingOf(row, 'fees') + outstandingOf(row, 'penalties');

const settledOf = ({ paid, waived, writtenOff }: Installment, component: 'principal' | 'interest'): Money =>
  paid[component] + waived[component] + writtenOff[component];

/** The loan marked as non-performing, or freed of the mark. */
export function assessNonPerforming(
  loan: Loan,
  businessDate: CivilDate,
  settings: EngineSettings = DEFAULT_SETTINGS,
): Loan {
  const { overdueDaysForNonPerforming: days, leavesNonPerformingOnlyWhenArrearsCleared } = loan.terms;
  if (days === null || loan.status !== 'active') return loan;
  const { since } = arrearsOf(loan, businessDate, settings);
  const tooLong = since !== null && since < addDays(businessDate, -days);
  const staysMarked = loan.isNonPerforming && leavesNonPerformingOnlyWhenArrearsCleared && since !== null;
  const isNonPerforming = tooLong || staysMarked;
  return isNonPerforming === loan.isNonPerforming ? loan : { ...loan, isNonPerforming };
}

/**
 * What a lender asks of an open loan every day: when the next payment is due, what is in arrears, and whether
 * the loan is non-performing.
 *
 *   next payment due, `earliest-unpaid-date`: due date of the first row not met
 *   next payment due, `next-unpaid-due-date`: due date of the first open row due after D, else the maturity
 *   arrears: open principal, interest, fees and penalties of the rows due before D
 *   non-performing: in arrears since before D - overdueDaysForNonPerforming (e.g. 179 days)
 *
 * Source: engine.md sections 9.1 and 9.4.
 */
import { addPortions, type MutablePortions, noPortions } from '../components.ts';
import { addDays, type CivilDate } from '../date.ts';
import { isMet, outstandingPortions } from '../installment.ts';
import type { Loan } from '../loan.ts';
import type { EngineSettings } from '../terms.ts';

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

export function arrearsOf(loan: Pick<Loan, 'installments'>, businessDate: CivilDate): Arrears {
  const overdue = loan.installments.filter((row) => !isMet(row) && row.due < businessDate);
  const amounts = overdue.reduce((total, row) => addPortions(total, outstandingPortions(row)), noPortions());
  return { amounts, since: overdue[0]?.due ?? null };
}

/** The loan marked as non-performing, or freed of the mark. */
export function assessNonPerforming(loan: Loan, businessDate: CivilDate): Loan {
  const { overdueDaysForNonPerforming: days, leavesNonPerformingOnlyWhenArrearsCleared } = loan.terms;
  if (days === null || loan.status !== 'active') return loan;
  const { since } = arrearsOf(loan, businessDate);
  const tooLong = since !== null && since < addDays(businessDate, -days);
  const staysMarked = loan.isNonPerforming && leavesNonPerformingOnlyWhenArrearsCleared && since !== null;
  const isNonPerforming = tooLong || staysMarked;
  return isNonPerforming === loan.isNonPerforming ? loan : { ...loan, isNonPerforming };
}

/**
 * Close of business: each day of a loan is closed once, in order. On business date D the last day that can
 * be closed is D - 1. The configured steps run in their order; inside a step the business date is the day
 * being closed, except for delinquency and interest recalculation, which look from the day after it.
 *
 *   due 31 Jan unpaid, grace 3, D = 4 Feb: closing 3 Feb classifies as of 4 Feb: 1 day, first range
 *
 * Which days a run closes: closingDays.ts. Source: engine.md section 7.5.
 */
import { accrueTill } from '../accrual/accrual.ts';
import { stateActivity } from '../accrual/activity.ts';
import { addDays, type CivilDate } from '../date.ts';
import type { CloseOfBusinessStep, Decision, DecisionContext, LoanCommand, LoanEvent } from '../decision.ts';
import { assessNonPerforming } from '../delinquency/arrears.ts';
import { classify } from '../delinquency/classification.ts';
import { isPausedOn } from '../delinquency/pauses.ts';
import { concluded } from '../history/conclusion.ts';
import { recalculated } from '../history/outcome.ts';
import { isMet } from '../installment.ts';
import type { Loan, LoanStatus } from '../loan.ts';
import { withOverduePenalties } from './overduePenalties.ts';

const CLOSED_DAILY: readonly LoanStatus[] = ['pending', 'approved', 'active'];

type CloseDay = Extract<LoanCommand, { kind: 'closeBusinessDay' }>;

/** Closes one day; a day that is closed already stays as it is. */
export function closeBusinessDay(loan: Loan, command: CloseDay, context: DecisionContext): Decision {
  const { day, steps } = command;
  const isClosed = loan.lastClosedBusinessDate !== null && loan.lastClosedBusinessDate >= day;
  if (isClosed || !CLOSED_DAILY.includes(loan.status)) return concluded(loan, loan);
  const events: LoanEvent[] = [];
  let closing = loan;
  for (const step of steps) {
    events.push(...(EVENTS[step]?.(closing, day, context) ?? []));
    closing = STEPS[step]?.(closing, day, { ...context, businessDate: day }) ?? closing;
  }
  return concluded(loan, { ...closing, lastClosedBusinessDate: day }, events);
}

type Step = (loan: Loan, day: CivilDate, context: DecisionContext) => Loan;

/** Overdue interest grows without any act of the customer. */
const recalculate: Step = (loan, day, context) =>
  recalculated(loan, { ...context, businessDate: addDays(day, 1) });

const STEPS: Readonly<Partial<Record<CloseOfBusinessStep, Step>>> = {
  APPLY_CHARGE_TO_OVERDUE_LOANS: (loan, _day, context) => withOverduePenalties(loan, context),
  LOAN_DELINQUENCY_CLASSIFICATION: classifyUnlessPaused,
  UPDATE_LOAN_ARREARS_AGING: (loan, day, { settings }) =>
    assessNonPerforming(loan, addDays(day, 1), settings),
  ADD_PERIODIC_ACCRUAL_ENTRIES: accrueTill,
  ACCRUAL_ACTIVITY_POSTING: stateActivity,
  LOAN_INTEREST_RECALCULATION: recalculate,
};

function classifyUnlessPaused(loan: Loan, day: CivilDate): Loan {
  const dayAfter = addDays(day, 1);
  return isPausedOn(loan, dayAfter) ? loan : classify(loan, dayAfter);
}

type Notice = (loan: Loan, day: CivilDate, context: DecisionContext) => LoanEvent[];

const EVENTS: Readonly<Partial<Record<CloseOfBusinessStep, Notice>>> = {
  CHECK_LOAN_REPAYMENT_DUE: (loan, day, { settings }) =>
    noticeOf(
      'repayment-due',
      loan,
      addDays(day, loan.terms.daysBeforeRepaymentIsDue ?? settings.daysBeforeRepaymentIsDue),
    ),
  CHECK_LOAN_REPAYMENT_OVERDUE: (loan, day, { settings }) =>
    noticeOf(
      'repayment-overdue',
      loan,
      addDays(day, -(loan.terms.daysAfterRepaymentIsOverdue ?? settings.daysAfterRepaymentIsOverdue)),
    ),
  CHECK_DUE_INSTALLMENTS: (loan, day) => noticeOf('loan-snapshot', loan, day),
};

/** One notice when an installment due on `due` is still open. */
function noticeOf(name: string, loan: Loan, due: CivilDate): LoanEvent[] {
  const open = loan.status === 'active' && loan.installments.some((row) => row.due === due && !isMet(row));
  return open ? [{ name, transactionId: null }] : [];
}

/** Periodic accrual outside close of business. */
export const accrue = (
  loan: Loan,
  { till }: Extract<LoanCommand, { kind: 'accrue' }>,
  context: DecisionContext,
): Decision => concluded(loan, accrueTill(loan, till, context));

/** Delinquency classification outside close of business. */
export const classifyDelinquency = (
  loan: Loan,
  _command: Extract<LoanCommand, { kind: 'classifyDelinquency' }>,
  { businessDate }: DecisionContext,
): Decision => concluded(loan, isPausedOn(loan, businessDate) ? loan : classify(loan, businessDate));

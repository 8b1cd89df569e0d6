/**
 * Pausing and resuming the count of delinquent days. A pause that starts in the past, and so changes the
 * days counted by now, classifies the loan at once. Either changes how the days are counted that decide the
 * range, and so tells the listeners of the range.
 *
 * Source: engine.md sections 9.1, 9.3 and 10.
 */
import type { Decision, DecisionContext, LoanCommand, LoanEvent } from '../decision.ts';
import { classify } from '../delinquency/classification.ts';
import { withPause, withResume } from '../delinquency/pauses.ts';
import { concluded } from '../history/conclusion.ts';
import type { Loan } from '../loan.ts';
import { requireRule } from '../refusal.ts';

type PauseCommand = Extract<LoanCommand, { kind: 'pauseDelinquency' }>;
type ResumeCommand = Extract<LoanCommand, { kind: 'resumeDelinquency' }>;

const COUNTED_DIFFERENTLY: readonly LoanEvent[] = [
  { name: 'delinquency-range-changed', transactionId: null },
];

export function pauseDelinquency(
  loan: Loan,
  command: PauseCommand,
  { businessDate }: DecisionContext,
): Decision {
  const { startDate: start, endDate: end } = command;
  const paused = withPause(loan, { start, end });
  return concluded(loan, start < businessDate ? classify(paused, businessDate) : paused, COUNTED_DIFFERENTLY);
}

export function resumeDelinquency(
  loan: Loan,
  command: ResumeCommand,
  { businessDate }: DecisionContext,
): Decision {
  requireRule(command.endDate === undefined, {
    kind: 'invalid_argument',
    code: 'delinquency_resume_takes_no_end',
    message: 'a resume ends the pause on its start date and takes no end date',
    field: 'endDate',
  });
  return concluded(loan, withResume(loan, command.startDate, businessDate), COUNTED_DIFFERENTLY);
}

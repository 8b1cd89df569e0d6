/**
 * Pausing and resuming the count of delinquent days. A pause that starts in the past, and so changes the
 * days counted by now, classifies the loan at once.
 *
 * Source: engine.md sections 9.1, 9.3 and 10.
 */
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { classify } from '../delinquency/classification.ts';
import { withPause, withResume } from '../delinquency/pauses.ts';
import type { Loan } from '../loan.ts';
import { requireRule } from '../refusal.ts';
import { concluded } from './conclusion.ts';

type PauseCommand = Extract<LoanCommand, { kind: 'pauseDelinquency' }>;
type ResumeCommand = Extract<LoanCommand, { kind: 'resumeDelinquency' }>;

export function pauseDelinquency(
  loan: Loan,
  command: PauseCommand,
  { businessDate }: DecisionContext,
): Decision {
  const { startDate: start, endDate: end } = command;
  const paused = withPause(loan, { start, end });
  return concluded(loan, start < businessDate ? classify(paused, businessDate) : paused);
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
  return concluded(loan, withResume(loan, command.startDate, businessDate));
}

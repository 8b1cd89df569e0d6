/**
 * Delinquency pauses: days that do not count. A pause runs from its start to its end, or to the day it is
 * resumed when a resume dated inside it exists.
 *
 *   pause 16 to 30 Oct, D = 25 Oct: 9 paused days so far;  D = 10 Nov: 14;  resumed on 20 Oct, D = 10 Nov: 4
 *
 * Source: engine.md sections 9.3 and 10.
 */
import { type CivilDate, daysBetween } from '../date.ts';
import type { DelinquencyAction, Loan } from '../loan.ts';
import { requireRule } from '../refusal.ts';

export interface Pause {
  readonly start: CivilDate;
  readonly end: CivilDate;
}

/** The pauses as they hold, by start. */
export function effectivePauses(actions: readonly DelinquencyAction[]): Pause[] {
  if (actions.length === 0) return [];
  const resumes = actions.filter((action) => action.action === 'RESUME').map((action) => action.startDate);
  const pauses: Pause[] = [];
  for (const { action, startDate: start, endDate } of actions) {
    if (action !== 'PAUSE' || endDate === null) continue;
    const resumed = resumes.filter((on) => start <= on && on <= endDate).sort()[0];
    pauses.push({ start, end: resumed ?? endDate });
  }
  return pauses.sort((a, b) => (a.start < b.start ? -1 : 1));
}

/** Days before `businessDate` that lie in pauses. */
export function pausedDays(loan: Pick<Loan, 'delinquencyActions'>, businessDate: CivilDate): number {
  return effectivePauses(loan.delinquencyActions)
    .filter((pause) => pause.start < businessDate)
    .reduce((days, { start, end }) => days + daysBetween(start, end < businessDate ? end : businessDate), 0);
}

/** Whether the day lies inside a pause: close of business then leaves the classification alone. */
export const isPausedOn = (loan: Pick<Loan, 'delinquencyActions'>, day: CivilDate): boolean =>
  effectivePauses(loan.delinquencyActions).some((pause) => pause.start <= day && day <= pause.end);

/** The loan with a pause added. */
export function withPause(loan: Loan, pause: Pause): Loan {
  const { start, end } = pause;
  requireActive(loan);
  requireRule(start < end, {
    kind: 'invalid_argument',
    code: 'delinquency_pause_too_short',
    message: 'a delinquency pause must end after the day it starts',
    field: 'endDate',
  });
  requireRule(loan.disbursedOn !== null && start >= loan.disbursedOn, {
    kind: 'invalid_argument',
    code: 'delinquency_pause_before_disbursement',
    message: 'a delinquency pause cannot start before the loan was disbursed',
    field: 'startDate',
  });
  requireRule(!effectivePauses(loan.delinquencyActions).some((other) => overlap(pause, other)), {
    kind: 'failed_precondition',
    code: 'delinquency_pause_overlaps',
    message: 'the loan already has a delinquency pause in this period',
    field: 'startDate',
  });
  return withAction(loan, { action: 'PAUSE', startDate: start, endDate: end });
}

/** Touching and enclosing pauses are allowed; a start or end strictly inside another pause is not. */
function overlap(pause: Pause, other: Pause): boolean {
  const inside = (day: CivilDate) => other.start < day && day < other.end;
  return inside(pause.start) || inside(pause.end) || (pause.start === other.start && pause.end === other.end);
}

/** The loan with its running pause ended today. */
export function withResume(loan: Loan, startDate: CivilDate, businessDate: CivilDate): Loan {
  requireActive(loan);
  requireRule(startDate === businessDate, {
    kind: 'invalid_argument',
    code: 'delinquency_resume_not_today',
    message: 'a delinquency pause can be resumed only on the business date',
    field: 'startDate',
  });
  const known = loan.delinquencyActions.some((one) => one.action === 'RESUME' && one.startDate === startDate);
  requireRule(!known && isPausedOn(loan, startDate), {
    kind: 'failed_precondition',
    code: 'delinquency_pause_required',
    message: 'the loan has no delinquency pause to resume on this day',
  });
  return withAction(loan, { action: 'RESUME', startDate, endDate: null });
}

function requireActive(loan: Loan): void {
  requireRule(loan.status === 'active', {
    kind: 'failed_precondition',
    code: 'loan_must_be_active',
    message: 'delinquency can be paused or resumed only on an active loan',
  });
}

function withAction(loan: Loan, action: DelinquencyAction): Loan {
  return { ...loan, delinquencyActions: [...loan.delinquencyActions, action] };
}

import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { tell } from '../life/story.ts';
import type { DelinquencyAction, Loan } from '../loan.ts';
import { Refusal } from '../refusal.ts';
import { effectivePauses, isPausedOn, pausedDays, withPause, withResume } from './pauses.ts';

const pause = (start: string, end: string): DelinquencyAction => ({
  action: 'PAUSE',
  startDate: date(start),
  endDate: date(end),
});
const resume = (on: string): DelinquencyAction => ({ action: 'RESUME', startDate: date(on), endDate: null });

const loanWith = (...delinquencyActions: DelinquencyAction[]): Loan => ({
  ...tell({}, []).loan,
  delinquencyActions,
});

const held = (...actions: DelinquencyAction[]) =>
  effectivePauses(actions).map(({ start, end }) => `${start.slice(5)} to ${end.slice(5)}`);

describe('a pause from 16 to 30 Oct', () => {
  const october = pause('2025-10-16', '2025-10-30');

  it.each([
    ['is cut short by a resume inside it', '2025-10-20', '10-16 to 10-20'],
    ['on its first day', '2025-10-16', '10-16 to 10-16'],
    ['or its last', '2025-10-30', '10-16 to 10-30'],
    ['but not before it', '2025-10-15', '10-16 to 10-30'],
    ['nor after it', '2025-10-31', '10-16 to 10-30'],
  ])('%s (%s)', (_, on, holds) => {
    expect(held(october, resume(on))).toEqual([holds]);
  });

  it('ends with the first of several resumes', () => {
    expect(held(october, resume('2025-10-25'), resume('2025-10-20'))).toEqual(['10-16 to 10-20']);
  });

  it.each([
    ['2025-10-16', 0, true],
    ['2025-10-15', 0, false],
    ['2025-10-17', 1, true],
    ['2025-10-25', 9, true],
    ['2025-10-30', 14, true],
    ['2025-10-31', 14, false],
    ['2025-11-10', 14, false],
  ])('on %s has taken %s days', (day, days, paused) => {
    expect(pausedDays(loanWith(october), date(day))).toBe(days);
    expect(isPausedOn(loanWith(october), date(day))).toBe(paused);
  });

  it('adds up with others, oldest first', () => {
    const june = pause('2025-06-01', '2025-06-11');
    expect(held(october, june)).toEqual(['06-01 to 06-11', '10-16 to 10-30']);
    expect(held(june, october)).toEqual(['06-01 to 06-11', '10-16 to 10-30']);
    expect(pausedDays(loanWith(october, june), date('2025-11-10'))).toBe(24);
    expect(isPausedOn(loanWith(october, june), date('2025-06-05'))).toBe(true);
  });
});

describe('a pause is refused', () => {
  const asked = (start: string, end: string, loan = loanWith(pause('2025-03-10', '2025-03-20'))) =>
    refusalOf(() => withPause(loan, { start: date(start), end: date(end) }));

  it.each([
    ['2025-03-15', '2025-03-25', 'it starts inside another'],
    ['2025-03-05', '2025-03-15', 'it ends inside another'],
    ['2025-03-10', '2025-03-20', 'it is the same'],
  ])('from %s to %s: %s', (start, end) => {
    expect(asked(start, end)).toEqual({
      kind: 'failed_precondition',
      code: 'delinquency_pause_overlaps',
      message: 'the loan already has a delinquency pause in this period',
      field: 'startDate',
    });
  });

  it.each([
    ['2025-03-01', '2025-03-10'],
    ['2025-03-20', '2025-03-30'],
    ['2025-03-05', '2025-03-25'],
    ['2025-03-10', '2025-03-25'],
    ['2025-03-05', '2025-03-20'],
    ['2025-01-15', '2025-01-16'],
  ])('but not from %s to %s: it touches or encloses another, or stands alone', (start, end) => {
    expect(asked(start, end)).toBeUndefined();
  });

  it('even if only one of several is touched', () => {
    const several = loanWith(pause('2025-03-10', '2025-03-20'), pause('2025-04-01', '2025-04-05'));
    expect(asked('2025-03-15', '2025-03-25', several)?.code).toBe('delinquency_pause_overlaps');
    expect(asked('2025-03-25', '2025-04-03', several)?.code).toBe('delinquency_pause_overlaps');
    expect(asked('2025-03-20', '2025-04-01', several)).toBeUndefined();
  });

  it('unless it ends after its start', () => {
    const tooShort = {
      kind: 'invalid_argument',
      code: 'delinquency_pause_too_short',
      message: 'a delinquency pause must end after the day it starts',
      field: 'endDate',
    };
    expect(asked('2025-04-01', '2025-04-01')).toEqual(tooShort);
    expect(asked('2025-04-02', '2025-04-01')).toEqual(tooShort);
  });

  it('before the disbursement', () => {
    const tooEarly = {
      kind: 'invalid_argument',
      code: 'delinquency_pause_before_disbursement',
      message: 'a delinquency pause cannot start before the loan was disbursed',
      field: 'startDate',
    };
    expect(asked('2025-01-14', '2025-02-01')).toEqual(tooEarly);
    expect(asked('2025-02-01', '2025-02-02', { ...loanWith(), disbursedOn: null })).toEqual(tooEarly);
  });

  it('on a loan that is not active', () => {
    const notActive = {
      kind: 'failed_precondition',
      code: 'loan_must_be_active',
      message: 'delinquency can be paused or resumed only on an active loan',
      field: undefined,
    };
    const closed: Loan = { ...loanWith(pause('2025-03-10', '2025-03-20')), status: 'closed' };
    expect(asked('2025-04-01', '2025-04-05', closed)).toEqual(notActive);
    const day = date('2025-03-12');
    expect(refusalOf(() => withResume(closed, day, day))).toEqual(notActive);
  });
});

describe('delinquency counts again', () => {
  const paused = loanWith(pause('2025-03-10', '2025-03-20'));
  const resumed = (on: string, today = on, loan = paused) => withResume(loan, date(on), date(today));

  it('from today on', () => {
    expect(resumed('2025-03-12').delinquencyActions).toEqual([
      pause('2025-03-10', '2025-03-20'),
      resume('2025-03-12'),
    ]);
  });

  it('even on the first day of the pause, which then held none', () => {
    expect(held(...resumed('2025-03-10').delinquencyActions)).toEqual(['03-10 to 03-10']);
  });

  it('from no other day', () => {
    expect(refusalOf(() => resumed('2025-03-12', '2025-03-13'))).toEqual({
      kind: 'invalid_argument',
      code: 'delinquency_resume_not_today',
      message: 'a delinquency pause can be resumed only on the business date',
      field: 'startDate',
    });
  });

  it('once, and only where it was paused', () => {
    const refused = {
      kind: 'failed_precondition',
      code: 'delinquency_pause_required',
      message: 'the loan has no delinquency pause to resume on this day',
      field: undefined,
    };
    expect(refusalOf(() => resumed('2025-03-25'))).toEqual(refused);
    const first = resumed('2025-03-12');
    expect(refusalOf(() => resumed('2025-03-12', '2025-03-12', first))).toEqual(refused);
    const again = withPause(first, { start: date('2025-04-01'), end: date('2025-04-10') });
    expect(refusalOf(() => resumed('2025-04-05', '2025-04-05', again))).toBeUndefined();
  });
});

function refusalOf(act: () => unknown): Pick<Refusal, 'kind' | 'code' | 'message' | 'field'> | undefined {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { kind, code, message, field } = error;
    return { kind, code, message, field } as Pick<Refusal, 'kind' | 'code' | 'message' | 'field'>;
  }
  return undefined;
}

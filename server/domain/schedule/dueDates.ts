/**
 * Due dates. The first one is given or one period after the start; each next one is counted from the due date
 * before it, so a moved date shifts those that follow. Monthly dates keep to the day of the seed (first
 * repayment date, else start) when that day is after the 28th.
 *
 *   from 31 Jan, monthly: 28 Feb, 31 Mar, 30 Apr, 31 May      from 30 Jan: 28 Feb, 30 Mar, 30 Apr
 *   from 15 Jan with 15 Feb moved to 20 Feb: 20 Feb, 20 Mar, 20 Apr
 *   fixed length of 90 days from 1 Jan, every 30 days: 31 Jan, 2 Mar, 1 Apr (the last is start + 90 days)
 *
 * Source: engine.md section 2.
 */
import {
  addDays,
  addPeriod,
  type CivilDate,
  civil,
  compareDates,
  dayOfMonth,
  daysBetween,
  lengthOfMonth,
  monthOf,
  type PeriodUnit,
  yearOf,
} from '../date.ts';
import type { TermVariation } from '../loan.ts';
import type { LoanTerms } from '../terms.ts';

/** What the chain of due dates follows from. */
export interface DueDateRule {
  /** S: disbursement date, or submission date where the terms say so. */
  readonly start: CivilDate;
  readonly seed: CivilDate;
  readonly firstRepaymentDate: CivilDate | null;
  readonly every: number;
  readonly unit: PeriodUnit;
}

export type DueDateTerms = Pick<
  LoanTerms,
  'firstRepaymentDate' | 'repaymentEvery' | 'repaymentFrequencyUnit' | 'repaymentStartDateType'
>;

/**
 * S: where the first installment begins. `disbursedOn` is the expected date as long as nothing is disbursed.
 */
export function scheduleStart(
  terms: DueDateTerms,
  disbursedOn: CivilDate,
  submittedOn: CivilDate,
): CivilDate {
  return terms.repaymentStartDateType === 'SUBMITTED_ON_DATE' ? submittedOn : disbursedOn;
}

export function dueDateRule(terms: DueDateTerms, start: CivilDate): DueDateRule {
  return {
    start,
    seed: terms.firstRepaymentDate ?? start,
    firstRepaymentDate: terms.firstRepaymentDate,
    every: terms.repaymentEvery,
    unit: terms.repaymentFrequencyUnit,
  };
}

/**
 * Puts a monthly date on the seed's day, or the last day its month has, when both lie at the end of the
 * month.
 */
export function adjustToSeed(candidate: CivilDate, seed: CivilDate, unit: PeriodUnit): CivilDate {
  if (unit !== 'MONTHS') return candidate;
  const seedDay = dayOfMonth(seed);
  const day = dayOfMonth(candidate);
  if (seedDay <= 28 || day < 28) return candidate;
  const year = yearOf(candidate);
  const month = monthOf(candidate);
  const adjusted = Math.min(seedDay, lengthOfMonth(year, month));
  return adjusted === day ? candidate : civil(year, month, adjusted);
}

/** The due date after `previous` by the rule alone. */
export function nextDueDate(rule: DueDateRule, previous: CivilDate): CivilDate {
  return adjustToSeed(addPeriod(previous, rule.every, rule.unit), rule.seed, rule.unit);
}

export function firstDueDate(rule: DueDateRule): CivilDate {
  return rule.firstRepaymentDate ?? nextDueDate(rule, rule.start);
}

/** A due date that was moved: the one on `from`, or the first that follows it, falls on `to`. */
export interface DueDateMove {
  readonly from: CivilDate;
  readonly to: CivilDate;
}

/** In order of date. */
export type DueDateMoves = readonly DueDateMove[];

export const NO_MOVES: DueDateMoves = [];

export function dueDateMoves(variations: readonly TermVariation[]): DueDateMoves {
  if (variations.length === 0) return NO_MOVES;
  const moves: DueDateMove[] = [];
  for (const { kind, applicableFrom, dateValue } of variations) {
    if (kind === 'dueDate' && dateValue) moves.push({ from: applicableFrom, to: dateValue });
  }
  return moves.sort((a, b) => compareDates(a.from, b.from));
}

/** Walks along the chain of due dates, one row after the other. */
export interface DueDateWalk {
  /** Days that moves have added so far; a fixed length grows by them. */
  daysGained: number;
  last: CivilDate | null;
  /** Where the latest move put a due date: dates are counted on from there. */
  lastMove: CivilDate | null;
  /** How many of the moves have been taken up. */
  movesTaken: number;
}

export const newWalk = (): DueDateWalk => ({ daysGained: 0, last: null, lastMove: null, movesTaken: 0 });

/** The next due date with its move applied. */
export function stepDueDate(walk: DueDateWalk, rule: DueDateRule, moves: DueDateMoves): CivilDate {
  const regular = walk.last === null ? firstDueDate(rule) : nextDueDate(rule, walk.last);
  return moveTo(walk, regular, moves);
}

function moveTo(walk: DueDateWalk, regular: CivilDate, moves: DueDateMoves): CivilDate {
  let moved: CivilDate | undefined;
  for (let next = moves[walk.movesTaken]; next && next.from <= regular; next = moves[walk.movesTaken]) {
    moved = next.to;
    walk.movesTaken += 1;
  }
  if (moved) {
    walk.daysGained += daysBetween(regular, moved);
    walk.lastMove = moved;
  }
  walk.last = moved ?? regular;
  return walk.last;
}

/**
 * The last due date of a loan of fixed length: start + length in repayment units, plus the days gained by
 * moves.
 */
export function fixedEnd(rule: DueDateRule, fixedLength: number, daysGained: number): CivilDate {
  return addDays(addPeriod(rule.start, fixedLength, rule.unit), daysGained);
}

/** The first due date on or after `date`, counted on from the latest move (or the start). */
export function dueDateFrom(walk: DueDateWalk, rule: DueDateRule, date: CivilDate): CivilDate {
  let due = walk.lastMove ?? rule.start;
  let isFirst = walk.lastMove === null;
  while (due < date) {
    due = isFirst ? firstDueDate(rule) : nextDueDate(rule, due);
    isFirst = false;
  }
  return due;
}

/** All due dates of `count` installments. */
export function dueDates(
  rule: DueDateRule,
  count: number,
  options: { moves?: DueDateMoves; fixedLength?: number | null } = {},
): CivilDate[] {
  const moves = options.moves ?? NO_MOVES;
  const walk = newWalk();
  const dates: CivilDate[] = [];
  for (let row = 1; row <= count; row += 1) {
    if (row === count && options.fixedLength) {
      dates.push(moveTo(walk, fixedEnd(rule, options.fixedLength, walk.daysGained), moves));
    } else {
      dates.push(stepDueDate(walk, rule, moves));
    }
  }
  return dates;
}

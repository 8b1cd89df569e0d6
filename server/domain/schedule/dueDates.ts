/**
 * Due dates. The first one is given or one period after the start; each next one is counted from the one
 * before it, so a date that was moved by agreement shifts those that follow. Monthly dates keep to the day of
 * the seed (first repayment date, else start) when that day is after the 28th.
 *
 *   from 31 Jan, monthly: 28 Feb, 31 Mar, 30 Apr, 31 May      from 30 Jan: 28 Feb, 30 Mar, 30 Apr
 *   from 15 Jan with 15 Feb moved to 20 Feb: 20 Feb, 20 Mar, 20 Apr
 *   fixed length of 90 days from 1 Jan, every 30 days: 31 Jan, 2 Mar, 1 Apr (the last is start + 90 days)
 *
 * Source: engine.md section 2.
 */

import { type DueDay, dueDayOf, type WorkingCalendar } from '../calendar/workingCalendar.ts';
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
import { Refusal } from '../refusal.ts';
import type { LoanTerms } from '../terms.ts';

/** What the chain of due dates follows from. */
export interface DueDateRule {
  /** S: disbursement date, or submission date where the terms say so. */
  readonly start: CivilDate;
  readonly seed: CivilDate;
  readonly firstRepaymentDate: CivilDate | null;
  readonly every: number;
  readonly unit: PeriodUnit;
  /** Absent = due dates fall on any day. */
  readonly calendar?: WorkingCalendar;
}

export type DueDateTerms = Pick<
  LoanTerms,
  'firstRepaymentDate' | 'repaymentEvery' | 'repaymentFrequencyUnit' | 'repaymentStartDateType' | 'calendar'
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
    ...(terms.calendar !== undefined && { calendar: terms.calendar }),
  };
}

/** The due date on a day of the calendar; `regular` is the one by the rule alone. */
function dueDay(rule: DueDateRule, regular: CivilDate): DueDay {
  if (rule.calendar === undefined) return { due: regular, chain: regular };
  const next = (after: CivilDate) => nextDueDate(rule, after);
  return dueDayOf(rule.calendar, regular, { next, isDaily: rule.unit === 'DAYS' && rule.every === 1 });
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
  return moveTo(walk, dueDay(rule, regular), moves);
}

/** A day that was agreed stands as agreed, whatever the calendar says of it. */
function moveTo(walk: DueDateWalk, { due, chain }: DueDay, moves: DueDateMoves): CivilDate {
  let moved: CivilDate | undefined;
  for (let next = moves[walk.movesTaken]; next && next.from <= due; next = moves[walk.movesTaken]) {
    moved = next.to;
    walk.movesTaken += 1;
  }
  if (moved) {
    walk.daysGained += daysBetween(due, moved);
    walk.lastMove = moved;
  }
  walk.last = moved ?? chain;
  return moved ?? due;
}

/**
 * The last due date of a loan of fixed length: start + length in repayment units, plus the days gained by
 * moves.
 */
export function fixedEnd(rule: DueDateRule, fixedLength: number, daysGained: number): CivilDate {
  return dueDay(rule, addDays(addPeriod(rule.start, fixedLength, rule.unit), daysGained)).due;
}

/** The first due date on or after `date`, counted on from the latest move (or the start). */
export function dueDateFrom(walk: DueDateWalk, rule: DueDateRule, date: CivilDate): CivilDate {
  let day: DueDay = { due: walk.lastMove ?? rule.start, chain: walk.lastMove ?? rule.start };
  let isFirst = walk.lastMove === null;
  while (day.due < date) {
    day = dueDay(rule, isFirst ? firstDueDate(rule) : nextDueDate(rule, day.chain));
    isFirst = false;
  }
  return day.due;
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
      const end = fixedEnd(rule, options.fixedLength, walk.daysGained);
      dates.push(moveTo(walk, { due: end, chain: end }, moves));
    } else {
      dates.push(stepDueDate(walk, rule, moves));
    }
  }
  if (rule.calendar !== undefined) requireInOrder(rule.start, dates);
  return dates;
}

/** Holidays may send due dates back behind those before them. */
function requireInOrder(start: CivilDate, dates: readonly CivilDate[]): void {
  const isAhead = dates.every((due, index) => due >= (dates[index - 1] ?? start));
  if (isAhead) return;
  const message = 'holidays or non-working days take a due date before the start of its installment';
  throw new Refusal('aborted', 'due_date_before_period', message);
}

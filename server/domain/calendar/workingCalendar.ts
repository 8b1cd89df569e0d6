/**
 * The days on which a lender works: days of the week, and holidays. A due date that falls on another day
 * moves by rule; the dates after it are counted on from where it would have been, unless it moved to the next
 * one.
 *
 *   Monday to Friday, next working day:  15 Feb 2025 is a Saturday -> 17 Feb, and then 15 Mar -> 17 Mar
 *   next repayment date:                 15 Feb -> 15 Apr (15 Mar is a Saturday too), then 15 May
 *   holiday 14 - 18 Apr, rescheduled to 22 Apr:  15 Apr -> 22 Apr, then 15 May
 *
 * Source: engine.md section 2 (holidays) and the last row of section 10; decision 27.
 */
import { addDays, type CivilDate, dayNumber } from '../date.ts';
import { Refusal } from '../refusal.ts';

export type NonWorkingDayRule =
  | 'SAME_DAY'
  | 'NEXT_WORKING_DAY'
  | 'NEXT_REPAYMENT_DATE'
  | 'PREVIOUS_WORKING_DAY';

/** Its first and its last day, and where due dates within go; null = to the next repayment date. */
export interface Closure {
  readonly from: CivilDate;
  readonly to: CivilDate;
  readonly rescheduledTo: CivilDate | null;
}

export interface WorkingCalendar {
  /** 1 = Monday ... 7 = Sunday, ascending; at least one. */
  readonly workingDays: readonly number[];
  readonly nonWorkingDayRule: NonWorkingDayRule;
  /** A loan that is repaid day by day ends later by the days on which nobody works. */
  readonly extendsDailyTerm: boolean;
  readonly holidays: readonly Closure[];
}

export const EVERY_DAY: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

/** Whether it moves no due date whatever. */
export const isAlwaysOpen = ({ workingDays, holidays }: WorkingCalendar): boolean =>
  workingDays.length === EVERY_DAY.length && holidays.length === 0;

/** 1 = Monday ... 7 = Sunday. */
export function weekdayOf(day: CivilDate): number {
  // The first of January 1970 was a Thursday.
  return ((((dayNumber(day) + 3) % 7) + 7) % 7) + 1;
}

export const isWorkingDay = ({ workingDays }: Pick<WorkingCalendar, 'workingDays'>, day: CivilDate) =>
  workingDays.includes(weekdayOf(day));

export const isWithin = ({ from, to }: Pick<Closure, 'from' | 'to'>, day: CivilDate): boolean =>
  from <= day && day <= to;

export const holidayOn = ({ holidays }: Pick<WorkingCalendar, 'holidays'>, day: CivilDate) =>
  holidays.find((each) => isWithin(each, day));

/** A due date by the rule of the loan, and how the chain of due dates goes on. */
export interface DueDay {
  readonly due: CivilDate;
  /** The next due date is counted on from here. */
  readonly chain: CivilDate;
}

export interface Chain {
  readonly next: (after: CivilDate) => CivilDate;
  /** Repaid day by day. */
  readonly isDaily: boolean;
}

/** Moves that lead nowhere are refused after so many. */
const MOST_MOVES = 1_000;

/** Where a due date falls; `regular` is the one by the rule of the loan alone. */
export function dueDayOf(calendar: WorkingCalendar, regular: CivilDate, chain: Chain): DueDay {
  const endsLater = calendar.extendsDailyTerm && chain.isDaily;
  const rule = endsLater ? 'NEXT_WORKING_DAY' : calendar.nonWorkingDayRule;
  let day: DueDay = { due: regular, chain: regular };
  for (let moves = 0; moves < MOST_MOVES; moves += 1) {
    const moved = movedOnce({ ...calendar, nonWorkingDayRule: rule }, day, chain);
    if (moved === null) return endsLater ? { due: day.due, chain: day.due } : day;
    day = moved;
  }
  throw new Refusal(
    'aborted',
    'no_working_due_date',
    `The due date ${regular} finds no working day: look at the working days and holidays`,
  );
}

/** Null where the day may stay. */
function movedOnce(calendar: WorkingCalendar, day: DueDay, { next }: Chain): DueDay | null {
  if (calendar.nonWorkingDayRule !== 'SAME_DAY' && !isWorkingDay(calendar, day.due))
    switch (calendar.nonWorkingDayRule) {
      case 'NEXT_WORKING_DAY':
        return { ...day, due: addDays(day.due, 1) };
      case 'PREVIOUS_WORKING_DAY':
        return { ...day, due: addDays(day.due, -1) };
      case 'NEXT_REPAYMENT_DATE':
        return onNext(day, next);
    }
  const holiday = holidayOn(calendar, day.due);
  if (!holiday) return null;
  return holiday.rescheduledTo === null ? onNext(day, next) : { ...day, due: holiday.rescheduledTo };
}

/** The first date of the chain after the day. */
function onNext({ due, chain }: DueDay, next: Chain['next']): DueDay {
  let after = next(chain);
  while (after <= due) after = next(after);
  return { due: after, chain: after };
}

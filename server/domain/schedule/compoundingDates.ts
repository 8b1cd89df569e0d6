/**
 * On which days interest and fees compound: on a day of the month, on a weekday, every so many days, or with
 * the installments. Months and weeks are counted from the start of the loan, so that every second month or
 * week is the same one all along.
 *
 *   monthly on the 31st: 28 Feb, 31 Mar;  weekly on Monday from Wed 15 Jan 2025: 20 Jan, 27 Jan
 *   every 2 weeks on Monday from Wed 15 Jan 2025 (week of Mon 13 Jan): 27 Jan, 10 Feb
 *
 * Source: engine.md section 3.10 (compounding; by the week: read from the source only).
 */
import {
  addDays,
  addMonths,
  type CivilDate,
  civil,
  dayNumber,
  fromDayNumber,
  lengthOfMonth,
  monthOf,
  yearOf,
} from '../date.ts';
import type { InterestRecalculation } from '../terms.ts';

/** The first compounding date after a day. */
export type NextDate = (day: CivilDate) => CivilDate;

/** Undefined where nothing compounds; `dueDateFrom` answers the first due date on or after a day. */
export function compoundingCalendar(
  rules: InterestRecalculation | null,
  start: CivilDate,
  dueDateFrom: NextDate,
): NextDate | undefined {
  if (rules === null || rules.compounding === 'NONE') return undefined;
  const { compoundingDay, compoundingFrequency = 'MONTHLY', compoundingInterval: every = 1 } = rules;
  switch (compoundingFrequency) {
    case 'MONTHLY':
      return (day) => nextMonthDay(day, { start, every, wanted: compoundingDay ?? 1 });
    case 'WEEKLY':
      return (day) => nextStep(day, { first: weekdayIn(start, compoundingDay ?? 1), days: 7 * every });
    case 'DAILY':
      return (day) => nextStep(day, { first: addDays(start, every), days: every });
    case 'SAME_AS_REPAYMENT_PERIOD':
      return (day) => dueDateFrom(addDays(day, 1));
  }
}

function nextMonthDay(
  day: CivilDate,
  { start, every, wanted }: { start: CivilDate; every: number; wanted: number },
): CivilDate {
  const monthOfStart = firstOfMonth(start);
  const elapsed = Math.max(0, monthsBetween(monthOfStart, day));
  for (let months = elapsed - (elapsed % every); ; months += every) {
    const on = dayIn(addMonths(monthOfStart, months), wanted);
    if (on > day) return on;
  }
}

const firstOfMonth = (day: CivilDate): CivilDate => civil(yearOf(day), monthOf(day), 1);

const monthsBetween = (from: CivilDate, to: CivilDate): number =>
  (yearOf(to) - yearOf(from)) * 12 + monthOf(to) - monthOf(from);

const dayIn = (month: CivilDate, wanted: number): CivilDate =>
  civil(yearOf(month), monthOf(month), Math.min(wanted, lengthOfMonth(yearOf(month), monthOf(month))));

/** The first date of the chain `first`, `first + days` ... after a day. */
function nextStep(day: CivilDate, { first, days }: { first: CivilDate; days: number }): CivilDate {
  const steps = Math.floor((dayNumber(day) - dayNumber(first)) / days) + 1;
  return addDays(first, Math.max(0, steps) * days);
}

/** The weekday (1 = Monday ... 7 = Sunday) in the week of a day. */
function weekdayIn(day: CivilDate, weekday: number): CivilDate {
  const number = dayNumber(day);
  // 1970-01-01 was a Thursday, the fourth day of its week.
  const monday = number - ((((number + 3) % 7) + 7) % 7);
  return fromDayNumber(monday + weekday - 1);
}

/**
 * Civil dates (`YYYY-MM-DD`), without time or zone: the business date, due dates, value dates. Comparison is
 * string comparison; arithmetic goes through the day number (days since 1970-01-01, proleptic Gregorian).
 *
 *   addMonths('2025-01-31', 1) = '2025-02-28'   months and years clamp to the month's end
 *
 * Source: engine.md section 2.
 */
import { Refusal } from './refusal.ts';

export type CivilDate = string & { readonly __brand: 'CivilDate' };

export type PeriodUnit = 'DAYS' | 'WEEKS' | 'MONTHS' | 'YEARS';

const DAY_MILLISECONDS = 86_400_000;

/** Reads `YYYY-MM-DD`; refuses anything else, also days that do not exist. */
export function parseDate(text: string, field = 'date'): CivilDate {
  const valid =
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    text >= '1900-01-01' &&
    fromDayNumber(dayNumber(text as CivilDate)) === text;
  if (!valid)
    throw new Refusal('invalid_argument', 'date_malformed', 'must be a date of the form YYYY-MM-DD', field);
  return text as CivilDate;
}

/** A literal that is known to be a date (tests, constants). */
export const date = (text: string): CivilDate => parseDate(text);

// Digit by digit: the parts as texts would be made for every look at a date, of which there are very many.
export const yearOf = (day: CivilDate): number => twoDigits(day, 0) * 100 + twoDigits(day, 2);
export const monthOf = (day: CivilDate): number => twoDigits(day, 5);
export const dayOfMonth = (day: CivilDate): number => twoDigits(day, 8);

const ZERO = '0'.charCodeAt(0);
const twoDigits = (text: string, at: number): number =>
  (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;

/** Days since 1970-01-01. */
export function dayNumber(day: CivilDate): number {
  return Date.UTC(yearOf(day), monthOf(day) - 1, dayOfMonth(day)) / DAY_MILLISECONDS;
}

export function fromDayNumber(days: number): CivilDate {
  const at = new Date(days * DAY_MILLISECONDS);
  if (Number.isNaN(at.getTime())) return 'invalid' as CivilDate;
  return civil(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate());
}

/** The date of these parts, which must exist. */
export function civil(year: number, month: number, day: number): CivilDate {
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}` as CivilDate;
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

export const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
export const lengthOfYear = (year: number): number => (isLeapYear(year) ? 366 : 365);

const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

export function lengthOfMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (MONTH_LENGTHS[month - 1] ?? 30);
}

/** Calendar days from `from` to `to`; negative when `to` is earlier. */
export const daysBetween = (from: CivilDate, to: CivilDate): number => dayNumber(to) - dayNumber(from);

export const addDays = (day: CivilDate, days: number): CivilDate => fromDayNumber(dayNumber(day) + days);

/** Same day of the month `months` later, clamped to that month's end. */
export function addMonths(day: CivilDate, months: number): CivilDate {
  const index = yearOf(day) * 12 + (monthOf(day) - 1) + months;
  const year = Math.floor(index / 12);
  const month = (index % 12) + 1;
  return civil(year, month, Math.min(dayOfMonth(day), lengthOfMonth(year, month)));
}

/** `day` plus `count` units. */
export function addPeriod(day: CivilDate, count: number, unit: PeriodUnit): CivilDate {
  switch (unit) {
    case 'DAYS':
      return addDays(day, count);
    case 'WEEKS':
      return addDays(day, 7 * count);
    case 'MONTHS':
      return addMonths(day, count);
    case 'YEARS':
      return addMonths(day, 12 * count);
  }
}

export const earlier = (a: CivilDate, b: CivilDate): CivilDate => (a < b ? a : b);
export const later = (a: CivilDate, b: CivilDate): CivilDate => (a > b ? a : b);

/** For sorting, the earliest first; equal days keep their order. */
export const compareDates = (a: CivilDate, b: CivilDate): number => (a < b ? -1 : a > b ? 1 : 0);

export const isMonthEnd = (day: CivilDate): boolean => addDays(day, 1).endsWith('-01');

/** The last day of the month before the month of `day`. */
export const monthEndBefore = (day: CivilDate): CivilDate => addDays(`${day.slice(0, 8)}01` as CivilDate, -1);

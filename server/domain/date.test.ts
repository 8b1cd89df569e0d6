import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMonths,
  addPeriod,
  civil,
  compareDates,
  date,
  dayNumber,
  dayOfMonth,
  daysBetween,
  earlier,
  fromDayNumber,
  later,
  lengthOfMonth,
  lengthOfYear,
  monthOf,
  type PeriodUnit,
  parseDate,
  yearOf,
} from './date.ts';
import { Refusal } from './refusal.ts';

describe('a date', () => {
  it.each(['2025-01-31', '2024-02-29', '2000-02-29', '1900-01-01', '9999-12-31'])('%s is read', (text) => {
    expect(parseDate(text)).toBe(text);
  });

  it.each([
    ['2025-02-29', 'not a leap year'],
    ['1900-02-29', 'a century is none'],
    ['2025-04-31', 'April has 30 days'],
    ['2025-13-01', 'no 13th month'],
    ['2025-00-10', 'no month 0'],
    ['2025-01-00', 'no day 0'],
    ['1899-12-31', 'before all lending'],
    ['0000-01-01', 'no such year'],
    ['2025-1-1', 'digits missing'],
    ['2025-01-31T00:00', 'a time'],
    ['x2025-01-31', 'something before it'],
    ['31.01.2025', 'another notation'],
    ['2025-01-3x', 'a letter'],
    ['2x25-01-31', 'a letter in the year'],
    ['2025-0x-31', 'a letter in the month'],
    ['2025-99-99', 'beyond the calendar'],
    ['', 'nothing'],
  ])('%s is refused: %s', (text) => {
    expect(() => parseDate(text, 'dueDate')).toThrow('must be a date of the form YYYY-MM-DD');
    try {
      parseDate(text, 'dueDate');
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
      expect(error).toMatchObject({ kind: 'invalid_argument', code: 'date_malformed', field: 'dueDate' });
    }
  });

  it('is called "date" in a refusal unless the caller names the field', () => {
    expect(() => parseDate('x')).toThrow(expect.objectContaining({ field: 'date' }));
  });

  it('has a year, a month and a day, and is made of them', () => {
    const day = date('2025-03-09');
    expect([yearOf(day), monthOf(day), dayOfMonth(day)]).toEqual([2025, 3, 9]);
    expect(civil(2025, 3, 9)).toBe(day);
    expect(civil(987, 12, 31)).toBe('0987-12-31');
  });

  it('counts from 1 January 1970', () => {
    expect(dayNumber(date('1970-01-01'))).toBe(0);
    expect(dayNumber(date('1969-12-31'))).toBe(-1);
    expect(dayNumber(date('2025-01-15'))).toBe(20103);
    expect(fromDayNumber(20103)).toBe('2025-01-15');
  });
});

describe('years and months', () => {
  it.each([
    [2023, 365, 28],
    [2024, 366, 29],
    [1900, 365, 28],
    [2000, 366, 29],
    [2100, 365, 28],
    [2400, 366, 29],
  ])('%s has %s days, its February %s', (year, days, february) => {
    expect(lengthOfYear(year)).toBe(days);
    expect(lengthOfMonth(year, 2)).toBe(february);
  });

  it('have their lengths, in leap years too', () => {
    const lengths = (year: number) =>
      Array.from({ length: 12 }, (_, index) => lengthOfMonth(year, index + 1));
    expect(lengths(2025)).toEqual([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
    expect(lengths(2024)).toEqual([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
  });
});

describe('counting on', () => {
  it.each<[string, number, PeriodUnit, string]>([
    ['2025-01-31', 1, 'DAYS', '2025-02-01'],
    ['2025-03-01', -1, 'DAYS', '2025-02-28'],
    ['2025-01-31', 2, 'WEEKS', '2025-02-14'],
    ['2025-01-31', 1, 'MONTHS', '2025-02-28'],
    ['2024-01-31', 1, 'MONTHS', '2024-02-29'],
    ['2025-01-31', 2, 'MONTHS', '2025-03-31'],
    ['2025-01-31', 3, 'MONTHS', '2025-04-30'],
    ['2025-12-15', 1, 'MONTHS', '2026-01-15'],
    ['2025-11-15', 1, 'MONTHS', '2025-12-15'],
    ['2025-01-15', -1, 'MONTHS', '2024-12-15'],
    ['2025-03-31', -1, 'MONTHS', '2025-02-28'],
    ['2024-02-29', 1, 'YEARS', '2025-02-28'],
    ['2024-02-29', 4, 'YEARS', '2028-02-29'],
  ])('%s plus %s %s is %s', (from, count, unit, to) => {
    expect(addPeriod(date(from), count, unit)).toBe(to);
  });

  it('days and counting them agree', () => {
    expect(daysBetween(date('2025-01-15'), date('2025-02-15'))).toBe(31);
    expect(daysBetween(date('2025-02-15'), date('2025-01-15'))).toBe(-31);
    fc.assert(
      fc.property(
        fc.integer({ min: -20_000, max: 60_000 }),
        fc.integer({ min: -900, max: 900 }),
        (start, days) => {
          const from = fromDayNumber(start);
          expect(daysBetween(from, addDays(from, days))).toBe(days);
        },
      ),
    );
  });

  it('a month never skips one, and keeps the day where it can', () => {
    const anyDay = fc.integer({ min: 0, max: 40_000 }).map(fromDayNumber);
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -30, max: 30 }), (day, months) => {
        const moved = addMonths(day, months);
        const index = (each: typeof day) => yearOf(each) * 12 + monthOf(each);
        expect(index(moved)).toBe(index(day) + months);
        expect(dayOfMonth(moved)).toBe(
          Math.min(dayOfMonth(day), lengthOfMonth(yearOf(moved), monthOf(moved))),
        );
        expect(parseDate(moved)).toBe(moved);
      }),
    );
  });
});

describe('of two dates', () => {
  const [first, second] = [date('2025-01-31'), date('2025-02-01')];
  it('one is earlier, the other later', () => {
    expect([earlier(first, second), earlier(second, first)]).toEqual([first, first]);
    expect([later(first, second), later(second, first)]).toEqual([second, second]);
  });
});

it('days are sorted from the earliest on, and equal ones keep their order', () => {
  const booked = [
    ['2025-03-01', 'a'],
    ['2025-01-31', 'b'],
    ['2025-03-01', 'c'],
    ['2024-12-31', 'd'],
  ] as const;
  const sorted = [...booked].sort(([one], [other]) => compareDates(date(one), date(other)));
  expect(sorted.map(([, name]) => name).join('')).toBe('dbac');
  expect(compareDates(date('2025-03-01'), date('2025-03-01'))).toBe(0);
});

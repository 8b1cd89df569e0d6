/** Dates on which interest and fees compound. */
import { describe, expect, it } from 'vitest';
import { addDays, type CivilDate, date } from '../date.ts';
import type { InterestRecalculation } from '../terms.ts';
import { compoundingCalendar } from './compounding.ts';
import { recalculation } from './exampleLoan.ts';

const START = date('2025-01-15');
/** Every 10th day of the calendar, as if installments fell due on them. */
const dueDateFrom = (day: CivilDate): CivilDate => {
  let due = START;
  while (due < day) due = addDays(due, 10);
  return due;
};

const after = (rules: Partial<InterestRecalculation>, day: string, start = START): string =>
  compoundingCalendar(
    recalculation({ compounding: 'INTEREST', ...rules }),
    start,
    dueDateFrom,
  )?.(date(day)) ?? 'never';

describe('compounding dates', () => {
  it.each<[string, Partial<InterestRecalculation>, string, string]>([
    ['monthly on the 1st', { compoundingDay: 1 }, '2025-01-15', '2025-02-01'],
    ['strictly after the day', { compoundingDay: 1 }, '2025-02-01', '2025-03-01'],
    ['monthly on the 20th', { compoundingDay: 20 }, '2025-01-15', '2025-01-20'],
    ['the 31st is the last day', { compoundingDay: 31 }, '2025-01-31', '2025-02-28'],
    ['the 31st again', { compoundingDay: 31 }, '2025-02-28', '2025-03-31'],
    ['the 30th in a leap year', { compoundingDay: 30 }, '2028-02-10', '2028-02-29'],
    ['over the end of a year', { compoundingDay: 1 }, '2025-12-15', '2026-01-01'],
    ['no day given: the 1st', { compoundingDay: null }, '2025-01-15', '2025-02-01'],
    ['every 2nd month', { compoundingDay: 1, compoundingInterval: 2 }, '2025-01-15', '2025-03-01'],
    ['every 2nd month, between', { compoundingDay: 1, compoundingInterval: 2 }, '2025-02-10', '2025-03-01'],
    ['every 2nd month, later', { compoundingDay: 20, compoundingInterval: 2 }, '2025-02-10', '2025-03-20'],
    [
      'every 3rd month, a year later',
      { compoundingDay: 1, compoundingInterval: 3 },
      '2026-02-10',
      '2026-04-01',
    ],
    ['weekly on Monday', { compoundingFrequency: 'WEEKLY', compoundingDay: 1 }, '2025-01-15', '2025-01-20'],
    [
      'weekly on Wednesday',
      { compoundingFrequency: 'WEEKLY', compoundingDay: 3 },
      '2025-01-15',
      '2025-01-22',
    ],
    ['weekly on Friday', { compoundingFrequency: 'WEEKLY', compoundingDay: 5 }, '2025-01-15', '2025-01-17'],
    ['weekly on Sunday', { compoundingFrequency: 'WEEKLY', compoundingDay: 7 }, '2025-01-20', '2025-01-26'],
    [
      'every 2nd week on Monday',
      { compoundingFrequency: 'WEEKLY', compoundingDay: 1, compoundingInterval: 2 },
      '2025-01-15',
      '2025-01-27',
    ],
    ['daily', { compoundingFrequency: 'DAILY' }, '2025-01-15', '2025-01-16'],
    ['every 10 days', { compoundingFrequency: 'DAILY', compoundingInterval: 10 }, '2025-01-26', '2025-02-04'],
    ['with installments', { compoundingFrequency: 'SAME_AS_REPAYMENT_PERIOD' }, '2025-01-25', '2025-02-04'],
    ['nothing compounds', { compounding: 'NONE' }, '2025-01-15', 'never'],
  ])('%s', (_, rules, day, next) => {
    expect(after(rules, day)).toBe(next);
  });

  it('before 1970 weeks have Mondays too', () => {
    const rules = { compoundingFrequency: 'WEEKLY', compoundingDay: 1 } as const;
    expect(after(rules, '1969-12-30', date('1969-12-24'))).toBe('1970-01-05');
  });

  it('without recalculation there are none', () => {
    expect(compoundingCalendar(null, START, dueDateFrom)).toBeUndefined();
  });
});

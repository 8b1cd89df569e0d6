import { describe, expect, it } from 'vitest';
import { addDays, addPeriod, date, type PeriodUnit } from '../date.ts';
import { differencesFromRebuilt } from '../history/rebuild.ts';
import { answerTo, type Line, on, pay, tell } from '../life/story.ts';
import { DEFAULT_RULE } from '../progressive/allocation.ts';
import { dueDateRule, dueDates, newWalk, stepDueDate } from '../schedule/dueDates.ts';
import { exampleTerms, printed, recalculation, schedule } from '../schedule/exampleLoan.ts';
import {
  dueDayOf,
  EVERY_DAY,
  isAlwaysOpen,
  type NonWorkingDayRule,
  type WorkingCalendar,
  weekdayOf,
} from './workingCalendar.ts';

const WEEK: readonly number[] = [1, 2, 3, 4, 5];
const calendar = (own: Partial<WorkingCalendar> = {}): WorkingCalendar => ({
  workingDays: WEEK,
  nonWorkingDayRule: 'NEXT_WORKING_DAY',
  extendsDailyTerm: false,
  holidays: [],
  ...own,
});
const holiday = (from: string, to: string, rescheduledTo: string | null) => ({
  from: date(from),
  to: date(to),
  rescheduledTo: rescheduledTo === null ? null : date(rescheduledTo),
});
const every = (count: number, unit: PeriodUnit) => ({
  next: (after: ReturnType<typeof date>) => addPeriod(after, count, unit),
  isDaily: unit === 'DAYS' && count === 1,
});
const fallsOn = (own: Partial<WorkingCalendar>, day: string, chain = every(1, 'MONTHS')) => {
  const { due, chain: goesOn } = dueDayOf(calendar(own), date(day), chain);
  return [due, goesOn];
};

it('the days of the week are counted from Monday, before 1970 too', () => {
  const days = ['2025-02-10', '2025-02-16', '1970-01-01', '1969-12-29', '2000-02-29'];
  expect(days.map((each) => weekdayOf(date(each)))).toEqual([1, 7, 4, 1, 2]);
});

it('a calendar of all days without holidays moves nothing', () => {
  expect(isAlwaysOpen(calendar({ workingDays: EVERY_DAY }))).toBe(true);
  expect(isAlwaysOpen(calendar())).toBe(false);
  const holidays = [holiday('2025-01-01', '2025-01-01', null)];
  expect(isAlwaysOpen(calendar({ workingDays: EVERY_DAY, holidays }))).toBe(false);
});

describe('a due date on a day on which nobody works', () => {
  // 15 Feb and 15 Mar 2025 are Saturdays, 15 Apr is a Tuesday.
  const table: [NonWorkingDayRule, string, string][] = [
    ['SAME_DAY', '2025-02-15', '2025-02-15'],
    ['NEXT_WORKING_DAY', '2025-02-17', '2025-02-15'],
    ['PREVIOUS_WORKING_DAY', '2025-02-14', '2025-02-15'],
    ['NEXT_REPAYMENT_DATE', '2025-04-15', '2025-04-15'],
  ];
  it.each(table)(
    '%s: falls on %s, and the next one is counted on from %s',
    (nonWorkingDayRule, due, chain) => {
      expect(fallsOn({ nonWorkingDayRule }, '2025-02-15')).toEqual([due, chain]);
    },
  );

  it('stays where it is on a working day', () => {
    for (const nonWorkingDayRule of table.map(([rule]) => rule))
      expect(fallsOn({ nonWorkingDayRule }, '2025-04-15')).toEqual(['2025-04-15', '2025-04-15']);
  });

  it('is refused when no date of the loan is ever a working day', () => {
    const sundays = () =>
      fallsOn({ nonWorkingDayRule: 'NEXT_REPAYMENT_DATE' }, '2025-02-16', every(1, 'WEEKS'));
    expect(answerTo(sundays)).toMatch(/^aborted no_working_due_date: The due date 2025-02-16/);
  });

  it('lengthens a loan that is repaid day by day, if the lender wants that', () => {
    const daily = every(1, 'DAYS');
    const own = { nonWorkingDayRule: 'SAME_DAY', extendsDailyTerm: true } as const;
    expect(fallsOn(own, '2025-02-15', daily)).toEqual(['2025-02-17', '2025-02-17']);
    expect(fallsOn({ ...own, extendsDailyTerm: false }, '2025-02-15', daily)).toEqual([
      '2025-02-15',
      '2025-02-15',
    ]);
    expect(fallsOn(own, '2025-02-15', every(2, 'DAYS'))).toEqual(['2025-02-15', '2025-02-15']);
  });
});

describe('a due date on a holiday', () => {
  const easter = holiday('2025-04-14', '2025-04-18', '2025-04-22');

  it('falls on the day that the holiday names; the next one is counted on from where it would have been', () => {
    expect(fallsOn({ holidays: [easter] }, '2025-04-15')).toEqual(['2025-04-22', '2025-04-15']);
    expect(fallsOn({ holidays: [easter] }, '2025-04-14')).toEqual(['2025-04-22', '2025-04-14']);
    expect(fallsOn({ holidays: [easter] }, '2025-04-21')).toEqual(['2025-04-21', '2025-04-21']);
  });

  it('falls on the next repayment date after the holiday, from which the next one is counted on', () => {
    const next = { ...easter, rescheduledTo: null };
    expect(fallsOn({ holidays: [next] }, '2025-04-15')).toEqual(['2025-05-15', '2025-05-15']);
    const weekly = every(1, 'WEEKS');
    expect(fallsOn({ holidays: [{ ...next, to: date('2025-04-28') }] }, '2025-04-15', weekly)).toEqual([
      '2025-04-29',
      '2025-04-29',
    ]);
  });

  it('moves on when the day it goes to is closed again', () => {
    const second = holiday('2025-04-22', '2025-04-22', '2025-04-26');
    expect(fallsOn({ holidays: [easter, second] }, '2025-04-15')).toEqual(['2025-04-28', '2025-04-15']);
  });

  it('moves by working days first: a Saturday whose Monday is a holiday', () => {
    const monday = holiday('2025-02-17', '2025-02-17', '2025-02-18');
    expect(fallsOn({ holidays: [monday] }, '2025-02-15')).toEqual(['2025-02-18', '2025-02-15']);
  });

  it('is refused when holidays send it to and fro', () => {
    const there = holiday('2025-04-14', '2025-04-14', '2025-04-16');
    const back = holiday('2025-04-16', '2025-04-16', '2025-04-14');
    expect(answerTo(() => fallsOn({ holidays: [there, back] }, '2025-04-14'))).toMatch(
      /^aborted no_working_due_date/,
    );
  });
});

describe('the due dates of a loan', () => {
  const due = (own: Partial<WorkingCalendar>, more: object = {}) => {
    const terms = exampleTerms({ calendar: calendar(own), ...more });
    return dueDates(dueDateRule(terms, terms.expectedDisbursementDate), terms.numberOfRepayments);
  };

  it('keep to the day of the month though single ones move', () => {
    expect(due({})).toEqual(['2025-02-17', '2025-03-17', '2025-04-15', '2025-05-15']);
    expect(due({ nonWorkingDayRule: 'PREVIOUS_WORKING_DAY' })).toEqual([
      '2025-02-14',
      '2025-03-14',
      '2025-04-15',
      '2025-05-15',
    ]);
  });

  it('go on from the next repayment date where one moved to it: no two fall on one day', () => {
    expect(due({ nonWorkingDayRule: 'NEXT_REPAYMENT_DATE' })).toEqual([
      '2025-04-15',
      '2025-05-15',
      '2025-07-15',
      '2025-08-15',
    ]);
  });

  it('move at the end of a fixed length, too', () => {
    const terms = exampleTerms({ calendar: calendar(), fixedLength: 3 });
    const options = { fixedLength: 3 };
    const last = dueDates(dueDateRule(terms, date('2025-02-15')), 3, options).at(-1);
    expect([
      dueDates(dueDateRule(exampleTerms(), date('2025-03-15')), 3, { fixedLength: 3 }).at(-1),
      last,
    ]).toEqual(['2025-06-15', '2025-05-15']);
    expect(dueDates(dueDateRule(terms, date('2025-03-15')), 3, options).at(-1)).toBe('2025-06-16');
  });

  it('stand where they were agreed, and are counted on from there', () => {
    const terms = exampleTerms({ calendar: calendar() });
    const rule = dueDateRule(terms, terms.expectedDisbursementDate);
    const moves = [{ from: date('2025-03-17'), to: date('2025-03-22') }];
    const walk = newWalk();
    const dates = [1, 2, 3].map(() => stepDueDate(walk, rule, moves));
    expect(dates).toEqual(['2025-02-17', '2025-03-22', '2025-04-22']);
  });

  it('are refused where holidays send one back behind the one before it', () => {
    const holidays = [holiday('2025-02-03', '2025-02-07', '2025-01-24')];
    const backwards = () => due({ holidays }, { repaymentFrequencyUnit: 'WEEKS' });
    expect(answerTo(backwards)).toMatch(/^aborted due_date_before_period/);
  });

  it('make interest run as long as the installment: a cumulative schedule', () => {
    const rows = printed(schedule({ calendar: calendar(), interestCalculationPeriod: 'DAILY' }));
    expect(rows.map((row) => row.slice(0, 10))).toEqual([
      '2025-02-17',
      '2025-03-17',
      '2025-04-15',
      '2025-05-15',
    ]);
    // 33 days: 5000 x 18 % x 33 / 365.
    expect(rows[0]).toContain('+ 81.37');
  });
});

it('days of a calendar that is always open are those without one', () => {
  const open = calendar({ workingDays: EVERY_DAY });
  for (let days = 0; days < 40; days += 1) {
    const start = addDays(date('2024-01-20'), days);
    const rule = dueDateRule(exampleTerms({ calendar: open }), start);
    expect(dueDates(rule, 12)).toEqual(dueDates(dueDateRule(exampleTerms(), start), 12));
  }
});

describe('a loan with a calendar', () => {
  const progressive = {
    strategy: 'advanced-payment-allocation-strategy',
    scheduleType: 'PROGRESSIVE',
    interestType: 'DECLINING_BALANCE',
    interestRatePerPeriod: '0',
    allocationRules: [DEFAULT_RULE],
  } as const;
  const recalculating = {
    interestType: 'DECLINING_BALANCE',
    interestCalculationPeriod: 'DAILY',
    interestRecalculation: recalculation({ restFrequency: 'SAME_AS_REPAYMENT_PERIOD' }),
  } as const;

  it.each([
    ['cumulative', {}],
    ['progressive', progressive],
    ['recalculating', recalculating],
  ])('%s: keeps its due dates whatever is paid, and equals itself rebuilt', (_family, own) => {
    const lines: Line[] = [
      ['2025-02-10', pay(20)],
      ['2025-03-20', pay(90)],
      ['2025-03-25', pay(40)],
    ];
    const { loan } = tell({ ...own, calendar: calendar() }, lines);
    expect(loan.installments.map(({ due }) => due)).toEqual(['2025-02-17', '2025-03-17', '2025-04-15']);
    expect(differencesFromRebuilt(loan, on('2025-03-25'))).toEqual([]);
  });
});

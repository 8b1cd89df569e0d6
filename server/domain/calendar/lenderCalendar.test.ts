import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { answerTo } from '../life/story.ts';
import {
  ALL_DAYS,
  activatedHoliday,
  calendarFor,
  changedHoliday,
  type Holiday,
  type HolidayDraft,
  mayBeHoliday,
  requireOpenDay,
  requireSoundHoliday,
  requireSoundWorkingDays,
  type WorkingDays,
} from './lenderCalendar.ts';

const WEEK: WorkingDays = {
  ...ALL_DAYS,
  workingDays: [1, 2, 3, 4, 5],
  nonWorkingDayRule: 'NEXT_WORKING_DAY',
};
const newYear = (own: Partial<HolidayDraft> = {}): HolidayDraft => ({
  name: 'New Year',
  description: '',
  offices: [1n],
  from: date('2026-01-01'),
  to: date('2026-01-02'),
  rescheduledTo: date('2026-01-05'),
  ...own,
});
const active = (own: Partial<HolidayDraft> = {}): Holiday => ({ ...newYear(own), status: 'active' });

describe('a holiday', () => {
  it('is sound when its due dates go to a working day near it, or to the next repayment date', () => {
    requireSoundHoliday(newYear(), WEEK);
    requireSoundHoliday(newYear({ rescheduledTo: null }), WEEK);
    requireSoundHoliday(newYear({ rescheduledTo: date('2025-12-02') }), WEEK);
  });

  it.each([
    ['ends before it begins', { to: date('2025-12-31') }, 'must not be before fromDate [toDate]'],
    ['has no office', { offices: [] }, 'must name an office [offices]'],
    [
      'sends due dates to itself',
      { rescheduledTo: date('2026-01-02') },
      'must not lie within the holiday [rescheduledToDate]',
    ],
    [
      'sends them too far back',
      { rescheduledTo: date('2025-12-01') },
      'must be within 30 days of the holiday [rescheduledToDate]',
    ],
    [
      'sends them too far',
      { rescheduledTo: date('2026-02-02') },
      'must be within 30 days of the holiday [rescheduledToDate]',
    ],
    [
      'sends them to a Saturday',
      { rescheduledTo: date('2026-01-03') },
      'must be a working day [rescheduledToDate]',
    ],
  ] as const)('is refused when it %s', (_text, own, answer) => {
    expect(answerTo(() => requireSoundHoliday(newYear(own), WEEK))).toBe(
      `invalid_argument holiday_unsound: ${answer}`,
    );
  });

  it('is activated once, and then changes but in name', () => {
    const pending: Holiday = { ...newYear(), status: 'pending' };
    expect(activatedHoliday(pending)).toEqual(active());
    expect(answerTo(() => activatedHoliday(active()))).toMatch(/^aborted holiday_not_pending/);
    expect(changedHoliday(pending, newYear({ to: date('2026-01-01') })).to).toBe('2026-01-01');
    expect(changedHoliday(active(), newYear({ name: 'Year', description: 'closed' }))).toMatchObject({
      name: 'Year',
      description: 'closed',
      status: 'active',
    });
    for (const own of [{ to: date('2026-01-01') }, { rescheduledTo: null }, { offices: [1n, 2n] }])
      expect(answerTo(() => changedHoliday(active(), newYear(own)))).toMatch(/^aborted holiday_is_active/);
  });
});

it('a week needs a day', () => {
  expect(answerTo(() => requireSoundWorkingDays({ ...WEEK, workingDays: [] }))).toBe(
    'invalid_argument no_working_day: must name a day [workingDays]',
  );
});

describe('a loan keeps', () => {
  const lender = {
    workingDays: WEEK,
    holidays: [active({ name: 'Easter', from: date('2026-04-03'), to: date('2026-04-06') }), active()],
  };
  const kept = (office: bigint, since: string) =>
    calendarFor(lender, { office, since: date(since) })?.holidays.map(({ from }) => from);

  it('the holidays of its office that are not over when it begins, in order', () => {
    expect(kept(1n, '2026-01-02')).toEqual(['2026-01-01', '2026-04-03']);
    expect(kept(1n, '2026-01-03')).toEqual(['2026-04-03']);
    expect(kept(2n, '2026-01-01')).toEqual([]);
  });

  it('nothing where every day will do', () => {
    const open = { ...lender, workingDays: ALL_DAYS };
    expect(calendarFor(open, { office: 2n, since: date('2026-01-01') })).toBeUndefined();
    expect(calendarFor(open, { office: 1n, since: date('2026-05-01') })).toBeUndefined();
    expect(calendarFor(open, { office: 1n, since: date('2026-01-01') })).toBeDefined();
  });
});

describe('money moves', () => {
  const lender = (own: Partial<WorkingDays>) => ({ workingDays: { ...WEEK, ...own }, holidays: [active()] });
  const answer = (own: Partial<WorkingDays>, day: string, office: bigint | null) =>
    answerTo(() => requireOpenDay(lender(own), date(day), office));
  const closed = { allowsOnNonWorkingDays: false, allowsOnHolidays: false };

  it('on every day unless the lender forbids it', () => {
    expect(answer({}, '2026-01-01', 1n)).toBe('accepted');
    expect(answer({}, '2026-01-03', 1n)).toBe('accepted');
    expect(mayBeHoliday(lender({}), date('2026-01-01'))).toBe(false);
  });

  it('on working days only, then, and not on holidays of the office', () => {
    expect(answer(closed, '2026-01-03', 1n)).toBe(
      'permission_denied date_on_non_working_day: 2026-01-03 is not a working day',
    );
    expect(answer(closed, '2026-01-01', 1n)).toBe(
      'permission_denied date_on_holiday: 2026-01-01 is a holiday (New Year)',
    );
    expect(answer(closed, '2026-01-01', 2n)).toBe('accepted');
    expect(answer(closed, '2026-01-05', 1n)).toBe('accepted');
    expect(mayBeHoliday(lender(closed), date('2026-01-02'))).toBe(true);
    expect(mayBeHoliday(lender(closed), date('2026-01-05'))).toBe(false);
  });
});

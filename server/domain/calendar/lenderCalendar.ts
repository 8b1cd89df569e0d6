/**
 * What the lender has configured: working days, and the holidays of offices. A holiday is made, looked at by
 * somebody, then activated; from then on its days and offices stand. A loan takes along the working days and
 * the active holidays of its office that are not over when it begins.
 *
 *   New Year, 1 Jan 2026 to 2 Jan, rescheduled to 5 Jan:  pending -> active;  a loan from 10 Dec has it
 *
 * Source: engine.md sections 2 and 10; decision 27.
 */
import { addDays, type CivilDate } from '../date.ts';
import { type FieldFault, Refusal, requireNoFaults } from '../refusal.ts';
import {
  type Closure,
  EVERY_DAY,
  isAlwaysOpen,
  isWithin,
  isWorkingDay,
  type WorkingCalendar,
} from './workingCalendar.ts';

export interface WorkingDays
  extends Pick<WorkingCalendar, 'workingDays' | 'nonWorkingDayRule' | 'extendsDailyTerm'> {
  /** Whether money may move on days on which nobody works. */
  readonly allowsOnNonWorkingDays: boolean;
  readonly allowsOnHolidays: boolean;
}

export const ALL_DAYS: WorkingDays = {
  workingDays: EVERY_DAY,
  nonWorkingDayRule: 'SAME_DAY',
  extendsDailyTerm: false,
  allowsOnNonWorkingDays: true,
  allowsOnHolidays: true,
};

export interface HolidayDraft extends Closure {
  readonly name: string;
  readonly description: string;
  /** Numbers of the offices that keep it; at least one. */
  readonly offices: readonly bigint[];
}

export interface Holiday extends HolidayDraft {
  readonly status: 'pending' | 'active' | 'deleted';
}

/** Working days, and the holidays that are active. */
export interface LenderCalendar {
  readonly workingDays: WorkingDays;
  readonly holidays: readonly Holiday[];
}

/** How far from a holiday its due dates may be sent. */
const MOST_DAYS_AWAY = 30;

export function requireSoundHoliday(holiday: HolidayDraft, workingDays: WorkingDays): void {
  requireNoFaults(holidayFaults(holiday, workingDays), 'holiday_unsound');
}

function holidayFaults({ from, to, rescheduledTo, offices }: HolidayDraft, days: WorkingDays): FieldFault[] {
  const faults: FieldFault[] = [];
  const fault = (field: string, error: string) => faults.push({ field, error });
  if (to < from) fault('toDate', 'must not be before fromDate');
  if (offices.length === 0) fault('offices', 'must name an office');
  if (rescheduledTo === null) return faults;
  if (isWithin({ from, to }, rescheduledTo)) fault('rescheduledToDate', 'must not lie within the holiday');
  else if (rescheduledTo < addDays(from, -MOST_DAYS_AWAY) || rescheduledTo > addDays(to, MOST_DAYS_AWAY))
    fault('rescheduledToDate', `must be within ${MOST_DAYS_AWAY} days of the holiday`);
  if (!isWorkingDay(days, rescheduledTo)) fault('rescheduledToDate', 'must be a working day');
  return faults;
}

export function requireSoundWorkingDays({ workingDays }: WorkingDays): void {
  if (workingDays.length > 0) return;
  throw new Refusal('invalid_argument', 'no_working_day', 'must name a day', 'workingDays');
}

/** The holiday with what was asked for; once it is active only its name and description change. */
export function changedHoliday(holiday: Holiday, draft: HolidayDraft): Holiday {
  if (holiday.status === 'active' && !isSameClosure(holiday, draft))
    throw new Refusal(
      'aborted',
      'holiday_is_active',
      'The holiday is active: its days and offices stand; delete it and make another one',
    );
  return { ...holiday, ...draft };
}

const isSameClosure = (a: HolidayDraft, b: HolidayDraft): boolean =>
  a.from === b.from &&
  a.to === b.to &&
  a.rescheduledTo === b.rescheduledTo &&
  a.offices.length === b.offices.length &&
  a.offices.every((office) => b.offices.includes(office));

export function activatedHoliday(holiday: Holiday): Holiday {
  if (holiday.status === 'pending') return { ...holiday, status: 'active' };
  throw new Refusal('aborted', 'holiday_not_pending', 'The holiday is active already');
}

/** What a loan of the office that begins on `since` keeps; undefined where every day will do. */
export function calendarFor(
  { workingDays: days, holidays }: LenderCalendar,
  { office, since }: { readonly office: bigint; readonly since: CivilDate },
): WorkingCalendar | undefined {
  const { workingDays, nonWorkingDayRule, extendsDailyTerm } = days;
  const kept = holidays
    .filter((each) => each.offices.includes(office) && each.to >= since)
    .map(({ from, to, rescheduledTo }) => ({ from, to, rescheduledTo }))
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const calendar = { workingDays, nonWorkingDayRule, extendsDailyTerm, holidays: kept };
  return isAlwaysOpen(calendar) ? undefined : calendar;
}

/** Whether a holiday of some office could forbid money to move on the day. */
export const mayBeHoliday = ({ workingDays, holidays }: LenderCalendar, day: CivilDate): boolean =>
  !workingDays.allowsOnHolidays && holidays.some((each) => isWithin(each, day));

/** Money moves on days on which the office works, unless the lender allows it on others. */
export function requireOpenDay(
  { workingDays, holidays }: LenderCalendar,
  day: CivilDate,
  office: bigint | null,
): void {
  if (!workingDays.allowsOnNonWorkingDays && !isWorkingDay(workingDays, day))
    throw new Refusal('permission_denied', 'date_on_non_working_day', `${day} is not a working day`);
  const holiday = holidays.find(
    (each) => office !== null && each.offices.includes(office) && isWithin(each, day),
  );
  if (!workingDays.allowsOnHolidays && holiday)
    throw new Refusal('permission_denied', 'date_on_holiday', `${day} is a holiday (${holiday.name})`);
}

/**
 * The time as an argument: the server runs on the system's clock, tests turn a clock of their own by hand.
 */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

const MINUTE_MILLISECONDS = 60_000;
/** By zone: the last minute that was asked for. Days begin with a minute everywhere. */
const lastMinutes = new Map<string, { readonly minute: number; readonly day: string }>();

/** The calendar date (`YYYY-MM-DD`) that people in `timeZone` read at this instant. */
export function calendarDate(instant: Date, timeZone: string): string {
  const minute = Math.floor(instant.getTime() / MINUTE_MILLISECONDS);
  const last = lastMinutes.get(timeZone);
  if (last?.minute === minute) return last.day;
  const day = readCalendar(instant, timeZone);
  lastMinutes.set(timeZone, { minute, day });
  return day;
}

function readCalendar(instant: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).formatToParts(instant);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

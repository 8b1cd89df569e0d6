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

/** The instant at which that calendar day begins in `timeZone`: midnight, or later where there is none. */
export function startOfDay(day: string, timeZone: string): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const first = midnight - offsetAt(midnight, timeZone);
  const second = midnight - offsetAt(first, timeZone);
  // On the day on which the clocks change, one of the two is off by what they change.
  const candidates = [first, second].sort((a, b) => a - b).map((at) => new Date(at));
  return candidates.find((at) => readCalendar(at, timeZone) === day) ?? new Date(second);
}

/** What the clocks there are ahead of UTC, in milliseconds. */
function offsetAt(at: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] =
    /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(name) ?? [];
  const ahead = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1_000;
  return sign === '-' ? -ahead : ahead;
}

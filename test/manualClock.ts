/** A clock that stands still until it is turned by hand. */
import type { Clock } from '../server/clock.ts';

export interface ManualClock extends Clock {
  /** Noon of that date in Dar es Salaam. */
  setDate(date: string): void;
  advanceDays(days: number): void;
  advanceSeconds(seconds: number): void;
  /** The date it stands at. */
  date(): string;
}

const DAY = 86_400_000;
/** 09:00 UTC is noon in Dar es Salaam, where there is no summer time. */
const noonOf = (date: string): number => Date.parse(`${date}T09:00:00Z`);

export function manualClock(date: string): ManualClock {
  let time = noonOf(date);
  return {
    now: () => new Date(time),
    setDate: (to) => {
      time = noonOf(to);
    },
    advanceDays: (days) => {
      time += days * DAY;
    },
    advanceSeconds: (seconds) => {
      time += seconds * 1000;
    },
    date: () => new Date(time).toISOString().slice(0, 10),
  };
}

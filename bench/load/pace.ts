/**
 * The arithmetic of an open loop: calls are meant to go out at even steps, whatever the answers do. A call
 * that goes out late because earlier ones are still unanswered is measured from when it was meant to go out:
 * a server that stalls for a second makes a second's worth of calls late, and all of them count.
 *
 *   1,000 a second: call 0 at 0 ms, call 1 at 1 ms, call 250 at 250 ms
 */
export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

/** All calls of the run. */
export const callsOf = ({ perSecond, seconds }: Pace): number => Math.floor(perSecond * seconds);

/** When a call is meant to go out, in microseconds from the start. */
export const meantAt = ({ perSecond }: Pace, call: number): number => (call * 1_000_000) / perSecond;

/** How many calls are meant to be out once so many microseconds have passed. */
export const dueBy = (pace: Pace, elapsed: number): number =>
  Math.min(callsOf(pace), elapsed < 0 ? 0 : Math.floor((elapsed * pace.perSecond) / 1_000_000) + 1);

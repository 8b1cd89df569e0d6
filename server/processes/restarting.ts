/**
 * When a process that has ended is started again: soon, but later each time it ends at once, and not for
 * ever.
 *
 *   ends at once -> 0.25 s, 0.5 s, 1 s, 2 s, 4 s, 8 s, 16 s, then given up (about half a minute)
 *   lived for 30 s -> as if it had never ended
 */

const QUICK_MILLISECONDS = 30_000;
const FIRST_MILLISECONDS = 250;
const MOST_QUICK_DEATHS = 7;

export type Restart = { readonly milliseconds: number; readonly quickDeaths: number } | 'giveUp';

export function restartAfter({
  livedMilliseconds,
  quickDeaths,
}: {
  readonly livedMilliseconds: number;
  /** How often in a row it ended at once before. */
  readonly quickDeaths: number;
}): Restart {
  if (livedMilliseconds >= QUICK_MILLISECONDS) return { milliseconds: FIRST_MILLISECONDS, quickDeaths: 0 };
  if (quickDeaths === MOST_QUICK_DEATHS) return 'giveUp';
  return { milliseconds: FIRST_MILLISECONDS * 2 ** quickDeaths, quickDeaths: quickDeaths + 1 };
}

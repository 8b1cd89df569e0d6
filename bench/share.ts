/**
 * What a larger book leaves of the throughput. The speed of a machine that others share differs by a
 * quarter from one minute to the next, so both books are measured in turns and only neighbours compared:
 *
 *   turns     small large | large small | small large | large small
 *   a second   1000   950 |   760   800 |   900   864 |   882   900
 *   ratios           0.95          0.95          0.96          0.98    -> share 0.955
 */

/** Answers a second of two runs, one directly after the other. */
export interface Pair {
  readonly small: number;
  readonly large: number;
}

export interface ShareFigures {
  /** Answers a second, the medians. */
  readonly small: number;
  readonly large: number;
  /** Of the ratios large : small of the pairs: the median, the lowest and the highest. */
  readonly share: number;
  readonly lowest: number;
  readonly highest: number;
}

/** One scenario on both books. */
export interface SizeShare extends ShareFigures {
  readonly scenario: string;
  readonly title: string;
  readonly connections: number;
  /** Of each run. */
  readonly seconds: number;
  readonly pairs: readonly Pair[];
}

/** Who is measured next: the one that was last goes first in the next pair, so that neither is favoured. */
export const turnsOf = (pairs: number): (keyof Pair)[] =>
  Array.from({ length: pairs }, (_, index) =>
    index % 2 === 0 ? (['small', 'large'] as const) : (['large', 'small'] as const),
  ).flat();

/** Throws when there is nothing to compare with. */
export function shareOf(pairs: readonly Pair[]): ShareFigures {
  if (pairs.length === 0 || pairs.some(({ small }) => small === 0))
    throw new Error('nothing was answered on the smaller book');
  const ratios = pairs.map(({ small, large }) => large / small);
  return {
    small: median(pairs.map(({ small }) => small)),
    large: median(pairs.map(({ large }) => large)),
    share: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
  };
}

/** The middle one, or the mean of the middle two; NaN of none. */
export function median(amounts: readonly number[]): number {
  const sorted = [...amounts].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

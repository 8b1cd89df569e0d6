/** Latencies of a run in a histogram of three significant digits, from a microsecond to ten minutes. */
import { build, type Histogram } from 'hdr-histogram-js';

const LONGEST_MICROSECONDS = 600_000_000;

export interface Latencies {
  /** In microseconds. */
  add(microseconds: number): void;
  summary(): LatencySummary;
}

/** In milliseconds; zeros when nothing was measured. */
export interface LatencySummary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly most: number;
}

export function openLatencies(): Latencies {
  const histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_MICROSECONDS,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  });
  const at = (percentile: number): number =>
    histogram.totalCount === 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1000;
  return {
    add: (microseconds) =>
      histogram.recordValue(Math.min(LONGEST_MICROSECONDS, Math.max(1, Math.round(microseconds)))),
    summary: () => ({
      count: histogram.totalCount,
      mean: histogram.totalCount === 0 ? 0 : histogram.mean / 1000,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      most: histogram.totalCount === 0 ? 0 : histogram.maxValue / 1000,
    }),
  };
}

/** Everything that a bench has found, as it goes into the JSON file. */
import type { Ceiling } from './ceilings/bareSql.ts';
import type { PgbenchFigures } from './ceilings/pgbench.ts';
import type { LatencySummary } from './load/latencies.ts';
import type { ImportFigures } from './place/book.ts';
import type { Machine } from './place/machine.ts';
import type { Pace } from './place/pace.ts';
import type { Share } from './place/usage.ts';
import type { TokenCost } from './scenarios/tokens.ts';
import type { SizeShare } from './share.ts';

export interface RunResult {
  readonly scenario: string;
  readonly title: string;
  readonly loans: number;
  /**
   * `closed`: as much as the server does; `paced`: so many calls a second, whatever it does; `paired`: closed
   * ones in turns with the other book, all in one, and the median of their answers a second.
   */
  readonly loop: 'closed' | 'paced' | 'paired';
  readonly connections: number;
  /** Of a paced loop: its share of the maximum, and the calls a second that were meant. */
  readonly shareOfMost?: number;
  readonly meantPerSecond?: number;
  readonly perSecond: number;
  readonly latency: LatencySummary;
  readonly calls: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly dropped: number;
  /** Cores taken. */
  readonly cores: Share | null;
  /** Empty: the ledger moved what was answered, balances, and a sample of loans proves. */
  readonly faults: readonly string[];
}

export interface BreakInFigures {
  readonly seconds: number;
  /** Answers a second of each round. */
  readonly rounds: readonly number[];
  /** False: it still got faster when the time was up. */
  readonly isSteady: boolean;
}

export interface MemorySample {
  readonly requests: number;
  readonly largestMegabytes: number;
  readonly serverMegabytes: number;
  readonly processes: number;
}

export interface ClosedDay {
  readonly date: string;
  readonly loans: number;
  readonly accruals: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** The largest server process once the day is closed. */
  readonly largestMegabytes: number;
}

/**
 * Of the days that were closed the slowest but the first: on that one everything that had become of the loans
 * before they came into the book is found at once.
 */
export interface ClosingFigures {
  readonly loans: number;
  readonly seconds: number;
  readonly firstDaySeconds: number;
  readonly megabytes: number;
}

export function closingFigures({ loans, closedDays }: BookResult): ClosingFigures | undefined {
  const [first, ...others] = closedDays;
  if (!first || others.length === 0) return undefined;
  const seconds = Math.max(...others.map((day) => day.seconds));
  const megabytes = Math.max(...closedDays.map((day) => day.largestMegabytes));
  return { loans, seconds, firstDaySeconds: first.seconds, megabytes };
}

export interface BookResult {
  readonly loans: number;
  readonly imported: ImportFigures;
  readonly breakIn: BreakInFigures | null;
  readonly runs: readonly RunResult[];
  readonly ceilings: readonly Ceiling[];
  readonly pgbench: PgbenchFigures | null;
  readonly tokens: TokenCost | null;
  readonly memory: readonly MemorySample[];
  readonly closedDays: readonly ClosedDay[];
  /** Parts that broke, by name: the others went on. */
  readonly failures: readonly string[];
}

export interface BenchResult {
  readonly machine: Machine;
  /** Of the machine itself: before the bench, and after it once it is over. */
  readonly paces: readonly Pace[];
  readonly workers: number | 'as it starts by itself';
  readonly books: readonly BookResult[];
  /** The larger book against the smaller one, by scenario. */
  readonly shares: readonly SizeShare[];
}

/** What goes into the JSON file: where days were closed, their figures stand in front. */
export const writtenResult = (result: BenchResult): BenchResult & Partial<ClosingFigures> => ({
  ...result.books.map(closingFigures).find((figures) => figures !== undefined),
  ...result,
});

export const runOf = (
  book: BookResult | undefined,
  scenario: string,
  connections: number,
): RunResult | undefined =>
  book?.runs.find(
    (run) => run.scenario === scenario && run.loop === 'closed' && run.connections === connections,
  );

/** The closed loop with the most answers a second; of a book that was only compared, what it did then. */
export function bestOf(runs: readonly RunResult[], scenario: string): RunResult | undefined {
  const unpaced = runs.filter((run) => run.scenario === scenario && run.loop !== 'paced');
  const closed = unpaced.filter(({ loop }) => loop === 'closed');
  return (closed.length > 0 ? closed : unpaced).sort((a, b) => b.perSecond - a.perSecond)[0];
}

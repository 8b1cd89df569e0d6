/** The figures as tables: for the terminal and for docs/performance.md alike (Markdown). */
import { aims } from './aims.ts';
import type { Ceiling } from './ceilings/bareSql.ts';
import type { Machine } from './place/machine.ts';
import type { Pace } from './place/pace.ts';
import { costOf, type Share } from './place/usage.ts';
import { type BenchResult, type BookResult, type BreakInFigures, bestOf, type RunResult } from './results.ts';
import { count, ms, percent, tableOf } from './tables.ts';

export function reportOf(result: BenchResult): string {
  const { machine, paces, workers, books } = result;
  return [
    machineText(machine, workers),
    paceText(paces),
    ...books.flatMap((book) => bookText(book)),
    ...comparisons(result),
    ...aims(result),
  ].join('\n\n');
}

function machineText(machine: Machine, workers: BenchResult['workers']): string {
  const { cores, coreModel, memoryGigabytes, system, node, postgres, durability, load, takenAt, commit } =
    machine;
  return (
    `${takenAt.slice(0, 10)}, commit ${commit}: ${cores} cores (${coreModel}), ${memoryGigabytes} GB, ${system}, ` +
    `Node ${node}, PostgreSQL ${postgres} (${durability}). Server processes: ${workers}. The server, its ` +
    `database and the one who calls share the cores. Load before the bench: ${load}.`
  );
}

/** Before the bench and after it; only the first while it runs. */
function paceText(paces: readonly Pace[]): string {
  const each = (text: (pace: Pace) => string): string => paces.map(text).join(' and ');
  return (
    `The machine itself, before and after: a calculation of one thread takes ${each(({ alone }) => count(alone))} ` +
    `million steps a second, with all cores at it ${each(({ together }) => count(together))} each; 8 KB are ` +
    `written and flushed in ${each(({ flush }) => `${ms(flush.p50)} ms (p99 ${ms(flush.p99)})`)}.`
  );
}

function bookText(book: BookResult): string[] {
  const { imported, breakIn, runs, closedDays, memory, tokens, failures } = book;
  const heading = `### A book of ${count(book.loans)} loans`;
  const texts = [heading, importText(imported)];
  if (breakIn) texts.push(breakInText(breakIn));
  if (runs.length > 0) texts.push(runTable(runs));
  const ceilings = ceilingTable(book);
  if (ceilings) texts.push(ceilings);
  const budget = budgetTable(book);
  if (budget) texts.push(budget);
  if (tokens)
    texts.push(
      `Verifying a token costs ${tokens.known.toFixed(1)} µs when it is known, ` +
        `${tokens.met.toFixed(0)} µs when it is met for the first time.`,
    );
  if (memory.length > 0) texts.push(memoryTable(book));
  if (closedDays.length > 0) texts.push(closingTable(book));
  if (failures.length > 0) texts.push(`Broken parts:\n${failures.map((each) => `- ${each}`).join('\n')}`);
  return texts;
}

const importText = ({ loans, seconds, perSecond, customers, customersPerSecond }: BookResult['imported']) =>
  `Import: ${count(loans)} loans in ${seconds.toFixed(1)} s, **${count(perSecond)} loans/s**` +
  (customers > 0 ? ` (before them ${count(customers)} customers, ${count(customersPerSecond)}/s).` : '.');

function breakInText({ seconds, rounds, isSteady }: BreakInFigures): string {
  const [first = 0, last = 0] = [rounds[0], rounds.at(-1)];
  const end = isSteady ? 'until it got no faster' : 'which was the longest; it still got faster';
  return (
    `Broken in for ${seconds} s with everything that is measured, ${end}: ` +
    `${count(first)} answers a second in the first round, ${count(last)} in the last of ${rounds.length}.`
  );
}

function runTable(runs: readonly RunResult[]): string {
  const rows = runs.map((run) => [
    run.title,
    connectionsText(run),
    count(run.perSecond),
    ...[run.latency.p50, run.latency.p90, run.latency.p99, run.latency.p999, run.latency.most].map(ms),
    refusedText(run),
    run.cores
      ? `${run.cores.server.toFixed(2)} / ${run.cores.database.toFixed(2)} / ${run.cores.caller.toFixed(2)}`
      : '-',
    run.faults.length === 0 ? 'holds' : `**${run.faults.join('; ')}**`,
  ]);
  const head = ['what', 'connections', 'per second', 'p50 ms', 'p90', 'p99', 'p99.9', 'most'];
  return tableOf([...head, 'refused, dropped', 'cores: server / database / caller', 'balance'], rows);
}

function connectionsText({ loop, connections, shareOfMost = 0 }: RunResult): string {
  if (loop === 'paced') return `${percent(shareOfMost)} paced`;
  return loop === 'paired' ? `${connections} in turns` : `${connections}`;
}

function refusedText({ refused, dropped }: RunResult): string {
  const all = Object.entries(refused).map(([status, times]) => `${times} x ${status}`);
  return [...all, ...(dropped > 0 ? [`${dropped} dropped`] : [])].join(', ') || '0';
}

function ceilingTable({ runs, ceilings, pgbench }: BookResult): string | undefined {
  const repay = bestOf(runs, 'repay')?.perSecond;
  const ratio = (perSecond: number): string =>
    repay === undefined ? '-' : `${(repay / perSecond).toFixed(2)} x`;
  const rows = ceilings.map((each) => [
    each.what,
    `${each.connections}`,
    count(each.perSecond),
    ratio(each.perSecond),
  ]);
  if (pgbench?.found) {
    const { small, large, share, lowest, highest } = pgbench.turns;
    const [middle, ...range] = [share, lowest, highest].map((each) => each.toFixed(2));
    rows.push([
      `pgbench TPC-B, scale ${pgbench.scale} (${pgbench.version}), in turns with repayments at ${pgbench.clients}`,
      `${pgbench.clients}`,
      count(small),
      `${count(large)}: ${middle} x (${range.join(' to ')})`,
    ]);
  }
  const missing = pgbench && !pgbench.found ? `\n\npgbench: ${pgbench.why}.` : '';
  if (rows.length === 0) return missing.trim() || undefined;
  return (
    tableOf(['beside it, on the same server', 'connections', 'per second', 'repayments are'], rows) + missing
  );
}

/** Where the processor time of a repayment goes, and what of it nobody could do without. */
function budgetTable({ runs, ceilings }: BookResult): string | undefined {
  const rows = runs.flatMap(({ scenario, loop, connections, cores, perSecond }) =>
    scenario === 'repay' && loop === 'closed' && cores !== null
      ? [costRow({ what: 'repayments, random loans', connections }, costOf(cores, perSecond))]
      : [],
  );
  if (rows.length === 0) return undefined;
  for (const ceiling of ceilings) if (ceiling.cost) rows.push(costRow(ceiling, ceiling.cost));
  return tableOf(['ms of a core for each', 'connections', 'server', 'database', 'caller', 'all'], rows);
}

const costRow = (
  of: Pick<Ceiling, 'what' | 'connections'>,
  { server, database, caller }: Share,
): string[] => [
  of.what,
  `${of.connections}`,
  ...[server, database, caller, server + database + caller].map((each) => each.toFixed(3)),
];

const memoryTable = ({ memory }: BookResult): string =>
  tableOf(
    ['requests so far', 'largest server process, MB', 'all server processes, MB'],
    memory.map((each) => [
      count(each.requests),
      each.largestMegabytes.toFixed(0),
      `${each.serverMegabytes.toFixed(0)} (${each.processes} processes)`,
    ]),
  );

const closingTable = ({ closedDays }: BookResult): string =>
  tableOf(
    ['day closed', 'loans', 'accruals only', 'seconds', 'loans a second', 'largest process, MB'],
    closedDays.map((each) => [
      each.date,
      count(each.loans),
      count(each.accruals),
      each.seconds.toFixed(1),
      count(each.perSecond),
      each.largestMegabytes.toFixed(0),
    ]),
  );

/** The larger book against the smaller one. */
function comparisons({ books: [small, large], shares }: BenchResult): string[] {
  const [first] = shares;
  if (!small || !large || !first) return [];
  const how =
    `${first.pairs.length} pairs of runs of ${first.seconds} s, in turns. Answers a second are the medians of the ` +
    'runs, the share is the median of the ratios of the pairs.';
  const rows = shares.map(({ title, connections, share, lowest, highest, ...perSecond }) => [
    ...[title, `${connections}`, count(perSecond.small), count(perSecond.large), percent(share)],
    `${percent(lowest)} to ${percent(highest)}`,
  ]);
  const books = [small, large].map(({ loans }) => `${count(loans)} loans`);
  const head = ['what', 'connections', ...books, 'share', 'lowest and highest'];
  return ['### The size of the book', how, tableOf(head, rows)];
}

/** The figures as tables: for the terminal and for docs/performance.md alike (Markdown). */
import type { Machine } from './place/machine.ts';
import {
  type BenchResult,
  type BookResult,
  bestOf,
  closingFigures,
  type RunResult,
  runOf,
} from './results.ts';

export function reportOf(result: BenchResult): string {
  const { machine, workers, books } = result;
  return [
    machineText(machine, workers),
    ...books.flatMap((book) => bookText(book)),
    ...comparisons(books),
    ...aims(books),
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

function bookText(book: BookResult): string[] {
  const { imported, runs, closedDays, memory, tokens, failures } = book;
  const heading = `### A book of ${count(book.loans)} loans`;
  const texts = [heading, importText(imported)];
  if (runs.length > 0) texts.push(runTable(runs));
  const ceilings = ceilingTable(book);
  if (ceilings) texts.push(ceilings);
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

function runTable(runs: readonly RunResult[]): string {
  const rows = runs.map((run) => [
    run.title,
    run.loop === 'closed' ? `${run.connections}` : `${((run.shareOfMost ?? 0) * 100).toFixed(0)} % paced`,
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
    count(each.loansPerSecond),
    ratio(each.loansPerSecond),
  ]);
  if (pgbench?.found)
    rows.push([
      `pgbench TPC-B, scale ${pgbench.scale} (${pgbench.version})`,
      `${pgbench.clients}`,
      count(pgbench.perSecond),
      ratio(pgbench.perSecond),
    ]);
  const missing = pgbench && !pgbench.found ? `\n\npgbench: ${pgbench.why}.` : '';
  if (rows.length === 0) return missing.trim() || undefined;
  return (
    tableOf(['beside it, on the same server', 'connections', 'per second', 'repayments are'], rows) + missing
  );
}

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
function comparisons([small, large]: readonly BookResult[]): string[] {
  if (!small || !large) return [];
  const rows = large.runs.flatMap((run) => {
    const other = run.loop === 'closed' ? runOf(small, run.scenario, run.connections) : undefined;
    if (!other) return [];
    const share = `${((100 * run.perSecond) / other.perSecond).toFixed(0)} %`;
    return [[run.title, `${run.connections}`, count(other.perSecond), count(run.perSecond), share]];
  });
  if (rows.length === 0) return [];
  const head = ['what', 'connections', `${count(small.loans)} loans`, `${count(large.loans)} loans`, 'share'];
  return ['### The size of the book', tableOf(head, rows)];
}

interface Aim {
  readonly what: string;
  readonly aim: string;
  readonly found: string;
  readonly isMet: boolean;
}

/** The targets of the project, where this bench has measured what they are about. */
function aims(books: readonly BookResult[]): string[] {
  const [small, large] = books;
  const all = [
    ...throughputAims(small),
    ...latencyAims(small),
    ...sizeAims(small, large),
    ...importAims(books),
    ...closingAims(books),
  ];
  if (all.length === 0) return [];
  const rows = all.map(({ what, aim, found, isMet }) => [what, aim, found, isMet ? 'met' : '**missed**']);
  return ['### Aims', tableOf(['what', 'aim', 'found', ''], rows)];
}

function least(run: RunResult | undefined, aim: number): Aim[] {
  if (!run) return [];
  const { title, connections, perSecond } = run;
  return [
    {
      what: `${title}, ${connections} connections`,
      aim: `at least ${count(aim)}/s`,
      found: `${count(perSecond)}/s`,
      isMet: perSecond >= aim,
    },
  ];
}

function throughputAims(book: BookResult | undefined): Aim[] {
  const repay = runOf(book, 'repay', 64);
  const pgbench = book?.pgbench;
  const against: Aim[] =
    repay && pgbench?.found
      ? [
          {
            what: `${repay.title}, against pgbench TPC-B`,
            aim: 'at least 1.5 x',
            found: `${(repay.perSecond / pgbench.perSecond).toFixed(2)} x`,
            isMet: repay.perSecond >= 1.5 * pgbench.perSecond,
          },
        ]
      : [];
  return [
    ...least(repay, 5_000),
    ...against,
    ...least(book && bestOf(book.runs, 'hot'), 1_500),
    ...least(book && bestOf(book.runs, 'create'), 1_500),
    ...least(book && bestOf(book.runs, 'read'), 6_000),
  ];
}

function latencyAims(book: BookResult | undefined): Aim[] {
  const most = (run: RunResult | undefined, percentile: 'p50' | 'p99', aim: number): Aim[] =>
    run
      ? [
          {
            what: `${run.title}, ${run.connections} connections, ${percentile}`,
            aim: `below ${aim} ms`,
            found: `${ms(run.latency[percentile])} ms`,
            isMet: run.latency[percentile] < aim,
          },
        ]
      : [];
  return [
    ...most(runOf(book, 'repay', 64), 'p99', 50),
    ...most(runOf(book, 'repay', 1), 'p50', 2),
    ...most(runOf(book, 'read', 16), 'p99', 15),
  ];
}

function sizeAims(small: BookResult | undefined, large: BookResult | undefined): Aim[] {
  const [few, many] = [runOf(small, 'repay', 64), runOf(large, 'repay', 64)];
  const last = small?.memory.at(-1);
  const share = few && many ? (100 * many.perSecond) / few.perSecond : undefined;
  return [
    ...(share === undefined
      ? []
      : [
          {
            what: `repayments, ${count(large?.loans ?? 0)} loans against ${count(small?.loans ?? 0)}`,
            aim: 'at least 90 %',
            found: `${share.toFixed(0)} %`,
            isMet: share >= 90,
          },
        ]),
    ...(last
      ? [
          {
            what: `largest server process after ${count(last.requests)} requests`,
            aim: 'at most 250 MB',
            found: `${last.largestMegabytes.toFixed(0)} MB`,
            isMet: last.largestMegabytes <= 250,
          },
        ]
      : []),
  ];
}

function importAims(books: readonly BookResult[]): Aim[] {
  const largest = [...books].sort((a, b) => b.loans - a.loans)[0];
  if (!largest) return [];
  const { perSecond, loans } = largest.imported;
  const found = { found: `${count(perSecond)}/s`, isMet: perSecond >= 20_000 };
  return [{ what: `import of ${count(loans)} loans`, aim: 'at least 20,000/s', ...found }];
}

const closingAims = (books: readonly BookResult[]): Aim[] =>
  books.flatMap((book) => {
    const figures = closingFigures(book);
    if (!figures) return [];
    const { seconds, firstDaySeconds } = figures;
    const what = `a day of ${count(book.loans)} loans closed, the slowest but the first`;
    const found = `${seconds.toFixed(0)} s (the first: ${firstDaySeconds.toFixed(0)} s)`;
    return [{ what, aim: 'below 120 s', found, isMet: seconds < 120 }];
  });

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

const count = (amount: number): string => Math.round(amount).toLocaleString('en-US');
const ms = (milliseconds: number): string => milliseconds.toFixed(milliseconds < 10 ? 2 : 1);

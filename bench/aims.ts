/** The targets of the project, where this bench has measured what they are about. */
import {
  type BenchResult,
  type BookResult,
  bestOf,
  closingFigures,
  type RunResult,
  runOf,
} from './results.ts';
import type { SizeShare } from './share.ts';
import { count, ms, percent, tableOf } from './tables.ts';

interface Aim {
  readonly what: string;
  readonly aim: string;
  readonly found: string;
  readonly isMet: boolean;
}

export function aims({ books, shares }: BenchResult): string[] {
  const [small, large] = books;
  const all = [
    ...throughputAims(small),
    ...latencyAims(small),
    ...sizeAims(shares, { small, large }),
    ...memoryAims(small),
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
  const against: Aim[] = pgbench?.found
    ? [
        {
          what: 'repayments, random loans, 64 connections, against pgbench TPC-B, 64 clients',
          aim: 'at least 1.5 x',
          found: `${pgbench.turns.share.toFixed(2)} x`,
          isMet: pgbench.turns.share >= 1.5,
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
    ...most(runOf(book, 'read', 32), 'p99', 15),
  ];
}

interface Books {
  readonly small: BookResult | undefined;
  readonly large: BookResult | undefined;
}

const sizeAims = (shares: readonly SizeShare[], { small, large }: Books): Aim[] =>
  shares
    .filter(({ scenario }) => scenario === 'repay')
    .map(({ share }) => ({
      what: `repayments, ${count(large?.loans ?? 0)} loans against ${count(small?.loans ?? 0)}`,
      aim: 'at least 90 %',
      found: percent(share),
      isMet: share >= 0.9,
    }));

function memoryAims(book: BookResult | undefined): Aim[] {
  const last = book?.memory.at(-1);
  if (!last) return [];
  return [
    {
      what: `largest server process after ${count(last.requests)} requests`,
      aim: 'at most 250 MB',
      found: `${last.largestMegabytes.toFixed(0)} MB`,
      isMet: last.largestMegabytes <= 250,
    },
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

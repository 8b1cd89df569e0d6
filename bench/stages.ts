/** One book from beginning to end: a fresh server, the import, the runs, the ceilings, and away with it. */
import pg from 'pg';
import { measureBareSql } from './ceilings/bareSql.ts';
import { measurePgbench } from './ceilings/pgbench.ts';
import { agedLoans, FIRST_DAY, measureClosing } from './closeOfBusiness.ts';
import { runClosedLoop } from './load/closedLoop.ts';
import { LOAD_NAMES, type Options } from './options.ts';
import { type FilledBook, fillBook, importAll } from './place/book.ts';
import { type BenchServer, startServer } from './place/server.ts';
import { usageOf } from './place/usage.ts';
import type { BookResult, MemorySample } from './results.ts';
import { type Play, playScenario } from './runs.ts';
import { create } from './scenarios/create.ts';
import { hot } from './scenarios/hot.ts';
import { mixed } from './scenarios/mixed.ts';
import { read } from './scenarios/read.ts';
import { repay } from './scenarios/repay.ts';
import type { Scenario, Stage } from './scenarios/scenario.ts';
import { measureTokens } from './scenarios/tokens.ts';

const SCENARIOS: Readonly<Record<(typeof LOAD_NAMES)[number], Scenario>> = {
  ...{ repay, hot, create, mixed, read },
};
/** Enough that no two runs of `hot` share one, and reads are not all of the same. */
const TERM_LOANS = 2_000;

export interface StageAsked {
  readonly options: Options;
  readonly loans: number;
  /** False: only what shows whether the size of the book matters. */
  readonly isFull: boolean;
  readonly say: (line: string) => void;
  readonly onStart: (server: BenchServer) => Promise<void>;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

export async function playBook(asked: StageAsked): Promise<BookResult> {
  const { options, loans, say, onStart } = asked;
  say(`a fresh server, and a book of ${loans.toLocaleString('en-US')} loans`);
  const server = await startServer(settingsOf(options));
  try {
    await onStart(server);
    const book = await fillBook(server, { loans, termLoans: TERM_LOANS });
    say(`imported ${Math.round(book.imported.perSecond).toLocaleString('en-US')} loans a second`);
    await settle(server);
    return await playAll({ ...asked, server, book });
  } finally {
    await server.stop();
  }
}

const settingsOf = ({ workers }: Options): Record<string, string> =>
  workers === undefined ? {} : { LOANBOOK_WORKERS: String(workers) };

/** The database has seen to its tables, so that it does not do so in the middle of a run. */
async function settle({ databaseUrl }: BenchServer): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('vacuum analyze');
  await client.query('checkpoint');
  await client.end();
}

interface Playing extends StageAsked {
  readonly server: BenchServer;
  readonly book: FilledBook;
}

async function playAll(playing: Playing): Promise<BookResult> {
  const { server, book, options, loans, isFull, say } = playing;
  const result: Mutable<BookResult> = { ...EMPTY, loans, imported: book.imported };
  const memory: MemorySample[] = [];
  const play: Play = { ...playing, stage: await openStage(server, book), requests: { sent: 0 } };
  const part = async (name: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      say(`${name} broke: ${why}`);
      result.failures = [...result.failures, `${name}: ${why}`];
    }
  };
  const wants = (name: string): boolean => options.names.includes(name);
  if (options.names.some((name) => LOAD_NAMES.some((each) => each === name))) await breakIn(play);
  sample(play, memory);
  for (const name of LOAD_NAMES.filter(wants))
    await part(name, async () => {
      await settle(server);
      const runs = await playScenario(play, SCENARIOS[name]);
      result.runs = [...result.runs, ...runs];
      sample(play, memory);
    });
  if (isFull && wants('memory')) await part('memory', () => fillUp(play, memory));
  if (isFull && wants('tokens'))
    await part('tokens', async () => {
      result.tokens = await measureTokens(server);
    });
  play.stage.close();
  // Last of all: from here on the book holds rows that mean nothing.
  if (wants('ceiling'))
    await part('ceiling', async () => {
      await settle(server);
      const asked = { ids: book.walletIds, seconds: options.seconds };
      result.ceilings = await measureBareSql(server, asked);
      for (const each of result.ceilings) say(`${each.what}: ${Math.round(each.loansPerSecond)}/s`);
    });
  if (isFull && wants('pgbench'))
    await part('pgbench', async () => {
      const asked = { seconds: Math.max(5, options.seconds), scale: options.pgbenchScale };
      result.pgbench = await measurePgbench(server, asked);
      const { pgbench } = result;
      say(pgbench.found ? `pgbench: ${Math.round(pgbench.perSecond)}/s` : `pgbench: ${pgbench.why}`);
    });
  return { ...result, memory };
}

const EMPTY: Omit<BookResult, 'loans' | 'imported'> = {
  ...{ runs: [], ceilings: [], pgbench: null, tokens: null, memory: [], closedDays: [], failures: [] },
};

const TOKEN_MILLISECONDS = 30_000;

async function openStage(
  { client }: BenchServer,
  book: FilledBook,
): Promise<Stage & { readonly close: () => void }> {
  let authorization = `Bearer ${await client.auth.token()}`;
  const timer = setInterval(() => {
    client.auth.token().then(
      (token) => {
        authorization = `Bearer ${token}`;
      },
      () => {},
    );
  }, TOKEN_MILLISECONDS);
  return { book, authorization: () => authorization, close: () => clearInterval(timer) };
}

function sample({ server, requests }: Play, memory: MemorySample[]): void {
  const usage = usageOf(server);
  if (!usage) return;
  const { largestMegabytes, serverMegabytes, processes } = usage;
  memory.push({ requests: requests.sent, largestMegabytes, serverMegabytes, processes });
}

/**
 * A server that has been at work for a while: its code is compiled, and no table is empty when the database
 * first plans how to read it.
 */
async function breakIn({ server, stage, options, requests }: Play): Promise<void> {
  const { hostname, port } = new URL(server.apiUrl);
  const loop = { target: { host: hostname, port: Number(port) }, connections: 16, warmupSeconds: 0 };
  const seconds = options.warmupSeconds * BREAK_IN_WARMUPS;
  requests.sent += (await runClosedLoop({ ...loop, seconds, next: mixed.open(stage) })).calls;
}

const BREAK_IN_WARMUPS = 40;

const FILL_SECONDS = 15;
const LONGEST_FILL_MILLISECONDS = 600_000;

/** More of the mixed load, until so many requests have been answered. */
async function fillUp(play: Play, memory: MemorySample[]): Promise<void> {
  const { server, stage, options, requests, say } = play;
  const { hostname, port } = new URL(server.apiUrl);
  const since = Date.now();
  while (requests.sent < options.requests && Date.now() - since < LONGEST_FILL_MILLISECONDS) {
    const loop = { target: { host: hostname, port: Number(port) }, connections: 64, warmupSeconds: 0 };
    const run = await runClosedLoop({ ...loop, seconds: FILL_SECONDS, next: mixed.open(stage) });
    requests.sent += run.calls;
    sample(play, memory);
    say(`${requests.sent} requests, ${memory.at(-1)?.largestMegabytes.toFixed(0)} MB the largest process`);
  }
}

/** A sandbox of its own, whose days are closed. */
export async function playClosing({ options, loans, say, onStart }: StageAsked): Promise<BookResult> {
  say(`a fresh sandbox, and a book of ${loans.toLocaleString('en-US')} loans made on the 40 days before`);
  const sandbox = { LOANBOOK_MODE: 'sandbox', LOANBOOK_BUSINESS_DATE: FIRST_DAY };
  const server = await startServer({ ...settingsOf(options), ...sandbox });
  try {
    await onStart(server);
    const products = await server.client.loanProducts.list();
    const productId = products.find((each) => each.shortName === 'WL30')?.id ?? '';
    const seconds = await importAll(server, agedLoans(loans, productId));
    const imported = { loans, seconds, perSecond: loans / seconds, customers: 0, customersPerSecond: 0 };
    await settle(server);
    const closedDays = await measureClosing(server, { say });
    return { ...EMPTY, loans, imported, closedDays };
  } finally {
    await server.stop();
  }
}

/** A book that is being measured: a fresh server that holds it, and what has been found on it so far. */
import type { Options } from './options.ts';
import { fillBook } from './place/book.ts';
import { type BenchServer, settle, startServer } from './place/server.ts';
import { usageOf } from './place/usage.ts';
import type { BookResult } from './results.ts';
import type { Stage } from './scenarios/scenario.ts';
import type { SizeShare } from './share.ts';

export interface Asked {
  readonly options: Options;
  readonly say: (line: string) => void;
  readonly onStart: (server: BenchServer) => Promise<void>;
  /** What is found goes in here. */
  readonly books: BookResult[];
  readonly shares: SizeShare[];
  /** Whatever ends a long bench, what was found so far stays. */
  readonly keep: () => void;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

export interface Play extends Asked {
  readonly server: BenchServer;
  readonly stage: Stage;
  readonly result: Mutable<BookResult>;
  readonly requests: { sent: number };
  close(): Promise<void>;
}

/** Enough that no two runs of `hot` share one, and reads are not all of the same. */
const TERM_LOANS = 2_000;

export async function openPlay(asked: Asked, loans: number): Promise<Play> {
  const { options, say, onStart, books } = asked;
  say(`a fresh server, and a book of ${loans.toLocaleString('en-US')} loans`);
  const server = await startServer(settingsOf(options));
  try {
    await onStart(server);
    const book = await fillBook(server, { loans, termLoans: TERM_LOANS });
    say(`imported ${Math.round(book.imported.perSecond).toLocaleString('en-US')} loans a second`);
    await settle(server);
    const { leave, ...stage } = await openStage(server, book);
    const result = { ...EMPTY, loans, imported: book.imported };
    books.push(result);
    const close = async (): Promise<void> => {
      leave();
      await server.stop();
    };
    return { ...asked, server, stage, result, requests: { sent: 0 }, close };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

export const settingsOf = ({ workers }: Options): Record<string, string> =>
  workers === undefined ? {} : { LOANBOOK_WORKERS: String(workers) };

export const EMPTY: Omit<BookResult, 'loans' | 'imported'> = {
  ...{ breakIn: null, runs: [], ceilings: [], pgbench: null, tokens: null, memory: [], closedDays: [] },
  failures: [],
};

const TOKEN_MILLISECONDS = 30_000;

async function openStage(
  { client }: BenchServer,
  book: Stage['book'],
): Promise<Stage & { readonly leave: () => void }> {
  let authorization = `Bearer ${await client.auth.token()}`;
  const timer = setInterval(() => {
    client.auth.token().then(
      (token) => {
        authorization = `Bearer ${token}`;
      },
      () => {},
    );
  }, TOKEN_MILLISECONDS);
  return { book, authorization: () => authorization, leave: () => clearInterval(timer) };
}

/** One part of the bench: when it breaks, that is noted and the others go on. */
export async function part(play: Play, name: string, work: () => Promise<void>): Promise<void> {
  const { result, say, keep } = play;
  try {
    await work();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say(`${name} broke: ${why}`);
    result.failures = [...result.failures, `${name}: ${why}`];
  }
  keep();
}

/** Notes what the server's processes hold by now. */
export function sampleMemory({ server, requests, result }: Play): void {
  const usage = usageOf(server);
  if (!usage) return;
  const { largestMegabytes, serverMegabytes, processes } = usage;
  const sample = { requests: requests.sent, largestMegabytes, serverMegabytes, processes };
  result.memory = [...result.memory, sample];
}

export function targetOf({ server }: Play) {
  const { hostname, port } = new URL(server.apiUrl);
  return { host: hostname, port: Number(port) };
}

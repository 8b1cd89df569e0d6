/**
 * Close of business in this process: at most one worker at a time, started whenever there may be open runs.
 * It yields between the loans, so that calls are answered meanwhile.
 */
import type { Database } from '../../store/database.ts';
import { TemporarilyUnavailable } from '../accounts/unavailable.ts';
import type { Book } from '../book.ts';
import { type RunReport, workRuns } from './workRuns.ts';

export interface Closing {
  /** Works off the open runs, unless that is being done already; failures go to the log. */
  start(): void;
  /** Waits until the worker has ended; fails as it did. Answers false when it was stopped before the end. */
  settled(): Promise<boolean>;
  /** Begins nothing more and waits for the loans at hand; what is left is free for others. */
  stop(): Promise<void>;
}

/** What it tells; a part of the log of a server. */
export interface ClosingLog {
  info(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Works off the open runs and answers when that is done; fails when it was stopped before the end. */
export async function closeOpenRuns(closing: Closing): Promise<void> {
  closing.start();
  if (await closing.settled()) return;
  throw new TemporarilyUnavailable('stopping: repeat the call with the same idempotency key');
}

const closings = new WeakMap<Database, Closing>();

/** One for a process and its database. */
export function closingOf(book: Book, log: ClosingLog): Closing {
  const known = closings.get(book.db) ?? openClosing(book, log);
  closings.set(book.db, known);
  return known;
}

function openClosing(book: Book, log: ClosingLog): Closing {
  let stopping = new AbortController();
  let working: Promise<boolean> | undefined;
  const report = ({ found, ...done }: RunReport): void => {
    if (found.length === 0) log.info(done, 'business day closed');
    else
      log.error({ ...done, found }, 'business day closed, but its books do not agree: run loanbook verify');
  };
  const run = async (): Promise<boolean> => {
    const { signal } = stopping;
    try {
      await workRuns(book, { signal, report });
      return !signal.aborted;
    } catch (error) {
      log.error({ err: error }, 'close of business was interrupted, and goes on later');
      throw error;
    } finally {
      working = undefined;
    }
  };
  const start = (): void => {
    if (working !== undefined) return;
    working = run();
    working.catch(() => {});
  };
  return {
    start,
    settled: async () => (await working) ?? true,
    stop: async () => {
      stopping.abort();
      await working?.catch(() => {});
      stopping = new AbortController();
    },
  };
}

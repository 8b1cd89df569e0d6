/**
 * Close of business by itself: where the configuration says so, a run begins once the calendar day has turned,
 * and whatever run is open, by whomever it was begun, is worked off together with the other processes.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { addDays } from '../domain/date.ts';
import { change } from '../operations/answerOnce.ts';
import { bySystem } from '../operations/audit/trail.ts';
import type { Book } from '../operations/book.ts';
import { type ClosingLog, closingOf } from '../operations/closing/background.ts';
import { beginRuns } from '../operations/closing/beginRuns.ts';
import { readBusinessDate } from '../operations/readBusinessDate.ts';
import { findLastRun, findOpenRun } from '../store/closing/runs.ts';

export interface Running {
  /** Begins nothing new and waits for what is at hand. */
  stop(): Promise<void>;
}

const TICK_MILLISECONDS = 2_000;

export function startCloseOfBusiness(book: Book, log: ClosingLog): Running {
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await look(book, log).catch((error: unknown) =>
        log.error({ err: error }, 'close of business could not be looked at'),
      );
      await pause(TICK_MILLISECONDS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const ended = loop();
  return {
    stop: async () => {
      stopping.abort();
      await ended;
      await closingOf(book, log).stop();
    },
  };
}

/** One look: is there a day to begin, is there a run to work on? */
export async function look(book: Book, log: ClosingLog): Promise<void> {
  if (book.config.closeOfBusiness === 'auto') await beginWhatIsDue(book);
  if (await findOpenRun(book.db.read)) closingOf(book, log).start();
}

async function beginWhatIsDue(book: Book): Promise<void> {
  const [last, businessDate] = await Promise.all([
    findLastRun(book.db.read),
    readBusinessDate(book.db.read, book),
  ]);
  if (last !== undefined && last.day >= addDays(businessDate, -1)) return;
  await change(book, bySystem('closeOfBusiness'), (tx) => beginRuns(tx, book, { startedBy: null }));
}

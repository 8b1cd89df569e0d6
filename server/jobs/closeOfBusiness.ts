/**
 * Close of business by itself: where the configuration says so, a run begins once the calendar day has
 * turned, and whatever run is open, by whomever it was begun, is worked off together with the other
 * processes.
 */
import { addDays } from '../domain/date.ts';
import { bySystem } from '../operations/audit/trail.ts';
import { type Book, bookOver } from '../operations/book.ts';
import { change } from '../operations/change.ts';
import { closingOf } from '../operations/closing/background.ts';
import { beginRuns } from '../operations/closing/beginRuns.ts';
import { readBusinessDate } from '../operations/readBusinessDate.ts';
import { findLastRun, findOpenRun } from '../store/closing/runs.ts';
import type { Job } from './job.ts';

export const closeOfBusinessJob: Job = {
  name: 'closeOfBusiness',
  everyMilliseconds: 2_000,
  run: async (context, signal) => {
    const book = bookOver(context);
    if (book.config.closeOfBusiness === 'auto') await beginWhatIsDue(book);
    if (signal.aborted || (await findOpenRun(book.db.read)) === undefined) return;
    const closing = closingOf(book, context.log);
    const stop = (): void => void closing.stop();
    signal.addEventListener('abort', stop, { once: true });
    closing.start();
    await closing.settled().finally(() => signal.removeEventListener('abort', stop));
  },
};

async function beginWhatIsDue(book: Book): Promise<void> {
  const [last, businessDate] = await Promise.all([
    findLastRun(book.db.read),
    readBusinessDate(book.db.read, book),
  ]);
  if (last !== undefined && last.day >= addDays(businessDate, -1)) return;
  await change(book, bySystem('closeOfBusiness'), (tx) => beginRuns(tx, book, { startedBy: null }));
}

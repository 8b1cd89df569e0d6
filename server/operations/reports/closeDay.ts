/**
 * What close of business keeps of a day for the reports; done again it says what it finds then. Of a finished
 * day nothing is taken any more: a process that comes late would find the loans of another day.
 */
import { type CivilDate, isMonthEnd, monthEndBefore } from '../../domain/date.ts';
import { holdOpenRun } from '../../store/closing/runs.ts';
import type { Tx } from '../../store/database.ts';
import { takeRollRates, takeStandings } from '../../store/reports/standings.ts';
import type { Book } from '../book.ts';

export async function keepStandings(book: Book, day: CivilDate): Promise<void> {
  const whileOpen = (take: (tx: Tx) => Promise<void>): Promise<void> =>
    book.db.bulk.transaction(async (tx) => {
      if (await holdOpenRun(tx, day)) await take(tx);
    });
  await whileOpen((tx) => takeStandings(tx, day, book.clock.now()));
  if (isMonthEnd(day)) await whileOpen((tx) => takeRollRates(tx, { day, before: monthEndBefore(day) }));
}

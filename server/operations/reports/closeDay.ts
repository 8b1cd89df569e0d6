/** What close of business keeps of a day for the reports; done again it says what it finds then. */
import { type CivilDate, isMonthEnd, monthEndBefore } from '../../domain/date.ts';
import { takeRollRates, takeStandings } from '../../store/reports/standings.ts';
import type { Book } from '../book.ts';

export async function keepStandings(book: Book, day: CivilDate): Promise<void> {
  await book.db.bulk.transaction((tx) => takeStandings(tx, day, book.clock.now()));
  if (!isMonthEnd(day)) return;
  await book.db.bulk.transaction((tx) => takeRollRates(tx, { day, before: monthEndBefore(day) }));
}

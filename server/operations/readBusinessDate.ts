import { calendarDate } from '../clock.ts';
import type { CivilDate } from '../domain/date.ts';
import { findBusinessDate } from '../store/businessDate.ts';
import type { Tx } from '../store/database.ts';
import type { Book } from './book.ts';

/** "Today": the calendar's date in a live book, in a sandbox the date that was set by hand. */
export async function readBusinessDate(tx: Tx, book: Pick<Book, 'config' | 'clock'>): Promise<CivilDate> {
  const stored = book.config.mode === 'sandbox' ? await findBusinessDate(tx) : undefined;
  return stored ?? (calendarDate(book.clock.now(), book.config.timeZone) as CivilDate);
}

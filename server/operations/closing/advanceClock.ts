/** The business date of a sandbox, moved by its operator: forwards only, with or without closing the days. */
import { addDays, type CivilDate, daysBetween } from '../../domain/date.ts';
import { Refusal } from '../../domain/refusal.ts';
import { lockBusinessDate, saveBusinessDate } from '../../store/businessDate.ts';
import { findOpenRun } from '../../store/closing/runs.ts';
import type { Tx } from '../../store/database.ts';
import { type Author, noteChange } from '../audit/trail.ts';
import type { Book } from '../book.ts';
import { change } from '../change.ts';
import { readBusinessDate } from '../readBusinessDate.ts';
import { type Closing, type ClosingLog, closeOpenRuns, closingOf } from './background.ts';
import { beginRuns } from './beginRuns.ts';

export async function moveBusinessDate(tx: Tx, book: Book, to: CivilDate): Promise<CivilDate> {
  await lockBusinessDate(tx);
  const from = await requireMovable(tx, book, to);
  if (from === to) return to;
  await saveBusinessDate(tx, to);
  noteChange(tx, { kind: 'businessDate', id: to, before: { date: from }, after: { date: to } });
  return to;
}

/** The date as it stands, if it may be moved to the other one. */
export async function requireMovable(tx: Tx, book: Book, to: CivilDate): Promise<CivilDate> {
  if (book.config.mode !== 'sandbox')
    throw new Refusal(
      'aborted',
      'date_follows_calendar',
      'The business date of a live book is the calendar’s',
    );
  const from = await readBusinessDate(tx, book);
  if (to >= from) return from;
  const message = `is before the business date ${from}, which never goes back`;
  throw new Refusal('invalid_argument', 'business_date_goes_back', message, 'date');
}

export const MOST_DAYS = 366;

export interface Advance {
  readonly from: CivilDate;
  readonly to: CivilDate;
}

/** Where the clock is to go, checked. */
export async function plannedAdvance(
  tx: Tx,
  book: Book,
  asked: { readonly days?: number | undefined; readonly to?: CivilDate | undefined },
): Promise<Advance> {
  const today = await readBusinessDate(tx, book);
  const to = asked.to ?? addDays(today, asked.days ?? 1);
  const from = await requireMovable(tx, book, to);
  if (daysBetween(from, to) <= MOST_DAYS) return { from, to };
  throw new Refusal('invalid_argument', 'too_many_days', `is more than ${MOST_DAYS} days ahead`, 'to');
}

/**
 * Day by day, each closed before the next begins. Where the date stands decides what is left to do, so it may
 * be called again after a crash, or by several at a time; where the day was reached and closed, nothing is.
 */
export async function advanceTo(
  book: Book,
  { to }: Pick<Advance, 'to'>,
  { by, log }: { readonly by: Author; readonly log: ClosingLog },
): Promise<void> {
  const closing = closingOf(book, log);
  do await closeDaysBefore(to, book, closing);
  while (await stepTowards(to, book, by));
}

async function closeDaysBefore(to: CivilDate, { db }: Book, closing: Closing): Promise<void> {
  for (let run = await findOpenRun(db.read); run && run.day < to; run = await findOpenRun(db.read))
    await closeOpenRuns(closing);
}

/** Answers false when the date is there, or further, already. */
const stepTowards = (to: CivilDate, book: Book, by: Author): Promise<boolean> =>
  change(book, by, async (tx) => {
    await lockBusinessDate(tx);
    const today = await readBusinessDate(tx, book);
    if (today >= to) return false;
    await moveBusinessDate(tx, book, addDays(today, 1));
    await beginRuns(tx, book, { startedBy: by.accountId });
    return true;
  });

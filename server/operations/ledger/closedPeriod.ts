/**
 * No posting into a closed period. The latest closing date is read by the transaction that posts, in one go
 * with its writes and behind them: by then the database has numbered the transaction. Closing a period stores
 * the date first and then waits for every numbered transaction to end (`awaitRunningChanges`), so that a
 * change either sees the date and is refused, or is there before the closing is answered.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { addDays, type CivilDate, earlier } from '../../domain/date.ts';
import { Refusal } from '../../domain/refusal.ts';
import { allWritten } from '../../store/batch/member.ts';
import { readClosedDays } from '../../store/closing/closedDays.ts';
import type { Database, Tx } from '../../store/database.ts';
import { DatabaseUnavailable } from '../../store/failure.ts';
import { readRunning, requireDaysStillOpen } from '../../store/ledger/closures.ts';
import { insertJournal, type JournalPosting } from '../../store/loans/journal.ts';

/** Refuses entries in a closed period before anything of them is written. */
export async function requireOpenBooks(
  tx: Tx,
  entries: readonly { readonly date: CivilDate }[],
): Promise<void> {
  if (entries.length > 0) requireOpenPeriod(entries, (await readClosedDays(tx)).books);
}

/**
 * Sent behind the other writes of the same transaction. A period that was closed since `requireOpenBooks`
 * makes everything start again, and be refused there.
 */
export async function postEntries(tx: Tx, posting: JournalPosting): Promise<void> {
  if (posting.entries.length === 0) return;
  const days = daysOf(posting.entries);
  await allWritten([insertJournal(tx, posting), requireDaysStillOpen(tx, days)]);
}

function daysOf(entries: readonly { readonly date: CivilDate }[]): CivilDate[] {
  const days: CivilDate[] = [];
  for (const { date } of entries) if (!days.includes(date)) days.push(date);
  return days;
}

export function requireOpenPeriod(
  entries: readonly { readonly date: CivilDate }[],
  closedUntil: CivilDate | null | undefined,
): void {
  if (!closedUntil) return;
  const first = daysOf(entries).reduce<CivilDate | undefined>(earliest, undefined);
  if (first === undefined || first > closedUntil) return;
  throw new Refusal(
    'permission_denied',
    'period_closed',
    `The books are closed up to ${closedUntil}, and this would post on ${first}: use a date from ` +
      `${addDays(closedUntil, 1)} on, or have an operator reopen the period`,
  );
}

const earliest = (known: CivilDate | undefined, day: CivilDate): CivilDate =>
  known === undefined ? day : earlier(known, day);

const LONGEST_WAIT_MILLISECONDS = 20_000;
const LOOK_MILLISECONDS = 10;

/** Until every change that began before now has ended. */
export async function awaitRunningChanges(db: Database): Promise<void> {
  const { next } = await readRunning(db.read);
  const since = Date.now();
  while ((await readRunning(db.read)).oldest < next) {
    if (Date.now() - since > LONGEST_WAIT_MILLISECONDS)
      throw new DatabaseUnavailable('a change that began before the closing goes on', { cause: undefined });
    await pause(LOOK_MILLISECONDS);
  }
}

/**
 * The loans of a range that do nothing on a day but accrue, a thousand at a time: what each books follows
 * from a few figures (server/domain/closing/quietAccrual.ts), so the loans themselves are neither read nor
 * written. Their transactions and journal entries are the same as if each had been closed by itself.
 *
 * A loan that somebody changes meanwhile is left alone, by the numbers that it has used: one of the two comes
 * first, and the other looks again.
 */
import { type QuietBooking, quietAmount, quietTransaction } from '../../domain/closing/quietAccrual.ts';
import { addDays, type CivilDate } from '../../domain/date.ts';
import type { JournalEntry } from '../../domain/ledger.ts';
import { copyRows } from '../../store/bulk/copying.ts';
import {
  listQuietLoans,
  moveQuietLoans,
  type QuietLoan,
  type QuietStep,
  sendToWork,
} from '../../store/closing/quiet.ts';
import { type Chunk, countInChunk } from '../../store/closing/runs.ts';
import type { Tx } from '../../store/database.ts';
import { findClosedUntil } from '../../store/ledger/closures.ts';
import { NEVER_CLOSED } from '../../store/loans/closing.ts';
import { JOURNAL_TABLE, journalRows } from '../../store/loans/journal.ts';
import { QUIET_TABLE } from '../../store/loans/quietTransactions.ts';
import { NO_REMARKS, transactionRows } from '../../store/loans/transactions.ts';
import { addLedgerTotals, ledgerDeltas } from '../../store/rollups/ledgerTotals.ts';
import { anySlot } from '../../store/rollups/slots.ts';
import type { Book } from '../book.ts';

const TOGETHER = 1_000;

export interface Pace {
  readonly signal: AbortSignal;
  /** Called between the pieces. */
  readonly between: () => Promise<void>;
}

/** The loans that were moved on are counted with the chunk. */
export async function accrueQuietly(book: Book, chunk: Chunk, { signal, between }: Pace): Promise<void> {
  for (let after = chunk.after; !signal.aborted; ) {
    const last = await book.db.bulk.transaction((tx) => accruePiece(tx, book, { ...chunk, after }));
    if (last === undefined) return;
    after = last;
    await between();
  }
}

interface Booked {
  readonly step: QuietStep;
  readonly bookings: readonly QuietBooking[];
}

/** Answers the last loan it looked at, when there may be more behind it. */
async function accruePiece(tx: Tx, book: Book, chunk: Chunk): Promise<bigint | undefined> {
  const { day } = chunk;
  const loans = await listQuietLoans(tx, { ...chunk, rows: TOGETHER });
  const last = loans.length < TOGETHER ? undefined : loans.at(-1)?.loanId;
  if (loans.length === 0) return undefined;
  const closedUntil = await findClosedUntil(tx);
  if (closedUntil !== undefined && loans.some((loan) => firstDay(loan, day) <= closedUntil)) {
    await sendToWork(tx, chunk);
    return undefined;
  }
  const booked = loans.map((loan) => bookingsOf(loan, day));
  const ours = await moveQuietLoans(
    tx,
    day,
    booked.map(({ step }) => step),
  );
  await copyBookings(
    tx,
    book,
    booked.filter(({ step }) => ours.has(step.before.loanId)),
  );
  await countInChunk(tx, chunk, { accruals: ours.size });
  return last;
}

/**
 * Usually one day; more after days on which nothing was closed, but of a loan never closed before the last
 * one only. A day on which nothing is earned books nothing.
 */
function bookingsOf(loan: QuietLoan, till: CivilDate): Booked {
  const bookings: QuietBooking[] = [];
  let { accrued } = loan;
  for (let day = firstDay(loan, till); day <= till; day = addDays(day, 1)) {
    const amount = quietAmount({ ...loan, accrued }, day);
    if (amount === 0n) continue;
    const number = bookings.length + 1;
    bookings.push({ day, amount, id: loan.lastTransaction + number, sequence: loan.lastSequence + number });
    accrued += amount;
  }
  const count = bookings.length;
  const step = {
    before: loan,
    accrued,
    lastTransaction: loan.lastTransaction + count,
    lastSequence: loan.lastSequence + count,
    lastEntry: loan.lastEntry + count,
  };
  return { step, bookings };
}

const firstDay = ({ bookedTill }: QuietLoan, till: CivilDate): CivilDate =>
  bookedTill === NEVER_CLOSED ? till : addDays(bookedTill, 1);

async function copyBookings(tx: Tx, book: Book, booked: readonly Booked[]): Promise<void> {
  const now = book.clock.now();
  const count = booked.reduce((sum, { bookings }) => sum + bookings.length, 0);
  if (count === 0) return;
  const ids = await book.identity.several(tx, 'transaction', count);
  const rows = booked.flatMap(({ step, bookings }) =>
    transactionRows(step.before.loanId, {
      transactions: bookings.map((booking) => ({
        ...NO_REMARKS,
        id: ids.pop() ?? 0n,
        transaction: quietTransaction(booking),
      })),
      now,
    }),
  );
  const posted = booked.map(({ step: { before }, bookings }) => ({
    loanId: before.loanId,
    after: before.lastEntry,
    entries: bookings.map((booking) => entryOf(before, booking)),
    now,
  }));
  await copyRows(
    tx,
    QUIET_TABLE,
    rows.map((row) => [...row, true]),
  );
  await copyRows(tx, JOURNAL_TABLE, posted.flatMap(journalRows));
  const deltas = ledgerDeltas(posted.flatMap(({ entries }) => entries));
  await addLedgerTotals(tx, { slot: anySlot(), deltas });
}

const entryOf = (loan: QuietLoan, { id, day, amount }: QuietBooking): JournalEntry => ({
  transactionId: id,
  date: day,
  lines: [
    { account: loan.receivable, side: 'debit', amount },
    { account: loan.income, side: 'credit', amount },
  ],
});

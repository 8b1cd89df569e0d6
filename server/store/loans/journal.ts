/** The journal: rows are only ever added, each moves an amount from one account to another. */
import type { CivilDate } from '../../domain/date.ts';
import {
  type JournalEntry,
  type JournalLine,
  linesOf,
  type Movement,
  movementsOf,
} from '../../domain/ledger.ts';
import { allWritten, write } from '../batch/member.ts';
import { inserting } from '../batch/writeSet.ts';
import type { Tx } from '../database.ts';
import { totalMovements } from '../rollups/ledgerTotals.ts';

const COLUMNS = [
  'loan_id',
  'entry_seq',
  'line',
  'transaction_seq',
  'debit_account',
  'credit_account',
  'amount',
  'entry_date',
  'recorded_at',
];

export interface JournalPosting {
  readonly loanId: bigint;
  /** Number of the loan's last entry so far. */
  readonly after: number;
  readonly entries: readonly JournalEntry[];
  readonly now: Date;
}

/** For rows that are made by `journalRows`. */
export const JOURNAL_TABLE = { name: 'journal_entry', columns: COLUMNS };

const NEW_ROWS = inserting({ ...JOURNAL_TABLE, keyLength: 3, place: 'journal' });

export const journalRows = (posting: JournalPosting): unknown[][] =>
  rowsOf(posting, posting.entries.map(movementsOf));

/** `moved`: what each of the entries moves. */
function rowsOf(
  { loanId, after, entries, now }: JournalPosting,
  moved: readonly (readonly Movement[])[],
): unknown[][] {
  const rows: unknown[][] = [];
  for (const [index, { transactionId, date }] of entries.entries())
    for (const [line, { debit, credit, amount }] of (moved[index] ?? []).entries())
      rows.push([loanId, after + index + 1, line + 1, transactionId, debit, credit, amount, date, now]);
  return rows;
}

export async function insertJournal(tx: Tx, posting: JournalPosting): Promise<void> {
  const { entries } = posting;
  const moved = entries.map(movementsOf);
  await allWritten([write(tx, NEW_ROWS, rowsOf(posting, moved)), totalMovements(tx, entries, moved)]);
}

export interface PostedEntry {
  readonly entry: number;
  /** Number of the transaction within the loan. */
  readonly transactionId: number;
  readonly date: CivilDate;
  readonly lines: readonly JournalLine[];
}

interface JournalRow {
  entry_seq: number;
  transaction_seq: number;
  debit_account: string;
  credit_account: string;
  amount: bigint;
  entry_date: CivilDate;
}

/** The entries of a loan in order of posting, their lines put together again. */
export async function listEntriesOf(tx: Tx, loanId: bigint): Promise<PostedEntry[]> {
  const rows = await tx.query<JournalRow>(
    `select entry_seq, transaction_seq, debit_account, credit_account, amount, entry_date
     from journal_entry where loan_id = $1 order by entry_seq, line`,
    [loanId],
  );
  const entries = new Map<number, { row: JournalRow; movements: Movement[] }>();
  for (const row of rows) {
    const found = entries.get(row.entry_seq) ?? { row, movements: [] };
    entries.set(row.entry_seq, found);
    found.movements.push({ debit: row.debit_account, credit: row.credit_account, amount: row.amount });
  }
  return [...entries.values()].map(({ row, movements }) => ({
    entry: row.entry_seq,
    transactionId: row.transaction_seq,
    date: row.entry_date,
    lines: linesOf(movements),
  }));
}

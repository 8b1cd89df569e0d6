/** Entries made by hand: one row each, and their movements as the loans' journal has them. */
import type { CivilDate } from '../../domain/date.ts';
import { type JournalLine, linesOf, type Movement, movementsOf } from '../../domain/ledger.ts';
import type { Tx } from '../database.ts';
import { totalEntries } from '../rollups/ledgerTotals.ts';
import { rowsOfValues } from '../values.ts';

export interface ManualEntry {
  readonly id: bigint;
  readonly date: CivilDate;
  readonly reason: string;
  /** The account of the operator. */
  readonly madeBy: string;
  /** The entry that this one takes back. */
  readonly reverses: bigint | null;
  /** The entry that takes this one back. */
  readonly reversedBy: bigint | null;
  readonly recordedAt: Date;
  readonly lines: readonly JournalLine[];
}

export async function insertManualEntry(tx: Tx, entry: ManualEntry): Promise<void> {
  const rows = movementsOf(entry).map(({ debit, credit, amount }, line) => [
    entry.id,
    line + 1,
    debit,
    credit,
    amount,
  ]);
  const { places, values } = rowsOfValues(rows);
  await Promise.all([
    totalEntries(tx, [entry]),
    tx.query(
      `insert into manual_entry (id, entry_date, reason, made_by, reverses, recorded_at)
       values ($1, $2, $3, $4, $5, $6)`,
      [entry.id, entry.date, entry.reason, entry.madeBy, entry.reverses, entry.recordedAt],
    ),
    tx.query(
      `insert into manual_movement (entry_id, line, debit_account, credit_account, amount) values ${places}`,
      values,
    ),
  ]);
}

/** Answers false, and changes nothing, when the entry has been taken back before. */
export async function markReversed(
  tx: Tx,
  { id, reversedBy }: { readonly id: bigint; readonly reversedBy: bigint },
): Promise<boolean> {
  const rows = await tx.query(
    'update manual_entry set reversed_by = $2 where id = $1 and reversed_by is null returning id',
    [id, reversedBy],
  );
  return rows.length === 1;
}

interface ManualRow {
  id: bigint;
  entry_date: CivilDate;
  reason: string;
  made_by: string;
  reverses: bigint | null;
  reversed_by: bigint | null;
  recorded_at: Date;
  debit_account: string | null;
  credit_account: string;
  amount: bigint;
}

export async function findManualEntries(tx: Tx, ids: readonly bigint[]): Promise<ManualEntry[]> {
  const rows = await tx.query<ManualRow>(
    `select e.*, m.debit_account, m.credit_account, m.amount
     from manual_entry e left join manual_movement m on m.entry_id = e.id
     where e.id = any($1) order by e.id, m.line`,
    [ids],
  );
  const entries = new Map<bigint, { row: ManualRow; movements: Movement[] }>();
  for (const row of rows) {
    const found = entries.get(row.id) ?? { row, movements: [] };
    entries.set(row.id, found);
    const { debit_account: debit, credit_account: credit, amount } = row;
    if (debit !== null) found.movements.push({ debit, credit, amount });
  }
  return [...entries.values()].map(({ row, movements }) => toEntry(row, linesOf(movements)));
}

const toEntry = (row: ManualRow, lines: readonly JournalLine[]): ManualEntry => ({
  id: row.id,
  date: row.entry_date,
  reason: row.reason,
  madeBy: row.made_by,
  reverses: row.reverses,
  reversedBy: row.reversed_by,
  recordedAt: row.recorded_at,
  lines,
});

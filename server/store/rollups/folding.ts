/**
 * Folds the slots of counts and sums into slot 0, so that readers have few rows to add up. Rows that a writer
 * holds right now are left for the next time, so nobody waits in a circle; the sums do not change.
 */
import type { CivilDate } from '../../domain/date.ts';
import type { Database, Tx } from '../database.ts';
import { type Condition, where } from '../page.ts';
import { rowsOfValues } from '../values.ts';
import { DELIVERY_COUNT } from '../webhooks/counts.ts';
import { addTo, type RollupTable } from './adding.ts';
import { CUSTOMER_COUNT } from './customerCounts.ts';
import { DUE_TOTAL, FLOW_TOTAL } from './flows.ts';
import { LEDGER_TOTAL } from './ledgerTotals.ts';
import { LOAN_COUNT, UNPAID_COUNT } from './loanCounts.ts';
import { type Delta, FOLDED, SLOTS } from './slots.ts';

/** Answers how many rows were folded. Days from `openFrom` on, which are still written to, stay spread. */
export async function foldRollups(db: Database, openFrom: CivilDate): Promise<number> {
  const isPast: Condition = ['entry_date < ?', openFrom];
  const isPastDay: Condition = ['day < ?', openFrom];
  let folded = 0;
  for (let slot = FOLDED + 1; slot < SLOTS; slot += 1) {
    folded += await db.transaction((tx) => fold(tx, LOAN_COUNT, [['slot = ?', slot]]));
    folded += await db.transaction((tx) => fold(tx, UNPAID_COUNT, [['slot = ?', slot]]));
    folded += await db.transaction((tx) => fold(tx, CUSTOMER_COUNT, [['slot = ?', slot]]));
    folded += await db.transaction((tx) => fold(tx, DELIVERY_COUNT, [['slot = ?', slot]]));
    folded += await db.transaction((tx) => fold(tx, LEDGER_TOTAL, [['slot = ?', slot], isPast]));
    for (const table of [FLOW_TOTAL, DUE_TOTAL])
      folded += await db.transaction((tx) => fold(tx, table, [['slot = ?', slot], isPastDay]));
  }
  return folded;
}

const ROWS_AT_ONCE = 1_000;

async function fold(tx: Tx, table: RollupTable, conditions: readonly Condition[]): Promise<number> {
  const { text, values } = where(conditions);
  const { name, key, sum } = table;
  const columns = key.join(', ');
  const held = await tx.query<Record<string, bigint | string>>(
    `select ${columns}, ${sum}, slot::bigint as slot from ${name}${text} for update skip locked`,
    values,
  );
  const rows = held.map((row) => ({
    keys: key.map((column) => row[column] ?? ''),
    by: BigInt(row[sum] ?? 0),
  }));
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const { places, values: taken } = rowsOfValues(
      rows.slice(start, start + ROWS_AT_ONCE).map(({ keys }) => [held[0]?.slot, ...keys]),
    );
    await tx.query(`delete from ${name} where (slot, ${columns}) in (${places})`, taken);
  }
  const deltas = rows.map(({ keys, by }): Delta => ({ key: keys, by }));
  await addTo(tx, table, { slot: FOLDED, deltas });
  return rows.length;
}

/** Adding to counts and sums, within the transaction of the rows that they are made of. */
import { type Query, sendAll } from '../batch/writeSet.ts';
import type { Tx } from '../database.ts';
import { rowsOfValues } from '../values.ts';
import { type Delta, summedDeltas } from './slots.ts';

export interface RollupTable {
  readonly name: string;
  /** The columns of the key, slot apart. */
  readonly key: readonly string[];
  readonly sum: string;
}

export interface Addition {
  readonly slot: number;
  readonly deltas: readonly Delta[];
}

/** A statement takes no more than 65,535 values. */
const ROWS_AT_ONCE = 1_000;

export const addTo = (tx: Tx, table: RollupTable, addition: Addition): Promise<void> =>
  sendAll(tx, additionsTo(table, addition));

/** None when the deltas come to nothing. */
export function additionsTo(table: RollupTable, { slot, deltas }: Addition): Query[] {
  const rows = summedDeltas(deltas).map(({ key, by }) => [slot, ...key, by]);
  const key = ['slot', ...table.key].join(', ');
  const { name, sum } = table;
  const statements: Query[] = [];
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const { places, values } = rowsOfValues(rows.slice(start, start + ROWS_AT_ONCE));
    const text = `insert into ${name} (${key}, ${sum}) values ${places}
      on conflict (${key}) do update set ${sum} = ${name}.${sum} + excluded.${sum}`;
    statements.push({ text, values });
  }
  return statements;
}

/** Adding to counts and sums, within the transaction of the rows that they are made of. */
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

/** Nothing is sent when the deltas come to nothing. */
export async function addTo(tx: Tx, table: RollupTable, { slot, deltas }: Addition): Promise<void> {
  const rows = summedDeltas(deltas).map(({ key, by }) => [slot, ...key, by]);
  const key = ['slot', ...table.key].join(', ');
  const { name, sum } = table;
  const sent: Promise<unknown>[] = [];
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const { places, values } = rowsOfValues(rows.slice(start, start + ROWS_AT_ONCE));
    const text = `insert into ${name} (${key}, ${sum}) values ${places}
      on conflict (${key}) do update set ${sum} = ${name}.${sum} + excluded.${sum}`;
    sent.push(tx.query(text, values));
  }
  await Promise.all(sent);
}

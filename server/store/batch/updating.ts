/**
 * Updates of many rows, one statement for any number of them: the new values come as arrays, one for each
 * column. PostgreSQL makes a table of every array first, which for a few rows costs several times the update
 * itself, so these go one by one, in the same message.
 */
import { columnsOfRows } from '../values.ts';
import type { Query } from './writeSet.ts';

export interface Updating {
  /** The values of a row, in order, and their types. */
  readonly columns: readonly (readonly [name: string, type: string])[];
  /** The statement. */
  text(given: Given): string;
}

/** How a statement gets at the values of a row. */
export interface Given {
  value(column: string): string;
  /** Where they come from: `from ...`, or nothing. */
  readonly from: string;
  /** Names the key by itself, for many rows: a cluster sees by it which of its parts are meant. */
  among(key: string): string;
}

const FEW_ROWS = 3;

/** The statements for these rows. */
export type Update = (rows: readonly (readonly unknown[])[]) => Query[];

export function updating({ columns, text }: Updating): Update {
  const names = columns.map(([name]) => name);
  const types = columns.map(([, type]) => type);
  const one = text({
    value: (column) => {
      const at = names.indexOf(column);
      return `$${at + 1}::${types[at]}`;
    },
    from: '',
    among: () => '',
  });
  const many = text({
    value: (column) => `x.${column}`,
    from: `from unnest(${columnsOfRows([], types).sources}) as x (${names.join(', ')})`,
    among: (key) => `and ${key} = any($1::bigint[])`,
  });
  return (rows) =>
    rows.length <= FEW_ROWS
      ? rows.map((values) => ({ text: one, values }))
      : [{ text: many, values: columnsOfRows(rows, types).values }];
}

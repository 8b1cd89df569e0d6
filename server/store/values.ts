/** Multi-row VALUES: one statement for many rows, which a cluster routes well (scaling.md rule 6). */

export interface ValueRows {
  /** `($1, $2), ($3, $4)` */
  readonly places: string;
  readonly values: unknown[];
}

export function rowsOfValues(rows: readonly (readonly unknown[])[]): ValueRows {
  let place = 0;
  const places = rows.map((row) => `(${row.map(() => `$${++place}`).join(', ')})`).join(', ');
  return { places, values: rows.flat() };
}

/** Many rows in one statement, which a cluster routes well (scaling.md rule 6). */

export interface ValueRows {
  /** `($1, $2), ($3, $4)` */
  readonly places: string;
  readonly values: unknown[];
}

/** For inserts: multi-row VALUES. */
export function rowsOfValues(rows: readonly (readonly unknown[])[]): ValueRows {
  return { places: placesOf(rows.length, rows[0]?.length ?? 0), values: flatRows(rows) };
}

/** The values of all rows, one row after the other. */
export function flatRows(rows: readonly (readonly unknown[])[]): unknown[] {
  const values: unknown[] = [];
  for (const row of rows) for (const value of row) values.push(value);
  return values;
}

/** Places are the same for all rows of a size, and those of many rows are long. */
const knownPlaces = new Map<string, string>();
const MOST_KNOWN_PLACES = 1_000;

export function placesOf(rows: number, columns: number): string {
  const size = `${rows} ${columns}`;
  const known = knownPlaces.get(size);
  if (known !== undefined) return known;
  const places = madePlaces(rows, columns);
  if (knownPlaces.size < MOST_KNOWN_PLACES) knownPlaces.set(size, places);
  return places;
}

function madePlaces(rows: number, columns: number): string {
  const row = (at: number): string =>
    `(${Array.from({ length: columns }, (_, column) => `$${at * columns + column + 1}`).join(', ')})`;
  return Array.from({ length: rows }, (_, at) => row(at)).join(', ');
}

export interface ColumnValues {
  /** What `unnest` takes, one for each column: `$1::bigint[], string_to_array($2::text, ...)::json[]`. */
  readonly sources: string;
  readonly values: unknown[];
}

/** Stands between the JSON texts of a column; JSON itself escapes it. */
const BETWEEN = '\u001e';

/** For updates: arrays of the columns, so that one text serves any number of rows. */
export function columnsOfRows(rows: readonly (readonly unknown[])[], types: readonly string[]): ColumnValues {
  const column = (at: number): unknown[] => rows.map((row) => row[at]);
  const sources = types.map((type, at) => (type === 'json' ? jsonSource(at + 1) : `$${at + 1}::${type}[]`));
  // As one text: an array would have every quotation mark of the JSON escaped, and taken off again.
  const values = types.map((type, at) => (type === 'json' ? column(at).join(BETWEEN) : column(at)));
  return { sources: sources.join(', '), values };
}

const jsonSource = (place: number): string => `string_to_array($${place}::text, chr(30))::json[]`;

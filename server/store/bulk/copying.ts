/**
 * Rows by the thousand: PostgreSQL's COPY, within a transaction of `Database.bulk`. Text format: cells are
 * separated by tabs, rows by line feeds, null is \N.
 */
import { pipeline } from 'node:stream/promises';
import { from } from 'pg-copy-streams';
import { bulkClientOf, type Tx } from '../database.ts';

/** Where rows go; every row has the columns in this order. */
export interface CopyTarget {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Callers' names for customers and loans. */
export const NAME_TABLE: CopyTarget = { name: 'external_id', columns: ['external_id', 'kind', 'id'] };

/** True for transactions of `Database.bulk`. */
export const canCopy = (tx: Tx): boolean => bulkClientOf(tx) !== undefined;

/** Adds the rows; a key that is taken fails with a unique violation, as it does for an insert. */
export async function copyRows(
  tx: Tx,
  target: CopyTarget,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  if (rows.length > 0) await copyLines(tx, target, linesOf(rows));
}

/** A row as text: cells of its own and, behind them, those that it has in common with others, as bytes. */
export interface CopyLine {
  readonly own: string;
  readonly shared: Buffer;
}

/** The end of a row, from the cells that many rows have in common. */
export const sharedCells = (cells: string): Buffer => Buffer.from(`${cells}\n`);

/** The same for rows without any. */
export const NOTHING_SHARED: Buffer = sharedCells('');

/** A table into which rows go that are the same for many, apart from some columns; those stand first. */
export interface SharingTable {
  readonly target: CopyTarget;
  /** What such rows have in common, from the values of one of them in the order of the table's columns. */
  sharedOf(values: readonly unknown[]): Buffer;
}

export function sharing(table: CopyTarget, own: readonly string[]): SharingTable {
  const others = table.columns.filter((column) => !own.includes(column));
  const places = others.map((column) => table.columns.indexOf(column));
  return {
    target: { name: table.name, columns: [...own, ...others] },
    sharedOf: (values) => sharedCells(cellsOf(places.map((at) => values[at]))),
  };
}

function* linesOf(rows: readonly (readonly unknown[])[]): Generator<CopyLine> {
  for (const row of rows) yield { own: cellsOf(row), shared: NOTHING_SHARED };
}

/** The same with rows that are text already; best made one by one, as they are asked for. */
export async function copyLines(tx: Tx, target: CopyTarget, lines: Iterable<CopyLine>): Promise<void> {
  const client = bulkClientOf(tx);
  if (client === undefined) throw new Error('only a bulk transaction can copy');
  const sql = `copy ${target.name} (${target.columns.join(', ')}) from stdin`;
  await pipeline(piecesOf(lines), client.query(from(sql)));
}

const PIECE_BYTES = 65_536;
const MOST_BYTES_OF_UNIT = 3;

/** Some rows at a time, so that the database works on the first while the later ones are written. */
function* piecesOf(lines: Iterable<CopyLine>): Generator<Buffer> {
  let piece = Buffer.allocUnsafe(PIECE_BYTES);
  let used = 0;
  for (const { own, shared } of lines) {
    const most = MOST_BYTES_OF_UNIT * own.length + shared.length;
    if (used + most > piece.length) {
      if (used > 0) yield piece.subarray(0, used);
      piece = Buffer.allocUnsafe(Math.max(PIECE_BYTES, most));
      used = 0;
    }
    used += piece.write(own, used);
    used += shared.copy(piece, used);
  }
  if (used > 0) yield piece.subarray(0, used);
}

/** Values side by side, as the text of a row or of a part of one. */
export function cellsOf(values: readonly unknown[]): string {
  let text = '';
  for (let at = 0; at < values.length; at += 1) text += (at === 0 ? '' : '\t') + cellOf(values[at]);
  return text;
}

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

export function cellOf(value: unknown): string {
  if (typeof value === 'string') return escaped(value);
  if (value === null || value === undefined) return '\\N';
  return value instanceof Date ? value.toISOString() : String(value);
}

const escaped = (text: string): string =>
  SPECIAL.test(text) ? text.replace(/[\\\t\n\r]/g, (each) => ESCAPES[each] ?? each) : text;

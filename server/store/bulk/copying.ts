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

/** True for transactions of `Database.bulk`. */
export const canCopy = (tx: Tx): boolean => bulkClientOf(tx) !== undefined;

/** Adds the rows; a key that is taken fails with a unique violation, as it does for an insert. */
export const copyRows = (tx: Tx, target: CopyTarget, rows: readonly (readonly unknown[])[]): Promise<void> =>
  copyLines(tx, target, rows.map(cellsOf));

/** The same with rows that are text already, as `cellsOf` makes it. */
export async function copyLines(tx: Tx, target: CopyTarget, lines: readonly string[]): Promise<void> {
  const client = bulkClientOf(tx);
  if (client === undefined) throw new Error('only a bulk transaction can copy');
  if (lines.length === 0) return;
  const sql = `copy ${target.name} (${target.columns.join(', ')}) from stdin`;
  await pipeline(piecesOf(lines), client.query(from(sql)));
}

const LINES_PER_PIECE = 200;

/** Some lines at a time, so that the database works on the first while the later ones are written. */
function* piecesOf(lines: readonly string[]): Generator<Buffer> {
  for (let start = 0; start < lines.length; start += LINES_PER_PIECE)
    yield Buffer.from(`${lines.slice(start, start + LINES_PER_PIECE).join('\n')}\n`);
}

/** Values side by side, as the text of a row or of a part of one. */
export function cellsOf(values: readonly unknown[]): string {
  let text = '';
  for (let at = 0; at < values.length; at += 1) text += (at === 0 ? '' : '\t') + cellOf(values[at]);
  return text;
}

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function cellOf(value: unknown): string {
  if (typeof value === 'string') return escaped(value);
  if (value === null || value === undefined) return '\\N';
  return value instanceof Date ? value.toISOString() : String(value);
}

const escaped = (text: string): string =>
  SPECIAL.test(text) ? text.replace(/[\\\t\n\r]/g, (each) => ESCAPES[each] ?? each) : text;

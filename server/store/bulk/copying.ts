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
export async function copyRows(
  tx: Tx,
  target: CopyTarget,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  const client = bulkClientOf(tx);
  if (client === undefined) throw new Error('only a bulk transaction can copy');
  if (rows.length === 0) return;
  const sql = `copy ${target.name} (${target.columns.join(', ')}) from stdin`;
  await pipeline(piecesOf(rows), client.query(from(sql)));
}

const ROWS_PER_PIECE = 200;

/** Some rows at a time, so that the database works on the first while the later ones are written. */
function* piecesOf(rows: readonly (readonly unknown[])[]): Generator<Buffer> {
  for (let start = 0; start < rows.length; start += ROWS_PER_PIECE)
    yield Buffer.from(copyText(rows.slice(start, start + ROWS_PER_PIECE)));
}

export function copyText(rows: readonly (readonly unknown[])[]): string {
  let text = '';
  for (const row of rows) {
    let separator = '';
    for (const value of row) {
      text += separator + cellOf(value);
      separator = '\t';
    }
    text += '\n';
  }
  return text;
}

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '\\N';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? cellOfText(value) : String(value);
}

/** Documents of loans that are alike are one text in many rows: looked through once. */
const LONG = 200;
const MOST_LONG_TEXTS = 1000;
const longTexts = new Map<string, string>();

function cellOfText(text: string): string {
  if (text.length < LONG) return escaped(text);
  const known = longTexts.get(text);
  if (known !== undefined) return known;
  const cell = escaped(text);
  if (longTexts.size >= MOST_LONG_TEXTS) longTexts.clear();
  longTexts.set(text, cell);
  return cell;
}

const escaped = (text: string): string =>
  SPECIAL.test(text) ? text.replace(/[\\\t\n\r]/g, (each) => ESCAPES[each] ?? each) : text;

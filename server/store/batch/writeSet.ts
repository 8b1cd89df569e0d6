/**
 * What a batch is to write: rows by kind, sent in the order that the tables need, a few statements for all
 * members together.
 */
import type { Tx } from '../database.ts';
import { flatRows, placesOf } from '../values.ts';

/** The order of a transaction's writes: what others refer to comes first, the checks come last. */
const ORDER = [
  'borrowers',
  'terms',
  'loans',
  'closings',
  'transactions',
  'closing changes',
  'loan changes',
  'transaction changes',
  'journal',
  'beside the loan',
  'names',
  'answers',
  // Rows that many transactions add to: held as short as can be.
  'loan counts',
  'customer counts',
  'ledger totals',
  'flows',
  'checks',
] as const;

/** One kind of write, of many rows in a few statements. */
export interface Write<Row> {
  readonly place: (typeof ORDER)[number];
  /** All rows of the transaction, brought together: sorted, later ones in the place of earlier ones. */
  merged(rows: readonly Row[]): readonly Row[];
  /**
   * What is sent for them. Each statement fails by itself when another writer came first (`provided`), for
   * nobody looks at its answer before COMMIT.
   */
  statements(rows: readonly Row[]): readonly Query[];
}

export interface Query {
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface WriteSet {
  add<Row>(kind: Write<Row>, rows: readonly Row[]): void;
  addAll(other: WriteSet): void;
  isEmpty(): boolean;
  entries(): Iterable<readonly [Write<unknown>, readonly unknown[]]>;
  /** Asks for everything at once, in order, and waits for nothing. */
  send(tx: Tx): void;
}

export function openWriteSet(): WriteSet {
  const rowsOf = new Map<Write<unknown>, unknown[]>();
  const add = (kind: Write<unknown>, rows: readonly unknown[]): void => {
    const known = rowsOf.get(kind);
    if (known) known.push(...rows);
    else rowsOf.set(kind, [...rows]);
  };
  return {
    add: (kind, rows) => add(kind as Write<unknown>, rows),
    addAll: (other) => {
      for (const [kind, rows] of other.entries()) add(kind, rows);
    },
    isEmpty: () => rowsOf.size === 0,
    entries: () => rowsOf.entries(),
    send: (tx) => {
      const kinds = [...rowsOf].sort(([a], [b]) => ORDER.indexOf(a.place) - ORDER.indexOf(b.place));
      // What fails fails the transaction, which hears of every statement.
      for (const [kind, rows] of kinds)
        for (const { text, values } of kind.statements(kind.merged(rows))) void tx.query(text, values);
    },
  };
}

/** Without waiting in between; fails when one of them does. */
export async function sendAll(tx: Tx, statements: readonly Query[]): Promise<void> {
  await Promise.all(statements.map(({ text, values }) => tx.query(text, values)));
}

/** Rows that are only ever added to a table; its key is its first columns. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly keyLength: number;
  readonly place: Write<unknown>['place'];
}

export type Values = readonly unknown[];

/** The kind of write that adds rows to a table; a key that is taken fails with a unique violation. */
export function inserting({ name, columns, keyLength, place }: Table): Write<Values> {
  const into = `insert into ${name} (${columns.join(', ')}) values `;
  // Long texts, and few: the same one is easier to know again, here and by the driver.
  const texts = new Map<number, string>();
  const textFor = (rows: number): string => {
    const text = texts.get(rows) ?? into + placesOf(rows, columns.length);
    texts.set(rows, text);
    return text;
  };
  return {
    place,
    merged: (rows) => (rows.length === 1 ? rows : [...rows].sort((a, b) => compared(a, b, keyLength))),
    statements: (rows) =>
      inPieces(rows).map((piece) => ({ text: textFor(piece.length), values: flatRows(piece) })),
  };
}

/** Everybody takes keys in the same order, so writers that want the same ones never wait in a ring. */
function compared(a: Values, b: Values, keyLength: number): number {
  for (let at = 0; at < keyLength; at += 1) {
    const [left, right] = [a[at] as bigint, b[at] as bigint];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

const MOST_ROWS = 64;
const FEW_ROWS = 16;

/** Pieces of 64, 32, or up to 16 rows: few different statements, so each is planned once and then run. */
export function inPieces<Row>(rows: readonly Row[]): (readonly Row[])[] {
  const pieces: (readonly Row[])[] = [];
  for (let start = 0; start < rows.length; ) {
    const left = rows.length - start;
    const size = left <= FEW_ROWS ? left : Math.min(MOST_ROWS, 2 ** Math.floor(Math.log2(left)));
    pieces.push(rows.slice(start, start + size));
    start += size;
  }
  return pieces;
}

/**
 * Comparing an expectation with the state that was reached: exact, only the fields that the expectation
 * gives.
 */
import type { Cell, Row } from './format.ts';

/** What was expected and what was found instead; rows where the expectation is a table. */
export interface Difference {
  readonly expected: unknown;
  readonly actual: unknown;
  /** The table in which an expected row was looked for. */
  readonly table?: readonly Row[];
}

/** Null when everything agrees. */
export type Outcome = Difference | null;

/** Fields that say something about a row of the source table, not about the loan. */
const REMARKS: ReadonlySet<string> = new Set(['nr']);

export const matches = (expected: Row, actual: Row): boolean =>
  Object.entries(expected).every(([field, value]) => sameCell(value, actual[field]));

/** A field that is `null` must be empty. */
const sameCell = (expected: Cell, actual: Cell | undefined): boolean =>
  expected === null ? actual === null || actual === undefined : expected === actual;

export const sameValue = (expected: Cell, actual: Cell): Outcome =>
  sameCell(expected, actual) ? null : { expected, actual };

/** The named fields of the expectation against those of the actual row. */
export const sameFields = (expected: Row, actual: Row): Outcome =>
  matches(expected, actual) ? null : { expected, actual: only(expected, actual) };

const only = (expected: Row, actual: Row): Row =>
  Object.fromEntries(Object.keys(expected).map((field) => [field, actual[field] ?? null]));

/** Every expected row must occur; the difference shows the closest row that there is. */
export function containsRows(expected: readonly Row[], actual: readonly Row[]): Outcome {
  for (const row of expected) {
    if (actual.some((each) => matches(row, each))) continue;
    const closest = closestTo(row, actual);
    return { expected: row, actual: closest ? only(row, closest) : null, table: actual };
  }
  return null;
}

/** The same rows in the same order. */
export function sameRows(expected: readonly Row[], actual: readonly Row[]): Outcome {
  for (const [index, row] of expected.entries()) {
    const found = actual[index];
    if (!found || !matches(row, found))
      return { expected: row, actual: found ? only(row, found) : null, table: actual };
  }
  return expected.length === actual.length
    ? null
    : { expected: `${expected.length} rows`, actual, table: actual };
}

function closestTo(expected: Row, rows: readonly Row[]): Row | undefined {
  const agreement = (row: Row) =>
    Object.entries(expected).filter(([field, value]) => sameCell(value, row[field])).length +
    (sameCell(expected.date ?? null, row.date) ? 3 : 0) +
    (sameCell(expected.type ?? null, row.type) ? 2 : 0);
  return [...rows].sort((a, b) => agreement(b) - agreement(a))[0];
}

export const withoutRemarks = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([field]) => !REMARKS.has(field)));

/**
 * A report as a table: columns with a type each, rows of plain values. How it is written (JSON, CSV, XLSX)
 * is decided elsewhere; what it says is decided here.
 *
 *   columns  product (text)  principal (money)  par30 (share)
 *   row      Wallet 30       1_250_000n         { of: 250_000n, in: 1_250_000n }   shown as 0.2
 */
import type { CivilDate } from '../date.ts';
import type { Currency, Money } from '../money.ts';

/**
 * Money is in minor units of the row's currency; a share is a part of a whole, absent where the whole is 0.
 */
export type ColumnType = 'text' | 'date' | 'money' | 'count' | 'share';

export interface Column {
  /** Field name in JSON. */
  readonly key: string;
  /** Heading in CSV and XLSX. */
  readonly label: string;
  readonly type: ColumnType;
}

export interface Share {
  readonly of: Money;
  readonly in: Money;
}

export type Cell = string | number | Money | Share | null;

/** Cells by column key; a column without a cell stays empty. */
export type Row = Readonly<Record<string, Cell>>;

export interface ReportTable {
  readonly title: string;
  /** The day it is of, or the first and the last one. */
  readonly days: readonly CivilDate[];
  readonly columns: readonly Column[];
  readonly rows: readonly ReportRow[];
}

export interface ReportRow {
  readonly currency: Currency;
  readonly cells: Row;
}

const DECIMALS = 1_000_000n;

/** The share as a number with six decimals, half away from zero; null when there is no whole. */
export function shareOf({ of, in: whole }: Share): number | null {
  if (whole === 0n) return null;
  const [numerator, denominator] = whole < 0n ? [-of, -whole] : [of, whole];
  const doubled =
    (numerator * DECIMALS * 2n + (numerator < 0n ? -denominator : denominator)) / (2n * denominator);
  return Number(doubled) / Number(DECIMALS);
}

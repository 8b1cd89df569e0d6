/** A report as JSON, CSV or XLSX: the same cells, written as each format's readers expect them. */
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { formatMoney, toJsonNumber } from '../../domain/money.ts';
import {
  type Cell,
  type Column,
  type ReportRow,
  type ReportTable,
  type Share,
  shareOf,
} from '../../domain/report/table.ts';

export const FORMATS = ['json', 'csv', 'xlsx'] as const;
export type Format = (typeof FORMATS)[number];

/** JSON and workbooks are made in memory, and nothing else is done meanwhile: about a second at most. */
export const MOST_ROWS = { json: 50_000, xlsx: 10_000 } as const;

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** The cell as a plain value: money and shares as numbers, null where there is nothing to say. */
function plain(cell: Cell | undefined, { type }: Column, { currency }: ReportRow): string | number | null {
  if (cell === undefined || cell === null) return null;
  if (typeof cell === 'bigint') return toJsonNumber(cell, currency);
  if (type === 'share') return shareOf(cell as Share);
  return cell as string | number;
}

/** A field without a value is left out. */
export function jsonRows({ columns, rows }: ReportTable): Record<string, string | number>[] {
  return rows.map((row) => {
    const fields = columns.map((column) => [column.key, plain(row.cells[column.key], column, row)] as const);
    return Object.fromEntries(
      fields.filter((field): field is readonly [string, string | number] => field[1] !== null),
    );
  });
}

/**
 * A stream that reads a part when the one before it has been sent, so that a long report needs no memory of
 * its own length. Money with all decimals of its currency. The first part is there before this answers: what
 * fails until then can still be answered as a failure.
 */
export async function csvStream(
  columns: readonly Column[],
  parts: AsyncIterable<readonly ReportRow[]>,
): Promise<Readable> {
  const reading = parts[Symbol.asyncIterator]();
  const first = await reading.next();
  return Readable.from(csvTexts(columns, { reading, first }), { highWaterMark: 1 });
}

interface Begun {
  readonly reading: AsyncIterator<readonly ReportRow[]>;
  readonly first: IteratorResult<readonly ReportRow[]>;
}

async function* csvTexts(columns: readonly Column[], { reading, first }: Begun): AsyncGenerator<string> {
  yield stringify([columns.map(({ label }) => label)]);
  try {
    for (let part = first; part.done !== true; part = await reading.next())
      yield csvText(columns, part.value);
  } finally {
    // Whoever hangs up in the middle has the rest left unread.
    await reading.return?.();
  }
}

const csvText = (columns: readonly Column[], rows: readonly ReportRow[]): string =>
  stringify(rows.map((row) => columns.map((column) => csvCell(row.cells[column.key], column, row))));

function csvCell(cell: Cell | undefined, column: Column, row: ReportRow): string {
  if (typeof cell === 'bigint') return formatMoney(cell, row.currency);
  const text = String(plain(cell, column, row) ?? '');
  return column.type === 'text' && FORMULA.test(text) ? `'${text}` : text;
}

/** What a spreadsheet would take for a formula. Only texts are marked: a negative amount is a number. */
const FORMULA = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

const NUMBER_FORMATS = { count: '#,##0', share: '0.00%' } as const;

/** One sheet, with a bold head and typed cells. */
export async function workbook(table: ReportTable): Promise<Buffer> {
  const head = table.columns.map(({ label }) => ({ value: label, fontWeight: 'bold' as const }));
  const body = table.rows.map((row) =>
    table.columns.map((column) => sheetCell(row.cells[column.key], column, row)),
  );
  const options = {
    sheet: table.title.slice(0, 31),
    stickyRowsCount: 1,
    columns: table.columns.map(({ label, type }) => ({
      width: Math.max(type === 'text' ? 24 : 14, label.length + 2),
    })),
  };
  // Megabytes, for processes that are asked for a workbook.
  const { default: writeWorkbook } = await import('write-excel-file/node');
  return writeWorkbook([head, ...body], options).toBuffer();
}

function sheetCell(cell: Cell | undefined, column: Column, row: ReportRow) {
  const value = plain(cell, column, row);
  if (value === null) return null;
  if (typeof value === 'string')
    return column.type === 'date'
      ? { value: new Date(`${value}T00:00:00Z`), type: Date, format: 'yyyy-mm-dd' }
      : { value, type: String };
  const decimals =
    column.type === 'money' && row.currency.decimals > 0 ? `.${'0'.repeat(row.currency.decimals)}` : '';
  const format = column.type === 'money' ? `#,##0${decimals}` : NUMBER_FORMATS[column.type as 'count'];
  return { value, type: Number, format };
}

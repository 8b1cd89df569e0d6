/** A report in parts, so that a long one is never in memory as a whole. */
import { addDays } from '../../domain/date.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { ReportRow } from '../../domain/report/table.ts';
import type { Tx } from '../../store/database.ts';
import type { ReportDefinition, ReportScope } from './definition.ts';

const DAYS_AT_ONCE = 31;

/** The rows in order; those of a report by day a month at a time. */
export async function* reportParts(
  tx: Tx,
  { read, isByDay }: Pick<ReportDefinition, 'read' | 'isByDay'>,
  scope: ReportScope,
): AsyncGenerator<readonly ReportRow[]> {
  if (isByDay !== true) return yield await read(tx, scope);
  for (let from = scope.from; from <= scope.to; from = addDays(from, DAYS_AT_ONCE)) {
    const last = addDays(from, DAYS_AT_ONCE - 1);
    yield await read(tx, { ...scope, from, to: last < scope.to ? last : scope.to });
  }
}

/** All rows, of a report that is no longer than `most`; a longer one is refused before it is read to its end. */
export async function wholeReport(
  parts: AsyncIterable<readonly ReportRow[]>,
  { most, format }: { readonly most: number; readonly format: string },
): Promise<readonly ReportRow[]> {
  const rows: ReportRow[] = [];
  for await (const part of parts) {
    for (const row of part) rows.push(row);
    if (rows.length > most)
      throw new Refusal(
        'invalid_argument',
        'report_long',
        `the report has more than the ${most} rows that fit into ${format}: ask for csv, which has no limit, ` +
          'or for fewer days or a single product',
        'format',
      );
  }
  return rows;
}

import type { CivilDate } from '../../domain/date.ts';
import type { Column, ReportRow } from '../../domain/report/table.ts';
import type { Tx } from '../../store/database.ts';

/** What a report is asked about: a day stands as both ends. */
export interface ReportScope {
  readonly from: CivilDate;
  readonly to: CivilDate;
  readonly productId: bigint | undefined;
  /** Code of the ledger's currency. */
  readonly currency: string;
}

export interface ReportDefinition {
  /** In the address. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /**
   * One day, several, or two ends of months that follow each other; `closed`: only days whose close of
   * business is done.
   */
  readonly about: 'day' | 'days' | 'closed day' | 'closed days' | 'closed months';
  /** Has rows by product, and may be asked for one alone. */
  readonly isByProduct: boolean;
  /** Every row is about one day alone, so a long period may be read in parts. */
  readonly isByDay?: true;
  readonly columns: readonly Column[];
  readonly read: (tx: Tx, scope: ReportScope) => Promise<ReportRow[]>;
}

export const DAY: Column = { key: 'date', label: 'Date', type: 'date' };

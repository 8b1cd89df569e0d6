/**
 * Up to which day the books are closed, and up to which day business is. Nearly every change of a loan asks
 * for both, so they are one statement, read within the transaction of the change: an answer that was true a
 * moment ago would have a loan close a day once more that the book has behind it.
 */

import type { CivilDate } from '../../domain/date.ts';
import { find } from '../batch/member.ts';
import type { Lookup } from '../batch/readings.ts';
import type { Tx } from '../database.ts';

export interface ClosedDays {
  /** The last day of the closed period, if any. */
  readonly books: CivilDate | null;
  /** The last day of which close of business is finished. */
  readonly business: CivilDate | null;
}

export const CLOSED_DAYS: Lookup<'all', ClosedDays> = {
  name: 'closed days',
  textOf: String,
  read: async (tx) => {
    const [row] = await tx.query<ClosedDays>(
      `select (select max(closing_date) from gl_closure) as books,
         (select max(day) from close_of_business_run where finished_at is not null) as business`,
    );
    return new Map(row ? [['all', row]] : []);
  },
};

const NONE: ClosedDays = { books: null, business: null };

export const readClosedDays = async (tx: Tx): Promise<ClosedDays> =>
  (await find(tx, CLOSED_DAYS, 'all')) ?? NONE;

export const readBookClosedTill = async (tx: Tx): Promise<CivilDate | null> =>
  (await readClosedDays(tx)).business;

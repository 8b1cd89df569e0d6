/** Loans that do nothing on a day but accrue: read, and moved on, many at a time. */
import type { QuietAccrual } from '../../domain/closing/quietAccrual.ts';
import type { CivilDate } from '../../domain/date.ts';
import type { Tx } from '../database.ts';
import { columnsOfRows } from '../values.ts';
import type { LoanRange } from './runs.ts';

export interface QuietLoan extends QuietAccrual {
  readonly loanId: bigint;
  readonly bookedTill: CivilDate;
  readonly lastTransaction: number;
  readonly lastSequence: number;
  readonly lastEntry: number;
}

/** Loans of the range that accrue quietly on the day and up to it, and are not booked up to it yet. */
export async function listQuietLoans(
  tx: Tx,
  asked: LoanRange & { readonly day: CivilDate; readonly rows: number },
): Promise<QuietLoan[]> {
  return tx.query<QuietLoan>(
    `select loan_id as "loanId", booked_till as "bookedTill", installment, interest, earned_from as "from",
       earned_on as due, accrued, receivable_account as receivable, income_account as income,
       last_transaction as "lastTransaction", last_sequence as "lastSequence", last_entry as "lastEntry"
     from loan_closing
     where loan_id > $1 and loan_id <= $2 and booked_till < $3
       and (next_work_date is null or next_work_date > $3)
     order by loan_id limit $4`,
    [asked.after, asked.last, asked.day, asked.rows],
  );
}

export interface QuietStep {
  readonly before: QuietLoan;
  readonly accrued: bigint;
  readonly lastTransaction: number;
  readonly lastSequence: number;
  readonly lastEntry: number;
}

const TYPES = ['bigint', 'int', 'date', 'bigint', 'int', 'int', 'int'];

/** Answers the loans that nobody changed since they were read: they, and no others, are moved on. */
export async function moveQuietLoans(
  tx: Tx,
  day: CivilDate,
  steps: readonly QuietStep[],
): Promise<ReadonlySet<bigint>> {
  if (steps.length === 0) return new Set();
  const { sources, values } = columnsOfRows(
    steps.map(({ before, ...after }) => [
      ...[before.loanId, before.lastTransaction, before.bookedTill],
      ...[after.accrued, after.lastTransaction, after.lastSequence, after.lastEntry],
    ]),
    TYPES,
  );
  const rows = await tx.query<{ id: bigint }>(
    `update loan_closing c set booked_till = $${TYPES.length + 1}, accrued = x.accrued,
       last_transaction = x.last_transaction, last_sequence = x.last_sequence, last_entry = x.last_entry
     from unnest(${sources})
       as x (loan_id, known_transaction, known_till, accrued, last_transaction, last_sequence, last_entry)
     where c.loan_id = x.loan_id and c.loan_id = any($1::bigint[])
       and c.last_transaction = x.known_transaction and c.booked_till = x.known_till
     returning c.loan_id as id`,
    [...values, day],
  );
  return new Set(rows.map(({ id }) => id));
}

/** These loans are closed one by one: they could not be accrued together. */
export async function sendToWork(tx: Tx, asked: LoanRange & { readonly day: CivilDate }): Promise<void> {
  await tx.query(
    `update loan_closing set next_work_date = booked_till + 1
     where loan_id > $1 and loan_id <= $2 and booked_till < $3
       and (next_work_date is null or next_work_date > $3)`,
    [asked.after, asked.last, asked.day],
  );
}

/** Which loans have something to do when a day is closed, and which could not be closed. */
import type { CivilDate } from '../../domain/date.ts';
import type { Tx } from '../database.ts';
import type { LoanRange } from './runs.ts';

/** The number of the last loan; 0 without any. */
export async function findLastLoan(tx: Tx): Promise<bigint> {
  const [row] = await tx.query<{ last: bigint | null }>('select max(id) as last from loan');
  return row?.last ?? 0n;
}

/** Loans of the range that have something to do by the day, in order. */
export async function listLoansWithWork(
  tx: Tx,
  asked: LoanRange & { readonly day: CivilDate; readonly rows: number },
): Promise<bigint[]> {
  const rows = await tx.query<{ loan_id: bigint }>(
    `select loan_id from loan_closing
     where next_work_date <= $1 and loan_id > $2 and loan_id <= $3 order by loan_id limit $4`,
    [asked.day, asked.after, asked.last, asked.rows],
  );
  return rows.map(({ loan_id: id }) => id);
}

/** From now on every loan with a plan is looked at by the next run: what closing does has changed. */
export async function replanAll(tx: Tx, day: CivilDate): Promise<void> {
  await tx.query(
    `update loan_closing set next_work_date = $1
     where loan_id in (select id from loan where status = 'active') and
       (next_work_date is null or next_work_date > $1)`,
    [day],
  );
}

export interface ClosingFailure {
  readonly loanId: bigint;
  /** The day that was to be closed. */
  readonly day: CivilDate;
  readonly reason: string;
  readonly attempts: number;
  readonly firstFailedAt: Date;
  readonly lastFailedAt: Date;
}

export async function saveFailure(
  tx: Tx,
  failure: Pick<ClosingFailure, 'loanId' | 'day' | 'reason'> & { readonly now: Date },
): Promise<void> {
  await tx.query(
    `insert into close_of_business_failure as f (loan_id, day, reason, attempts, first_failed_at, last_failed_at)
     values ($1, $2, $3, 1, $4, $4)
     on conflict (loan_id) do update
       set day = excluded.day, reason = excluded.reason, attempts = f.attempts + 1,
         last_failed_at = excluded.last_failed_at`,
    [failure.loanId, failure.day, failure.reason, failure.now],
  );
}

export async function deleteFailure(tx: Tx, loanId: bigint): Promise<void> {
  await tx.query('delete from close_of_business_failure where loan_id = $1', [loanId]);
}

export async function listFailures(tx: Tx, rows: number): Promise<ClosingFailure[]> {
  return tx.query<ClosingFailure>(
    `select loan_id as "loanId", day, reason, attempts, first_failed_at as "firstFailedAt",
       last_failed_at as "lastFailedAt"
     from close_of_business_failure order by loan_id limit $1`,
    [rows],
  );
}

export async function countFailures(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ count: bigint }>('select count(*) as count from close_of_business_failure');
  return Number(row?.count ?? 0);
}

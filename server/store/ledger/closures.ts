/** Closed periods: nothing is posted on or before the latest closing date. */
import { type CivilDate, earlier } from '../../domain/date.ts';
import { write } from '../batch/member.ts';
import type { Write } from '../batch/writeSet.ts';
import type { Tx } from '../database.ts';
import { provided, sqlState } from '../failure.ts';

export interface Closure {
  readonly closingDate: CivilDate;
  readonly note: string | null;
  /** The account that closed it. */
  readonly madeBy: string;
  readonly createdAt: Date;
}

interface ClosureRow {
  closing_date: CivilDate;
  note: string | null;
  made_by: string;
  created_at: Date;
}

/** The last day of the closed period, if any. */
export async function findClosedUntil(tx: Tx): Promise<CivilDate | undefined> {
  const [row] = await tx.query<{ day: CivilDate | null }>('select max(closing_date) as day from gl_closure');
  return row?.day ?? undefined;
}

const OPEN_DAYS: Write<CivilDate> = {
  place: 'checks',
  merged: (days) => days,
  statements: (days) => [{ text: NONE_CLOSED, values: [days.reduce(earlier)] }],
};

/** Of each closure on the day or behind it this fails to make a number. */
const NONE_CLOSED = `select ${provided('false', '0', "'books closed up to ' || closing_date::text")} as closed
  from gl_closure where closing_date >= $1`;

/** Looks behind the writes, once more: fails (`isLostVersion`) when a day was closed meanwhile. */
export const requireDaysStillOpen = (tx: Tx, days: readonly CivilDate[]): Promise<void> =>
  write(tx, OPEN_DAYS, days);

/** Newest first. */
export async function listClosures(tx: Tx): Promise<Closure[]> {
  const rows = await tx.query<ClosureRow>('select * from gl_closure order by closing_date desc');
  return rows.map((row) => ({
    closingDate: row.closing_date,
    note: row.note,
    madeBy: row.made_by,
    createdAt: row.created_at,
  }));
}

export async function insertClosure(tx: Tx, closure: Closure): Promise<void> {
  await tx.query('insert into gl_closure (closing_date, note, made_by, created_at) values ($1, $2, $3, $4)', [
    closure.closingDate,
    closure.note,
    closure.madeBy,
    closure.createdAt,
  ]);
}

/** Answers false when there is none on that date. */
export async function deleteClosure(tx: Tx, closingDate: CivilDate): Promise<boolean> {
  const rows = await tx.query('delete from gl_closure where closing_date = $1 returning closing_date', [
    closingDate,
  ]);
  return rows.length === 1;
}

/**
 * The database's numbers of writing transactions: every one from `next` on has not begun yet, every one
 * before `oldest` has ended.
 */
export async function readRunning(tx: Tx): Promise<{ readonly oldest: bigint; readonly next: bigint }> {
  const [row] = await tx.query<{ oldest: bigint; next: bigint }>(
    `select pg_snapshot_xmin(running)::text::bigint as oldest, pg_snapshot_xmax(running)::text::bigint as next
     from pg_current_snapshot() as running`,
  );
  return row ?? { oldest: 0n, next: 0n };
}

const INVALID_VALUE = '22023';

/** Whether the transaction of that number is at work no more. Answers false while nobody can say. */
export async function hasEnded(tx: Tx, transaction: string): Promise<boolean> {
  try {
    const text = `select pg_xact_status($1::xid8) is distinct from 'in progress' as "hasEnded"`;
    const [row] = await tx.query<{ hasEnded: boolean }>(text, [transaction]);
    return row?.hasEnded ?? false;
  } catch (error) {
    // A number that was not given yet: the database has crashed since and come back.
    return sqlState(error) === INVALID_VALUE;
  }
}

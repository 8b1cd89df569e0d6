/** Runs of close of business: one for each day, cut into chunks of loans that processes lease. */

import type { CivilDate } from '../../domain/date.ts';
import type { CloseOfBusinessStep } from '../../domain/decision.ts';
import type { Tx } from '../database.ts';
import { rowsOfValues } from '../values.ts';

export interface ClosingRun {
  readonly day: CivilDate;
  readonly steps: readonly CloseOfBusinessStep[];
  readonly startedBy: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** What its verification found; null = none was made yet. */
  readonly findings: readonly unknown[] | null;
}

/** How far a run has come. */
export interface RunProgress extends ClosingRun {
  readonly chunks: number;
  readonly chunksFinished: number;
  /** Loans that had something to do, and loans that only accrued. */
  readonly loans: number;
  readonly accruals: number;
}

/** The last day of which everything is closed. */
export async function findBookClosedTill(tx: Tx): Promise<CivilDate | null> {
  const [row] = await tx.query<{ day: CivilDate | null }>(
    'select max(day) as day from close_of_business_run where finished_at is not null',
  );
  return row?.day ?? null;
}

/** The last day that a run was begun for. */
export async function findLastRun(tx: Tx): Promise<Pick<ClosingRun, 'day' | 'steps'> | undefined> {
  const [row] = await tx.query<Pick<ClosingRun, 'day' | 'steps'>>(
    'select day, steps from close_of_business_run order by day desc limit 1',
  );
  return row;
}

interface ProgressRow {
  day: CivilDate;
  steps: CloseOfBusinessStep[];
  started_by: string | null;
  started_at: Date;
  finished_at: Date | null;
  verification: { findings: unknown[] } | null;
  chunks: bigint;
  chunks_finished: bigint;
  loans: bigint;
  accruals: bigint;
}

/** The latest first; with `day` only that one. */
export async function listRuns(
  tx: Tx,
  asked: { readonly day?: CivilDate; readonly rows: number },
): Promise<RunProgress[]> {
  const rows = await tx.query<ProgressRow>(
    `select r.*, count(c.bucket) as chunks, count(c.finished_at) as chunks_finished,
       coalesce(sum(c.loans), 0)::bigint as loans, coalesce(sum(c.accruals), 0)::bigint as accruals
     from close_of_business_run r left join close_of_business_chunk c on c.day = r.day
     where $1::date is null or r.day = $1
     group by r.day order by r.day desc limit $2`,
    [asked.day ?? null, asked.rows],
  );
  return rows.map((row) => ({
    day: row.day,
    steps: row.steps,
    startedBy: row.started_by,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    findings: row.verification?.findings ?? null,
    chunks: Number(row.chunks),
    chunksFinished: Number(row.chunks_finished),
    loans: Number(row.loans),
    accruals: Number(row.accruals),
  }));
}

/** The oldest day that is not finished. */
export async function findOpenRun(tx: Tx): Promise<Pick<ClosingRun, 'day' | 'steps'> | undefined> {
  const [row] = await tx.query<Pick<ClosingRun, 'day' | 'steps'>>(
    'select day, steps from close_of_business_run where finished_at is null order by day limit 1',
  );
  return row;
}

export interface LoanRange {
  /** Loans above this one, up to and with `last`. */
  readonly after: bigint;
  readonly last: bigint;
}

/** Answers false when the day has a run already. Its last chunk holds no loans: it finishes the run. */
export async function insertRun(
  tx: Tx,
  run: Pick<ClosingRun, 'day' | 'steps' | 'startedBy' | 'startedAt'> & {
    readonly ranges: readonly LoanRange[];
  },
): Promise<boolean> {
  const { day, steps, startedBy, startedAt, ranges } = run;
  const inserted = await tx.query(
    `insert into close_of_business_run (day, steps, started_by, started_at) values ($1, $2, $3, $4)
     on conflict do nothing returning day`,
    [day, steps, startedBy, startedAt],
  );
  if (inserted.length === 0) return false;
  for (let from = 0; from < ranges.length; from += 1000) {
    const rows = ranges.slice(from, from + 1000);
    const { places, values } = rowsOfValues(
      rows.map(({ after, last }, index) => [from + index + 1, day, after, last]),
    );
    await tx.query(`insert into close_of_business_chunk (bucket, day, after, last) values ${places}`, values);
  }
  return true;
}

export interface Chunk extends LoanRange {
  readonly day: CivilDate;
  readonly bucket: number;
}

export interface Leasing {
  readonly owner: string;
  readonly now: Date;
  readonly until: Date;
}

/** Chunks of a day that are not finished, free ones and those that a process holds. */
export async function listOpenChunks(tx: Tx, day: CivilDate): Promise<Chunk[]> {
  return tx.query<Chunk>(
    `select bucket, day, after, last from close_of_business_chunk
     where day = $1 and finished_at is null order by bucket`,
    [day],
  );
}

/**
 * Takes the chunk, or holds it longer. Answers false while another process has it, and when it is finished.
 */
export async function leaseChunk(
  tx: Tx,
  { bucket, day }: Pick<Chunk, 'bucket' | 'day'>,
  { owner, now, until }: Leasing,
): Promise<boolean> {
  const rows = await tx.query(
    `update close_of_business_chunk set owner = $3, leased_until = $5
     where bucket = $1 and day = $2 and finished_at is null
       and (owner is null or owner = $3 or leased_until <= $4)
     returning bucket`,
    [bucket, day, owner, now, until],
  );
  return rows.length === 1;
}

/** Counts what has been done in a chunk, whoever holds it. */
export async function countInChunk(
  tx: Tx,
  chunk: Pick<Chunk, 'bucket' | 'day'>,
  done: { readonly loans?: number; readonly accruals?: number },
): Promise<void> {
  await tx.query(
    `update close_of_business_chunk set loans = loans + $3, accruals = accruals + $4
     where bucket = $1 and day = $2`,
    [chunk.bucket, chunk.day, done.loans ?? 0, done.accruals ?? 0],
  );
}

/** Gives the chunk back; with `finishedAt` for good. */
export async function settleChunk(
  tx: Tx,
  chunk: Pick<Chunk, 'bucket' | 'day'>,
  { owner, finishedAt }: { readonly owner: string; readonly finishedAt: Date | null },
): Promise<void> {
  await tx.query(
    `update close_of_business_chunk set owner = null, leased_until = null, finished_at = $4
     where bucket = $1 and day = $2 and owner = $3`,
    [chunk.bucket, chunk.day, owner, finishedAt],
  );
}

/** Who holds chunks of the day. */
export async function listHolders(tx: Tx, day: CivilDate): Promise<string[]> {
  const rows = await tx.query<{ owner: string }>(
    `select distinct owner from close_of_business_chunk
     where day = $1 and finished_at is null and owner is not null`,
    [day],
  );
  return rows.map(({ owner }) => owner);
}

/** What these hold of the day is free for others. */
export async function freeChunks(tx: Tx, day: CivilDate, owners: readonly string[]): Promise<void> {
  await tx.query(
    `update close_of_business_chunk set owner = null, leased_until = null
     where day = $1 and finished_at is null and owner = any($2)`,
    [day, owners],
  );
}

/** Until the transaction ends nobody finishes the run. Answers false when it is finished already. */
export async function holdOpenRun(tx: Tx, day: CivilDate): Promise<boolean> {
  const rows = await tx.query(
    'select day from close_of_business_run where day = $1 and finished_at is null for no key update',
    [day],
  );
  return rows.length === 1;
}

/** Answers false when another process has finished the run. */
export async function finishRun(
  tx: Tx,
  day: CivilDate,
  { findings, now }: { readonly findings: readonly unknown[]; readonly now: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `update close_of_business_run set finished_at = $2, verification = $3
     where day = $1 and finished_at is null returning day`,
    [day, now, JSON.stringify({ findings })],
  );
  return rows.length === 1;
}

/**
 * How many connections each process may open. They all come out of the database's max_connections, which
 * other programs and other servers of the same book want a part of.
 */
import { StartFailure } from '../store/embedded/startFailure.ts';

/** What one process makes good use of: more would only wait for the same disk and processors. */
export const STANDARD_POOL = 10;
/** Fewer, and a call could wait for itself. */
export const SMALLEST_POOL = 2;
/** Left to others: backups, a person with psql, a server that is being replaced. */
const LEFT_TO_OTHERS = 8;

export interface PoolWish {
  /** As set by hand; absent: as many as fit. */
  readonly asked: number | undefined;
  readonly workers: number;
  /** What the database allows to ordinary users. */
  readonly allowed: number;
}

/** Throws `StartFailure` where the processes asked for cannot all be connected. */
export function poolSizeFor({ asked, workers, allowed }: PoolWish): number {
  const ours = allowed - LEFT_TO_OTHERS;
  const share = Math.min(STANDARD_POOL, Math.floor(ours / workers));
  const size = asked ?? share;
  if (size >= SMALLEST_POOL && size * workers <= allowed) return size;
  throw new StartFailure(
    `${workers} processes with ${Math.max(size, SMALLEST_POOL)} connections each are more than the ${allowed} ` +
      'that the database allows: lower LOANBOOK_WORKERS or LOANBOOK_DATABASE_POOL, or raise its max_connections',
  );
}

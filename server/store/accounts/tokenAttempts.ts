import type { Tx } from '../database.ts';

export interface Attempts {
  readonly failures: number;
  readonly blockedUntil: Date;
}

/** The latest moment until which any of the subjects is blocked; null when none is. */
export async function findBlock(tx: Tx, subjects: readonly string[], now: Date): Promise<Date | null> {
  const [row] = await tx.query<{ until: Date | null }>(
    'select max(blocked_until) as until from token_attempt where subject = any($1) and blocked_until > $2',
    [subjects, now],
  );
  return row?.until ?? null;
}

/** Counts one failure, from one again when the last lies before `forgottenBefore`; answers the count. */
export async function countFailure(
  tx: Tx,
  failure: { subject: string; now: Date; forgottenBefore: Date },
): Promise<number> {
  const [row] = await tx.query<{ failures: number }>(
    `insert into token_attempt (subject, failures, blocked_until, last_failure_at) values ($1, 1, $2, $2)
     on conflict (subject) do update set last_failure_at = $2,
       failures = case when token_attempt.last_failure_at < $3 then 1 else token_attempt.failures + 1 end
     returning failures`,
    [failure.subject, failure.now, failure.forgottenBefore],
  );
  return row?.failures ?? 1;
}

export async function blockUntil(tx: Tx, subject: string, until: Date): Promise<void> {
  await tx.query('update token_attempt set blocked_until = $2 where subject = $1', [subject, until]);
}

export async function forgetFailures(tx: Tx, subject: string): Promise<void> {
  await tx.query('delete from token_attempt where subject = $1', [subject]);
}

/** Keeps the table small: what would be forgotten anyway goes. */
export async function forgetBefore(tx: Tx, moment: Date): Promise<void> {
  await tx.query('delete from token_attempt where last_failure_at < $1 and blocked_until < $1', [moment]);
}

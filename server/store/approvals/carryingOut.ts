/** Calls that were approved and have no answer yet, and whether one of them has taken effect. */
import type { Tx } from '../database.ts';

/** Of calls approved before an instant, the oldest; `answered` 503 is as good as no answer. */
export async function listUnanswered(
  tx: Tx,
  { before, most }: { readonly before: Date; readonly most: number },
): Promise<bigint[]> {
  const rows = await tx.query<{ id: bigint }>(
    `select id from approval where status = 'approved' and (answered is null or answered = 503)
       and decided_at < $1 order by id limit $2`,
    [before, most],
  );
  return rows.map(({ id }) => id);
}

/**
 * Whether an approved call has changed anything, by its request id: the trail says so, in the transaction of
 * the change.
 */
export async function hasChanged(tx: Tx, requestId: string): Promise<boolean> {
  const rows = await tx.query(
    `select 1 as one from audit_entry where request_id = $1 and request_id like 'approval-%' limit 1`,
    [requestId],
  );
  return rows.length > 0;
}

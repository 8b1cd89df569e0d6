/**
 * One approved call is carried out by one process at a time: by the one that approved it, by another that was
 * asked again, or by the round that looks for calls whose server died.
 */
import type { Clock } from '../../clock.ts';
import type { Database } from '../../store/database.ts';
import { findLeaseOwner, giveBackLease, takeLease } from '../../store/leases.ts';
import { holderName, isGone } from '../closing/holders.ts';

/** Longer than a call takes; of a process elsewhere that died, only the end of this tells. */
const LEASE_MILLISECONDS = 60_000;

interface Held {
  readonly db: Database;
  readonly clock: Clock;
}

/** Answers undefined while another process is at it. */
export async function inTurn<T>(
  { db, clock }: Held,
  id: bigint,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const name = `approval ${id}`;
  const owner = holderName();
  const before = await findLeaseOwner(db.read, name);
  if (before !== undefined && isGone(before)) await giveBackLease(db.read, name, before);
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + LEASE_MILLISECONDS);
  if (!(await takeLease(db.read, { name, owner, now, expiresAt }))) return undefined;
  try {
    return await work();
  } finally {
    await giveBackLease(db.read, name, owner);
  }
}

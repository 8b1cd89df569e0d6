/** Work that one process at a time does: a name is held until it is given back or expires. */
import type { Tx } from './database.ts';

export interface Lease {
  readonly name: string;
  /** Names the process that holds it. */
  readonly owner: string;
  readonly now: Date;
  readonly expiresAt: Date;
}

/** Takes the name, or holds it longer; answers false while another process has it. */
export async function takeLease(tx: Tx, { name, owner, now, expiresAt }: Lease): Promise<boolean> {
  const rows = await tx.query(
    `insert into job_lease (name, owner, expires_at) values ($1, $2, $4)
     on conflict (name) do update set owner = $2, expires_at = $4
       where job_lease.owner = $2 or job_lease.expires_at <= $3
     returning name`,
    [name, owner, now, expiresAt],
  );
  return rows.length === 1;
}

export async function giveBackLease(tx: Tx, name: string, owner: string): Promise<void> {
  await tx.query('delete from job_lease where name = $1 and owner = $2', [name, owner]);
}

/** Who holds the name, or held it last. */
export async function findLeaseOwner(tx: Tx, name: string): Promise<string | undefined> {
  const [row] = await tx.query<{ owner: string }>('select owner from job_lease where name = $1', [name]);
  return row?.owner;
}

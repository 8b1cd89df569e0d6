/** The directory of external ids: unique per kind, and the way from a partner's id to ours. */
import type { Tx } from './database.ts';

export type ExternalKind = 'customer' | 'loan';

export interface ExternalName {
  readonly kind: ExternalKind;
  readonly externalId: string;
}

export async function findByExternalId(tx: Tx, name: ExternalName): Promise<bigint | undefined> {
  const [row] = await tx.query<{ id: bigint }>(
    'select id from external_id where external_id = $1 and kind = $2',
    [name.externalId, name.kind],
  );
  return row?.id;
}

/** Answers false, and changes nothing, when another thing of the kind has the name. */
export async function takeExternalId(tx: Tx, name: ExternalName, id: bigint): Promise<boolean> {
  const rows = await tx.query(
    'insert into external_id (external_id, kind, id) values ($1, $2, $3) on conflict do nothing returning id',
    [name.externalId, name.kind, id],
  );
  return rows.length === 1;
}

export async function freeExternalId(tx: Tx, name: ExternalName): Promise<void> {
  await tx.query('delete from external_id where external_id = $1 and kind = $2', [
    name.externalId,
    name.kind,
  ]);
}

/** The loan that had the name last before it was deleted. */
export async function findDeletedLoan(tx: Tx, externalId: string): Promise<bigint | undefined> {
  const [row] = await tx.query<{ id: bigint }>(
    'select id from loan where external_id = $1 and deleted_at is not null order by id desc limit 1',
    [externalId],
  );
  return row?.id;
}

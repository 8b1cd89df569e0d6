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

/** The name is free for others; who had it is remembered. */
export async function freeExternalId(tx: Tx, { kind, externalId }: ExternalName): Promise<void> {
  const [row] = await tx.query<{ id: bigint }>(
    'delete from external_id where external_id = $1 and kind = $2 returning id',
    [externalId, kind],
  );
  if (row === undefined) return;
  await tx.query(
    'insert into former_external_id (external_id, kind, id) values ($1, $2, $3) on conflict do nothing',
    [externalId, kind, row.id],
  );
}

/** More holders of one name than anybody has reason to ask for. */
const MOST_HOLDERS = 50;

/** Those that had the name before it was freed, the latest first. */
export async function listFormerHolders(tx: Tx, { kind, externalId }: ExternalName): Promise<bigint[]> {
  const rows = await tx.query<{ id: bigint }>(
    `select id from former_external_id where external_id = $1 and kind = $2
     order by id desc limit ${MOST_HOLDERS}`,
    [externalId, kind],
  );
  return rows.map(({ id }) => id);
}

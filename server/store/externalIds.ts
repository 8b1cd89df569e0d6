/** The directory of external ids: unique per kind, and the way from a partner's id to ours. */
import { find, remember, write } from './batch/member.ts';
import type { Lookup } from './batch/readings.ts';
import { inserting } from './batch/writeSet.ts';
import type { Tx } from './database.ts';

export type ExternalKind = 'customer' | 'loan';

export interface ExternalName {
  readonly kind: ExternalKind;
  readonly externalId: string;
}

const NAMED: Lookup<ExternalName, bigint> = {
  name: 'external ids',
  textOf: ({ kind, externalId }) => `${kind} ${externalId}`,
  read: async (tx, names) => {
    const rows = await tx.query<ExternalName & { id: bigint }>(
      'select external_id as "externalId", kind, id from external_id where external_id = any($1)',
      [names.map(({ externalId }) => externalId)],
    );
    return new Map(rows.map((row) => [NAMED.textOf(row), row.id]));
  },
};

export const findByExternalId = (tx: Tx, name: ExternalName): Promise<bigint | undefined> =>
  find(tx, NAMED, name);

const NEW_NAMES = inserting({
  name: 'external_id',
  columns: ['external_id', 'kind', 'id'],
  keyLength: 2,
  place: 'names',
});

/**
 * Answers false, and changes nothing, when another thing of the kind has the name; fails with a unique
 * violation when it takes the name at the same time.
 */
export async function takeExternalId(tx: Tx, name: ExternalName, id: bigint): Promise<boolean> {
  if ((await findByExternalId(tx, name)) !== undefined) return false;
  await write(tx, NEW_NAMES, [[name.externalId, name.kind, id]]);
  remember(tx, NAMED, { key: name, found: id });
  return true;
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

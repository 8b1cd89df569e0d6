/** Small shared tables: offices, closure reasons, payment types. */
import { find } from '../batch/member.ts';
import { oneByOne } from '../batch/readings.ts';
import type { Tx } from '../database.ts';

export interface Named {
  readonly id: bigint;
  readonly name: string;
  /** Stays when the thing is renamed. */
  readonly shortName: string;
}

export interface Reference extends Named {
  readonly active: boolean;
}

export type ReferenceTable = 'office' | 'closure_reason' | 'payment_type';

export const HEAD_OFFICE_ID = 1n;

const COLUMNS = 'id, name, short_name as "shortName", active';

export async function listReferences(tx: Tx, table: ReferenceTable): Promise<Reference[]> {
  return tx.query<Reference>(`select ${COLUMNS} from ${table} order by id`);
}

export async function findReference(
  tx: Tx,
  table: ReferenceTable,
  id: bigint,
): Promise<Reference | undefined> {
  const [row] = await tx.query<Reference>(`select ${COLUMNS} from ${table} where id = $1`, [id]);
  return row;
}

export async function nextReferenceId(tx: Tx, table: ReferenceTable): Promise<bigint> {
  const [row] = await tx.query<{ id: bigint }>(`select nextval('${table}_id') as id`);
  return row?.id ?? 0n;
}

/** Answers false, and changes nothing, when the number or one of the names is taken. */
export async function insertReference(tx: Tx, table: ReferenceTable, made: Reference): Promise<boolean> {
  const rows = await tx.query(
    `insert into ${table} (id, name, short_name, active) values ($1, $2, $3, $4)
     on conflict do nothing returning id`,
    [made.id, made.name, made.shortName, made.active],
  );
  return rows.length === 1;
}

export async function updateReference(tx: Tx, table: ReferenceTable, changed: Reference): Promise<void> {
  await tx.query(`update ${table} set name = $2, short_name = $3, active = $4 where id = $1`, [
    changed.id,
    changed.name,
    changed.shortName,
    changed.active,
  ]);
}

/** Only an office that is not closed. */
export async function findOffice(tx: Tx, id: bigint): Promise<Named | undefined> {
  const [row] = await tx.query<Named>(
    'select id, name, short_name as "shortName" from office where active and id = $1',
    [id],
  );
  return row;
}

/** By id, by name where letters' case does not matter, or by short name; only active ones. */
export const findClosureReason = (tx: Tx, given: bigint | string): Promise<Named | undefined> =>
  findActive(tx, 'closure_reason', given);

export const findPaymentType = (tx: Tx, given: bigint | string): Promise<Named | undefined> =>
  find(tx, PAYMENT_TYPES, given);

const PAYMENT_TYPES = oneByOne<bigint | string, Named>('payment types', (tx, given) =>
  findActive(tx, 'payment_type', given),
);

async function findActive(
  tx: Tx,
  table: 'closure_reason' | 'payment_type',
  given: bigint | string,
): Promise<Named | undefined> {
  const [row] = await tx.query<Named>(
    `select id, name, short_name as "shortName" from ${table}
     where active and (id = $1 or lower(name) = lower($2) or short_name = $2)
     order by (lower(name) = lower($2)) desc nulls last limit 1`,
    typeof given === 'bigint' ? [given, null] : [null, given],
  );
  return row;
}

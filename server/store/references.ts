/** Small shared tables: offices, closure reasons, payment types. */
import type { Tx } from './database.ts';

export interface Named {
  readonly id: bigint;
  readonly name: string;
}

export const HEAD_OFFICE_ID = 1n;

export async function findOffice(tx: Tx, id: bigint): Promise<Named | undefined> {
  const [row] = await tx.query<Named>('select id, name from office where id = $1', [id]);
  return row;
}

/** By id, or by name where letters' case does not matter; only active ones. */
export async function findClosureReason(tx: Tx, given: bigint | string): Promise<Named | undefined> {
  const [row] = await tx.query<Named>(
    'select id, name from closure_reason where active and (id = $1 or lower(name) = lower($2))',
    byIdOrName(given),
  );
  return row;
}

export async function findPaymentType(tx: Tx, given: bigint | string): Promise<Named | undefined> {
  const [row] = await tx.query<Named>(
    'select id, name from payment_type where active and (id = $1 or lower(name) = lower($2))',
    byIdOrName(given),
  );
  return row;
}

const byIdOrName = (given: bigint | string): unknown[] =>
  typeof given === 'bigint' ? [given, null] : [null, given];

export async function insertOffice(tx: Tx, office: Named): Promise<void> {
  await tx.query('insert into office (id, name) values ($1, $2) on conflict do nothing', [
    office.id,
    office.name,
  ]);
}

export async function insertClosureReason(tx: Tx, reason: Named): Promise<void> {
  await tx.query(
    'insert into closure_reason (id, name, active) values ($1, $2, true) on conflict do nothing',
    [reason.id, reason.name],
  );
}

export async function insertPaymentType(tx: Tx, type: Named): Promise<void> {
  await tx.query('insert into payment_type (id, name, active) values ($1, $2, true) on conflict do nothing', [
    type.id,
    type.name,
  ]);
}

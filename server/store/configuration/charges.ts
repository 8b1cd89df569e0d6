/** Charge definitions as rows. */
import type { ChargeDefinition } from '../../domain/charge.ts';
import type { Tx } from '../database.ts';
import { readExact, writeExact } from '../exactJson.ts';

/** A charge as the lender configured it. */
export interface Charge {
  readonly id: bigint;
  readonly currencyCode: string;
  readonly active: boolean;
  readonly version: number;
  readonly definition: ChargeDefinition;
}

interface ChargeRow {
  id: bigint;
  currency_code: string;
  active: boolean;
  version: number;
  definition: unknown;
}

const COLUMNS = 'id, currency_code, active, version, definition';

export async function listCharges(tx: Tx): Promise<Charge[]> {
  return (await tx.query<ChargeRow>(`select ${COLUMNS} from charge order by id`)).map(toCharge);
}

/** By number, or by code. */
export async function findCharge(tx: Tx, given: bigint | string): Promise<Charge | undefined> {
  const [row] = await tx.query<ChargeRow>(
    `select ${COLUMNS} from charge where id = $1 or code = $2`,
    typeof given === 'bigint' ? [given, null] : [null, given],
  );
  return row && toCharge(row);
}

export async function nextChargeId(tx: Tx): Promise<bigint> {
  const [row] = await tx.query<{ id: bigint }>(`select nextval('charge_id') as id`);
  return row?.id ?? 0n;
}

/** Answers false, and changes nothing, when there is a charge with the code or the name. */
export async function insertCharge(tx: Tx, charge: Charge): Promise<boolean> {
  const { id, currencyCode, active, version, definition } = charge;
  const rows = await tx.query(
    `insert into charge (id, code, name, currency_code, active, version, definition)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning id`,
    [id, definition.code, definition.name, currencyCode, active, version, writeExact(definition)],
  );
  return rows.length === 1;
}

/** False when another writer changed it first. */
export async function updateCharge(tx: Tx, charge: Charge): Promise<boolean> {
  const { id, currencyCode, active, version, definition } = charge;
  const rows = await tx.query(
    `update charge set name = $3, currency_code = $4, active = $5, version = $2, definition = $6
     where id = $1 and version = $2 - 1 returning id`,
    [id, version, definition.name, currencyCode, active, writeExact(definition)],
  );
  return rows.length === 1;
}

export async function deleteCharge(tx: Tx, id: bigint): Promise<void> {
  await tx.query('delete from charge where id = $1', [id]);
}

function toCharge(row: ChargeRow): Charge {
  const { id, currency_code: currencyCode, active, version } = row;
  return { id, currencyCode, active, version, definition: readExact<ChargeDefinition>(row.definition) };
}

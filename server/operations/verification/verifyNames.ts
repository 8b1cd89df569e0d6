/** External ids: the directory leads to the thing that bears the name, and every name is in the directory. */
import type { Tx } from '../../store/database.ts';
import type { ExternalKind } from '../../store/externalIds.ts';
import {
  listCustomerNames,
  listNamed,
  listNames,
  listOwners,
  type NamedThing,
  type Owner,
} from '../../store/ledger/verification.ts';
import { type Finding, NOTHING, type Verified } from './finding.ts';

interface Found<Place> {
  readonly verified: Verified;
  /** The last one looked at, when there may be more. */
  readonly last: Place | undefined;
}

export type NamePlace = Pick<NamedThing, 'externalId' | 'kind'>;

/** A range of the directory: where its names lead. */
export async function verifyNames(
  tx: Tx,
  asked: { readonly after: NamePlace; readonly rows: number },
): Promise<Found<NamePlace>> {
  const names = await listNames(tx, asked);
  const findings = [...(await strayNames(tx, 'customer', names)), ...(await strayNames(tx, 'loan', names))];
  const checked = { ...NOTHING.checked, names: names.length };
  const last = names.length === asked.rows ? names.at(-1) : undefined;
  return { verified: { ...NOTHING, checked, findings }, last };
}

/** A range of customers: whether the directory has their names. */
export async function verifyCustomers(
  tx: Tx,
  asked: { readonly after: bigint; readonly rows: number },
): Promise<Found<bigint>> {
  const customers = await listCustomerNames(tx, asked);
  const findings = await missingNames(tx, 'customer', customers);
  const last = customers.length === asked.rows ? customers.at(-1)?.id : undefined;
  return { verified: { ...NOTHING, findings }, last };
}

async function strayNames(tx: Tx, kind: ExternalKind, names: readonly NamedThing[]): Promise<Finding[]> {
  const ofKind = names.filter((each) => each.kind === kind);
  const owners = await listOwners(
    tx,
    kind,
    ofKind.map(({ id }) => id),
  );
  const nameOf = new Map(owners.map(({ id, externalId }) => [id, externalId]));
  return ofKind.flatMap(({ externalId, id }): Finding[] => {
    const where = `${kind} ${id}`;
    const shown = JSON.stringify(externalId);
    if (!nameOf.has(id))
      return [{ rule: 'nothing_is_orphaned', where, message: `is named ${shown}, but is not there` }];
    if (nameOf.get(id) === externalId) return [];
    const message = `is found as ${shown}, but calls itself ${JSON.stringify(nameOf.get(id))}`;
    return [{ rule: 'names_lead_to_their_bearer', where, message }];
  });
}

export async function missingNames(tx: Tx, kind: ExternalKind, owners: readonly Owner[]): Promise<Finding[]> {
  const externalIds = owners.flatMap(({ externalId }) => externalId ?? []);
  const named = await listNamed(tx, { kind, externalIds });
  const idOf = new Map(named.map(({ externalId, id }) => [externalId, id]));
  return owners.flatMap(({ id, externalId }): Finding[] => {
    if (externalId === null || idOf.get(externalId) === id) return [];
    const found = idOf.has(externalId) ? `leads to ${kind} ${idOf.get(externalId)}` : 'leads nowhere';
    const message = `calls itself ${JSON.stringify(externalId)}, which ${found}`;
    return [{ rule: 'names_lead_to_their_bearer', where: `${kind} ${id}`, message }];
  });
}

/** Charge definitions: made, changed (for new loans), taken away while nothing needs them. */
import type { ChargeDefinition } from '../../domain/charge.ts';
import { definitionFaults } from '../../domain/charges/definitionFaults.ts';
import { Refusal, requireNoFaults } from '../../domain/refusal.ts';
import {
  type Charge,
  deleteCharge,
  findCharge,
  insertCharge,
  listCharges,
  nextChargeId,
  updateCharge,
} from '../../store/configuration/charges.ts';
import type { Tx } from '../../store/database.ts';
import { writeExact } from '../../store/exactJson.ts';
import { listProducts } from '../../store/loanProducts.ts';
import { noteChange } from '../audit/trail.ts';
import type { Configuring } from './products.ts';
import { refreshProducts } from './refreshProducts.ts';

export interface ChargeDraft {
  readonly currencyCode: string;
  readonly definition: ChargeDefinition;
}

export async function requireCharge(tx: Tx, given: bigint | string): Promise<Charge> {
  const charge = await findCharge(tx, given);
  if (charge) return charge;
  throw new Refusal('not_found', 'charge_unknown', `charge ${given} does not exist`);
}

export async function addCharge(tx: Tx, draft: ChargeDraft): Promise<Charge> {
  requireNoFaults(definitionFaults(draft.definition), 'charge_unsound');
  const charge: Charge = { ...draft, id: await nextChargeId(tx), active: true, version: 1 };
  if (!(await insertCharge(tx, charge))) throw taken(draft);
  noteCharge(tx, null, charge);
  return charge;
}

const taken = ({ definition: { code, name } }: ChargeDraft): Refusal =>
  new Refusal('aborted', 'charge_name_taken', `another charge has the code ${code} or the name ${name}`);

/** The code stays. Products that take the charge get a new version, loans keep what they have. */
export async function changeCharge(
  tx: Tx,
  configuring: Configuring,
  { charge, draft }: { readonly charge: Charge; readonly draft: ChargeDraft & { readonly active: boolean } },
): Promise<Charge> {
  const definition = { ...draft.definition, code: charge.definition.code };
  if (isSame(charge, { ...draft, definition })) return charge;
  requireNoFaults(definitionFaults(definition), 'charge_unsound');
  await requireFreeName(tx, charge, definition.name);
  const changed: Charge = { ...draft, definition, id: charge.id, version: charge.version + 1 };
  if (charge.active && !changed.active) await requireUnattached(tx, charge);
  if (!(await updateCharge(tx, changed)))
    throw new Refusal('aborted', 'charge_changed', 'the charge was changed by somebody else: look again');
  noteCharge(tx, charge, changed);
  await refreshProducts(tx, configuring);
  return changed;
}

const isSame = (charge: Charge, draft: ChargeDraft & { readonly active: boolean }): boolean =>
  charge.active === draft.active &&
  charge.currencyCode === draft.currencyCode &&
  writeExact(inOrder(charge.definition)) === writeExact(inOrder(draft.definition));

const inOrder = (definition: ChargeDefinition): unknown[] =>
  Object.entries(definition).sort(([a], [b]) => (a < b ? -1 : 1));

async function requireFreeName(tx: Tx, { id }: Charge, name: string): Promise<void> {
  const other = (await listCharges(tx)).find((each) => each.id !== id && each.definition.name === name);
  if (other) throw new Refusal('aborted', 'charge_name_taken', `another charge has the name ${name}`);
}

export async function setChargeActive(
  tx: Tx,
  configuring: Configuring,
  { id, active }: Pick<Charge, 'id' | 'active'>,
): Promise<Charge> {
  const charge = await requireCharge(tx, id);
  const { currencyCode, definition } = charge;
  return changeCharge(tx, configuring, { charge, draft: { currencyCode, definition, active } });
}

/** Loans have a copy of it; products must let go of it first. */
export async function removeCharge(tx: Tx, id: bigint): Promise<void> {
  const charge = await requireCharge(tx, id);
  await requireUnattached(tx, charge);
  await deleteCharge(tx, id);
  noteChange(tx, {
    kind: 'charge',
    id,
    version: charge.version + 1,
    before: factsOf(charge),
    after: null,
  });
}

async function requireUnattached(tx: Tx, { definition: { code } }: Charge): Promise<void> {
  const products = await listProducts(tx);
  const user = products.find(({ charges = [] }) => charges.some((each) => each.code === code));
  if (user) throw new Refusal('aborted', 'charge_in_use', `Loan product ${user.name} has the charge ${code}`);
}

function noteCharge(tx: Tx, before: Charge | null, after: Charge): void {
  const { id, version } = after;
  noteChange(tx, {
    kind: 'charge',
    id,
    version,
    before: before && factsOf(before),
    after: factsOf(after),
  });
}

const factsOf = ({ currencyCode, active, version, definition }: Charge) => ({
  currencyCode,
  active,
  version,
  definition: JSON.parse(writeExact(definition)) as unknown,
});

/** Offices, payment types and closure reasons: made, renamed, closed. Never removed: history names them. */
import { Refusal } from '../../domain/refusal.ts';
import {
  findReference,
  HEAD_OFFICE_ID,
  insertReference,
  listReferences,
  nextReferenceId,
  type Reference,
  type ReferenceTable,
  updateReference,
} from '../../store/configuration/references.ts';
import type { Tx } from '../../store/database.ts';
import { noteChange } from '../audit/trail.ts';

const NOUNS = {
  office: { kind: 'office', text: 'office' },
  payment_type: { kind: 'paymentType', text: 'payment type' },
  closure_reason: { kind: 'closureReason', text: 'closure reason' },
} as const satisfies Record<ReferenceTable, { kind: string; text: string }>;

export async function requireReference(tx: Tx, table: ReferenceTable, id: bigint): Promise<Reference> {
  const found = await findReference(tx, table, id);
  if (found) return found;
  throw new Refusal('not_found', 'reference_unknown', `${NOUNS[table].text} ${id} does not exist`);
}

export type ReferenceDraft = Omit<Reference, 'id'>;

export async function addReference(tx: Tx, table: ReferenceTable, draft: ReferenceDraft): Promise<Reference> {
  await requireFree(tx, table, { ...draft, id: null });
  const made = { ...draft, id: await nextReferenceId(tx, table) };
  if (!(await insertReference(tx, table, made))) throw taken(table, draft);
  noteChange(tx, { kind: NOUNS[table].kind, id: made.id, before: null, after: factsOf(made) });
  return made;
}

/** The short name stays. */
export async function changeReference(
  tx: Tx,
  table: ReferenceTable,
  asked: { readonly reference: Reference; readonly name: string; readonly active: boolean },
): Promise<Reference> {
  const { reference, name, active } = asked;
  if (reference.name === name && reference.active === active) return reference;
  if (table === 'office' && reference.id === HEAD_OFFICE_ID && !active)
    throw new Refusal('aborted', 'head_office_stays', 'The head office can not be closed');
  const changed = { ...reference, name, active };
  await requireFree(tx, table, changed);
  await updateReference(tx, table, changed);
  const { kind } = NOUNS[table];
  noteChange(tx, { kind, id: reference.id, before: factsOf(reference), after: factsOf(changed) });
  return changed;
}

const factsOf = ({ name, shortName, active }: Reference) => ({ name, shortName, active });

async function requireFree(
  tx: Tx,
  table: ReferenceTable,
  wanted: ReferenceDraft & { readonly id: bigint | null },
): Promise<void> {
  const others = (await listReferences(tx, table)).filter(({ id }) => id !== wanted.id);
  const isTaken = others.some(
    ({ name, shortName }) => name === wanted.name || shortName === wanted.shortName,
  );
  if (isTaken) throw taken(table, wanted);
}

const taken = (table: ReferenceTable, { name, shortName }: ReferenceDraft): Refusal =>
  new Refusal(
    'aborted',
    'reference_name_taken',
    `another ${NOUNS[table].text} has the name ${name} or the short name ${shortName}`,
  );

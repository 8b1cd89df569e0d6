/**
 * Applies a configuration document: all of it or nothing. Entries that the document does not name stay as
 * they are; one that it names is then as it says. What a dry run shows is what the same call would do.
 */
import { type FieldFault, Refusal, requireNoFaults } from '../../domain/refusal.ts';
import type { Configuring } from '../../operations/products/products.ts';
import type { Tx } from '../../store/database.ts';
import { type Document, type Entry, nameOf, SECTIONS, type SectionName } from './document.ts';
import { readDocument } from './entries.ts';
import { PUT, SWITCH_OFF } from './putEntry.ts';

export interface FieldChange {
  readonly field: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface EntryChange {
  readonly section: SectionName;
  readonly name: string;
  readonly action: 'create' | 'update';
  readonly fields: readonly FieldChange[];
}

export interface Application {
  readonly changes: readonly EntryChange[];
  /** In the book, in a section of the document, and not named by it: left as they are. */
  readonly unnamed: readonly { readonly section: SectionName; readonly name: string }[];
}

export async function applyDocument(
  tx: Tx,
  configuring: Configuring,
  document: Document,
): Promise<Application> {
  const before = await readDocument(tx);
  const faults: FieldFault[] = [...twiceNamed(document)];
  requireNoFaults(faults, 'configuration_unsound');
  for (const section of SECTIONS)
    await putAll(tx, configuring, { section, entries: document[section] ?? [], put: PUT[section], faults });
  for (const section of [...SECTIONS].reverse()) {
    const put = SWITCH_OFF[section];
    if (put && faults.length === 0)
      await putAll(tx, configuring, { section, entries: document[section] ?? [], put, faults });
  }
  requireNoFaults(faults, 'configuration_unsound');
  return comparison(before, await readDocument(tx), document);
}

interface Batch {
  readonly section: SectionName;
  readonly entries: readonly Entry[];
  readonly put: (tx: Tx, configuring: Configuring, entry: Entry) => Promise<unknown>;
  readonly faults: FieldFault[];
}

/** A refused entry does not keep the next one from being looked at: all faults are told at once. */
async function putAll(
  tx: Tx,
  configuring: Configuring,
  { section, entries, put, faults }: Batch,
): Promise<void> {
  for (const entry of entries) {
    try {
      await put(tx, configuring, entry);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      faults.push(...faultsUnder(`${section}.${nameOf(section, entry)}`, error));
    }
  }
}

function faultsUnder(prefix: string, { faults, field, message }: Refusal): FieldFault[] {
  const all = faults.length > 0 ? faults : [{ field: field ?? '', error: message }];
  return all.map(({ field: name, error }) => ({ field: name === '' ? prefix : `${prefix}.${name}`, error }));
}

const twiceNamed = (document: Document): FieldFault[] =>
  SECTIONS.flatMap((section) => {
    const names = (document[section] ?? []).map((entry) => nameOf(section, entry));
    const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
    return [...twice].map((name) => ({ field: `${section}.${name}`, error: 'is named twice' }));
  });

function comparison(before: Document, after: Document, document: Document): Application {
  const changes = SECTIONS.flatMap((section) =>
    changesOf(section, before[section] ?? [], after[section] ?? []),
  );
  const unnamed = SECTIONS.flatMap((section) => {
    const entries = document[section];
    if (entries === undefined) return [];
    const named = new Set(entries.map((entry) => nameOf(section, entry)));
    return (after[section] ?? [])
      .map((entry) => ({ section, name: nameOf(section, entry) }))
      .filter(({ name }) => !named.has(name));
  });
  return { changes, unnamed };
}

function changesOf(section: SectionName, before: readonly Entry[], after: readonly Entry[]): EntryChange[] {
  return after.flatMap((entry) => {
    const name = nameOf(section, entry);
    const old = before.find((each) => nameOf(section, each) === name);
    const fields = fieldChanges(old ?? {}, entry);
    return fields.length === 0 ? [] : [{ section, name, action: old ? 'update' : 'create', fields } as const];
  });
}

function fieldChanges(before: Entry, after: Entry): FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => ({
      field,
      ...(field in before && { before: before[field] }),
      ...(field in after && { after: after[field] }),
    }));
}

/** Entries made by hand: each has lines and leaves the control accounts alone; a reversal is a mirror. */
import { mirroredLines, netOf } from '../../domain/ledger.ts';
import { controlAccountsOf } from '../../domain/posting/controls.ts';
import type { Tx } from '../../store/database.ts';
import { type Closure, listClosures } from '../../store/ledger/closures.ts';
import { findManualEntries, type ManualEntry } from '../../store/ledger/manualEntries.ts';
import { listManualEntryIds } from '../../store/ledger/verification.ts';
import { listProducts } from '../../store/loanProducts.ts';
import { closureFaults } from './closedPeriods.ts';
import { type Finding, NOTHING, type Rule, type Verified } from './finding.ts';

export async function verifyManualEntries(
  tx: Tx,
  asked: { readonly after: bigint; readonly rows: number },
): Promise<{ readonly verified: Verified; readonly last: bigint | undefined }> {
  const ids = await listManualEntryIds(tx, asked);
  const [entries, products, closures] = await Promise.all([
    findManualEntries(tx, ids),
    listProducts(tx),
    listClosures(tx),
  ]);
  const reversed = await findManualEntries(
    tx,
    entries.flatMap(({ reverses }) => reverses ?? []),
  );
  const book: Surroundings = {
    controls: new Set(products.flatMap(({ terms }) => controlAccountsOf(terms.accounting))),
    closures,
    reversed: new Map(reversed.map((entry) => [entry.id, entry])),
  };
  const findings = entries.flatMap((entry) => faultsOf(entry, book));
  const checked = { ...NOTHING.checked, entries: entries.length };
  return {
    verified: { ...NOTHING, checked, findings },
    last: ids.length === asked.rows ? ids.at(-1) : undefined,
  };
}

interface Surroundings {
  readonly controls: ReadonlySet<string>;
  readonly closures: readonly Closure[];
  readonly reversed: ReadonlyMap<bigint, ManualEntry>;
}

function faultsOf(entry: ManualEntry, { controls, closures, reversed }: Surroundings): Finding[] {
  const where = `journal entry ${entry.id}`;
  const finding = (rule: Rule, message: string): Finding => ({ rule, where, message });
  const touched = entry.lines.filter(({ account }) => controls.has(account));
  return [
    ...(entry.lines.length === 0 ? [finding('journal_is_whole', 'has no lines')] : []),
    ...touched.map(({ account, side, amount }) =>
      finding('control_accounts_hold_the_loans', `${side}s ${amount} to control account ${account} by hand`),
    ),
    ...(isMirror(entry, reversed) ? [] : [finding('journal_is_whole', mirrorText(entry))]),
    ...closureFaults({ ...entry, where }, closures),
  ];
}

function isMirror({ id, reverses, lines }: ManualEntry, reversed: ReadonlyMap<bigint, ManualEntry>): boolean {
  if (reverses === null) return true;
  const original = reversed.get(reverses);
  return (
    original?.reversedBy === id &&
    netOf([...original.lines, ...lines]).size === 0 &&
    mirroredLines(original.lines).length === lines.length
  );
}

const mirrorText = ({ reverses }: ManualEntry): string =>
  `is not the mirror of journal entry ${reverses}, which it takes back`;

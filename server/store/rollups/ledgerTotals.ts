/** What every day moved from account to account: the trial balance without a look at the journal. */
import type { CivilDate } from '../../domain/date.ts';
import { type JournalEntry, type Movement, movementsOf } from '../../domain/ledger.ts';
import { write } from '../batch/member.ts';
import type { Write } from '../batch/writeSet.ts';
import type { Tx } from '../database.ts';
import { type Addition, additionsTo, addTo } from './adding.ts';
import { anySlot, type Delta } from './slots.ts';

export const LEDGER_TOTAL = {
  name: 'ledger_total',
  key: ['entry_date', 'debit_account', 'credit_account'],
  sum: 'amount',
} as const;

type Posted = Pick<JournalEntry, 'lines'> & { readonly date: CivilDate };

/** What entries add to the totals; pure. */
export const ledgerDeltas = (entries: readonly Posted[]): Delta[] =>
  deltasOf(entries, entries.map(movementsOf));

type Moved = readonly (readonly Movement[])[];

function deltasOf(entries: readonly Pick<Posted, 'date'>[], moved: Moved): Delta[] {
  const deltas: Delta[] = [];
  for (const [index, { date }] of entries.entries())
    for (const { debit, credit, amount } of moved[index] ?? [])
      deltas.push({ key: [date, debit, credit], by: amount });
  return deltas;
}

/** In the transaction that writes the entries, behind them. */
export const addLedgerTotals = (tx: Tx, addition: Addition): Promise<void> =>
  addTo(tx, LEDGER_TOTAL, addition);

const TOTALS: Write<Delta> = {
  place: 'ledger totals',
  merged: (deltas) => deltas,
  statements: (deltas) => additionsTo(LEDGER_TOTAL, { slot: anySlot(), deltas }),
};

/** Sums up entries in the transaction that writes them. */
export const totalEntries = (tx: Tx, entries: readonly Posted[]): Promise<void> =>
  write(tx, TOTALS, ledgerDeltas(entries));

/** The same where it is known already what each of the entries moves. */
export const totalMovements = (
  tx: Tx,
  entries: readonly Pick<Posted, 'date'>[],
  moved: Moved,
): Promise<void> => write(tx, TOTALS, deltasOf(entries, moved));

/** What every day moved from account to account: the trial balance without a look at the journal. */
import type { CivilDate } from '../../domain/date.ts';
import { type JournalEntry, movementsOf } from '../../domain/ledger.ts';
import type { Tx } from '../database.ts';
import { addTo } from './adding.ts';
import type { Delta } from './slots.ts';

export const LEDGER_TOTAL = {
  name: 'ledger_total',
  key: ['entry_date', 'debit_account', 'credit_account'],
  sum: 'amount',
} as const;

type Posted = Pick<JournalEntry, 'lines'> & { readonly date: CivilDate };

/** What entries add to the totals; pure. */
export const ledgerDeltas = (entries: readonly Posted[]): Delta[] =>
  entries.flatMap((entry) =>
    movementsOf(entry).map(({ debit, credit, amount }) => ({ key: [entry.date, debit, credit], by: amount })),
  );

/** In the transaction that writes the entries, behind them. */
export async function addLedgerTotals(
  tx: Tx,
  addition: { readonly slot: number; readonly deltas: readonly Delta[] },
): Promise<void> {
  await addTo(tx, LEDGER_TOTAL, addition);
}

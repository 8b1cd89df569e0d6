/** Notes on changes of a loan that booked no transaction. */
import { write } from '../batch/member.ts';
import { inserting } from '../batch/writeSet.ts';
import type { Tx } from '../database.ts';

const NOTES = inserting({
  name: 'loan_note',
  columns: ['loan_id', 'version', 'note', 'recorded_at'],
  keyLength: 2,
  place: 'beside the loan',
});

export async function insertLoanNote(
  tx: Tx,
  loanId: bigint,
  row: { readonly version: number; readonly note: string; readonly now: Date },
): Promise<void> {
  await write(tx, NOTES, [[loanId, row.version, row.note, row.now]]);
}

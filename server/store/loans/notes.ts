/** Notes on changes of a loan that booked no transaction. */
import type { Tx } from '../database.ts';

export async function insertLoanNote(
  tx: Tx,
  loanId: bigint,
  row: { readonly version: number; readonly note: string; readonly now: Date },
): Promise<void> {
  await tx.query('insert into loan_note (loan_id, version, note, recorded_at) values ($1, $2, $3, $4)', [
    loanId,
    row.version,
    row.note,
    row.now,
  ]);
}

/** A loan as it stood at the end of a day. */
import type { CivilDate } from '../../domain/date.ts';
import { loanAsOf } from '../../domain/history/asOf.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../store/database.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import type { Book } from '../book.ts';
import { decisionContext, requireWholeLoan } from './changeLoan.ts';

export async function readLoanAsOf(
  tx: Tx,
  book: Book,
  { id, day }: { readonly id: bigint; readonly day: CivilDate },
): Promise<BookedLoan> {
  const [loan, context] = await Promise.all([requireWholeLoan(tx, id), decisionContext(tx, book)]);
  if (day > context.businessDate)
    throw new Refusal('invalid_argument', 'date_in_future', 'must not be in the future', 'asOf');
  if (day < loan.state.submittedOn)
    throw new Refusal('invalid_argument', 'date_before_submission', 'is before the submission', 'asOf');
  const state = loanAsOf(loan.state, day, context);
  const known = new Map(state.transactions.map((each) => [each.id, each]));
  const transactions = loan.transactions.flatMap((booked) => {
    const transaction = known.get(booked.transaction.id);
    return transaction ? [{ ...booked, transaction }] : [];
  });
  return { ...loan, state, transactions };
}

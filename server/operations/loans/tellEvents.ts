/** From the events of a decision to rows of the outbox: numbered, with the outside's transaction numbers. */
import type { CivilDate } from '../../domain/date.ts';
import type { Decision } from '../../domain/decide.ts';
import type { Loan } from '../../domain/loan.ts';
import { eventsOf } from '../../domain/loanEvent.ts';
import type { StoredEvent } from '../../store/loans/events.ts';
import type { BookedTransaction } from '../../store/loans/transactions.ts';

export interface Telling {
  readonly loanId: bigint;
  /** The version of the loan that the change makes. */
  readonly version: number;
  /** Null: the loan is made. */
  readonly before: Loan | null;
  readonly decisions: readonly Decision[];
  /** All transactions of the loan as it stands after. */
  readonly transactions: readonly Pick<BookedTransaction, 'id' | 'transaction'>[];
  readonly businessDate: CivilDate;
  readonly now: Date;
}

export function storedEventsOf(telling: Telling): StoredEvent[] {
  const { loanId, version, businessDate, now: recordedAt, decisions } = telling;
  // From the end: what is told of is mostly what was booked last.
  const idOf = (transaction: number): bigint | null =>
    telling.transactions.findLast((each) => each.transaction.id === transaction)?.id ?? null;
  const events: StoredEvent[] = [];
  let { before } = telling;
  for (const decision of decisions) {
    for (const { type, transaction, facts } of eventsOf(before, decision))
      events.push({
        loanId,
        version,
        position: events.length + 1,
        type,
        transactionId: transaction === null ? null : idOf(transaction),
        businessDate,
        facts,
        recordedAt,
      });
    before = decision.loan;
  }
  return events;
}

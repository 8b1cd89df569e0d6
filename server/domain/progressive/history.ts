/**
 * The merged order of a progressive replay: transactions and charges in one list by the date they take
 * effect, then by booking; accrual activity after everything else of its date. A charge takes effect on its
 * due date or, if that is earlier, on the day it was added; at the latest when a payment of its own has its
 * turn.
 *
 *   repayment on 15 Feb, fee added on 20 Feb and due 1 Mar, repayment on 25 Feb: in this order
 *
 * Source: engine.md sections 5.3 (progressive) and 11.
 */
import type { LoanCharge } from '../charge.ts';
import { isInSchedule } from '../charges/landing.ts';
import { type CivilDate, civil, earlier } from '../date.ts';
import type { LoanTransaction } from '../transaction.ts';

export type HistoryStep =
  | { readonly kind: 'charge'; readonly charge: LoanCharge }
  | { readonly kind: 'transaction'; readonly transaction: LoanTransaction };

interface Key {
  readonly date: CivilDate;
  /** 1 for what comes at the end of its date. */
  readonly late: number;
  readonly sequence: number;
  /** A charge with the number of the transaction booked next stands before it. */
  readonly rank: number;
}

export function mergedHistory(
  transactions: readonly LoanTransaction[],
  charges: readonly LoanCharge[],
): HistoryStep[] {
  const steps: { key: Key; step: HistoryStep }[] = [
    ...transactions.map((transaction) => ({
      key: keyOfTransaction(transaction),
      step: { kind: 'transaction', transaction } as const,
    })),
    ...charges.filter(isInSchedule).map((charge) => ({
      key: keyOfCharge(charge, paidFrom(charge, transactions)),
      step: { kind: 'charge', charge } as const,
    })),
  ];
  return steps.sort((a, b) => compareKeys(a.key, b.key)).map(({ step }) => step);
}

/** A write-off gives up whatever is open when the loan closes, charges of its last day included. */
const END_OF_HISTORY = civil(9999, 12, 31);

const keyOfTransaction = ({ date, sequence, type }: LoanTransaction): Key => ({
  date: type === 'writeOff' ? END_OF_HISTORY : date,
  late: type === 'accrualActivity' ? 1 : 0,
  sequence,
  rank: 1,
});

/** The first day on which the charge was paid by itself. */
const paidFrom = ({ id }: LoanCharge, transactions: readonly LoanTransaction[]): CivilDate | undefined =>
  transactions
    .filter(({ type, relatedChargeId }) => type === 'chargePayment' && relatedChargeId === id)
    .map(({ date }) => date)
    .sort()[0];

const keyOfCharge = ({ dueDate, submittedOn, sequence }: LoanCharge, paid = submittedOn): Key => ({
  date: earlier(paid, dueDate === null ? submittedOn : earlier(dueDate, submittedOn)),
  late: 0,
  sequence,
  rank: 0,
});

function compareKeys(a: Key, b: Key): number {
  if (a.date !== b.date) return a.date < b.date ? -1 : 1;
  return a.late - b.late || a.sequence - b.sequence || a.rank - b.rank;
}

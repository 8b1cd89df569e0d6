/** Which transaction or charge a step means (README of the conformance folder, "target"). */
import type { LoanCharge } from '../../server/domain/charge.ts';
import { listedTransactions } from '../../server/domain/history/history.ts';
import { toJsonNumber } from '../../server/domain/money.ts';
import { Refusal } from '../../server/domain/refusal.ts';
import type { LoanTransaction } from '../../server/domain/transaction.ts';
import { TYPE_NAMES } from './translation.ts';
import type { Book, World } from './world.ts';

export interface TransactionTarget {
  readonly ref?: string;
  readonly type?: string;
  readonly date?: string;
  readonly amount?: number;
  readonly nth?: number;
  readonly which?: 'last';
  readonly orderBy?: 'creation';
}

export function transactionAt(world: World, book: Book, target: TransactionTarget): LoanTransaction {
  const found = target.ref === undefined ? pick(book, target) : byRef(world, book, target.ref);
  if (!found)
    throw new Refusal('not_found', 'transaction_not_found', `no transaction ${JSON.stringify(target)}`);
  return found;
}

const byRef = (world: World, book: Book, ref: string): LoanTransaction | undefined => {
  const id = world.transactionRefs.get(ref);
  return book.loan.transactions.find((each) => each.id === id);
};

function pick(book: Book, { type, date, amount, nth = 1, which, orderBy }: TransactionTarget) {
  const listed = listedTransactions(book.loan);
  const ordered = orderBy === 'creation' ? [...listed].sort((a, b) => a.sequence - b.sequence) : listed;
  const fitting = ordered.filter(
    (each) =>
      (type === undefined || TYPE_NAMES[each.type] === type) &&
      (date === undefined || each.date === date) &&
      (amount === undefined || toJsonNumber(each.amount, book.loan.terms.currency) === amount),
  );
  return which === 'last' ? fitting.at(-1) : fitting[nth - 1];
}

export interface ChargeTarget {
  readonly ref?: string;
  readonly code?: string;
  readonly dueDate?: string;
}

export function chargeAt(world: World, book: Book, target: ChargeTarget): LoanCharge {
  const id = target.ref === undefined ? undefined : world.chargeRefs.get(target.ref);
  const fitting = book.loan.charges.filter((charge) =>
    target.ref === undefined
      ? charge.active && charge.definition.code === target.code && charge.dueDate === (target.dueDate ?? null)
      : charge.id === id,
  );
  const found = fitting.at(-1);
  if (!found) throw new Refusal('not_found', 'charge_not_found', `no charge ${JSON.stringify(target)}`);
  return found;
}

/** What happens to transactions that are booked already, and to a loan's place in the accounts. */
import type { CivilDate } from '../../domain/date.ts';
import type { LoanCommand } from '../../domain/decide.ts';
import { requireDateOfRunningLoan } from '../../domain/life/rules.ts';
import { parseMoney } from '../../domain/money.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../store/database.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import type { BookedTransaction } from '../../store/loans/transactions.ts';
import type { Book } from '../book.ts';
import { changeLoan, decisionContext, requireLoan } from './changeLoan.ts';
import { type Occasion, remarksOf } from './lifecycle.ts';
import { firstNew, type RecordedPayment, requirePaymentType } from './recordPayment.ts';

/** A transaction of a loan, by the number that the outside knows. */
export interface Correction extends Occasion {
  readonly transactionId: bigint;
  readonly on: CivilDate;
}

/** Takes a payment back; it stays in lists, marked as reversed, and the later ones are replayed. */
export async function reversePayment(tx: Tx, book: Book, asked: Correction): Promise<RecordedPayment> {
  const { loan, target } = await requireTarget(tx, book, asked);
  const command = { kind: 'reverse', transactionId: target.transaction.id, on: asked.on } as const;
  const after = await changeLoan(tx, book, { loan, commands: [command], remarks: remarksOf(asked) });
  return { loan: after, transaction: sameIn(after, target) };
}

/** Takes a payment back and books one of the same kind in its place; an amount of 0 only takes it back. */
export async function adjustPayment(
  tx: Tx,
  book: Book,
  asked: Correction & { readonly amount: number },
): Promise<RecordedPayment> {
  const { loan, target } = await requireTarget(tx, book, asked);
  const amount = parseMoney(asked.amount, loan.state.terms.currency, 'transactionAmount');
  const command = { kind: 'adjust', transactionId: target.transaction.id, on: asked.on, amount } as const;
  const remarks = {
    ...remarksOf(asked),
    paymentTypeId: target.paymentTypeId,
    receiptNumber: target.receiptNumber,
  };
  const after = await changeLoan(tx, book, { loan, commands: [command], remarks });
  return { loan: after, transaction: amount === 0n ? sameIn(after, target) : firstNew(loan, after) };
}

/** The payer got the money back from the bank: what the payment had settled is owed again. */
export async function chargeBack(
  tx: Tx,
  book: Book,
  asked: Correction & {
    readonly amount: number;
    readonly paymentType?: bigint | string | undefined;
  },
): Promise<RecordedPayment> {
  const { loan, target } = await requireTarget(tx, book, asked);
  const amount = parseMoney(asked.amount, loan.state.terms.currency, 'transactionAmount');
  const { id: transactionId } = target.transaction;
  const paymentType = await requirePaymentType(tx, asked.paymentType);
  const command = {
    kind: 'chargeback',
    transactionId,
    on: asked.on,
    amount,
    ...(paymentType && { paymentType: paymentType.shortName }),
  } as const;
  const remarks = { ...remarksOf(asked), paymentTypeId: paymentType?.id ?? null };
  const after = await changeLoan(tx, book, { loan, commands: [command], remarks });
  return { loan: after, transaction: firstNew(loan, after) };
}

export async function chargeOffLoan(
  tx: Tx,
  book: Book,
  asked: Occasion & { readonly on: CivilDate },
): Promise<RecordedPayment> {
  const loan = await requireLoan(tx, asked.loanId);
  const commands: LoanCommand[] = [{ kind: 'chargeOff', on: asked.on }];
  const after = await changeLoan(tx, book, { loan, commands, remarks: remarksOf(asked) });
  return { loan: after, transaction: lastChargeOff(after) };
}

export async function undoChargeOff(
  tx: Tx,
  book: Book,
  asked: Occasion & { readonly on: CivilDate },
): Promise<RecordedPayment> {
  const loan = await requireLoan(tx, asked.loanId);
  requireDateOfRunningLoan(loan.state, asked.on, await decisionContext(tx, book));
  const commands: LoanCommand[] = [{ kind: 'undoChargeOff' }];
  const after = await changeLoan(tx, book, { loan, commands, remarks: remarksOf(asked) });
  return { loan: after, transaction: lastChargeOff(after) };
}

interface Target {
  readonly loan: BookedLoan;
  readonly target: BookedTransaction;
}

async function requireTarget(tx: Tx, book: Book, asked: Correction): Promise<Target> {
  const { loanId, transactionId, on } = asked;
  const loan = await requireLoan(tx, loanId);
  const target = loan.transactions.find((each) => each.id === transactionId);
  if (target && target.transaction.reversal !== 'bySystem') {
    // The day may become the one on which a replay closes the loan: never one to come.
    requireDateOfRunningLoan(loan.state, on, await decisionContext(tx, book));
    return { loan, target };
  }
  throw new Refusal(
    'not_found',
    'transaction_unknown',
    `transaction ${transactionId} does not exist on this loan`,
  );
}

function sameIn(after: BookedLoan, target: BookedTransaction): BookedTransaction {
  return after.transactions.find((each) => each.id === target.id) ?? target;
}

function lastChargeOff(loan: BookedLoan): BookedTransaction {
  const found = loan.transactions.findLast((each) => each.transaction.type === 'chargeOff');
  if (found) return found;
  throw new Error(`loan ${loan.id} has no charge-off`);
}

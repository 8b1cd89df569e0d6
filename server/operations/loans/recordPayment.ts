/** Money (or forgiveness) for a loan: repayments and their kin. */
import type { CivilDate } from '../../domain/date.ts';
import type { PaymentType } from '../../domain/decide.ts';
import { takesRepaymentAbridged } from '../../domain/history/abridged.ts';
import { nextId } from '../../domain/history/history.ts';
import { parseMoney } from '../../domain/money.ts';
import { Refusal } from '../../domain/refusal.ts';
import { find } from '../../store/batch/member.ts';
import { findPaymentType, type Named } from '../../store/configuration/references.ts';
import type { Tx } from '../../store/database.ts';
import { ABRIDGED_LOANS, type BookedLoan } from '../../store/loans/loans.ts';
import {
  type BookedTransaction,
  isNameTaken,
  type TransactionRemarks,
} from '../../store/loans/transactions.ts';
import type { Book } from '../book.ts';
import { readBusinessDate } from '../readBusinessDate.ts';
import { changeLoan, requireLoan } from './changeLoan.ts';

export interface Payment {
  readonly type: PaymentType;
  /** As it came in; the loan's currency says how many decimals it may have. */
  readonly amount: number;
  /** Value date; absent = today. */
  readonly on: CivilDate | undefined;
  readonly paymentType: bigint | string | undefined;
  readonly remarks: Omit<TransactionRemarks, 'paymentTypeId'>;
}

export interface RecordedPayment {
  readonly loan: BookedLoan;
  readonly transaction: BookedTransaction;
}

export async function recordPayment(
  tx: Tx,
  book: Book,
  request: { readonly loanId: bigint; readonly payment: Payment },
): Promise<RecordedPayment> {
  const { loanId, payment } = request;
  const businessDate = await readBusinessDate(tx, book);
  const on = payment.on ?? businessDate;
  const loan = await requireLoanToPay(tx, loanId, { ...payment, on });
  const { type } = payment;
  const amount = parseMoney(payment.amount, loan.state.terms.currency, 'transactionAmount');
  const earlier = repeated(loan, payment.remarks.idempotencyKey);
  if (earlier) return { loan, transaction: requireSame(earlier, { type, amount, on: payment.on }) };
  requireFreeExternalId(loan, payment.remarks.externalId);
  const paymentType =
    payment.paymentType === undefined ? undefined : await requirePaymentType(tx, payment.paymentType);
  const { externalId, idempotencyKey, receiptNumber, note } = payment.remarks;
  const paymentTypeId = paymentType?.id ?? null;
  const remarks = { externalId, idempotencyKey, paymentTypeId, receiptNumber, note };
  const paid = { kind: 'pay', type, on, amount } as const;
  const command = paymentType ? { paymentType: paymentType.shortName, ...paid } : paid;
  const after = await changeLoan(tx, book, { loan, commands: [command], remarks, businessDate });
  return { loan: after, transaction: firstNew(loan, after) };
}

/** Without its repayments, if this one can do without them; else whole. */
async function requireLoanToPay(
  tx: Tx,
  id: bigint,
  { type, on, remarks }: Pick<Payment, 'type' | 'remarks'> & { readonly on: CivilDate },
): Promise<BookedLoan> {
  if (type !== 'repayment') return requireLoan(tx, id);
  const loan = await find(tx, ABRIDGED_LOANS, id);
  if (!loan || loan.state.leftOut === undefined) return loan ?? requireLoan(tx, id);
  const isNamed = remarks.idempotencyKey !== null || remarks.externalId !== null;
  const isShort =
    takesRepaymentAbridged(loan.state, on) && !(isNamed && (await isNameTaken(tx, id, remarks)));
  return isShort ? loan : requireLoan(tx, id);
}

/** The payment that was recorded under the key before. */
function repeated(loan: BookedLoan, key: string | null): BookedTransaction | undefined {
  return key === null ? undefined : loan.transactions.find((each) => each.idempotencyKey === key);
}

/** A repetition that names no date means the day of the first call, also after midnight. */
function requireSame(
  earlier: BookedTransaction,
  asked: { type: PaymentType; on: CivilDate | undefined; amount: bigint },
): BookedTransaction {
  const { type, date, amount } = earlier.transaction;
  if (type === asked.type && date === (asked.on ?? date) && amount === asked.amount) return earlier;
  throw new Refusal(
    'aborted',
    'idempotency_key_taken',
    'idempotencyKey was used before on this loan with another amount, date or kind',
  );
}

/** Callers' ids of transactions are unique within a loan. */
function requireFreeExternalId(loan: BookedLoan, externalId: string | null): void {
  if (externalId === null || !loan.transactions.some((each) => each.externalId === externalId)) return;
  throw new Refusal(
    'aborted',
    'external_id_taken',
    'another transaction of this loan has this externalId',
    'externalId',
  );
}

export async function requirePaymentType(
  tx: Tx,
  given: bigint | string | undefined,
): Promise<Named | undefined> {
  if (given === undefined) return undefined;
  const found = await findPaymentType(tx, given);
  if (found) return found;
  throw new Refusal('invalid_argument', 'payment_type_unknown', 'unknown payment type', 'paymentTypeId');
}

/** The transaction that a change booked first: what the caller asked for. */
export function firstNew(before: BookedLoan, after: BookedLoan): BookedTransaction {
  const next = nextId(before.state);
  const found = after.transactions.find(({ transaction }) => transaction.id >= next);
  if (found) return found;
  throw new Error(`nothing was booked on loan ${after.id}`);
}

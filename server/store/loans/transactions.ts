/**
 * Loan transactions as rows: what is shown and searched in columns, what only the engine reads in
 * `details`.
 */
import type { CivilDate } from '../../domain/date.ts';
import type { LoanTransaction, TransactionType } from '../../domain/transaction.ts';
import type { Tx } from '../database.ts';
import { readExact, writeExact } from '../exactJson.ts';
import { rowsOfValues } from '../values.ts';

/** What callers say about a transaction and the engine does not need. */
export interface TransactionRemarks {
  readonly externalId: string | null;
  readonly idempotencyKey: string | null;
  readonly paymentTypeId: bigint | null;
  readonly receiptNumber: string | null;
  readonly note: string | null;
}

export const NO_REMARKS: TransactionRemarks = {
  externalId: null,
  idempotencyKey: null,
  paymentTypeId: null,
  receiptNumber: null,
  note: null,
};

export interface BookedTransaction extends TransactionRemarks {
  /** The number that the outside knows; `transaction.id` counts within the loan. */
  readonly id: bigint;
  readonly transaction: LoanTransaction;
}

export interface TransactionRow {
  seq: number;
  id: bigint;
  type: TransactionType;
  transaction_date: CivilDate;
  submitted_on: CivilDate;
  amount: bigint;
  principal: bigint;
  interest: bigint;
  fees: bigint;
  penalties: bigint;
  overpaid: bigint;
  reversal: LoanTransaction['reversal'];
  details: unknown;
  external_id: string | null;
  idempotency_key: string | null;
  payment_type_id: bigint | null;
  receipt_number: string | null;
  note: string | null;
}

/** For a select; the table goes by the name `t`. */
export const TRANSACTION_COLUMNS = `t.seq, t.id, t.type, t.transaction_date, t.submitted_on, t.amount,
  t.principal, t.interest, t.fees, t.penalties, t.overpaid, t.reversal, t.details, t.external_id,
  t.idempotency_key, t.payment_type_id, t.receipt_number, t.note`;

const INSERTED = [
  'loan_id',
  'seq',
  'id',
  'type',
  'transaction_date',
  'submitted_on',
  'amount',
  'principal',
  'interest',
  'fees',
  'penalties',
  'overpaid',
  'reversal',
  'details',
  'external_id',
  'idempotency_key',
  'payment_type_id',
  'receipt_number',
  'note',
  'recorded_at',
];

/** Fails with a unique violation when another writer booked a transaction since the loan was read. */
export async function insertTransactions(
  tx: Tx,
  loanId: bigint,
  booked: { readonly transactions: readonly BookedTransaction[]; readonly now: Date },
): Promise<void> {
  if (booked.transactions.length === 0) return;
  const rows = booked.transactions.map(({ id, transaction, ...remarks }) => [
    loanId,
    transaction.id,
    id,
    transaction.type,
    transaction.date,
    transaction.submittedOn,
    transaction.amount,
    ...splitValues(transaction),
    remarks.externalId,
    remarks.idempotencyKey,
    remarks.paymentTypeId,
    remarks.receiptNumber,
    remarks.note,
    booked.now,
  ]);
  const { places, values } = rowsOfValues(rows);
  await tx.query(`insert into loan_transaction (${INSERTED.join(', ')}) values ${places}`, values);
}

/** A replay changes how transactions were split, an undo marks them; identity, date and amount stay. */
export async function updateTransactions(
  tx: Tx,
  loanId: bigint,
  transactions: readonly LoanTransaction[],
): Promise<void> {
  const sql = `update loan_transaction set principal = $3, interest = $4, fees = $5, penalties = $6,
      overpaid = $7, reversal = $8, details = $9, amount = $10, transaction_date = $11
    where loan_id = $1 and seq = $2`;
  await Promise.all(
    transactions.map((each) =>
      tx.query(sql, [loanId, each.id, ...splitValues(each), each.amount, each.date]),
    ),
  );
}

function splitValues(transaction: LoanTransaction): unknown[] {
  const { id, type, date, submittedOn, amount, portions, overpaid, reversal, ...details } = transaction;
  const { principal, interest, fees, penalties } = portions;
  return [principal, interest, fees, penalties, overpaid, reversal, writeExact(details)];
}

type Details = Omit<
  LoanTransaction,
  'id' | 'type' | 'date' | 'submittedOn' | 'amount' | 'portions' | 'overpaid' | 'reversal'
>;

export function toTransaction(row: TransactionRow): BookedTransaction {
  const { principal, interest, fees, penalties } = row;
  return {
    id: row.id,
    externalId: row.external_id,
    idempotencyKey: row.idempotency_key,
    paymentTypeId: row.payment_type_id,
    receiptNumber: row.receipt_number,
    note: row.note,
    transaction: {
      ...readExact<Details>(row.details),
      id: row.seq,
      type: row.type,
      date: row.transaction_date,
      submittedOn: row.submitted_on,
      amount: row.amount,
      portions: { principal, interest, fees, penalties },
      overpaid: row.overpaid,
      reversal: row.reversal,
    },
  };
}

/**
 * Loan transactions as rows: what is shown and searched in columns, what only the engine reads in
 * `details`.
 */
import type { CivilDate } from '../../domain/date.ts';
import type { LoanTransaction, TransactionType } from '../../domain/transaction.ts';
import { find, write } from '../batch/member.ts';
import type { Lookup } from '../batch/readings.ts';
import { updating } from '../batch/updating.ts';
import { inserting, type Write } from '../batch/writeSet.ts';
import type { Tx } from '../database.ts';
import {
  namesOf,
  type OptionalFields,
  readAmount,
  readExact,
  withOptional,
  writeDiffering,
} from '../exactJson.ts';

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

const COLUMNS = [
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

/** For rows that are made by `transactionRows`. */
export const TRANSACTION_TABLE = { name: 'loan_transaction', columns: COLUMNS };

const NEW_TRANSACTIONS = inserting({ ...TRANSACTION_TABLE, keyLength: 2, place: 'transactions' });

interface NewTransactions {
  readonly transactions: readonly BookedTransaction[];
  readonly now: Date;
}

export const transactionRows = (loanId: bigint, { transactions, now }: NewTransactions): unknown[][] =>
  transactions.map(({ id, transaction, ...remarks }) => [
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
    now,
  ]);

/** Fails with a unique violation when another writer booked a transaction since the loan was read. */
export const insertTransactions = (tx: Tx, loanId: bigint, booked: NewTransactions): Promise<void> =>
  write(tx, NEW_TRANSACTIONS, transactionRows(loanId, booked));

/** A name that a caller gave a transaction of a loan. */
interface Name {
  readonly kind: 'idempotency_key' | 'external_id';
  readonly loanId: bigint;
  readonly name: string;
}

const nameText = ({ kind, loanId, name }: Name): string => `${kind} ${loanId} ${name}`;

/** The names that are taken. */
const TAKEN_NAMES: Lookup<Name, true> = {
  name: 'names of transactions',
  textOf: nameText,
  read: async (tx, names) => {
    const kinds = [...new Set(names.map(({ kind }) => kind))];
    const taken = await Promise.all(
      kinds.map(async (kind) => {
        const wanted = names.filter((each) => each.kind === kind);
        return tx.query<Name>(
          `select '${kind}' as kind, loan_id as "loanId", ${kind} as name from loan_transaction
           where loan_id = any($1) and ${kind} = any($2)`,
          [wanted.map(({ loanId }) => loanId), wanted.map(({ name }) => name)],
        );
      }),
    );
    return new Map(taken.flat().map((each) => [nameText(each), true]));
  },
};

/** Whether a transaction of the loan has the key or the id that a caller gives a new one. */
export async function isNameTaken(
  tx: Tx,
  loanId: bigint,
  { idempotencyKey, externalId }: Pick<TransactionRemarks, 'idempotencyKey' | 'externalId'>,
): Promise<boolean> {
  const names: Name[] = [];
  if (idempotencyKey !== null) names.push({ kind: 'idempotency_key', loanId, name: idempotencyKey });
  if (externalId !== null) names.push({ kind: 'external_id', loanId, name: externalId });
  const taken = await Promise.all(names.map((each) => find(tx, TAKEN_NAMES, each)));
  return taken.some((each) => each === true);
}

interface Alteration {
  readonly loanId: bigint;
  readonly transaction: LoanTransaction;
}

/** The last one for a transaction says it all. */
const ALTERED_TRANSACTIONS: Write<Alteration> = {
  place: 'transaction changes',
  merged: (rows) => [
    ...new Map(rows.map((each) => [`${each.loanId} ${each.transaction.id}`, each])).values(),
  ],
  statements: (rows) =>
    alterTransactions(
      rows.map(({ loanId, transaction }) => [
        loanId,
        transaction.id,
        ...splitValues(transaction),
        transaction.amount,
        transaction.date,
      ]),
    ),
};

const alterTransactions = updating({
  columns: [
    ['loan_id', 'bigint'],
    ['seq', 'int'],
    ['principal', 'bigint'],
    ['interest', 'bigint'],
    ['fees', 'bigint'],
    ['penalties', 'bigint'],
    ['overpaid', 'bigint'],
    ['reversal', 'text'],
    ['details', 'json'],
    ['amount', 'bigint'],
    ['transaction_date', 'date'],
  ],
  text: ({ value, from, among }) => {
    const split = ['principal', 'interest', 'fees', 'penalties', 'overpaid', 'reversal', 'details'];
    const all = [...split, 'amount', 'transaction_date'];
    return `update loan_transaction as t set ${all.map((name) => `${name} = ${value(name)}`).join(', ')} ${from}
    where t.loan_id = ${value('loan_id')} and t.seq = ${value('seq')} ${among('t.loan_id')}`;
  },
});

/** A replay changes how transactions were split, an undo marks them; identity, date and amount stay. */
export function updateTransactions(
  tx: Tx,
  loanId: bigint,
  transactions: readonly LoanTransaction[],
): Promise<void> {
  return write(
    tx,
    ALTERED_TRANSACTIONS,
    transactions.map((transaction) => ({ loanId, transaction })),
  );
}

function splitValues(transaction: LoanTransaction): unknown[] {
  const { id, type, date, submittedOn, amount, portions, overpaid, reversal, ...details } = transaction;
  const { principal, interest, fees, penalties } = portions;
  const written = writeDiffering(details, NO_DETAILS);
  return [principal, interest, fees, penalties, overpaid, reversal, written];
}

type Details = Omit<
  LoanTransaction,
  'id' | 'type' | 'date' | 'submittedOn' | 'amount' | 'portions' | 'overpaid' | 'reversal'
>;

/** What is not written. */
const NO_DETAILS = {
  unrecognised: 0n,
  chargesPaid: [],
  reversedOn: null,
  relatedTransactionId: null,
  relatedChargeId: null,
  paymentType: null,
  reAge: null,
  bookedAs: 'performing',
} as const satisfies Partial<Details>;

/** As it stands in `details`. */
type WrittenDetails = Pick<Details, 'sequence'> & {
  readonly balance: string;
  readonly unrecognised?: string;
} & {
  readonly [K in Exclude<keyof typeof NO_DETAILS, 'unrecognised'>]?: Details[K];
};

const RARE = namesOf<OptionalFields<LoanTransaction>>({ laidAs: 1, place: 1, settledAtOnce: 1, lifted: 1 });

export const toTransaction = (row: TransactionRow): BookedTransaction => ({
  id: row.id,
  externalId: row.external_id,
  idempotencyKey: row.idempotency_key,
  paymentTypeId: row.payment_type_id,
  receiptNumber: row.receipt_number,
  note: row.note,
  transaction: readTransaction(row, row.details as WrittenDetails),
});

/** Spelled out: with spreads it costs several times as much, for every transaction read. */
function readTransaction(row: TransactionRow, details: WrittenDetails): LoanTransaction {
  const { principal, interest, fees, penalties } = row;
  const transaction: LoanTransaction = {
    id: row.seq,
    type: row.type,
    date: row.transaction_date,
    submittedOn: row.submitted_on,
    amount: row.amount,
    portions: { principal, interest, fees, penalties },
    overpaid: row.overpaid,
    reversal: row.reversal,
    sequence: details.sequence,
    balance: readAmount(details.balance),
    unrecognised: readAmount(details.unrecognised),
    chargesPaid: details.chargesPaid ? readExact(details.chargesPaid) : NO_DETAILS.chargesPaid,
    reversedOn: details.reversedOn ?? null,
    relatedTransactionId: details.relatedTransactionId ?? null,
    relatedChargeId: details.relatedChargeId ?? null,
    paymentType: readExact(details.paymentType ?? null),
    reAge: details.reAge ?? null,
    bookedAs: details.bookedAs ?? NO_DETAILS.bookedAs,
  };
  return withOptional(transaction, details, RARE);
}

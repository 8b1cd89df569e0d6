/** Loans by the thousand: the same rows as those of loans made one by one, copied in. */
import type { JournalEntry } from '../../domain/ledger.ts';
import type { Loan } from '../../domain/loan.ts';
import type { Tx } from '../database.ts';
import { CLOSING_TABLE, closingRow, type StoredClosing } from '../loans/closing.ts';
import { JOURNAL_TABLE, journalRows } from '../loans/journal.ts';
import { LOAN_TABLE, type LoanIdentity, loanRow } from '../loans/loans.ts';
import { oldestUnpaidDueDate } from '../loans/stateColumns.ts';
import { keepAllTerms } from '../loans/terms.ts';
import {
  NO_REMARKS,
  TRANSACTION_TABLE,
  type TransactionRemarks,
  transactionRows,
} from '../loans/transactions.ts';
import { addFlows, type FlowDeltas } from '../rollups/flows.ts';
import { addLedgerTotals, ledgerDeltas } from '../rollups/ledgerTotals.ts';
import { addLoanCounts, type CountedLoan, countDeltas, type LoanCountDeltas } from '../rollups/loanCounts.ts';
import { anySlot, type Delta } from '../rollups/slots.ts';
import { type CopyLine, cellOf, copyLines, NAME_TABLE, NOTHING_SHARED, sharing } from './copying.ts';

/** What loans that were asked for alike have in common. */
export interface AlikeLoans {
  readonly productId: bigint;
  readonly version: number;
  readonly state: Loan;
  /** The columns that follow from the state (`stateValues`). */
  readonly values: readonly unknown[];
  /** When they have something to do next. */
  readonly closing: StoredClosing;
  /** What each of them adds to the sums by day. */
  readonly flows: FlowDeltas;
  readonly remarks: ReadonlyMap<number, TransactionRemarks>;
  readonly entries: readonly JournalEntry[];
  /** Made when the first of them is copied, for all calls that bring more; null: not yet. */
  shared: SharedParts | null;
}

/** Their rows as text, all but names, numbers and instants, and what each of them adds to counts and sums. */
interface SharedParts {
  readonly loan: Buffer;
  readonly transactions: readonly { readonly seq: string; readonly row: Buffer }[];
  readonly journal: readonly Buffer[];
  readonly closing: Buffer;
  readonly counts: LoanCountDeltas;
  readonly ledger: readonly Delta[];
}

export interface CopiedLoan extends Omit<LoanIdentity, 'productId'> {
  readonly alike: AlikeLoans;
  /** Numbers for its transactions, in their order. */
  readonly transactionIds: readonly bigint[];
}

/** Fails with a unique violation when a name is taken. */
export async function copyLoans(tx: Tx, loans: readonly CopiedLoan[], now: Date): Promise<void> {
  const at = cellOf(now);
  const counts = countsOf(loans);
  await copyLines(tx, NAME_TABLE, nameLines(loans));
  await keepAllTerms(
    tx,
    [...counts.keys()].map(({ state }) => state.terms),
  );
  await copyLines(tx, LOANS.target, loanLines(loans, at));
  await copyLines(tx, CLOSINGS.target, closingLines(loans));
  await copyLines(tx, TRANSACTIONS.target, transactionLines(loans, at));
  await copyLines(tx, JOURNAL.target, journalLines(loans, at));
  await addUp(tx, counts);
  // Of lines that nobody asked for alike it would only be kept.
  for (const [alike, count] of counts) if (count === 1n) alike.shared = null;
}

function countsOf(loans: readonly CopiedLoan[]): Map<AlikeLoans, bigint> {
  const counts = new Map<AlikeLoans, number>();
  for (const { alike } of loans) counts.set(alike, (counts.get(alike) ?? 0) + 1);
  return new Map([...counts].map(([alike, count]) => [alike, BigInt(count)]));
}

const LOANS = sharing(LOAN_TABLE, [
  ...['id', 'external_id', 'customer_id', 'customer_external_id', 'customer_name'],
  ...['created_at', 'updated_at'],
]);
const CLOSINGS = sharing(CLOSING_TABLE, ['loan_id']);
const TRANSACTIONS = sharing(TRANSACTION_TABLE, ['loan_id', 'seq', 'id', 'recorded_at']);
const JOURNAL = sharing(JOURNAL_TABLE, ['loan_id', 'recorded_at']);

/** In place of what each has of its own, for rows of which the rest is taken. */
const NAMELESS: Omit<LoanIdentity, 'productId'> = {
  ...{ id: 0n, externalId: null, customerId: 0n, customerExternalId: '', customerName: '' },
};
const NO_INSTANT = new Date(0);

function sharedOf(alike: AlikeLoans): SharedParts {
  alike.shared ??= sharedParts(alike);
  return alike.shared;
}

/** By the functions that make the rows of single loans. */
function sharedParts(alike: AlikeLoans): SharedParts {
  const { productId, version, state, values, remarks, entries, closing } = alike;
  const now = NO_INSTANT;
  const loan = { ...NAMELESS, productId, version, lastJournalEntry: entries.length, now };
  const transactions = state.transactions.map((transaction) => ({
    ...{ id: 0n, transaction, ...(remarks.get(transaction.id) ?? NO_REMARKS) },
  }));
  return {
    loan: LOANS.sharedOf(loanRow(loan, values)),
    transactions: transactionRows(0n, { transactions, now }).map((row, index) => ({
      ...{ seq: String(transactions[index]?.transaction.id), row: TRANSACTIONS.sharedOf(row) },
    })),
    journal: journalRows({ loanId: 0n, after: 0, entries, now }).map(JOURNAL.sharedOf),
    closing: CLOSINGS.sharedOf(closingRow(0n, closing)),
    counts: countDeltas(null, countedFacts(alike)),
    ledger: ledgerDeltas(entries),
  };
}

// Lines are made as they are copied: those of thousands of loans would outlive many that are over by then.

function* nameLines(loans: readonly CopiedLoan[]): Generator<CopyLine> {
  for (const { id, externalId } of loans)
    if (externalId !== null) yield { own: `${cellOf(externalId)}\tloan\t${id}`, shared: NOTHING_SHARED };
}

function* loanLines(loans: readonly CopiedLoan[], at: string): Generator<CopyLine> {
  for (const { id, externalId, customerId, customerExternalId, customerName, alike } of loans) {
    const customer = `${customerId}\t${cellOf(customerExternalId)}\t${cellOf(customerName)}`;
    const own = `${id}\t${cellOf(externalId)}\t${customer}\t${at}\t${at}\t`;
    yield { own, shared: sharedOf(alike).loan };
  }
}

function* closingLines(loans: readonly CopiedLoan[]): Generator<CopyLine> {
  for (const { id, alike } of loans) yield { own: `${id}\t`, shared: sharedOf(alike).closing };
}

function* transactionLines(loans: readonly CopiedLoan[], at: string): Generator<CopyLine> {
  for (const { id, transactionIds, alike } of loans) {
    let index = 0;
    for (const { seq, row } of sharedOf(alike).transactions) {
      yield { own: `${id}\t${seq}\t${transactionIds[index]}\t${at}\t`, shared: row };
      index += 1;
    }
  }
}

function* journalLines(loans: readonly CopiedLoan[], at: string): Generator<CopyLine> {
  for (const { id, alike } of loans)
    for (const shared of sharedOf(alike).journal) yield { own: `${id}\t${at}\t`, shared };
}

/** What a loan adds to sums is multiplied by the loans that are alike, not added up one by one. */
async function addUp(tx: Tx, counts: ReadonlyMap<AlikeLoans, bigint>): Promise<void> {
  const counted: LoanCountDeltas[] = [];
  const flows: FlowDeltas[] = [];
  const ledger: Delta[] = [];
  for (const [alike, count] of counts) {
    const { counts: own, ledger: booked } = sharedOf(alike);
    counted.push({ loans: times(own.loans, count), unpaid: times(own.unpaid, count) });
    flows.push({ flows: times(alike.flows.flows, count), dues: times(alike.flows.dues, count) });
    ledger.push(...times(booked, count));
  }
  await addLoanCounts(tx, { slot: anySlot(), deltas: counted });
  await addLedgerTotals(tx, { slot: anySlot(), deltas: ledger });
  await addFlows(tx, flows);
}

const times = (deltas: readonly Delta[], count: bigint): Delta[] =>
  deltas.map(({ key, by }) => ({ key, by: by * count }));

function countedFacts({ productId, state }: AlikeLoans): CountedLoan {
  return { productId, status: state.status, oldestUnpaidDueDate: oldestUnpaidDueDate(state) };
}

/** What tells whether a loan is the one that a line asks for. */
export interface KnownLoan {
  readonly id: bigint;
  readonly customerId: bigint;
  readonly productId: bigint;
  readonly principal: bigint;
}

export async function listKnownLoans(tx: Tx, ids: readonly bigint[]): Promise<Map<bigint, KnownLoan>> {
  const rows = await tx.query<KnownLoan>(
    `select id, customer_id as "customerId", product_id as "productId", principal
     from loan where id = any($1) and deleted_at is null`,
    [ids],
  );
  return new Map(rows.map((each) => [each.id, each]));
}

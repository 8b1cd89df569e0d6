/** Loans by the thousand: the same rows as those of loans made one by one, copied in. */
import type { CivilDate } from '../../domain/date.ts';
import type { JournalEntry } from '../../domain/ledger.ts';
import type { LoanTerms } from '../../domain/terms.ts';
import type { Tx } from '../database.ts';
import { CLOSING_TABLE, closingRow, type StoredClosing } from '../loans/closing.ts';
import { JOURNAL_TABLE, journalRows } from '../loans/journal.ts';
import { LOAN_TABLE, type LoanIdentity, loanRow } from '../loans/loans.ts';
import { STATE_COLUMNS } from '../loans/stateColumns.ts';
import { keepAllTerms } from '../loans/terms.ts';
import { type BookedTransaction, TRANSACTION_TABLE, transactionRows } from '../loans/transactions.ts';
import { addFlows, type FlowDeltas } from '../rollups/flows.ts';
import { addLedgerTotals, ledgerDeltas } from '../rollups/ledgerTotals.ts';
import { addLoanCounts, type CountedLoan, countDeltas } from '../rollups/loanCounts.ts';
import { anySlot, type Delta } from '../rollups/slots.ts';
import { copyRows } from './copying.ts';

export interface CopiedLoan extends LoanIdentity {
  readonly version: number;
  readonly terms: LoanTerms;
  /** The columns that follow from the state (`stateValues`). */
  readonly values: readonly unknown[];
  /** When it has something to do next. */
  readonly closing: StoredClosing;
  /** What it adds to the sums by day; the same object for loans that add the same. */
  readonly flows: FlowDeltas;
  readonly transactions: readonly BookedTransaction[];
  readonly entries: readonly JournalEntry[];
}

/** Fails with a unique violation when a name is taken. */
export async function copyLoans(tx: Tx, loans: readonly CopiedLoan[], now: Date): Promise<void> {
  const loanRows = loans.map((loan) =>
    loanRow({ ...loan, lastJournalEntry: loan.entries.length, now }, loan.values),
  );
  const named = loans.flatMap(({ id, externalId }) =>
    externalId === null ? [] : [[externalId, 'loan', id]],
  );
  await keepAllTerms(
    tx,
    loans.map(({ terms }) => terms),
  );
  await copyRows(tx, NAME_TABLE, named);
  await copyRows(tx, LOAN_TABLE, loanRows);
  await copyRows(
    tx,
    TRANSACTION_TABLE,
    loans.flatMap(({ id, transactions }) => transactionRows(id, { transactions, now })),
  );
  await copyRows(
    tx,
    JOURNAL_TABLE,
    loans.flatMap(({ id, entries }) => journalRows({ loanId: id, after: 0, entries, now })),
  );
  await copyRows(
    tx,
    CLOSING_TABLE,
    loans.map(({ id, closing }) => closingRow(id, closing)),
  );
  const deltas = loans.map((loan) => countDeltas(null, countedFacts(loan)));
  const entries = loans.flatMap((loan) => loan.entries);
  await addLoanCounts(tx, { slot: anySlot(), deltas });
  await addLedgerTotals(tx, { slot: anySlot(), deltas: ledgerDeltas(entries) });
  await addFlows(tx, { slot: anySlot(), deltas: together(loans) });
}

/** Loans of an import are often alike: what such a one adds is multiplied, not added up one by one. */
function together(loans: readonly CopiedLoan[]): FlowDeltas[] {
  const counts = new Map<FlowDeltas, bigint>();
  for (const { flows } of loans) counts.set(flows, (counts.get(flows) ?? 0n) + 1n);
  const times = (deltas: readonly Delta[], count: bigint): Delta[] =>
    deltas.map(({ key, by }) => ({ key, by: by * count }));
  return [...counts].map(([{ flows, dues }, count]) => ({
    flows: times(flows, count),
    dues: times(dues, count),
  }));
}

/** What a loan counts as, out of its columns. */
function countedFacts({ productId, values }: CopiedLoan): CountedLoan {
  return {
    productId,
    status: values[STATE_COLUMNS.indexOf('status')] as CountedLoan['status'],
    oldestUnpaidDueDate: values[STATE_COLUMNS.indexOf('oldest_unpaid_due_date')] as CivilDate | null,
  };
}

const NAME_TABLE = { name: 'external_id', columns: ['external_id', 'kind', 'id'] };

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

/** Loans by the thousand: the same rows as those of loans made one by one, copied in. */
import { assert } from '../../domain/assert.ts';
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
import { type CopyLine, cellOf, cellsOf, copyLines, NOTHING_SHARED, sharedCells } from './copying.ts';

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
}

export interface CopiedLoan extends Omit<LoanIdentity, 'productId'> {
  readonly alike: AlikeLoans;
  /** Numbers for its transactions, in their order. */
  readonly transactionIds: readonly bigint[];
}

/** Fails with a unique violation when a name is taken. */
export async function copyLoans(tx: Tx, loans: readonly CopiedLoan[], now: Date): Promise<void> {
  const counts = countsOf(loans);
  const texts = new Map([...counts.keys()].map((alike) => [alike, textsOf(alike, now)]));
  await copyLines(tx, NAME_TABLE, nameLines(loans));
  await keepAllTerms(
    tx,
    [...counts.keys()].map(({ state }) => state.terms),
  );
  await copyLines(tx, LOAN_TABLE, loanLines(loans, texts));
  await copyLines(tx, CLOSING_TABLE, closingLines(loans, texts));
  await copyLines(tx, TRANSACTION_TABLE, transactionLines(loans, texts));
  await copyLines(tx, JOURNAL_TABLE, journalLines(loans, texts));
  await addUp(tx, counts);
}

function countsOf(loans: readonly CopiedLoan[]): Map<AlikeLoans, bigint> {
  const counts = new Map<AlikeLoans, number>();
  for (const { alike } of loans) counts.set(alike, (counts.get(alike) ?? 0) + 1);
  return new Map([...counts].map(([alike, count]) => [alike, BigInt(count)]));
}

/** What the rows of loans have in common, as text: all but their names and numbers. */
interface AlikeTexts {
  readonly loan: Buffer;
  readonly transactions: readonly { readonly seq: string; readonly rest: Buffer }[];
  readonly journal: readonly Buffer[];
  readonly closing: Buffer;
}

type Texts = ReadonlyMap<AlikeLoans, AlikeTexts>;

const NAMELESS: Omit<LoanIdentity, 'productId'> = {
  ...{ id: 0n, externalId: null, customerId: 0n, customerExternalId: '', customerName: '' },
};

/** By the functions that make the rows of single loans, without the columns that stand first in them. */
function textsOf(alike: AlikeLoans, now: Date): AlikeTexts {
  const { productId, version, state, values, remarks, entries, closing } = alike;
  const loan = { ...NAMELESS, productId, version, lastJournalEntry: entries.length, now };
  const transactions = state.transactions.map((transaction) => ({
    ...{ id: 0n, transaction, ...(remarks.get(transaction.id) ?? NO_REMARKS) },
  }));
  return {
    loan: rest(loanRow(loan, values).slice(Object.keys(NAMELESS).length)),
    transactions: transactionRows(0n, { transactions, now }).map(([, seq, , ...others]) => ({
      ...{ seq: String(seq), rest: rest(others) },
    })),
    journal: journalRows({ loanId: 0n, after: 0, entries, now }).map(([, ...others]) => rest(others)),
    closing: rest(closingRow(0n, closing).slice(1)),
  };
}

const rest = (values: readonly unknown[]): Buffer => sharedCells(cellsOf(values));

// Lines are made as they are copied: those of thousands of loans would outlive many that are over by then.

function* nameLines(loans: readonly CopiedLoan[]): Generator<CopyLine> {
  for (const { id, externalId } of loans)
    if (externalId !== null) yield { own: `${cellOf(externalId)}\tloan\t${id}`, shared: NOTHING_SHARED };
}

function* loanLines(loans: readonly CopiedLoan[], texts: Texts): Generator<CopyLine> {
  for (const loan of loans) {
    const { id, customerId } = loan;
    const names = `${cellOf(loan.customerExternalId)}\t${cellOf(loan.customerName)}\t`;
    const own = `${id}\t${cellOf(loan.externalId)}\t${customerId}\t${names}`;
    yield { own, shared: textsIn(texts, loan).loan };
  }
}

function* closingLines(loans: readonly CopiedLoan[], texts: Texts): Generator<CopyLine> {
  for (const loan of loans) yield { own: `${loan.id}\t`, shared: textsIn(texts, loan).closing };
}

function* transactionLines(loans: readonly CopiedLoan[], texts: Texts): Generator<CopyLine> {
  for (const loan of loans) {
    let at = 0;
    for (const { seq, rest: shared } of textsIn(texts, loan).transactions) {
      yield { own: `${loan.id}\t${seq}\t${loan.transactionIds[at]}\t`, shared };
      at += 1;
    }
  }
}

function* journalLines(loans: readonly CopiedLoan[], texts: Texts): Generator<CopyLine> {
  for (const loan of loans)
    for (const shared of textsIn(texts, loan).journal) yield { own: `${loan.id}\t`, shared };
}

function textsIn(texts: Texts, { alike }: CopiedLoan): AlikeTexts {
  const found = texts.get(alike);
  assert(found !== undefined, 'there are texts for all loans');
  return found;
}

/** What a loan adds to sums is multiplied by the loans that are alike, not added up one by one. */
async function addUp(tx: Tx, counts: ReadonlyMap<AlikeLoans, bigint>): Promise<void> {
  const counted: LoanCountDeltas[] = [];
  const flows: FlowDeltas[] = [];
  const ledger: Delta[] = [];
  for (const [alike, count] of counts) {
    const { loans, unpaid } = countDeltas(null, countedFacts(alike));
    counted.push({ loans: times(loans, count), unpaid: times(unpaid, count) });
    flows.push({ flows: times(alike.flows.flows, count), dues: times(alike.flows.dues, count) });
    ledger.push(...times(ledgerDeltas(alike.entries), count));
  }
  await addLoanCounts(tx, { slot: anySlot(), deltas: counted });
  await addLedgerTotals(tx, { slot: anySlot(), deltas: ledger });
  await addFlows(tx, { slot: anySlot(), deltas: flows });
}

const times = (deltas: readonly Delta[], count: bigint): Delta[] =>
  deltas.map(({ key, by }) => ({ key, by: by * count }));

function countedFacts({ productId, state }: AlikeLoans): CountedLoan {
  return { productId, status: state.status, oldestUnpaidDueDate: oldestUnpaidDueDate(state) };
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

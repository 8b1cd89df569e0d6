/** Loans as rows: the state as a document, beside it what lists filter and sort on. */
import type { Loan } from '../../domain/loan.ts';
import { allWritten, find, outdate, remember, write } from '../batch/member.ts';
import type { Lookup } from '../batch/readings.ts';
import { updating } from '../batch/updating.ts';
import { inserting, type Write } from '../batch/writeSet.ts';
import type { Tx } from '../database.ts';
import { provided } from '../failure.ts';
import { sumUpFlows } from '../rollups/flows.ts';
import { type CountedLoan, recountLoan } from '../rollups/loanCounts.ts';
import {
  addQuietAccrual,
  CLOSING_COLUMNS,
  type ClosingRow,
  type StoredClosing,
  toClosing,
} from './closing.ts';
import { type LoanDraft, readDocument } from './document.ts';
import {
  CHANGED_COLUMNS,
  changedValues,
  oldestUnpaidDueDate,
  STATE_COLUMNS,
  stateValues,
} from './stateColumns.ts';
import { findTerms, keepTerms, storedTermsOf, type TermsById } from './terms.ts';
import {
  type BookedTransaction,
  TRANSACTION_COLUMNS,
  type TransactionRow,
  toTransaction,
} from './transactions.ts';

/** Whose loan it is and under which names, which no decision changes. */
export interface LoanIdentity {
  readonly id: bigint;
  readonly externalId: string | null;
  readonly customerId: bigint;
  readonly customerExternalId: string;
  readonly customerName: string;
  readonly productId: bigint;
}

/** A loan of the book, with what the database adds. */
export interface BookedLoan extends LoanIdentity {
  readonly version: number;
  readonly lastJournalEntry: number;
  readonly state: Loan;
  /** When it has something to do next; null = not known yet. */
  readonly closing: StoredClosing | null;
  readonly transactions: readonly BookedTransaction[];
}

export interface LoanRow {
  loan_id: bigint;
  loan_external_id: string | null;
  customer_id: bigint;
  customer_external_id: string;
  customer_name: string;
  product_id: bigint;
  version: number;
  last_journal_entry: number;
  terms_id: string;
  document: unknown;
}

/**
 * A loan comes as one row for each of its transactions; without any, as one row with empty transaction
 * columns.
 */
type LoanAndTransactionRow = FoundRow & ClosingRow & ({ seq: null } | TransactionRow);

type FoundRow = LoanRow & { is_deleted: boolean };

const IDENTITY_COLUMNS = `loan.id as loan_id, loan.external_id as loan_external_id, loan.customer_id,
    loan.customer_external_id, loan.customer_name, loan.product_id, loan.version, loan.last_journal_entry`;

/** Of a loan without its transactions, where loan_closing goes by the name `c`. */
export const LOAN_COLUMNS = `${IDENTITY_COLUMNS}, loan.terms_id, loan.state as document, ${CLOSING_COLUMNS}`;

/**
 * One statement, so that state and history belong together. What a loan has once comes with one of its rows
 * only. In no order: sorting the rows of many loans takes longer than finding them. Each table is asked for
 * the loans by itself, and loans that are deleted are left out afterwards: so the index that finds them is
 * the only way to begin, however the database judges its tables.
 */
const SELECT_LOANS = `select ${IDENTITY_COLUMNS}, loan.deleted_at is not null as is_deleted,
    case when t.seq is null or t.seq = 1 then loan.terms_id end as terms_id,
    case when t.seq is null or t.seq = 1 then loan.state end as document, ${CLOSING_COLUMNS},
    ${TRANSACTION_COLUMNS}
  from loan left join loan_transaction t on t.loan_id = loan.id and t.loan_id = any($1) and not t.quiet
    left join loan_closing c on c.loan_id = loan.id and c.loan_id = any($1) and (t.seq is null or t.seq = 1)
  where loan.id = any($1)`;

/**
 * The same without repayments (an index has just these transactions): a statement for each table takes half
 * of the time of one that joins them. Only for loans that the transaction holds (`holdLoans`): nobody changes
 * them between the statements.
 */
const SELECT_ABRIDGED = {
  loans: `select ${IDENTITY_COLUMNS}, loan.terms_id, loan.state as document,
      loan.deleted_at is not null as is_deleted
    from loan where loan.id = any($1)`,
  transactions: `select t.loan_id, ${TRANSACTION_COLUMNS} from loan_transaction t
    where t.loan_id = any($1) and not t.quiet and t.type <> 'repayment'`,
  closings: `select c.loan_id, ${CLOSING_COLUMNS} from loan_closing c where c.loan_id = any($1)`,
} as const;

/** Loans by their numbers, for reading them together with others. Without their quiet accruals. */
export const LOANS: Lookup<bigint, BookedLoan> = {
  name: 'loans',
  textOf: String,
  read: async (tx, ids) => byText(await findLoans(tx, ids)),
};

/** The same without their repayments (`leftOut`): all that one more repayment mostly needs. */
export const ABRIDGED_LOANS: Lookup<bigint, BookedLoan> = {
  name: 'abridged loans',
  textOf: String,
  read: async (tx, ids) => byText(await readAbridged(tx, ids)),
};

function byText(loans: ReadonlyMap<bigint, BookedLoan>): Map<string, BookedLoan> {
  const found = new Map<string, BookedLoan>();
  for (const [id, loan] of loans) found.set(String(id), loan);
  return found;
}

/**
 * Others that want to change these loans wait until the transaction ends, and are served in order; its first
 * statement. Whoever just tries would decide in vain as often as not where several processes are at work on
 * one loan. It is the narrow row that is held, to which transactions and events refer: who holds it does not
 * lock it again for their sake. Every writer takes it before the loan.
 */
export async function holdLoans(tx: Tx, ids: readonly bigint[]): Promise<void> {
  const held = 'select loan_id from loan_closing where loan_id = any($1) order by loan_id for no key update';
  if (ids.length > 0) await tx.query(held, [ids]);
}

export const findLoan = (tx: Tx, id: bigint): Promise<BookedLoan | undefined> => find(tx, LOANS, id);

export async function findLoans(tx: Tx, ids: readonly bigint[]): Promise<Map<bigint, BookedLoan>> {
  const rows = await tx.query<LoanAndTransactionRow>(SELECT_LOANS, [ids]);
  const found = new Map<bigint, Found>();
  for (const row of rows) {
    if (row.is_deleted) continue;
    let loan = found.get(row.loan_id);
    if (loan === undefined) {
      loan = { row, closing: toClosing(row), transactions: [] };
      found.set(row.loan_id, loan);
    }
    if (row.seq === null) continue;
    if (row.seq === 1) {
      loan.row = row;
      loan.closing = toClosing(row);
    }
    loan.transactions.push(toTransaction(row));
  }
  return madeOf(tx, found);
}

async function readAbridged(tx: Tx, ids: readonly bigint[]): Promise<Map<bigint, BookedLoan>> {
  const [loans, transactions, closings] = await Promise.all([
    tx.query<FoundRow>(SELECT_ABRIDGED.loans, [ids]),
    tx.query<TransactionRow & { loan_id: bigint }>(SELECT_ABRIDGED.transactions, [ids]),
    tx.query<ClosingRow & { loan_id: bigint }>(SELECT_ABRIDGED.closings, [ids]),
  ]);
  const found = new Map<bigint, Found>();
  for (const row of loans)
    if (!row.is_deleted) found.set(row.loan_id, { row, closing: null, transactions: [] });
  for (const row of transactions) found.get(row.loan_id)?.transactions.push(toTransaction(row));
  for (const row of closings) {
    const loan = found.get(row.loan_id);
    if (loan !== undefined) loan.closing = toClosing(row);
  }
  return madeOf(tx, found, 'repayments');
}

/** The rows of one loan. */
interface Found {
  row: LoanRow;
  closing: StoredClosing | null;
  readonly transactions: BookedTransaction[];
}

async function madeOf(
  tx: Tx,
  found: ReadonlyMap<bigint, Found>,
  lacks?: BesideRow['lacks'],
): Promise<Map<bigint, BookedLoan>> {
  const termsIds = new Set<string>();
  for (const { row } of found.values()) termsIds.add(row.terms_id);
  const terms = await findTerms(tx, termsIds);
  const loans = new Map<bigint, BookedLoan>();
  for (const [id, { row, closing, transactions }] of found)
    loans.set(id, toLoan(row, { transactions: inOrder(transactions), closing, terms, lacks }));
  return loans;
}

/** As the index has them, they are so already. */
const inOrder = (transactions: BookedTransaction[]): BookedTransaction[] =>
  transactions.sort((a, b) => a.transaction.id - b.transaction.id);

/** For rows that are made by `loanRow`. */
export const LOAN_TABLE = {
  name: 'loan',
  columns: [
    'id',
    'external_id',
    'customer_id',
    'customer_external_id',
    'customer_name',
    'product_id',
    'version',
    'last_journal_entry',
    'created_at',
    'updated_at',
    ...STATE_COLUMNS,
  ],
};

/** `values` are those of the state (`stateValues`), which may be made once for many equal loans. */
export const loanRow = (
  loan: LoanIdentity & Pick<BookedLoan, 'version' | 'lastJournalEntry'> & { readonly now: Date },
  values: readonly unknown[],
): unknown[] => [
  loan.id,
  loan.externalId,
  loan.customerId,
  loan.customerExternalId,
  loan.customerName,
  loan.productId,
  loan.version,
  loan.lastJournalEntry,
  loan.now,
  loan.now,
  ...values,
];

const NEW_LOANS = inserting({ ...LOAN_TABLE, keyLength: 1, place: 'loans' });

export async function insertLoan(tx: Tx, loan: BookedLoan, now: Date): Promise<void> {
  await Promise.all([
    keepTerms(tx, loan.state.terms),
    write(tx, NEW_LOANS, [loanRow({ now, ...loan }, stateValues(loan.state))]),
    recountLoan(tx, null, countedFactsOf(loan)),
    sumUpFlows(tx, { productId: loan.productId, before: null, after: loan.state }),
  ]);
}

interface LoanChange {
  /** As it stood in the database. */
  readonly before: number;
  readonly after: BookedLoan;
  readonly now: Date;
}

const CHANGED_LOANS: Write<LoanChange> = {
  place: 'loan changes',
  merged: oneForEachLoan,
  statements: (changes) =>
    updateLoans(
      changes.map(({ before, after, now }) => {
        const { id, version, lastJournalEntry, externalId, state } = after;
        const own: unknown[] = [id, before, version, lastJournalEntry, externalId, now];
        return own.concat(changedValues(state));
      }),
    ),
};

const updateLoans = updating({
  columns: [
    ['id', 'bigint'],
    ['before', 'int'],
    ['version', 'int'],
    ['last_journal_entry', 'int'],
    ['external_id', 'text'],
    ['updated_at', 'timestamptz'],
    ...CHANGED_COLUMNS,
  ],
  text: ({ value, from, among }) => {
    const isAsRead = `loan.version = ${value('before')} and loan.deleted_at is null`;
    const all = ['last_journal_entry', 'external_id', 'updated_at', ...CHANGED_COLUMNS.map(([name]) => name)];
    return `update loan set version = ${provided(isAsRead, value('version'), "'loan ' || loan.id::text")},
       ${all.map((name) => `${name} = ${value(name)}`).join(', ')} ${from}
       where loan.id = ${value('id')} ${among('loan.id')}`;
  },
});

const CHANGED_TERMS: Write<BookedLoan> = {
  place: 'loan changes',
  merged: (loans) => [...new Map(loans.map((loan) => [loan.id, loan])).values()],
  statements: (loans) => updateTerms(loans.map(({ id, state }) => [id, storedTermsOf(state.terms).id])),
};

const updateTerms = updating({
  columns: [
    ['id', 'bigint'],
    ['terms_id', 'uuid'],
  ],
  text: ({ value, from, among }) => `update loan set terms_id = ${value('terms_id')} ${from}
     where loan.id = ${value('id')} ${among('loan.id')}`,
});

const writeTerms = (tx: Tx, loan: BookedLoan): Promise<unknown> =>
  Promise.all([keepTerms(tx, loan.state.terms), write(tx, CHANGED_TERMS, [loan])]);

/** From what was stored to what the last of several changes made of it, in the order of the numbers. */
function oneForEachLoan(changes: readonly LoanChange[]): LoanChange[] {
  const last = new Map<bigint, LoanChange>();
  for (const change of changes) {
    const { before } = last.get(change.after.id) ?? change;
    last.set(change.after.id, { ...change, before });
  }
  return [...last.values()].sort((a, b) => (a.after.id < b.after.id ? -1 : 1));
}

/** The next version of a loan; fails (`isLostVersion`) when another writer came first. */
export async function updateLoan(
  tx: Tx,
  { before, after, now }: { readonly before: BookedLoan; readonly after: BookedLoan; readonly now: Date },
): Promise<void> {
  const writes: Promise<unknown>[] = [write(tx, CHANGED_LOANS, [{ before: before.version, after, now }])];
  // Before the counts: in the order in which everybody takes rows.
  if (before.state.terms !== after.state.terms) writes.push(writeTerms(tx, after));
  writes.push(
    recountLoan(tx, countedFactsOf(before), countedFactsOf(after)),
    sumUpFlows(tx, { productId: after.productId, before: before.state, after: after.state }),
  );
  await allWritten(writes);
  remember(tx, ABRIDGED_LOANS, { key: after.id, found: after });
  if (after.state.leftOut === undefined) remember(tx, LOANS, { key: after.id, found: after });
  else outdate(tx, LOANS, after.id);
}

/** Takes the loan out of sight; answers false when another writer came first. */
export async function deleteLoan(tx: Tx, loan: BookedLoan & { readonly now: Date }): Promise<boolean> {
  const [rows] = await Promise.all([
    tx.query(
      `update loan set version = version + 1, deleted_at = $3
       where id = $1 and version = $2 and deleted_at is null returning id`,
      [loan.id, loan.version, loan.now],
    ),
    recountLoan(tx, countedFactsOf(loan), null),
  ]);
  return rows.length === 1;
}

/** What a loan counts as in the totals of lists. */
function countedFactsOf({ productId, state }: Pick<BookedLoan, 'productId' | 'state'>): CountedLoan {
  return { productId, status: state.status, oldestUnpaidDueDate: oldestUnpaidDueDate(state) };
}

/** What a loan's row has not got itself. */
interface BesideRow {
  readonly transactions: readonly BookedTransaction[];
  readonly closing: StoredClosing | null;
  readonly terms: TermsById;
  /** Said where the transactions are without its repayments. */
  readonly lacks: 'repayments' | undefined;
}

export function toLoan(row: LoanRow, beside: BesideRow): BookedLoan {
  const { transactions, closing, terms, lacks } = beside;
  const { loan: state, repaid } = readDocument(row.document, {
    terms: terms.get(row.terms_id),
    transactions: transactions.map((each) => each.transaction),
  });
  if (closing !== null) addUnlisted(state, closing);
  if (lacks === 'repayments') state.leftOut = repaid;
  return {
    id: row.loan_id,
    externalId: row.loan_external_id,
    customerId: row.customer_id,
    customerExternalId: row.customer_external_id,
    customerName: row.customer_name,
    productId: row.product_id,
    version: row.version,
    lastJournalEntry: closing?.lastEntry ?? row.last_journal_entry,
    state,
    closing,
    transactions,
  };
}

function addUnlisted(state: LoanDraft, closing: StoredClosing): void {
  addQuietAccrual(state, closing);
  const { lastTransaction: id, lastSequence: sequence } = closing;
  // Their numbers have no gaps, so fewer than the last number means that some were left out.
  if (state.transactions.length < id) state.unlisted = { id, sequence };
}

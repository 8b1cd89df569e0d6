/**
 * All entries of the ledger in one list: those of loans and those made by hand. Sorted by date, then by what
 * they belong to (`owner`: the loan's id, or the manual entry's id with a minus), then by number within it.
 */
import { type CivilDate, dayNumber, fromDayNumber } from '../../domain/date.ts';
import { type JournalLine, linesOf, type Movement } from '../../domain/ledger.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { TransactionType } from '../../domain/transaction.ts';
import type { Tx } from '../database.ts';
import { type Condition, FAR, type Page, type PageEnd, type PageRequest, where } from '../page.ts';
import { findManualEntries, type ManualEntry } from './manualEntries.ts';

/** An entry that a loan's transaction posted. */
export interface LoanEntry {
  readonly loanId: bigint;
  readonly loanExternalId: string | null;
  /** Number of the entry within the loan. */
  readonly number: number;
  readonly transactionId: bigint;
  readonly transactionType: TransactionType;
  readonly date: CivilDate;
  readonly recordedAt: Date;
  readonly lines: readonly JournalLine[];
}

export type LedgerEntry = LoanEntry | ManualEntry;

export interface EntryFilter {
  readonly loanId?: bigint | undefined;
  /** The number that the outside knows; with `loanId` only. */
  readonly transactionId?: bigint | undefined;
  readonly glCode?: string | undefined;
  readonly from?: CivilDate | undefined;
  readonly to?: CivilDate | undefined;
}

/** Which entry: of what, and its number there. */
export interface EntryKey {
  readonly owner: bigint;
  readonly number: number;
}

type KeyRow = EntryKey & { readonly entry_date: CivilDate };

/** Each has a first line, and only one. */
const ENTRIES = `(
    select loan_id as owner, entry_seq as number, entry_date from journal_entry where line = 1
    union all select -id, 1, entry_date from manual_entry
  ) as entry`;

export async function listEntries(
  tx: Tx,
  filter: EntryFilter,
  request: PageRequest,
): Promise<Page<LedgerEntry>> {
  const conditions = conditionsOf(filter);
  const counted = where(conditions);
  const paged = where(request.after ? [...conditions, afterEnd(request, request.after)] : conditions);
  const direction = request.sortOrder === 'ASC' ? 'asc' : 'desc';
  const order = ['entry_date', 'owner', 'number'].map((column) => `${column} ${direction}`).join(', ');
  const offset = request.after ? 0 : Math.min((request.page - 1) * request.rows, FAR);
  const limit = `order by ${order} limit ${request.rows + 1} offset ${offset}`;
  const [keys, counts] = await Promise.all([
    tx.query<KeyRow>(`select owner, number, entry_date from ${ENTRIES}${paged.text} ${limit}`, paged.values),
    tx.query<{ total: bigint }>(`select count(*) as total from ${ENTRIES}${counted.text}`, counted.values),
  ]);
  const shown = keys.slice(0, request.rows);
  const last = keys.length > request.rows ? shown.at(-1) : undefined;
  const items = await findEntries(tx, shown);
  const end = last && { value: `${last.entry_date} ${last.owner}`, id: BigInt(last.number) };
  return { items, total: Number(counts[0]?.total ?? 0), ...(end && { end }) };
}

function conditionsOf({ loanId, transactionId, glCode, from, to }: EntryFilter): Condition[] {
  const conditions: Condition[] = [];
  if (loanId !== undefined) conditions.push(['owner = ?', loanId]);
  if (from !== undefined) conditions.push(['entry_date >= ?', from]);
  if (to !== undefined) conditions.push(['entry_date <= ?', to]);
  if (glCode !== undefined) conditions.push([MOVES_ACCOUNT, glCode, glCode]);
  if (transactionId !== undefined) conditions.push([OF_TRANSACTION, transactionId]);
  return conditions;
}

const MOVES_ACCOUNT = `exists (
    select 1 from journal_entry j where j.loan_id = owner and j.entry_seq = number
      and ? in (j.debit_account, j.credit_account)
    union all select 1 from manual_movement m where m.entry_id = -owner
      and ? in (m.debit_account, m.credit_account))`;

const OF_TRANSACTION = `exists (
    select 1 from journal_entry j
    join loan_transaction t on t.loan_id = j.loan_id and t.seq = j.transaction_seq
    where j.loan_id = owner and j.entry_seq = number and t.id = ?)`;

/** A comparison of rows; the index on the date finds the place. */
function afterEnd({ sortOrder }: PageRequest, { value, id }: PageEnd): Condition {
  const [, day, owner] = END.exec(value) ?? [];
  if (day === undefined || owner === undefined || id > LARGEST_NUMBER || !isDate(day))
    throw new Refusal('invalid_argument', 'cursor_malformed', 'is not a cursor of this list', 'after');
  const compare = sortOrder === 'ASC' ? '>' : '<';
  return [`(entry_date, owner, number) ${compare} (?::date, ?::bigint, ?::int)`, day, owner, id];
}

const END = /^(\d{4}-\d{2}-\d{2}) (-?\d{1,18})$/;
const isDate = (day: string): boolean => fromDayNumber(dayNumber(day as CivilDate)) === day;
const LARGEST_NUMBER = 2_147_483_647n;

export async function findEntry(tx: Tx, key: EntryKey): Promise<LedgerEntry | undefined> {
  return (await findEntries(tx, [key]))[0];
}

/** The entries of these keys, in their order. */
async function findEntries(tx: Tx, keys: readonly EntryKey[]): Promise<LedgerEntry[]> {
  const ofLoans = keys.filter(({ owner }) => owner > 0n);
  const byHand = keys.filter(({ owner }) => owner < 0n).map(({ owner }) => -owner);
  const [loanEntries, manualEntries] = await Promise.all([
    ofLoans.length === 0 ? [] : findLoanEntries(tx, ofLoans),
    byHand.length === 0 ? [] : findManualEntries(tx, byHand),
  ]);
  const found = new Map<string, LedgerEntry>();
  for (const entry of loanEntries) found.set(`${entry.loanId} ${entry.number}`, entry);
  for (const entry of manualEntries) found.set(`${-entry.id} 1`, entry);
  return keys.flatMap(({ owner, number }) => found.get(`${owner} ${number}`) ?? []);
}

interface LoanEntryRow {
  loan_id: bigint;
  external_id: string | null;
  entry_seq: number;
  transaction_id: bigint;
  type: TransactionType;
  entry_date: CivilDate;
  recorded_at: Date;
  debit_account: string;
  credit_account: string;
  amount: bigint;
}

async function findLoanEntries(tx: Tx, keys: readonly EntryKey[]): Promise<LoanEntry[]> {
  const rows = await tx.query<LoanEntryRow>(
    `select j.loan_id, loan.external_id, j.entry_seq, t.id as transaction_id, t.type, j.entry_date,
       j.recorded_at, j.debit_account, j.credit_account, j.amount
     from journal_entry j
     join unnest($1::bigint[], $2::int[]) as wanted (loan_id, entry_seq) using (loan_id, entry_seq)
     join loan_transaction t on t.loan_id = j.loan_id and t.seq = j.transaction_seq
     join loan on loan.id = j.loan_id
     where j.loan_id = any($1) order by j.loan_id, j.entry_seq, j.line`,
    [keys.map(({ owner }) => owner), keys.map(({ number }) => number)],
  );
  const entries = new Map<string, { row: LoanEntryRow; movements: Movement[] }>();
  for (const row of rows) {
    const key = `${row.loan_id} ${row.entry_seq}`;
    const found = entries.get(key) ?? { row, movements: [] };
    entries.set(key, found);
    found.movements.push({ debit: row.debit_account, credit: row.credit_account, amount: row.amount });
  }
  return [...entries.values()].map(({ row, movements }) => toLoanEntry(row, linesOf(movements)));
}

const toLoanEntry = (row: LoanEntryRow, lines: readonly JournalLine[]): LoanEntry => ({
  loanId: row.loan_id,
  loanExternalId: row.external_id,
  number: row.entry_seq,
  transactionId: row.transaction_id,
  transactionType: row.type,
  date: row.entry_date,
  recordedAt: row.recorded_at,
  lines,
});

/** What a verification reads: whole ranges of rows, as they stand in one snapshot. */
import type { CivilDate } from '../../domain/date.ts';
import type { LeftOut } from '../../domain/loan.ts';
import type { Tx } from '../database.ts';
import type { ExternalKind } from '../externalIds.ts';
import { readRepaid, type WrittenRepaid } from '../loans/document.ts';
import { LISTED_COLUMNS, LISTED_FACTS, type ListedFacts } from '../loans/stateColumns.ts';

/** From here on the transaction reads the database as it is now, and cannot write. Its first statement. */
export async function holdSnapshot(tx: Tx): Promise<void> {
  await tx.query('set transaction isolation level repeatable read, read only');
}

export interface LoanFacts {
  readonly id: bigint;
  readonly customerId: bigint;
  readonly externalId: string | null;
  readonly isDeleted: boolean;
  readonly lastJournalEntry: number;
  /** The columns that lists filter and sort on. */
  readonly listed: ListedFacts;
  /** What the document says of the loan's repayments. */
  readonly repaid: LeftOut;
}

type LoanFactsRow = Omit<LoanFacts, 'listed' | 'repaid'> & ListedFacts & { repaid: WrittenRepaid | null };

export async function listLoanFacts(
  tx: Tx,
  { after, rows }: { readonly after: bigint; readonly rows: number },
): Promise<LoanFacts[]> {
  const found = await tx.query<LoanFactsRow>(
    `select id, customer_id as "customerId", external_id as "externalId",
       deleted_at is not null as "isDeleted",
       coalesce(last_entry, last_journal_entry) as "lastJournalEntry", state -> 'repaid' as repaid,
       ${LISTED_COLUMNS}
     from loan left join loan_closing on loan_id = id where id > $1 order by id limit $2`,
    [after, rows],
  );
  return found.map((row) => {
    const { id, customerId, externalId, isDeleted, lastJournalEntry } = row;
    const listed = Object.fromEntries(LISTED_FACTS.map((fact) => [fact, row[fact]]));
    return {
      id,
      customerId,
      externalId,
      isDeleted,
      lastJournalEntry,
      listed: listed as unknown as ListedFacts,
      repaid: readRepaid(row.repaid ?? undefined),
    };
  });
}

/** Loan ids above `after`, up to and with `last`. */
export interface LoanRange {
  readonly after: bigint;
  readonly last: bigint;
}

export interface JournalRow {
  readonly loanId: bigint;
  readonly entry: number;
  readonly line: number;
  /** Number of the transaction within the loan. */
  readonly transaction: number;
  readonly debit: string;
  readonly credit: string;
  readonly amount: bigint;
  readonly date: CivilDate;
  readonly recordedAt: Date;
}

export async function listJournalRows(tx: Tx, range: LoanRange): Promise<JournalRow[]> {
  return tx.query<JournalRow>(
    `select loan_id as "loanId", entry_seq as entry, line, transaction_seq as transaction,
       debit_account as debit, credit_account as credit, amount, entry_date as date,
       recorded_at as "recordedAt"
     from journal_entry where loan_id > $1 and loan_id <= $2 order by loan_id, entry_seq, line`,
    [range.after, range.last],
  );
}

/** Loans that transactions name and that there are not. */
export async function listMissingLoans(tx: Tx, range: LoanRange): Promise<bigint[]> {
  const rows = await tx.query<{ id: bigint }>(
    `select distinct t.loan_id as id from loan_transaction t
     where t.loan_id > $1 and t.loan_id <= $2 and not exists (select from loan where loan.id = t.loan_id)
     order by 1`,
    [range.after, range.last],
  );
  return rows.map(({ id }) => id);
}

export interface NamedThing {
  readonly externalId: string;
  readonly kind: ExternalKind;
  readonly id: bigint;
}

/** Entries of the directory with one of these names. */
export async function listNamed(
  tx: Tx,
  { kind, externalIds }: { readonly kind: ExternalKind; readonly externalIds: readonly string[] },
): Promise<NamedThing[]> {
  return tx.query<NamedThing>(
    `select external_id as "externalId", kind, id from external_id
     where external_id = any($1) and kind = $2`,
    [externalIds, kind],
  );
}

/** The directory, in order of names. */
export async function listNames(
  tx: Tx,
  { after, rows }: { readonly after: Pick<NamedThing, 'externalId' | 'kind'>; readonly rows: number },
): Promise<NamedThing[]> {
  return tx.query<NamedThing>(
    `select external_id as "externalId", kind, id from external_id
     where (external_id, kind) > ($1, $2) order by external_id, kind limit $3`,
    [after.externalId, after.kind, rows],
  );
}

export interface Owner {
  readonly id: bigint;
  readonly externalId: string | null;
}

/** Loans and customers that are there, with the names that they have themselves. */
export async function listOwners(tx: Tx, kind: ExternalKind, ids: readonly bigint[]): Promise<Owner[]> {
  const standing = kind === 'loan' ? 'and deleted_at is null' : '';
  return tx.query<Owner>(
    `select id, external_id as "externalId" from ${kind} where id = any($1) ${standing}`,
    [ids],
  );
}

export async function listCustomerNames(
  tx: Tx,
  { after, rows }: { readonly after: bigint; readonly rows: number },
): Promise<Owner[]> {
  return tx.query<Owner>(
    'select id, external_id as "externalId" from customer where id > $1 order by id limit $2',
    [after, rows],
  );
}

export async function listManualEntryIds(
  tx: Tx,
  { after, rows }: { readonly after: bigint; readonly rows: number },
): Promise<bigint[]> {
  const found = await tx.query<{ id: bigint }>(
    'select id from manual_entry where id > $1 order by id limit $2',
    [after, rows],
  );
  return found.map(({ id }) => id);
}

/** Counts and sums against the rows that they are made of, in one snapshot. */
import type { CivilDate } from '../../domain/date.ts';
import type { Tx } from '../database.ts';

/** The last of so many days behind `after` that have totals; undefined when there are no more. */
export async function findLastTotalledDay(
  tx: Tx,
  { after, days }: { readonly after: CivilDate; readonly days: number },
): Promise<CivilDate | undefined> {
  const rows = await tx.query<{ day: CivilDate }>(
    'select distinct entry_date as day from ledger_total where entry_date > $1 order by day limit $2',
    [after, days],
  );
  return rows.length === days ? rows.at(-1)?.day : undefined;
}

export interface TotalDifference {
  readonly day: CivilDate;
  readonly debit: string;
  readonly credit: string;
  /** In minor units. */
  readonly total: bigint;
  readonly journal: bigint;
}

/** Days behind `after`, up to and with `until`; without it to the end. */
export async function listTotalDifferences(
  tx: Tx,
  { after, until }: { readonly after: CivilDate; readonly until: CivilDate | undefined },
): Promise<TotalDifference[]> {
  return tx.query<TotalDifference>(
    `select day, debit, credit, sum(total)::bigint as total, sum(journal)::bigint as journal from (
       select entry_date as day, debit_account as debit, credit_account as credit, amount as total, 0 as journal
       from ledger_total where entry_date > $1 and entry_date <= $2
       union all
       select first.entry_date, j.debit_account, j.credit_account, 0, j.amount
       from journal_entry first
       join journal_entry j on j.loan_id = first.loan_id and j.entry_seq = first.entry_seq
       where first.line = 1 and first.entry_date > $1 and first.entry_date <= $2
       union all
       select e.entry_date, m.debit_account, m.credit_account, 0, m.amount
       from manual_entry e join manual_movement m on m.entry_id = e.id
       where e.entry_date > $1 and e.entry_date <= $2
     ) as both_sides group by day, debit, credit having sum(total) <> sum(journal) order by day, debit, credit`,
    [after, until ?? 'infinity'],
  );
}

export interface CountDifference {
  /** `loans of product 2 that are active`, and the like. */
  readonly of: string;
  readonly counted: bigint;
  readonly there: bigint;
}

export async function listCountDifferences(tx: Tx): Promise<CountDifference[]> {
  return tx.query<CountDifference>(
    `select what as of, sum(counted)::bigint as counted, sum(there)::bigint as there from (
       select 'loans of product ' || product_id || ', ' || status as what, loans as counted, 0 as there
       from loan_count
       union all select 'loans of product ' || product_id || ', ' || status, 0, count(*)
       from loan where deleted_at is null group by product_id, status
       union all select 'loans of product ' || product_id || ' unpaid since ' || oldest_unpaid_due_date, loans, 0
       from unpaid_loan_count
       union all select 'loans of product ' || product_id || ' unpaid since ' || oldest_unpaid_due_date, 0, count(*)
       from loan where deleted_at is null and oldest_unpaid_due_date is not null
       group by product_id, oldest_unpaid_due_date
       union all select 'customers, ' || status, customers, 0 from customer_count
       union all select 'customers, ' || status, 0, count(*) from customer group by status
       union all select 'messages to webhook endpoint ' || endpoint_id || ', ' || status, deliveries, 0
       from webhook_delivery_count
       union all select 'messages to webhook endpoint ' || endpoint_id || ', ' || status, 0, count(*)
       from webhook_delivery group by endpoint_id, status
     ) as both_sides group by what having sum(counted) <> sum(there) order by what`,
  );
}

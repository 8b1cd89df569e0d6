/** Sums by day that reports add up: what moved, and what was asked for. Kept by server/store/rollups/flows.ts. */
import type { Component } from '../../domain/components.ts';
import type { CivilDate } from '../../domain/date.ts';
import type { FlowFigure } from '../../domain/report/flows.ts';
import type { AccountMovement } from '../../domain/report/statements.ts';
import type { TransactionType } from '../../domain/transaction.ts';
import type { Tx } from '../database.ts';
import { where } from '../page.ts';
import type { DayFilter } from './standings.ts';

export interface FlowSum {
  readonly day: CivilDate;
  readonly productId: bigint;
  readonly type: TransactionType;
  readonly figure: FlowFigure;
  readonly amount: bigint;
}

export async function listFlows(
  tx: Tx,
  { from, to, productId, types }: DayFilter & { readonly types: readonly TransactionType[] },
): Promise<FlowSum[]> {
  const { text, values } = where([
    ['day >= ?', from],
    ['day <= ?', to],
    ['type = any(?)', types],
    ...(productId === undefined ? [] : ([['product_id = ?', productId]] as const)),
  ]);
  return tx.query<FlowSum>(
    `select day, product_id as "productId", type, figure, sum(amount)::bigint as amount
     from flow_total${text} group by 1, 2, 3, 4 having sum(amount) <> 0 order by 1, 2, 3, 4`,
    values,
  );
}

export interface DueSum {
  readonly day: CivilDate;
  readonly productId: bigint;
  readonly component: Component;
  readonly amount: bigint;
}

export async function listDues(tx: Tx, { from, to, productId }: DayFilter): Promise<DueSum[]> {
  const { text, values } = where([
    ['day >= ?', from],
    ['day <= ?', to],
    ...(productId === undefined ? [] : ([['product_id = ?', productId]] as const)),
  ]);
  return tx.query<DueSum>(
    `select day, product_id as "productId", component, sum(amount)::bigint as amount
     from due_total${text} group by 1, 2, 3 having sum(amount) <> 0 order by 1, 2, 3`,
    values,
  );
}

/** Principal disbursed by product and month of the first disbursement: what vintages are measured against. */
export interface CohortSum {
  readonly productId: bigint;
  readonly cohort: CivilDate;
  readonly amount: bigint;
}

export async function listDisbursedByMonth(tx: Tx, to: CivilDate, productId?: bigint): Promise<CohortSum[]> {
  return tx.query<CohortSum>(
    `select product_id as "productId", date_trunc('month', day)::date as cohort, sum(amount)::bigint as amount
     from flow_total
     where type = 'disbursement' and figure = 'amount' and day <= $1
       and ($2::bigint is null or product_id = $2)
     group by 1, 2`,
    [to, productId ?? null],
  );
}

/** What was debited and credited per account from one day to another, both included. */
export async function listAccountMovements(
  tx: Tx,
  { from, to }: { from: CivilDate | null; to: CivilDate },
): Promise<AccountMovement[]> {
  return tx.query<AccountMovement>(
    `with moved as (
       select debit_account, credit_account, sum(amount) as amount from ledger_total
       where entry_date <= $2 and ($1::date is null or entry_date >= $1) group by 1, 2
     ), debited as (
       select debit_account as code, sum(amount) as amount from moved group by 1
     ), credited as (
       select credit_account as code, sum(amount) as amount from moved group by 1
     )
     select a.code, a.name, a.type, coalesce(d.amount, 0)::bigint as debit,
       coalesce(c.amount, 0)::bigint as credit
     from gl_account a left join debited d on d.code = a.code left join credited c on c.code = a.code
     order by a.code`,
    [from, to],
  );
}

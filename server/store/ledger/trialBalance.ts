/**
 * What was debited and credited per account, by the loans and by hand: from the sums of the days, which are
 * kept with every entry, so that it takes as long for many loans as for few.
 */
import type { CivilDate } from '../../domain/date.ts';
import type { GlAccount } from '../../domain/ledger.ts';
import type { Tx } from '../database.ts';

export interface TrialBalanceLine extends GlAccount {
  readonly debit: bigint;
  readonly credit: bigint;
}

/** Up to and including a day; accounts without entries at 0. One statement, so that debits equal credits. */
export async function readTrialBalance(tx: Tx, day: CivilDate): Promise<TrialBalanceLine[]> {
  return tx.query<TrialBalanceLine>(
    `with movement as (
       select debit_account, credit_account, sum(amount) as amount from ledger_total
       where entry_date <= $1 group by 1, 2
     ), debited as (
       select debit_account as code, sum(amount) as amount from movement group by 1
     ), credited as (
       select credit_account as code, sum(amount) as amount from movement group by 1
     )
     select a.code, a.name, a.type, coalesce(d.amount, 0)::bigint as debit,
       coalesce(c.amount, 0)::bigint as credit
     from gl_account a left join debited d on d.code = a.code left join credited c on c.code = a.code
     order by a.code`,
    [day],
  );
}

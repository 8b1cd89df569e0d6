/** Principal outstanding, by the loans and by the ledger: two sums that nothing adds up together. */
import type { AccountingRule } from '../../domain/terms.ts';
import type { Tx } from '../database.ts';
import { readExact } from '../exactJson.ts';

/** A snapshot may look at every loan, however long that takes: nobody waits for it. */
export async function waitForEver(tx: Tx): Promise<void> {
  await tx.query('set local statement_timeout = 0');
}

/** Every rule by which a loan of the book is accounted for, once. */
export async function listAccountingRules(tx: Tx): Promise<AccountingRule[]> {
  const rows = await tx.query<{ accounting: unknown }>(
    `select distinct terms -> 'accounting' as accounting from loan_terms order by 1`,
  );
  return rows.map(({ accounting }) => readExact(accounting) as AccountingRule);
}

/** Once one of these was booked, entries and schedule go their own ways (domain/posting/controls.ts). */
const PARTED = `select t.loan_id from loan_transaction t where t.type in ('chargeOff', 'refund')`;

export interface PrincipalSum {
  readonly accounting: AccountingRule;
  readonly principal: bigint;
}

/** By the columns beside the loans; those that have parted from the ledger apart. */
export async function sumPrincipal(tx: Tx): Promise<PrincipalSum[]> {
  const rows = await tx.query<{ accounting: unknown; principal: bigint }>(
    `select loan_terms.terms -> 'accounting' as accounting, sum(owed.principal)::bigint as principal
     from (
       select terms_id, sum(principal_outstanding) as principal from loan
       where principal_outstanding <> 0 and deleted_at is null and id not in (${PARTED})
       group by terms_id
     ) as owed join loan_terms on loan_terms.id = owed.terms_id
     group by 1`,
  );
  return rows.map(({ accounting, principal }) => ({
    accounting: readExact(accounting) as AccountingRule,
    principal,
  }));
}

export interface AccountSum {
  readonly account: string;
  /** Debit less credit. */
  readonly amount: bigint;
}

/** By the sums of each day; what loans have booked that parted from the ledger is taken off. */
export async function sumAccounts(tx: Tx, accounts: readonly string[]): Promise<AccountSum[]> {
  return tx.query<AccountSum>(
    `select account, sum(amount)::bigint as amount from (
       select debit_account as account, amount from ledger_total
       union all select credit_account, -amount from ledger_total
       union all select debit_account, -amount from journal_entry where loan_id in (${PARTED})
       union all select credit_account, amount from journal_entry where loan_id in (${PARTED})
     ) as moved where account = any($1) group by account`,
    [accounts],
  );
}

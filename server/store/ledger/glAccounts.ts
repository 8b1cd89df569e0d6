/** The chart of accounts as rows. */
import type { GlAccount } from '../../domain/ledger.ts';
import type { Tx } from '../database.ts';

export interface ChartAccount extends GlAccount {
  /** Takes entries made by hand. */
  readonly active: boolean;
}

export async function listGlAccounts(tx: Tx): Promise<ChartAccount[]> {
  return tx.query<ChartAccount>('select code, name, type, active from gl_account order by code');
}

export async function findGlAccount(tx: Tx, code: string): Promise<ChartAccount | undefined> {
  const [row] = await tx.query<ChartAccount>(
    'select code, name, type, active from gl_account where code = $1',
    [code],
  );
  return row;
}

/** Answers false, and changes nothing, when there is an account with the code. */
export async function insertGlAccount(tx: Tx, account: GlAccount): Promise<boolean> {
  const rows = await tx.query(
    `insert into gl_account (code, name, type, active) values ($1, $2, $3, true)
     on conflict do nothing returning code`,
    [account.code, account.name, account.type],
  );
  return rows.length === 1;
}

export async function updateGlAccount(
  tx: Tx,
  account: Pick<ChartAccount, 'code' | 'name' | 'active'>,
): Promise<void> {
  await tx.query('update gl_account set name = $2, active = $3 where code = $1', [
    account.code,
    account.name,
    account.active,
  ]);
}

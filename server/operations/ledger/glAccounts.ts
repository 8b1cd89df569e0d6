/** The chart of accounts. Accounts are never removed: entries name them for ever. */
import type { GlAccount } from '../../domain/ledger.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../store/database.ts';
import {
  type ChartAccount,
  findGlAccount,
  insertGlAccount,
  updateGlAccount,
} from '../../store/ledger/glAccounts.ts';
import { listProducts } from '../../store/loanProducts.ts';
import { noteChange } from '../audit/trail.ts';

export async function addGlAccount(tx: Tx, account: GlAccount): Promise<ChartAccount> {
  if (!(await insertGlAccount(tx, account)))
    throw new Refusal('aborted', 'gl_account_exists', `GL account ${account.code} already exists`);
  const added = { ...account, active: true };
  noteChange(tx, { kind: 'glAccount', id: account.code, before: null, after: factsOf(added) });
  return added;
}

export interface GlAccountChange {
  readonly code: string;
  readonly name: string | undefined;
  readonly active: boolean | undefined;
}

export async function changeGlAccount(tx: Tx, asked: GlAccountChange): Promise<ChartAccount> {
  const account = await findGlAccount(tx, asked.code);
  if (!account)
    throw new Refusal('not_found', 'gl_account_unknown', `GL account ${asked.code} does not exist`);
  const { name = account.name, active = account.active } = asked;
  if (account.active && !active) await requireUnused(tx, account.code);
  const changed = { ...account, name, active };
  await updateGlAccount(tx, changed);
  noteChange(tx, { kind: 'glAccount', id: account.code, before: factsOf(account), after: factsOf(changed) });
  return changed;
}

const factsOf = ({ name, active }: ChartAccount) => ({ name, active });

/** New loans of the product would post to it. */
async function requireUnused(tx: Tx, code: string): Promise<void> {
  const products = await listProducts(tx);
  const user = products.find(({ status, terms: { accounting } }) => {
    const codes = [
      ...Object.values(accounting.accounts),
      ...Object.values(accounting.fundSourceByPaymentType),
    ];
    return status === 'active' && codes.includes(code);
  });
  if (user)
    throw new Refusal(
      'aborted',
      'gl_account_in_use',
      `Loan product ${user.name} posts to GL account ${code}`,
    );
}

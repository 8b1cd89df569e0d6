import type { Account, Role, Standing } from '../../domain/account.ts';
import type { Tx } from '../database.ts';
import { type Page, type PageRequest, readPage } from '../page.ts';

interface AccountRow {
  id: string;
  email: string;
  roles: Role[];
  disabled_at: Date | null;
  tokens_valid_from: Date;
  created_at: Date;
}

const COLUMNS = 'id, email, roles, disabled_at, tokens_valid_from, created_at';

const fromRow = (row: AccountRow): Account => ({
  id: row.id,
  email: row.email,
  roles: row.roles,
  disabledAt: row.disabled_at,
  tokensValidFrom: row.tokens_valid_from,
  createdAt: row.created_at,
});

export async function findAccount(tx: Tx, id: string): Promise<Account | null> {
  const [row] = await tx.query<AccountRow>(`select ${COLUMNS} from account where id = $1`, [id]);
  return row ? fromRow(row) : null;
}

/** The account, which no other transaction changes until this one ends. */
export async function lockAccount(tx: Tx, id: string): Promise<Account | null> {
  const [row] = await tx.query<AccountRow>(`select ${COLUMNS} from account where id = $1 for update`, [id]);
  return row ? fromRow(row) : null;
}

export interface Credentials extends Account {
  readonly passwordHash: string;
}

/** The account of a mailbox with its password's hash. */
export async function findCredentials(tx: Tx, email: string): Promise<Credentials | null> {
  const [row] = await tx.query<AccountRow & { password_hash: string }>(
    `select ${COLUMNS}, password_hash from account where lower(email) = lower($1)`,
    [email],
  );
  return row ? { ...fromRow(row), passwordHash: row.password_hash } : null;
}

/** What decides whether the account's tokens count. */
export async function findStanding(tx: Tx, id: string): Promise<Standing | null> {
  const [row] = await tx.query<AccountRow>(
    'select roles, disabled_at, tokens_valid_from from account where id = $1',
    [id],
  );
  return row
    ? { roles: row.roles, disabledAt: row.disabled_at, tokensValidFrom: row.tokens_valid_from }
    : null;
}

export async function hasAccounts(tx: Tx): Promise<boolean> {
  return (await tx.query('select id from account limit 1')).length > 0;
}

/** Fails with a unique violation when the email has an account. */
export async function insertAccount(tx: Tx, account: Credentials): Promise<void> {
  await tx.query(
    `insert into account (id, email, password_hash, roles, disabled_at, tokens_valid_from, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      account.id,
      account.email,
      account.passwordHash,
      account.roles,
      account.disabledAt,
      account.tokensValidFrom,
      account.createdAt,
    ],
  );
}

/** Stores roles, disabling and the moment from which tokens count. */
export async function updateAccount(tx: Tx, account: Account): Promise<void> {
  await tx.query('update account set roles = $2, disabled_at = $3, tokens_valid_from = $4 where id = $1', [
    account.id,
    account.roles,
    account.disabledAt,
    account.tokensValidFrom,
  ]);
}

export async function updatePasswordHash(tx: Tx, id: string, passwordHash: string): Promise<void> {
  await tx.query('update account set password_hash = $2 where id = $1', [id, passwordHash]);
}

/**
 * Enabled accounts that may operate, locked in the order of their ids, so that two changes cannot pass each
 * other.
 */
export async function lockOperators(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from account where 'OPERATOR' = any(roles) and disabled_at is null order by id for update`,
  );
  return rows.map((row) => row.id);
}

export const ACCOUNT_ORDERS = ['email', 'createdAt'] as const;
const SORTS = {
  email: { sql: 'email', type: 'text' },
  createdAt: { sql: 'created_at', type: 'timestamptz' },
} as const;

/** Pages of accounts are found by their number only: there are few, and a UUID is no place to go on from. */
export async function listAccounts(
  tx: Tx,
  request: PageRequest & { orderBy: (typeof ACCOUNT_ORDERS)[number] },
): Promise<Page<Account>> {
  const sort = SORTS[request.orderBy];
  const query = { columns: COLUMNS, from: 'account', conditions: [], id: 'id', sort };
  const { items, total } = await readPage<AccountRow>(tx, query, request);
  return { items: items.map(fromRow), total };
}

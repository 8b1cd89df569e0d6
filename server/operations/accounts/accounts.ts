/**
 * Administering accounts. Disabling an account or giving it a new password also ends its tokens, a role taken
 * away stops counting in them; at least one enabled account keeps the role OPERATOR, or nobody could
 * administer anything any more.
 */
import { randomUUID } from 'node:crypto';
import type { Config } from '../../config.ts';
import {
  type Account,
  afterEveryToken,
  normalEmail,
  type Role,
  requireEmail,
  requirePassword,
} from '../../domain/account.ts';
import { Refusal, requireRule } from '../../domain/refusal.ts';
import {
  findAccount,
  hasAccounts,
  insertAccount,
  lockAccount,
  lockOperators,
  updateAccount,
  updatePasswordHash,
} from '../../store/accounts/accounts.ts';
import { isUniqueViolation } from '../../store/failure.ts';
import { bySystem, noteChange } from '../audit/trail.ts';
import { generatePassword, hashPassword, passwordGate } from './passwords.ts';
import { type AccountWiring, onBehalfOf } from './wiring.ts';

export interface NewAccount {
  readonly email: string;
  readonly roles: readonly Role[];
  /** Absent: one is made up. */
  readonly password?: string | undefined;
}

/** The account, and the password when it was made up: it can be told this once only. */
export interface CreatedAccount {
  readonly account: Account;
  readonly generatedPassword: string | null;
}

export async function createAccount(
  { db, clock }: AccountWiring,
  wanted: NewAccount,
): Promise<CreatedAccount> {
  const email = normalEmail(wanted.email);
  requireEmail(email);
  const password = wanted.password ?? generatePassword();
  requirePassword(password);
  const passwordHash = await passwordGate.run(() => hashPassword(password));
  const now = clock.now();
  const account: Account = {
    id: randomUUID(),
    email,
    roles: [...new Set(wanted.roles)],
    disabledAt: null,
    tokensValidFrom: new Date(Math.floor(now.getTime() / 1000) * 1000),
    createdAt: now,
  };
  try {
    await db.transaction(async (tx) => {
      await insertAccount(tx, { ...account, passwordHash });
      noteChange(tx, { kind: 'account', id: account.id, before: null, after: factsOf(account) });
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new Refusal('aborted', 'email_taken', 'an account with this email exists');
    throw error;
  }
  return { account, generatedPassword: wanted.password === undefined ? password : null };
}

/** The account of the first start, with every right. Null when there is any account already. */
export async function ensureFirstAccount(
  wiring: AccountWiring & { readonly config: Pick<Config, 'adminEmail' | 'adminPassword'> },
): Promise<CreatedAccount | null> {
  if (await hasAccounts(wiring.db.read)) return null;
  const { adminEmail: email, adminPassword: password } = wiring.config;
  try {
    return await createAccount(onBehalfOf(wiring, bySystem('createFirstAccount')), {
      email,
      password,
      roles: ['ADMIN', 'OPERATOR'],
    });
  } catch (error) {
    // Another process started at the same instant and was first.
    if (error instanceof Refusal && error.code === 'email_taken') return null;
    throw error;
  }
}

export async function readAccount({ db }: Pick<AccountWiring, 'db'>, id: string): Promise<Account> {
  return found(await findAccount(db.read, id));
}

export const disableAccount = (wiring: AccountWiring, id: string): Promise<Account> =>
  changeAccount(wiring, id, (account, now) => ({
    ...account,
    disabledAt: account.disabledAt ?? now,
    tokensValidFrom: afterEveryToken(account, now),
  }));

export const enableAccount = (wiring: AccountWiring, id: string): Promise<Account> =>
  changeAccount(wiring, id, (account) => ({ ...account, disabledAt: null }));

export const revokeTokens = (wiring: AccountWiring, id: string): Promise<Account> =>
  changeAccount(wiring, id, (account, now) => ({
    ...account,
    tokensValidFrom: afterEveryToken(account, now),
  }));

export function setRoles(wiring: AccountWiring, id: string, roles: readonly Role[]): Promise<Account> {
  return changeAccount(wiring, id, (account) => ({ ...account, roles: [...new Set(roles)] }));
}

/** A new password; the tokens obtained with the old one end. */
export async function setPassword(wiring: AccountWiring, id: string, password: string): Promise<Account> {
  requirePassword(password, 'newPassword');
  const passwordHash = await passwordGate.run(() => hashPassword(password));
  return wiring.db.transaction(async (tx) => {
    const account = found(await lockAccount(tx, id));
    const changed = { ...account, tokensValidFrom: afterEveryToken(account, wiring.clock.now()) };
    await updatePasswordHash(tx, id, passwordHash);
    await updateAccount(tx, changed);
    const after = { ...factsOf(changed), password: 'changed' };
    noteChange(tx, { kind: 'account', id, before: factsOf(account), after });
    return changed;
  });
}

type Change = (account: Account, now: Date) => Account;

async function changeAccount({ db, clock }: AccountWiring, id: string, change: Change): Promise<Account> {
  return db.transaction(async (tx) => {
    // Operators first, in the order of their ids, so that two such changes wait for each other and never
    // deadlock.
    const operators = await lockOperators(tx);
    const account = found(await lockAccount(tx, id));
    const changed = change(account, clock.now());
    requireOperatorLeft(operators, changed);
    await updateAccount(tx, changed);
    noteChange(tx, { kind: 'account', id, before: factsOf(account), after: factsOf(changed) });
    return changed;
  });
}

/** What the audit trail keeps of an account. */
const factsOf = ({ roles, disabledAt, tokensValidFrom }: Account) => ({
  roles,
  status: disabledAt === null ? 'enabled' : 'disabled',
  tokensValidFrom,
});

function requireOperatorLeft(operators: readonly string[], changed: Account): void {
  const operates = changed.disabledAt === null && changed.roles.includes('OPERATOR');
  const wasLast = operators.length === 1 && operators[0] === changed.id;
  requireRule(operates || !wasLast, {
    kind: 'aborted',
    code: 'last_operator',
    message: 'this is the last enabled account with the role OPERATOR',
  });
}

function found(account: Account | null): Account {
  if (account === null) throw new Refusal('not_found', 'account_unknown', 'no such account');
  return account;
}

/** What is there when a world begins: its settings, its book, and the accounts of those who call. */
import { type Config, type Environment, loadConfig } from '../server/config.ts';
import { createAccount, ensureFirstAccount } from '../server/operations/accounts/accounts.ts';
import { ensureSigningKey } from '../server/operations/accounts/signingKeys.ts';
import { type AccountWiring, onBehalfOf } from '../server/operations/accounts/wiring.ts';
import { bySystem } from '../server/operations/audit/trail.ts';
import { seedBook } from '../server/operations/seed/seedBook.ts';

export interface WorldOptions {
  /** Where the clock stands at first, and in a sandbox the business date. */
  readonly businessDate?: string;
  readonly mode?: 'live' | 'sandbox';
  /** Further settings, by the names of their environment variables. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Who calls: `partner` has both roles, `operator` and `admin` one each, `stranger` a good token without
 * roles.
 */
export type Who = 'partner' | 'admin' | 'operator' | 'stranger' | 'nobody';

export const PASSWORD = 'a password for tests';
export const emailOf = (who: Who): string => `${who}@example.com`;

export function configOf({
  databaseUrl,
  businessDate,
  mode = 'live',
  environment,
}: WorldOptions & { readonly databaseUrl: string }): Config {
  return loadConfig({
    DATABASE_URL: databaseUrl,
    LOANBOOK_API_PORT: '0',
    LOANBOOK_AUTH_PORT: '0',
    LOANBOOK_LOG_LEVEL: 'silent',
    LOANBOOK_ADMIN_EMAIL: emailOf('partner'),
    LOANBOOK_ADMIN_PASSWORD: PASSWORD,
    LOANBOOK_MODE: mode,
    ...(mode === 'sandbox' && { LOANBOOK_BUSINESS_DATE: businessDate }),
    ...environment,
  } satisfies Environment);
}

/** Settings that decide what the first rows are. */
const OF_FIRST_ROWS = ['LOANBOOK_CURRENCY', 'LOANBOOK_KEY_SECRET', 'LOANBOOK_ADMIN_PASSWORD'];

/** Whether a world with these options begins with what `seedWorld` makes without any. */
export const isSeededAlike = ({ environment = {} }: WorldOptions): boolean =>
  !OF_FIRST_ROWS.some((name) => name in environment);

export async function seedWorld(wiring: AccountWiring & { readonly config: Config }): Promise<void> {
  const { db, config } = wiring;
  await seedBook(db, config);
  await ensureFirstAccount(wiring);
  await ensureSigningKey(wiring);
  const account = (who: Who, roles: readonly ('ADMIN' | 'OPERATOR')[]) =>
    createAccount(onBehalfOf(wiring, bySystem('makeWorld')), {
      email: emailOf(who),
      password: PASSWORD,
      roles,
    });
  await Promise.all([
    account('admin', ['ADMIN']),
    account('operator', ['OPERATOR']),
    account('stranger', []),
  ]);
}

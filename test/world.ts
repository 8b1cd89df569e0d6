/**
 * A world for tests: a database of its own, a clock turned by hand, both hosts listening on free ports in
 * this process, and clients that are logged in. What a test does goes through HTTP, as a partner would do it.
 */
import type { AddressInfo } from 'node:net';
import { createClient, type LoanbookClient } from '../sdk/client.ts';
import { type Config, loadConfig } from '../server/config.ts';
import { buildApi, buildAuth } from '../server/http/app.ts';
import { type App, type AppContext, createContext } from '../server/http/context.ts';
import { createLog } from '../server/http/edge/log.ts';
import { createAccount, ensureFirstAccount } from '../server/operations/accounts/accounts.ts';
import { onBehalfOf } from '../server/operations/accounts/wiring.ts';
import { bySystem } from '../server/operations/audit/trail.ts';
import { seedBook } from '../server/operations/seed/seedBook.ts';
import { type Database, openDatabase } from '../server/store/database.ts';
import { type ManualClock, manualClock } from './manualClock.ts';
import { createTestDatabase } from './testDatabase.ts';
import { type Document, openWitness, type Witness } from './witness.ts';

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

export interface RawRequest extends Omit<RequestInit, 'headers'> {
  readonly as?: Who;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface World {
  readonly apiUrl: string;
  readonly authUrl: string;
  readonly clock: ManualClock;
  readonly config: Config;
  readonly db: Database;
  /** ADMIN and OPERATOR, as the account of the first start. */
  readonly partner: LoanbookClient;
  readonly admin: LoanbookClient;
  readonly operator: LoanbookClient;
  readonly stranger: LoanbookClient;
  /** Has seen every answer of both hosts; what the document does not describe makes `close` fail. */
  readonly witness: Witness;
  /** Plain HTTP to the api (or, with a whole URL, to anywhere): for input that no client would send. */
  fetch(path: string, request?: RawRequest): Promise<Response>;
  close(): Promise<void>;
}

export const PASSWORD = 'a password for tests';
export const emailOf = (who: Who): string => `${who}@example.com`;

export async function makeWorld(options: WorldOptions = {}): Promise<World> {
  const database = await createTestDatabase();
  const businessDate = options.businessDate ?? '2025-01-15';
  const config = configOf(database.url, businessDate, options);
  const clock = manualClock(businessDate);
  const db = openDatabase(database.url);
  const context = await openContext(config, db, clock);
  const [api, auth] = await Promise.all([buildApi(context), buildAuth(context)]);
  const witness = openWitness((await api.inject('/openapi.json')).json<Document>());
  for (const app of [api, auth]) witness.watch(app.server);
  const [apiUrl, authUrl] = await Promise.all([listen(api), listen(auth)]);
  const clients = clientsOf(apiUrl, authUrl);
  return {
    apiUrl,
    authUrl,
    clock,
    config,
    db,
    ...clients,
    witness,
    fetch: async (path, request = {}) => {
      const url = path.startsWith('http') ? path : apiUrl + path;
      return fetch(url, await withToken(clients, request));
    },
    close: async () => {
      await Promise.all([api.close(), auth.close()]);
      await db.close();
      await database.drop();
      if (witness.faults.size > 0)
        throw new Error(`answers that the document does not describe:\n${[...witness.faults].join('\n')}`);
    },
  };
}

function configOf(databaseUrl: string, businessDate: string, options: WorldOptions): Config {
  const mode = options.mode ?? 'live';
  return loadConfig({
    DATABASE_URL: databaseUrl,
    LOANBOOK_API_PORT: '0',
    LOANBOOK_AUTH_PORT: '0',
    LOANBOOK_LOG_LEVEL: 'silent',
    LOANBOOK_ADMIN_EMAIL: emailOf('partner'),
    LOANBOOK_ADMIN_PASSWORD: PASSWORD,
    LOANBOOK_MODE: mode,
    ...(mode === 'sandbox' && { LOANBOOK_BUSINESS_DATE: businessDate }),
    ...options.environment,
  });
}

async function openContext(config: Config, db: Database, clock: ManualClock): Promise<AppContext> {
  const wiring = { db, clock, config };
  await seedBook(db, config);
  await ensureFirstAccount(wiring);
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
  return createContext({ ...wiring, log: createLog(config), authRunsApart: false });
}

type Clients = Pick<World, 'partner' | 'admin' | 'operator' | 'stranger'>;

function clientsOf(apiUrl: string, authUrl: string): Clients {
  const client = (who: Who): LoanbookClient =>
    createClient({ apiUrl, authUrl, login: { email: emailOf(who), password: PASSWORD } });
  return {
    partner: client('partner'),
    admin: client('admin'),
    operator: client('operator'),
    stranger: client('stranger'),
  };
}

async function withToken(clients: Clients, request: RawRequest): Promise<RequestInit> {
  const { as: who = 'partner', headers = {}, ...rest } = request;
  if (who === 'nobody') return { ...rest, headers };
  const authorization = `Bearer ${await clients[who].auth.token()}`;
  return { ...rest, headers: { authorization, ...headers } };
}

async function listen(app: App): Promise<string> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

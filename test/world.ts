/**
 * A world for tests: a database of its own, a clock turned by hand, both hosts listening on free ports in
 * this process, and clients that are logged in. What a test does goes through HTTP, as a partner would do it.
 */
import type { AddressInfo } from 'node:net';
import { createClient, type LoanbookClient } from '../sdk/client.ts';
import type { Config } from '../server/config.ts';
import { buildApi, buildAuth } from '../server/http/app.ts';
import { type App, createContext } from '../server/http/context.ts';
import { createLog } from '../server/http/edge/log.ts';
import { seedBook } from '../server/operations/seed/seedBook.ts';
import type { Database } from '../server/store/database.ts';
import {
  configOf,
  emailOf,
  isSeededAlike,
  PASSWORD,
  seedWorld,
  type Who,
  type WorldOptions,
} from './beginning.ts';
import { type ManualClock, manualClock } from './manualClock.ts';
import { openPatiently, PATIENCE_MILLISECONDS } from './patience.ts';
import { createTestDatabase, type TestDatabase } from './testDatabase.ts';
import { type Document, openWitness, type Witness } from './witness.ts';

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

export interface WorldPlace {
  /** One that has a book already; else a new one is made. Dropped at the end in any case. */
  readonly database?: TestDatabase;
}

export async function makeWorld(options: WorldOptions & WorldPlace = {}): Promise<World> {
  const isSeeded = options.database !== undefined || isSeededAlike(options);
  const database = options.database ?? (await createTestDatabase(isSeeded ? 'seeded' : 'migrated'));
  const businessDate = options.businessDate ?? '2025-01-15';
  const config = configOf({ ...options, businessDate, databaseUrl: database.url });
  const clock = manualClock(businessDate);
  const db = openPatiently(database.url);
  if (isSeeded) await seedBook(db, config);
  else await seedWorld({ db, clock, config });
  const context = createContext({ db, clock, config, log: createLog(config), authRunsApart: false });
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

type Clients = Pick<World, 'partner' | 'admin' | 'operator' | 'stranger'>;

function clientsOf(apiUrl: string, authUrl: string): Clients {
  const timeout = PATIENCE_MILLISECONDS;
  const client = (who: Who): LoanbookClient =>
    createClient({ apiUrl, authUrl, login: { email: emailOf(who), password: PASSWORD }, timeout });
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

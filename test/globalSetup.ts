/**
 * One PostgreSQL for the whole test run, with two databases that tests copy (see `testDatabase.ts`): one that
 * is migrated, and one in which the book and the accounts of a world are there already.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import type { Database } from '../server/store/database.ts';
import { startEmbedded } from '../server/store/embedded.ts';
import { migrate } from '../server/store/migrate.ts';
import { configOf, seedWorld } from './beginning.ts';
import { manualClock } from './manualClock.ts';
import { openPatiently } from './patience.ts';
import type { Contents } from './testDatabase.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the maintenance database `postgres` of the test server. */
    readonly databaseServer: string;
    /** Names of the databases that tests copy. */
    readonly templates: Readonly<Record<Contents, string>>;
  }
}

/** Not for crash tests, which start a server of their own: here nothing has to survive. */
const FORGETFUL = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** PostgreSQL's own. */
const EMPTY = 'template1';
/** Before the first day of every world. */
const LONG_AGO = '1990-01-01';

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const server = await startServer();
  const migrated = `loanbook_migrated_${process.pid}`;
  const seeded = `loanbook_seeded_${process.pid}`;
  await createTemplate(server.url, { name: migrated, template: EMPTY, fill: (db) => migrate(db) });
  await createTemplate(server.url, { name: seeded, template: migrated, fill: seedLongAgo });
  project.provide('databaseServer', server.url);
  project.provide('templates', { empty: EMPTY, migrated, seeded });
  return server.stop;
};

async function seedLongAgo(db: Database, databaseUrl: string): Promise<void> {
  await seedWorld({ db, clock: manualClock(LONG_AGO), config: configOf({ databaseUrl }) });
}

interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** An existing server may be named, e.g. to run the tests against another version of PostgreSQL. */
async function startServer(): Promise<TestServer> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { url: given, stop: async () => {} };
  const dataDir = mkdtempSync(join(tmpdir(), 'loanbook-test-'));
  chmodSync(dataDir, 0o755); // run by root, PostgreSQL is another account, which must be able to enter
  const embedded = await startEmbedded({ dataDir, settings: FORGETFUL });
  return {
    url: embedded.url.replace(/\/[^/]*$/, '/postgres'),
    stop: async () => {
      await embedded.stop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

interface Template {
  readonly name: string;
  readonly template: string;
  readonly fill: (db: Database, url: string) => Promise<unknown>;
}

async function createTemplate(serverUrl: string, { name, template, fill }: Template): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`drop database if exists ${name}`);
  await client.query(`create database ${name} template ${template}`);
  await client.end();
  const url = serverUrl.replace(/\/[^/]*$/, `/${name}`);
  const db = openPatiently(url);
  await fill(db, url);
  await db.close();
}

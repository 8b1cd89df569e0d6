/**
 * One PostgreSQL for the whole test run, with one migrated database that every test file copies (see
 * `testDatabase.ts`).
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../server/store/database.ts';
import { startEmbedded } from '../server/store/embedded.ts';
import { migrate } from '../server/store/migrate.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the maintenance database `postgres` of the test server. */
    readonly databaseServer: string;
    readonly templateDatabase: string;
  }
}

/** Not for crash tests, which start a server of their own: here nothing has to survive. */
const FORGETFUL = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const server = await startServer();
  const template = `loanbook_template_${process.pid}`;
  await createTemplate(server.url, template);
  project.provide('databaseServer', server.url);
  project.provide('templateDatabase', template);
  return server.stop;
};

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
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function createTemplate(serverUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`drop database if exists ${name}`);
  await client.query(`create database ${name}`);
  await client.end();
  const db = openDatabase(serverUrl.replace(/\/[^/]*$/, `/${name}`));
  await migrate(db);
  await db.close();
}

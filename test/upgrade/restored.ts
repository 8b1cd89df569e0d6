/** A book that an earlier release left behind, in a database of its own. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate, migrationsFolder } from '../../server/store/migrate.ts';
import { openPatiently } from '../patience.ts';
import { createTestDatabase, type TestDatabase } from '../testDatabase.ts';

const BOOK = readFileSync(new URL('book.sql', import.meta.url), 'utf8');

/** Files that the release had: as they were recorded then, in the rows of `schema_migration`. */
export const filesOfThen: readonly string[] = [...BOOK.matchAll(/'(\d{4}_\w+\.sql)'/g)].map(
  ([, name = '']) => name,
);

/** The tables of then from the files of then, and in them the rows of then. */
export async function restoreBook(): Promise<TestDatabase> {
  const database = await createTestDatabase('empty');
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-upgrade-'));
  for (const name of filesOfThen) cpSync(join(migrationsFolder, name), join(folder, name));
  const db = openPatiently(database.url, { poolSize: 1 });
  await migrate(db, folder);
  await db.close();
  rmSync(folder, { recursive: true });
  await fill(database.url);
  return database;
}

/** The rows stand for all there was, also for what the files put into the tables. */
async function fill(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ names: string }>(
      `select string_agg(quote_ident(tablename), ', ') as names from pg_tables where schemaname = 'public'`,
    );
    await client.query(`truncate ${rows[0]?.names} cascade`);
    await client.query(BOOK);
  } finally {
    await client.end();
  }
}

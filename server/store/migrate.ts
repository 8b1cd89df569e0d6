/**
 * Brings the tables up to date: the files of db/migrations in the order of their numbers, each once, each in
 * one transaction, recorded in `schema_migration` with the checksum of its text.
 *
 * Two servers may start at once: the row is inserted before the file is applied, so the second one waits on
 * the primary key until the first has committed, and then finds nothing left to do. No lock is needed.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../root.ts';
import type { Database, Tx } from './database.ts';
import { sqlState } from './failure.ts';
import { splitStatements } from './statements.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly statements: readonly string[];
}

/** The tables do not fit this release; the message says what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export const migrationsFolder: string = join(projectRoot, 'db', 'migrations');

/** Applies what is pending; answers the names of the files applied by this call. */
export async function migrate(db: Database, folder: string = migrationsFolder): Promise<string[]> {
  const migrations = await readMigrations(folder);
  await createRecord(db);
  await checkRecord(db.read, migrations);
  const applied: string[] = [];
  for (const migration of migrations) {
    if (await applyOnce(db, migration)) applied.push(migration.name);
  }
  // Another server may have applied other files of the same number meanwhile.
  await checkRecord(db.read, migrations);
  return applied;
}

const counted = new Map<string, number>();

/**
 * True when every file is applied and none besides: what readiness asks. The files are those of the running
 * release: they are counted once, so that the next release may be laid down beneath a server at work.
 */
export async function isMigrated(tx: Tx, folder: string = migrationsFolder): Promise<boolean> {
  const count = counted.get(folder) ?? (await readMigrations(folder)).length;
  counted.set(folder, count);
  const rows = await tx.query<{ number: number }>('select number from schema_migration');
  return rows.length === count;
}

export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = await Promise.all(names.map((name) => readMigration(folder, name)));
  const twice = migrations.find((each, index) => migrations[index - 1]?.number === each.number);
  if (twice) throw new MigrationError(`two files in db/migrations have the number of ${twice.name}`);
  return migrations;
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
  if (number === undefined)
    throw new MigrationError(`db/migrations/${name} is not named NNNN_what_it_does.sql`);
  const text = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
  const checksum = createHash('sha256').update(text).digest('hex');
  return { number: Number(number), name, checksum, statements: splitStatements(text) };
}

async function createRecord(db: Database): Promise<void> {
  const [found] = await db.read.query<{ there: boolean }>(
    `select to_regclass('schema_migration') is not null as there`,
  );
  if (found?.there) return;
  try {
    await db.read.query(`create table if not exists schema_migration (
      number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null)`);
  } catch (error) {
    // Two servers created it at the same instant and the other one won: as a table (42P07), as its row type
    // (42710), or as
    // a row of the catalogue (23505), whichever it had come to.
    if (!['42P07', '42710', '23505'].includes(sqlState(error) ?? '')) throw error;
  }
}

async function checkRecord(tx: Tx, migrations: readonly Migration[]): Promise<void> {
  const rows = await tx.query<{ number: number; name: string; checksum: string }>(
    'select number, name, checksum from schema_migration order by number',
  );
  for (const row of rows) {
    const known = migrations.find((each) => each.number === row.number);
    if (known === undefined)
      throw new MigrationError(
        `the database is newer than this release (it has ${row.name}): start the newer release`,
      );
    if (known.checksum !== row.checksum)
      throw new MigrationError(
        `db/migrations/${known.name} was changed after it had been applied: restore the file and put the change into a new one`,
      );
  }
}

async function applyOnce(db: Database, migration: Migration): Promise<boolean> {
  const { number, name, checksum } = migration;
  return db.transaction(async (tx) => {
    await tx.query('set local statement_timeout = 0');
    const inserted = await tx.query(
      `insert into schema_migration (number, name, checksum, applied_at) values ($1, $2, $3, now())
       on conflict (number) do nothing returning number`,
      [number, name, checksum],
    );
    if (inserted.length === 0) return false;
    for (const statement of migration.statements) await apply(tx, name, statement);
    return true;
  });
}

async function apply(tx: Tx, name: string, statement: string): Promise<void> {
  try {
    await tx.query(statement);
  } catch (error) {
    if (error instanceof Error) error.message = `db/migrations/${name}: ${error.message}\n${statement}`;
    throw error;
  }
}

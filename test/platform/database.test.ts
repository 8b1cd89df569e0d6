/** The door to PostgreSQL and the migrations, on a real server. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Database, openDatabase } from '../../server/store/database.ts';
import { type Embedded, startEmbedded } from '../../server/store/embedded.ts';
import { DatabaseUnavailable, isUniqueViolation, violatedConstraint } from '../../server/store/failure.ts';
import { isMigrated, migrate } from '../../server/store/migrate.ts';
import { openPatiently } from '../patience.ts';
import { removeFolder } from './loanbook.ts';

// A server that flushes, beside whatever else the machine does.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

let folder: string;
let embedded: Embedded;
let db: Database;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loanbook-database-'));
  chmodSync(folder, 0o755);
  embedded = await startEmbedded({ dataDir: join(folder, 'data') });
  db = openPatiently(embedded.url, { poolSize: 8 });
  await db.read.query('create table tally (id int primary key, n bigint not null)');
  await db.read.query('insert into tally values (1, 0), (2, 0)');
});

afterAll(async () => {
  await db.close();
  await embedded.stop();
  removeFolder(folder);
});

async function tally(id: number): Promise<bigint | undefined> {
  const rows = await db.read.query<{ n: bigint }>('select n from tally where id = $1', [id]);
  return rows[0]?.n;
}

test('types arrive as the domain needs them', async () => {
  const [row] = await db.read.query(
    `select 9007199254740993::int8 as whole, date '2025-01-31' as day, 0.10::numeric as rate, '{"a": [1]}'::jsonb as doc,
       timestamptz '2025-01-31T00:00:00Z' as at, array[1, 2]::int8[] as wholes, array[date '2025-01-31'] as days`,
  );
  expect(row).toEqual({
    whole: 9007199254740993n,
    day: '2025-01-31',
    rate: '0.10',
    doc: { a: [1] },
    at: new Date('2025-01-31T00:00:00Z'),
    wholes: [1n, 2n],
    days: ['2025-01-31'],
  });
});

test('statements of a transaction may be sent together, and all count', async () => {
  const before = await tally(1);
  await db.transaction((tx) =>
    Promise.all([1, 2, 3].map((n) => tx.query('update tally set n = n + $1 where id = 1', [n]))),
  );
  expect(await tally(1)).toBe((before ?? 0n) + 6n);
});

test('one failed statement undoes the whole transaction, also when nobody looked at its result', async () => {
  const before = await tally(1);
  const work = db.transaction(async (tx) => {
    void tx.query('update tally set n = n + 1 where id = $1', [1]);
    void tx.query('insert into tally values ($1, 0)', [1]);
    void tx.query('update tally set n = n + 1 where id = $1', [1]);
    return 'believed done';
  });
  const error = await work.catch((failure: unknown) => failure);
  expect(isUniqueViolation(error)).toBe(true);
  expect(violatedConstraint(error)).toBe('tally_pkey');
  expect(await tally(1)).toBe(before);
});

test('the error of the first failed statement is the one that is told', async () => {
  for (let round = 0; round < 3; round += 1) {
    const work = db.transaction(async (tx) => {
      const first = tx.query('insert into tally values ($1, 0)', [1]);
      const second = tx.query(`select n + ${round} as n from tally where id = $1`, [1]);
      await second;
      await first;
    });
    await expect(work).rejects.toThrow(/duplicate key/);
  }
});

test('a statement sent after the end is refused', async () => {
  let leaked: (() => Promise<unknown>) | undefined;
  await db.transaction(async (tx) => {
    leaked = () => tx.query('update tally set n = 0');
  });
  await expect(leaked?.()).rejects.toThrow('transaction that has ended');
});

test('deadlocked transactions are run again until both have counted', async () => {
  const before = await tally(1);
  const step = (first: number, second: number) =>
    db.transaction(async (tx) => {
      await tx.query('update tally set n = n + 1 where id = $1', [first]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await tx.query('update tally set n = n + 1 where id = $1', [second]);
    });
  await Promise.all([step(1, 2), step(2, 1), step(1, 2), step(2, 1)]);
  expect(await tally(1)).toBe((before ?? 0n) + 4n);
});

test('a statement that takes too long and a server that is away are both `unavailable`, and later calls work again', async () => {
  const hasty = openDatabase(embedded.url, { poolSize: 2, statementTimeoutMilliseconds: 1_000 });
  await expect(hasty.read.query('select pg_sleep(60)')).rejects.toBeInstanceOf(DatabaseUnavailable);
  const cut = hasty.transaction(async (tx) => {
    await tx.query('select pg_terminate_backend(pg_backend_pid())');
  });
  await expect(cut).rejects.toBeInstanceOf(DatabaseUnavailable);
  expect(await hasty.transaction((tx) => tx.query('select 1 as one'))).toEqual([{ one: 1 }]);
  await hasty.close();
  const nowhere = openDatabase('postgres://x:y@127.0.0.1:9/z');
  await expect(nowhere.read.query('select 1')).rejects.toBeInstanceOf(DatabaseUnavailable);
  await expect(nowhere.transaction((tx) => tx.query('select 1'))).rejects.toBeInstanceOf(DatabaseUnavailable);
  await nowhere.close();
});

test('connections that went stale while idle are replaced without anybody noticing', async () => {
  const other = openPatiently(embedded.url, { poolSize: 3 });
  await Promise.all([1, 2, 3].map(() => other.read.query('select pg_sleep(0.05)')));
  await db.read.query('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()');
  expect(await other.transaction((tx) => tx.query('select 1 as one'))).toEqual([{ one: 1 }]);
  await other.close();
});

test('a statement prepared before its table changed is prepared anew', async () => {
  await db.read.query('create table changing (a int)');
  const read = () => db.transaction((tx) => tx.query('select * from changing where 1 = $1', [1]));
  for (let round = 0; round < 10; round += 1) await read();
  await db.read.query('alter table changing add column b int');
  expect(await read()).toEqual([]);
});

test('several servers that start together make the tables once, whoever comes first', async () => {
  const files = join(folder, 'one migration');
  mkdirSync(files);
  writeFileSync(join(files, '0001_first.sql'), 'create table a (x int);');
  for (let round = 0; round < 8; round += 1) {
    await db.read.query(`create database together_${round}`);
    const url = embedded.url.replace(/[^/]*$/, `together_${round}`);
    const servers = Array.from({ length: 6 }, () => openPatiently(url, { poolSize: 1 }));
    const applied = await Promise.all(servers.map((server) => migrate(server, files)));
    expect(applied.flat()).toEqual(['0001_first.sql']);
    for (const server of servers) await server.close();
  }
});

test('migrations are applied once, in order, by two servers that start together', async () => {
  await db.read.query('create database moved');
  const files = join(folder, 'migrations');
  mkdirSync(files);
  writeFileSync(join(files, '0001_first.sql'), 'create table a (x int); insert into a values (1);');
  writeFileSync(join(files, '0002_second.sql'), '-- more;\ninsert into a select x + 1 from a;');
  const url = embedded.url.replace(/[^/]*$/, 'moved');
  const servers = [1, 2, 3, 4].map(() => openPatiently(url, { poolSize: 2 }));
  const applied = await Promise.all(servers.map((server) => migrate(server, files)));
  expect(applied.flat().sort()).toEqual(['0001_first.sql', '0002_second.sql']);
  const [one] = servers;
  expect(await one?.read.query('select x from a order by x')).toEqual([{ x: 1 }, { x: 2 }]);

  writeFileSync(join(files, '0003_broken.sql'), 'create table b (x int); create tabel c (x int);');
  await expect(migrate(one as Database, files)).rejects.toThrow(/0003_broken.sql: syntax error/);
  expect(await one?.read.query(`select to_regclass('b') as b`)).toEqual([{ b: null }]);
  rmSync(join(files, '0003_broken.sql'));

  writeFileSync(join(files, '0002_second.sql'), 'select 1;');
  await expect(migrate(one as Database, files)).rejects.toThrow(/0002_second.sql was changed after/);
  rmSync(join(files, '0002_second.sql'));
  await expect(migrate(one as Database, files)).rejects.toThrow(/newer than this release .*0002_second.sql/);
  for (const server of servers) await server.close();
});

test('a server stays ready while the files of the next release are laid down', async () => {
  await db.read.query('create database upgraded');
  const files = join(folder, 'release');
  mkdirSync(files);
  writeFileSync(join(files, '0001_first.sql'), 'create table a (x int);');
  const server = openPatiently(embedded.url.replace(/[^/]*$/, 'upgraded'), { poolSize: 1 });
  await migrate(server, files);
  expect(await isMigrated(server.read, files)).toBe(true);
  writeFileSync(join(files, '0002_second.sql'), 'create table b (x int);');
  expect(await isMigrated(server.read, files)).toBe(true);
  await migrate(server, files);
  expect(await isMigrated(server.read, files)).toBe(false);
  await server.close();
});

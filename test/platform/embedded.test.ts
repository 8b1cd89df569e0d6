/**
 * The embedded PostgreSQL as a person meets it: first start, second start, after a kill, on a folder that
 * does not fit.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { Database } from '../../server/store/database.ts';
import { isAlive } from '../../server/store/embedded/processes.ts';
import { socketFolder } from '../../server/store/embedded/socket.ts';
import { type Embedded, startEmbedded } from '../../server/store/embedded.ts';
import { openPatiently, SOON } from '../patience.ts';
import { removeFolder } from './loanbook.ts';

// Each test starts servers of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 600_000 });

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) removeFolder(folder);
});

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-embedded-'));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return join(folder, 'data');
}

async function using<T>(dataDir: string, work: (db: Database, embedded: Embedded) => Promise<T>): Promise<T> {
  const embedded = await startEmbedded({ dataDir });
  const db = openPatiently(embedded.url, { poolSize: 2 });
  try {
    return await work(db, embedded);
  } finally {
    await db.close();
    await embedded.stop();
    expect(isAlive(embedded.pid())).toBe(false);
  }
}

test('what was committed is there after a stop and after a kill, on the same port', async () => {
  const dataDir = freshFolder();
  const url = await using(dataDir, async (db, embedded) => {
    await db.read.query('create table kept (n int)');
    await db.read.query('insert into kept values (1)');
    return embedded.url;
  });

  const second = await startEmbedded({ dataDir });
  expect(second.url).toBe(url);
  const db = openPatiently(second.url, { poolSize: 1 });
  await db.read.query('insert into kept values (2)');
  await second.kill();
  await db.close();

  const rows = await using(dataDir, (third) => third.read.query('select n from kept order by n'));
  expect(rows).toEqual([{ n: 1 }, { n: 2 }]);
});

test('every commit is flushed, pages have checksums, only this machine is heard, nobody enters without a password', async () => {
  const dataDir = freshFolder();
  await using(dataDir, async (db, embedded) => {
    const setting = async (name: string) =>
      (await db.read.query<{ value: string }>('select current_setting($1) as value', [name]))[0]?.value;
    expect(await setting('fsync')).toBe('on');
    expect(await setting('synchronous_commit')).toBe('on');
    expect(await setting('data_checksums')).toBe('on');
    expect(await setting('listen_addresses')).toBe('127.0.0.1');
    for (const url of [embedded.url, embedded.nearUrl]) {
      const stranger = openPatiently(url.replace(/:[^:@]+@/, ':guess@'), { poolSize: 1 });
      await expect(stranger.read.query('select 1')).rejects.toThrow(/password authentication failed/);
      await stranger.close();
    }
    expect(statSync(join(dataDir, 'database-password')).mode & 0o777).toBe(0o600);
  });
});

/** Where folders for passing files have long names there is no room for a socket's. */
const hasSocket = socketFolder(join(tmpdir(), 'loanbook-embedded-123456/data/postgres')) !== undefined;

/** Whether a connection comes by the port; by a socket there is no address. */
async function isByPort(url: string): Promise<boolean | undefined> {
  const db = openPatiently(url, { poolSize: 1 });
  try {
    const rows = await db.read.query<{ port: boolean }>('select inet_server_addr() is not null as port');
    return rows[0]?.port;
  } finally {
    await db.close();
  }
}

test.runIf(hasSocket)(
  'the database is near by a socket in its own folder, which nobody else can enter',
  async () => {
    const dataDir = freshFolder();
    await using(dataDir, async (_, { url, nearUrl }) => {
      expect(await isByPort(url)).toBe(true);
      expect(await isByPort(nearUrl)).toBe(false);
      expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
    });
  },
);

test.runIf(hasSocket)('the lock of a socket that a killed server left behind is no lock', async () => {
  const dataDir = freshFolder();
  const first = await startEmbedded({ dataDir });
  await first.kill();
  await using(freshFolder(), async (_, other) => {
    // Of the same account, so that PostgreSQL takes it for the one that has the socket.
    const lock = `.s.PGSQL.${new URL(first.url).port}.lock`;
    writeFileSync(join(dataDir, 'postgres', lock), `${other.pid()}\n`);
    await using(dataDir, async (_, { nearUrl }) => {
      expect(nearUrl).toBe(first.nearUrl);
      expect(await isByPort(nearUrl)).toBe(false);
    });
  });
});

test('a folder that cannot hold a socket, or whose name does not fit, leaves the port', async () => {
  const odd = `${freshFolder()}, a folder`;
  await using(odd, async (_, { url, nearUrl }) => expect(nearUrl).toBe(url));
  const taken = freshFolder();
  const port = await using(taken, async (_, { url }) => new URL(url).port);
  mkdirSync(join(taken, 'postgres', `.s.PGSQL.${port}`));
  const onLost = vi.fn();
  const embedded = await startEmbedded({ dataDir: taken, onLost });
  expect(embedded.nearUrl).toBe(embedded.url);
  expect(await isByPort(embedded.nearUrl)).toBe(true);

  // A socket would be possible now, but everybody goes to the port.
  rmSync(join(taken, 'postgres', `.s.PGSQL.${port}`), { recursive: true });
  const before = embedded.pid();
  process.kill(before, 'SIGKILL');
  await expect.poll(() => embedded.pid(), SOON).not.toBe(before);
  expect(await isByPort(embedded.nearUrl)).toBe(true);
  expect(onLost).not.toHaveBeenCalled();
  await embedded.stop();
});

test('a server process that dies is started again', async () => {
  await using(freshFolder(), async (db, embedded) => {
    const before = embedded.pid();
    process.kill(before, 'SIGKILL');
    // It may answer a moment before we hear that it is ready.
    await expect.poll(() => embedded.pid(), SOON).not.toBe(before);
    await expect
      .poll(() => db.read.query('select 1 as one').catch(() => 'not yet'), SOON)
      .toEqual([{ one: 1 }]);
  });
});

test('a folder in use is refused, and the one who uses it is named', async () => {
  const dataDir = freshFolder();
  await using(dataDir, async () => {
    await expect(startEmbedded({ dataDir })).rejects.toThrow(
      `another Loanbook (process ${process.pid}) uses`,
    );
  });
});

test('a lock of a process that is gone, or whose number was given to another, is no lock', async () => {
  const dataDir = freshFolder();
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'loanbook.lock'), JSON.stringify({ pid: process.pid, started: 'long ago' }));
  await using(dataDir, async (db) => {
    expect(await db.read.query('select 1 as one')).toEqual([{ one: 1 }]);
    const { pid } = JSON.parse(readFileSync(join(dataDir, 'loanbook.lock'), 'utf8'));
    expect(pid).toBe(process.pid);
  });
});

test('a folder of another major version, or of something else, is left alone', async () => {
  const dataDir = freshFolder();
  mkdirSync(join(dataDir, 'postgres'), { recursive: true });
  await expect(startEmbedded({ dataDir })).rejects.toThrow('is not a database folder');
  writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '15\n');
  await expect(startEmbedded({ dataDir })).rejects.toThrow(
    /PostgreSQL 15, this release brings 18: .*docs.operations.md/,
  );
});

test('a path that cannot be a folder is named', async () => {
  const dataDir = freshFolder();
  writeFileSync(dataDir, 'a file');
  await expect(startEmbedded({ dataDir: join(dataDir, 'data') })).rejects.toThrow(
    /cannot make the data folder/,
  );
});

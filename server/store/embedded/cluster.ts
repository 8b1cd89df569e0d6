/** Makes the database's files at the first start and checks, at every other, that they fit this release. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Account, giveTo, runAs } from './account.ts';
import { embeddedMajor } from './binaries.ts';
import { makePrivate, textOf } from './dataFolder.ts';
import { commandOf, hasEnded, isAlive, signal } from './processes.ts';
import { StartFailure, startFailure } from './startFailure.ts';

export interface ClusterPlace {
  readonly bin: string;
  /** The folder that will hold `postgres/`. */
  readonly home: string;
  readonly account: Account | undefined;
  readonly password: string;
}

export const SUPERUSER = 'loanbook';

/** Answers the folder of the cluster, made now or earlier. */
export function ensureCluster(place: ClusterPlace): string {
  const cluster = join(place.home, 'postgres');
  try {
    if (!existsSync(cluster)) initialize(place, cluster);
    checkVersion(cluster);
    // Files copied here by root (a restored backup) belong to root: PostgreSQL could not open them.
    if (place.account && statSync(cluster).uid === 0) giveTo(place.account, cluster);
    return cluster;
  } catch (error) {
    throw error instanceof StartFailure ? error : startFailure(`cannot use the folder ${cluster}`, error);
  }
}

/** Works in a draft folder: an interrupted start leaves no half-made cluster behind. */
function initialize(place: ClusterPlace, cluster: string): void {
  const draft = `${cluster}.new`;
  const secret = `${cluster}.secret`;
  rmSync(draft, { recursive: true, force: true });
  makePrivate(draft, place.account);
  try {
    writeFileSync(secret, `${place.password}\n`, { mode: 0o600 });
    giveTo(place.account, secret);
    const attempt = spawnSync(join(place.bin, 'initdb'), initdbArguments(draft, secret), {
      ...runAs(place.account),
      encoding: 'utf8',
    });
    if (attempt.status !== 0) throw new StartFailure(initdbFailure(cluster, String(attempt.stderr)));
    renameSync(draft, cluster);
  } finally {
    rmSync(secret, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Text is ordered by code point, the same on every machine. */
function initdbArguments(folder: string, secret: string): string[] {
  return [
    `--pgdata=${folder}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${secret}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
  ];
}

function initdbFailure(cluster: string, output: string): string {
  if (/No space left on device|Disk quota exceeded/.test(output))
    return `the disk is full, the database cannot be made in ${cluster}: free some space, or name another folder with LOANBOOK_DATA_DIR`;
  const line =
    output.split('\n').find((each) => /error|fatal/i.test(each)) ?? output.trim().split('\n').at(-1);
  return `the database cannot be made in ${cluster}: ${line?.trim()}`;
}

function checkVersion(cluster: string): void {
  const file = join(cluster, 'PG_VERSION');
  if (!existsSync(file))
    throw new StartFailure(
      `${cluster} is not a database folder: move it away, or name another data folder with LOANBOOK_DATA_DIR`,
    );
  const found = readFileSync(file, 'utf8').trim();
  if (Number(found) === embeddedMajor()) return;
  throw new StartFailure(
    `the database in ${cluster} is of PostgreSQL ${found}, this release brings ${embeddedMajor()}: move it over with pg_dump and restore (docs/operations.md, "Upgrade"), or name another data folder with LOANBOOK_DATA_DIR`,
  );
}

/**
 * The postmaster that a killed Loanbook left behind is stopped, so that the new one starts from a clean
 * state.
 */
export async function stopOrphan(cluster: string, say: (line: string) => void): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const pid = Number.parseInt(textOf(file), 10);
  if (!(pid > 0) || !isAlive(pid)) return;
  if (!isPostmaster(pid, cluster)) {
    // The number now belongs to another process (a restarted machine or container): PostgreSQL would refuse
    // to start.
    rmSync(file, { force: true });
    return;
  }
  say(`stopping the database server that an earlier run left behind (process ${pid})`);
  await stopPostmaster(pid);
}

function isPostmaster(pid: number, cluster: string): boolean {
  const command = commandOf(pid) ?? '';
  return command.includes('postgres') && command.includes(cluster);
}

/**
 * Fast shutdown; immediate when that takes too long (recovery then replays the log); the last resort is
 * SIGKILL.
 */
export async function stopPostmaster(pid: number): Promise<void> {
  signal(pid, 'SIGINT');
  if (await hasEnded(pid, 30_000)) return;
  signal(pid, 'SIGQUIT');
  if (await hasEnded(pid, 10_000)) return;
  signal(pid, 'SIGKILL');
  await hasEnded(pid, 5_000);
}

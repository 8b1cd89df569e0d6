/**
 * PostgreSQL refuses to run as root. Started by root, it runs as another account of the machine: the owner of
 * its files when there are some, else `postgres`, else `nobody`, else a number that nobody has.
 */
import { type SpawnOptions, spawnSync } from 'node:child_process';
import { chownSync, existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The account to run PostgreSQL as; undefined: as ourselves. */
export function databaseAccount(cluster: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return ownerOf(cluster) ?? named('postgres') ?? named('nobody') ?? unused();
}

/** Spawn options to run as `account`, without our environment: secrets and PG* settings stay here. */
export function runAs(account: Account | undefined): SpawnOptions {
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  return { ...account, env, cwd: '/' };
}

/**
 * True when the account can enter the folder; asked of the system itself, so that every kind of permission
 * counts.
 */
export function canEnter(account: Account | undefined, folder: string): boolean {
  if (account === undefined) return true;
  const test = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...runAs(account), stdio: 'ignore' });
  return test.status === 0;
}

/** Gives a folder and all in it to the account. */
export function giveTo(account: Account | undefined, path: string): void {
  if (account === undefined) return;
  chownSync(path, account.uid, account.gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (!entry.isSymbolicLink()) giveTo(account, join(path, entry.name));
  }
}

function ownerOf(cluster: string): Account | undefined {
  if (!existsSync(cluster)) return undefined;
  const { uid, gid } = statSync(cluster);
  return uid === 0 ? undefined : { uid, gid };
}

function named(name: string): Account | undefined {
  const id = (flag: string): number => {
    const answer = spawnSync('id', [flag, name], { encoding: 'utf8' });
    return answer.status === 0 ? Number(answer.stdout) : Number.NaN;
  };
  const account = { uid: id('-u'), gid: id('-g') };
  return account.uid > 0 && account.gid > 0 ? account : undefined;
}

function unused(): Account {
  const passwd = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '';
  const taken = new Set(passwd.split('\n').map((line) => Number(line.split(':')[2])));
  let uid = 64_900;
  while (taken.has(uid)) uid -= 1;
  return { uid, gid: uid };
}

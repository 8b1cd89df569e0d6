/**
 * Where things lie in the data folder:
 *
 *   loanbook.lock       which process has the folder      database-password   of the server, mode 0600
 *   postgres/           the database's files              database-port       found free at the first start
 *   postgres.log        what PostgreSQL says
 *
 * Where PostgreSQL runs as another account that cannot enter the folder (a checkout under /root), the
 * database's files lie in /var/lib/loanbook/<hash of the folder's path> instead, and `postgres` is a symbolic
 * link to them.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Account, canEnter, giveTo } from './account.ts';
import { StartFailure, startFailure } from './startFailure.ts';

const OUTSIDE = '/var/lib/loanbook';
const LARGEST_LOG = 10_000_000;

export interface DataFolder {
  readonly path: string;
  readonly cluster: string;
  readonly log: string;
}

/** Makes the folder where it is missing; answers its real path. */
export function makeFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
    return realpathSync(path);
  } catch (error) {
    throw startFailure(`cannot make the data folder ${path}`, error);
  }
}

/**
 * The folder that holds the database's files: the data folder itself, or the place that the account can
 * enter.
 */
export function homeFor(path: string, account: Account | undefined, say: (line: string) => void): string {
  const link = join(path, 'postgres');
  const linked = isLink(link);
  if (linked) return makeHome(targetOf(path, link));
  if (canEnter(account, path)) return path;
  if (existsSync(link))
    throw new StartFailure(
      `the data folder ${path} cannot be entered by the account that runs PostgreSQL: give the folders above it the permission to enter (chmod o+x), or name another with LOANBOOK_DATA_DIR`,
    );
  const home = makeHome(join(OUTSIDE, createHash('sha256').update(path).digest('hex').slice(0, 16)));
  symlinkSync(join(home, 'postgres'), link);
  say(`only root can enter ${path}: the database's files are kept in ${home} (${link} points there)`);
  return home;
}

/**
 * A machine made anew keeps the link but not what it pointed to: an empty book in its place would look like a
 * loss.
 */
function targetOf(path: string, link: string): string {
  const target = readlinkSync(link);
  if (existsSync(target) || rememberedPort(path) === undefined) return dirname(target);
  throw new StartFailure(
    `the database's files in ${target} are gone: restore them from a backup, or remove ${link} and ${join(path, 'database-port')} to begin an empty book`,
  );
}

function makeHome(home: string): string {
  try {
    mkdirSync(home, { recursive: true, mode: 0o755 });
    return home;
  } catch (error) {
    throw startFailure(`cannot make the folder ${home} for the database's files`, error);
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** The password of the embedded server: made once, readable by us alone. */
export function passwordIn(path: string): string {
  const file = join(path, 'database-password');
  try {
    if (!existsSync(file)) writeWhole(file, randomBytes(24).toString('base64url'));
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw startFailure(`cannot read or write ${file}`, error);
  }
}

/** Empty where there is none: a server takes away its own files, at any moment. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

export function rememberedPort(path: string): number | undefined {
  const file = join(path, 'database-port');
  const port = existsSync(file) ? Number(readFileSync(file, 'utf8')) : Number.NaN;
  return port > 0 && port < 65_536 ? port : undefined;
}

export function rememberPort(path: string, port: number): void {
  if (rememberedPort(path) !== port) writeWhole(join(path, 'database-port'), String(port));
}

/** A half-written file after a crash would be worse than none. */
function writeWhole(file: string, line: string): void {
  writeFileSync(`${file}.new`, `${line}\n`, { mode: 0o600, flush: true });
  giveToFolderOwner(`${file}.new`);
  renameSync(`${file}.new`, file);
}

/** What root writes into the folder of somebody else must not lock that one out. */
export function giveToFolderOwner(file: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(dirname(file));
  chownSync(file, uid, gid);
}

/** Keeps one old log beside the present one. */
export function turnLog(log: string): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGEST_LOG) renameSync(log, `${log}.1`);
}

/** A fresh folder that belongs to the account and to nobody else. */
export function makePrivate(path: string, account: Account | undefined): void {
  mkdirSync(path, { mode: 0o700 });
  giveTo(account, path);
}

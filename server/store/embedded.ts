/**
 * The embedded PostgreSQL: a real server from npm with its files in a folder, for laptops, tests and small
 * deployments. It listens on 127.0.0.1 and on a socket in its own folder, asks for a password, flushes every
 * commit to disk, and ends when we end.
 */
import { join } from 'node:path';
import pg from 'pg';
import { databaseAccount } from './embedded/account.ts';
import { usableBinaries } from './embedded/binaries.ts';
import { ensureCluster, SUPERUSER, stopOrphan, stopPostmaster } from './embedded/cluster.ts';
import { homeFor, makeFolder, passwordIn } from './embedded/dataFolder.ts';
import { lockFolder } from './embedded/folderLock.ts';
import { type Postmaster, type PostmasterPlan, startPostmaster } from './embedded/postmaster.ts';
import { hasEnded, signal } from './embedded/processes.ts';
import { socketFolder } from './embedded/socket.ts';
import { StartFailure, startFailure } from './embedded/startFailure.ts';

export interface EmbeddedOptions {
  readonly dataDir: string;
  /** Hears one line for each thing out of the ordinary. */
  readonly say?: (line: string) => void;
  /** Settings of postgresql.conf that differ from ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Called when the server has ended by itself and could not be started again. */
  readonly onLost?: (error: unknown) => void;
}

export interface Embedded {
  /** By its port on 127.0.0.1. */
  readonly url: string;
  /** By its socket, the shorter way for processes of this machine; by the port where there is none. */
  readonly nearUrl: string;
  /** The process number of the server, which changes when it had to be started again. */
  pid(): number;
  /** Fast shutdown: connections are closed, the files are left clean. */
  stop(): Promise<void>;
  /** SIGKILL, as a power cut would: the next start recovers. */
  kill(): Promise<void>;
}

const DATABASE = 'loanbook';
/** Starting again more often than this within a minute means that something is really wrong. */
const RESTARTS_PER_MINUTE = 3;

/**
 * Starts the server on its folder, which is made where missing; throws `StartFailure` with one line that says
 * what to do.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const dataDir = makeFolder(options.dataDir);
  const unlock = lockFolder(dataDir);
  try {
    const { plan, password } = await prepare(dataDir, options);
    const postmaster = await startPostmaster(plan, socketFolder(plan.cluster));
    const url = urlOf(postmaster, password);
    let nearUrl = urlOf(postmaster, password, postmaster.socket);
    try {
      await ensureDatabase(url);
      if (!(await answers(nearUrl))) nearUrl = url;
    } catch (error) {
      await stopPostmaster(postmaster.pid);
      throw error;
    }
    return supervise({ plan, url, nearUrl, unlock, onLost: options.onLost ?? (() => {}) }, postmaster);
  } catch (error) {
    unlock();
    throw isSystemError(error) ? startFailure(`cannot use the data folder ${dataDir}`, error) : error;
  }
}

/** An error of the file system (EACCES, ENOSPC), not one of the database. */
const isSystemError = (error: unknown): boolean =>
  error instanceof Error && 'path' in error && 'errno' in error;

async function prepare(
  dataDir: string,
  options: EmbeddedOptions,
): Promise<{ plan: PostmasterPlan; password: string }> {
  const say = options.say ?? (() => {});
  const account = databaseAccount(join(dataDir, 'postgres'));
  const home = homeFor(dataDir, account, say);
  const bin = usableBinaries(account, home);
  const password = passwordIn(dataDir);
  const cluster = ensureCluster({ bin, home, account, password });
  await stopOrphan(cluster, say);
  const settings = options.settings ?? {};
  const plan = { bin, cluster, dataDir, log: join(dataDir, 'postgres.log'), account, settings, say };
  return { plan, password };
}

/** The host of an address may be a folder: then it is the one of the socket. */
function urlOf({ port }: Postmaster, password: string, host = '127.0.0.1'): string {
  return `postgres://${SUPERUSER}:${password}@${encodeURIComponent(host)}:${port}/${DATABASE}`;
}

interface Watch {
  readonly plan: PostmasterPlan;
  readonly url: string;
  readonly nearUrl: string;
  readonly unlock: () => void;
  readonly onLost: (error: unknown) => void;
}

/** Starts the server again, on the same port, when it ends without having been told to. */
function supervise(watch: Watch, first: Postmaster): Embedded {
  let postmaster = first;
  let ending = false;
  const restarts: number[] = [];
  const follow = (): void => {
    postmaster.process.once('exit', () => {
      if (!ending) void restart();
    });
  };
  const restart = async (): Promise<void> => {
    try {
      watch.plan.say('the database server ended unexpectedly: starting it again');
      restarts.push(Date.now());
      if (restarts.filter((at) => Date.now() - at < 60_000).length > RESTARTS_PER_MINUTE)
        throw new StartFailure(`the database server keeps ending: see ${watch.plan.log}`);
      const { port, socket } = postmaster;
      postmaster = await startPostmaster(watch.plan, socket);
      if (postmaster.port !== port)
        throw new StartFailure('the port of the database was taken by another program');
      if (postmaster.socket !== socket)
        throw new StartFailure(`the socket of the database can be made no more: see ${watch.plan.log}`);
      if (ending) await stopPostmaster(postmaster.pid);
      else follow();
    } catch (error) {
      watch.onLost(error);
    }
  };
  const end = async (how: (pid: number) => Promise<unknown>): Promise<void> => {
    ending = true;
    await how(postmaster.pid);
    watch.unlock();
  };
  follow();
  return {
    url: watch.url,
    nearUrl: watch.nearUrl,
    pid: () => postmaster.pid,
    stop: () => end(stopPostmaster),
    kill: () => end(killPostmaster),
  };
}

async function killPostmaster(pid: number): Promise<void> {
  signal(pid, 'SIGKILL');
  await hasEnded(pid, 5_000);
}

/** A socket that is there may be out of our reach all the same, by a rule of the system. */
async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

/** The database beside the server's own; one statement, so that it is there or not. */
async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url.replace(/\/[^/]*$/, '/postgres') });
  try {
    await client.connect();
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } catch (error) {
    const wrong = error instanceof Error && 'code' in error && error.code === '28P01';
    if (!wrong) throw error;
    throw new StartFailure(
      'the password in the file database-password is not the one that the database was made with: restore the file',
      { cause: error },
    );
  } finally {
    await client.end();
  }
}

/** Starts the PostgreSQL server process and waits until it takes connections. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Account, runAs } from './account.ts';
import { giveToFolderOwner, rememberedPort, rememberPort, textOf, turnLog } from './dataFolder.ts';
import { signal } from './processes.ts';
import { isWithoutSocket, removeStaleLock } from './socket.ts';
import { StartFailure, startFailure } from './startFailure.ts';

export interface PostmasterPlan {
  readonly bin: string;
  readonly cluster: string;
  readonly dataDir: string;
  readonly log: string;
  readonly account: Account | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
}

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** The folder of its socket; undefined: it has its port only. */
  readonly socket: string | undefined;
  readonly process: ChildProcess;
}

const ATTEMPTS = 20;

/**
 * A process of the database frees most of its memory after each statement. Left to itself, the C library of
 * most Linux systems hands it back to the system then, to ask for it again with the next statement.
 */
function withMemorySettings(options: SpawnOptions): SpawnOptions {
  const settings = { MALLOC_TRIM_THRESHOLD_: '33554432', MALLOC_TOP_PAD_: '1048576' };
  return { ...options, env: { ...options.env, ...settings } };
}

/** Tries again where waiting or another port mends it, and without the socket where there can be none. */
export async function startPostmaster(
  plan: PostmasterPlan,
  wantedSocket: string | undefined,
): Promise<Postmaster> {
  let socket = wantedSocket;
  for (let attempt = 1; ; attempt += 1) {
    const port = await usablePort(rememberedPort(plan.dataDir));
    const started = await tryStart(plan, { port, socket });
    if (typeof started !== 'string') {
      rememberPort(plan.dataDir, port);
      return started;
    }
    if (socket !== undefined && isWithoutSocket(started)) {
      plan.say(`the database cannot have a socket in ${socket}: its port is used (${plan.log} says why)`);
      socket = undefined;
      continue;
    }
    if (attempt === ATTEMPTS || !isPassing(started)) throw new StartFailure(advice(plan, started));
    await pause(500);
  }
}

/** The port was taken meanwhile, or processes of a killed server are still on their way out. */
const isPassing = (log: string): boolean =>
  /could not bind|Address already in use|pre-existing shared memory|lock file ".*" already exists/.test(log);

type Address = Pick<Postmaster, 'port' | 'socket'>;

/** Answers what the log says when the server did not come up. */
async function tryStart(plan: PostmasterPlan, address: Address): Promise<Postmaster | string> {
  const log = openLog(plan.log);
  const from = statSync(plan.log).size;
  if (address.socket !== undefined) removeStaleLock(address.socket, address.port);
  const child = spawn(join(plan.bin, 'postgres'), postgresArguments(plan, address), {
    ...withMemorySettings(runAs(plan.account)),
    // A session of its own: Ctrl-C in the terminal is for Loanbook, which finishes its work before it stops
    // the database.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', () => resolve(textFrom(plan.log, from)));
  });
  const stopWithUs = (): void => signal(child.pid ?? 0, 'SIGINT');
  process.once('exit', stopWithUs);
  child.once('exit', () => process.off('exit', stopWithUs));
  const ready = await Promise.race([ended, isReady(plan, child)]);
  if (typeof ready === 'string') return ready;
  return { pid: child.pid ?? 0, ...address, process: child };
}

/** What the log has gained; nothing when the whole folder is gone by now. */
const textFrom = (log: string, from: number): string =>
  existsSync(log) ? readFileSync(log).subarray(from).toString('utf8') : '';

function openLog(path: string): number {
  try {
    turnLog(path);
    const log = openSync(path, 'a', 0o600);
    giveToFolderOwner(path);
    return log;
  } catch (error) {
    throw startFailure(`cannot write ${path}`, error);
  }
}

/** The server writes its state into line 8 of postmaster.pid; recovery after a crash may take its time. */
async function isReady(plan: PostmasterPlan, child: ChildProcess): Promise<true> {
  const file = join(plan.cluster, 'postmaster.pid');
  for (let waited = 0; ; waited += 20) {
    const lines = textOf(file).split('\n');
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') return true;
    if (child.exitCode !== null || child.signalCode !== null) return new Promise(() => {});
    if (waited > 0 && waited % 15_000 === 0) plan.say('the database is still recovering from its log');
    await pause(20);
  }
}

function postgresArguments(plan: PostmasterPlan, { port, socket }: Address): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: socket ?? '',
    password_encryption: 'scram-sha-256',
    max_connections: '200',
    shared_buffers: `${sharedBuffers()}MB`,
    dynamic_shared_memory_type: dynamicMemory(),
    max_wal_size: `${logSize(plan.cluster)}MB`,
    checkpoint_timeout: '15min',
    // What is not in memory is on a disk that finds any page as fast as the next one.
    random_page_cost: '1.1',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Rows and parameters may hold personal data: the log names the error, not the values.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    ...plan.settings,
  };
  return [
    '-D',
    plan.cluster,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

const MEGABYTE = 1_048_576;

/**
 * An eighth of the memory that we may use; of more than 4 GB towards a quarter, so that a large book is not
 * read from the system again and again.
 */
function sharedBuffers(): number {
  const allowed = process.constrainedMemory?.() || totalmem();
  const megabytes = Math.min(allowed, totalmem()) / MEGABYTE;
  return Math.round(Math.max(16, Math.min(4_096, Math.max(megabytes / 8, megabytes / 4 - 512))));
}

/**
 * Megabytes of log between two checkpoints, a tenth of the free disk within reason. The first change of a
 * page behind a checkpoint puts all of the page into the log: with a large book and few megabytes that would
 * be every change.
 */
function logSize(cluster: string): number {
  const { bavail, bsize } = statfsSync(cluster);
  return Math.round(Math.max(1_024, Math.min(8_192, (bavail * bsize) / MEGABYTE / 10)));
}

/** Small containers have a /dev/shm of 64 MB or none: parallel queries then share memory by files. */
function dynamicMemory(): string {
  if (process.platform !== 'linux') return 'posix';
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize >= 256 * 1_048_576 ? 'posix' : 'mmap';
  } catch {
    return 'mmap';
  }
}

async function usablePort(wanted: number | undefined): Promise<number> {
  const port = wanted === undefined ? undefined : await tryPort(wanted);
  return port ?? (await lastingPort()) ?? (await tryPort(0)) ?? 0;
}

/**
 * Systems give away higher ports (from 32768 on, or 49152) for any connection: one of those may be in use
 * when the server wants it back at its next start.
 */
const LASTING_PORTS = { from: 16_000, below: 32_000, tries: 50 };

async function lastingPort(): Promise<number | undefined> {
  for (let tries = 0; tries < LASTING_PORTS.tries; tries += 1) {
    const port = await tryPort(randomInt(LASTING_PORTS.from, LASTING_PORTS.below));
    if (port !== undefined) return port;
  }
  return undefined;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

function advice(plan: PostmasterPlan, log: string): string {
  const see = `(${plan.log} says more)`;
  if (/No space left on device|Disk quota exceeded/.test(log))
    return `the disk is full, the database cannot start: free some space, or name another folder with LOANBOOK_DATA_DIR ${see}`;
  if (/Permission denied/.test(log))
    return `the database cannot start: no permission in ${plan.cluster}; it must belong to the account that runs PostgreSQL ${see}`;
  if (/Cannot allocate memory|could not map anonymous shared memory/.test(log))
    return `the database cannot start: not enough memory; give the machine more or set DATABASE_URL ${see}`;
  const line = log.split('\n').find((each) => /FATAL|PANIC/.test(each)) ?? log.trim().split('\n').at(-1);
  return `the database cannot start: ${line?.replace(/^.*?(FATAL|PANIC): +/, '')} ${see}`;
}

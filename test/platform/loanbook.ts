/**
 * Loanbook as its own process, as `npm start` runs it: what it prints, how it ends, and what it leaves
 * behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../server/root.ts';
import { commandOf, isAlive, signal } from '../../server/store/embedded/processes.ts';

export interface Loanbook {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly apiUrl: string;
  readonly authUrl: string;
  /** Everything printed so far, both streams. */
  printed(): string;
  /** The exit code; a signal's name when one ended it. */
  readonly ended: Promise<number | string | null>;
}

export interface Ended {
  readonly code: number | string | null;
  readonly printed: string;
}

type Settings = Readonly<Record<string, string>>;

const started = new Set<ChildProcess>();
const folders: string[] = [];

/** One that other accounts may enter: run by root, PostgreSQL's files would else lie outside of it. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-start-'));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

/** Processes of a killed PostgreSQL may write for a moment longer: what is in use is tried again. */
export const removeFolder = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });

/** For afterAll: nothing that a failed test started stays. */
export function cleanUp(): void {
  // Not by number: that of a process that has ended may belong to another one by now.
  for (const child of started) child.kill('SIGKILL');
  started.clear();
  for (const folder of folders.splice(0)) {
    signal(postmasterOf(join(folder, 'data')) ?? 0, 'SIGKILL');
    removeFolder(folder);
  }
}

/** Two ports that nobody has right now, and that nobody is given who asks the system for any port. */
export async function freePorts(): Promise<Settings> {
  const [api, auth] = [await freePort(), await freePort()];
  return { LOANBOOK_API_PORT: String(api), LOANBOOK_AUTH_PORT: String(auth) };
}

/**
 * The system gives away high ports (from 16000, 32768 or 49152 on): one of those may be taken by others
 * until the server listens. Each worker counts on from a place of its own.
 */
const PORTS = { from: 10_000, below: 16_000 };
const span = PORTS.below - PORTS.from;
let counted = (process.pid * 97) % span;

async function freePort(): Promise<number> {
  for (let tries = 0; tries < span; tries += 1) {
    counted = (counted + 1) % span;
    const port = PORTS.from + counted;
    if (await isFree(port)) return port;
  }
  throw new Error('every port is taken');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** Starts it and waits until it says that it is running. */
export async function start(settings: Settings, args: readonly string[] = []): Promise<Loanbook> {
  const loanbook = launch(settings, args);
  const running = new Promise<true>((resolve) => {
    loanbook.process.stdout?.on('data', () => {
      if (/ {2}database .*\n/.test(loanbook.printed())) resolve(true);
    });
  });
  const outcome = await Promise.race([running, loanbook.ended]);
  if (outcome !== true) throw new Error(`it ended with ${outcome}:\n${loanbook.printed()}`);
  return loanbook;
}

/** Starts it where it cannot start. */
export async function startInVain(settings: Settings, args: readonly string[] = []): Promise<Ended> {
  const loanbook = launch(settings, args);
  const code = await loanbook.ended;
  return { code, printed: loanbook.printed() };
}

/** Asks it to end and waits for that. */
export async function stop(
  loanbook: Loanbook,
  how: NodeJS.Signals = 'SIGTERM',
): Promise<number | string | null> {
  loanbook.process.kill(how);
  return loanbook.ended;
}

/** The number of the live PostgreSQL server on this data folder. */
export function postmasterOf(dataDir: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
    const isIt = isAlive(pid) && commandOf(pid)?.includes(dataDir);
    return isIt ? pid : undefined;
  } catch {
    return undefined;
  }
}

export const passwordIn = (printed: string): string | undefined =>
  /^ {2}password {2}(\S+)$/m.exec(printed)?.[1];

const STANDARD: Settings = {
  // One process, which starts sooner, where a test does not ask for more.
  LOANBOOK_WORKERS: '1',
  // A machine that is busy with other things proves nothing about ours.
  LOANBOOK_CONNECT_TIMEOUT_MS: '60000',
  LOANBOOK_STATEMENT_TIMEOUT_MS: '60000',
};

function launch(settings: Settings, args: readonly string[]): Loanbook {
  return follow(
    spawn(process.execPath, [join(projectRoot, 'scripts', 'start.mjs'), ...args], {
      env: { ...cleanEnvironment(), ...STANDARD, ...settings },
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
    settings,
  );
}

export function follow(child: ChildProcess, settings: Settings): Loanbook {
  started.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('close', (code, name) => resolve(code ?? name));
  });
  return {
    process: child,
    pid: child.pid ?? 0,
    apiUrl: `http://127.0.0.1:${settings.LOANBOOK_API_PORT}`,
    authUrl: `http://127.0.0.1:${settings.LOANBOOK_AUTH_PORT}`,
    printed: () => text,
    ended,
  };
}

/** Without settings of the one who runs the tests. */
export function cleanEnvironment(): Record<string, string | undefined> {
  const ours = ([name]: [string, unknown]): boolean =>
    name.startsWith('LOANBOOK_') || name === 'DATABASE_URL';
  return Object.fromEntries(Object.entries(process.env).filter((entry) => !ours(entry)));
}

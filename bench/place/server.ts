/** A fresh Loanbook as users start it: its own processes, an embedded database in a new folder, durable. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createClient, type LoanbookClient } from '../../sdk/client.ts';
import { projectRoot } from '../../server/root.ts';

export interface BenchServer {
  readonly pid: number;
  readonly apiUrl: string;
  readonly authUrl: string;
  /** Where the server's own database is, for bare SQL beside it. */
  readonly databaseUrl: string;
  readonly postmasterPid: number;
  readonly client: LoanbookClient;
  /** Everything printed so far. */
  printed(): string;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

const LOGIN = { email: 'bench@example.com', password: 'a password for the bench' };
const LONGEST_START_MILLISECONDS = 300_000;

export async function startServer(settings: Readonly<Record<string, string>>): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-bench-'));
  // Run by root, PostgreSQL is another account, which must be able to enter.
  chmodSync(folder, 0o755);
  const dataDir = join(folder, 'data');
  const [apiPort, authPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, startArguments(), {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...withoutSettings(process.env),
      LOANBOOK_API_PORT: String(apiPort),
      LOANBOOK_AUTH_PORT: String(authPort),
      LOANBOOK_DATA_DIR: dataDir,
      LOANBOOK_ADMIN_EMAIL: LOGIN.email,
      LOANBOOK_ADMIN_PASSWORD: LOGIN.password,
      // A line for each call would be read by nobody here.
      LOANBOOK_LOG_LEVEL: 'error',
      ...settings,
    },
  });
  const printed = await running(child).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  const [apiUrl, authUrl] = [`http://127.0.0.1:${apiPort}`, `http://127.0.0.1:${authPort}`];
  const client = createClient({ apiUrl, authUrl, login: LOGIN, timeout: 120_000 });
  return {
    pid: child.pid ?? 0,
    ...{ apiUrl, authUrl, client, printed },
    ...databaseIn(dataDir),
    stop: () => stopped(child, folder),
  };
}

/** What `npm start` gives to node. */
function startArguments(): string[] {
  const text = readFileSync(join(projectRoot, 'package.json'), 'utf8');
  const { scripts } = JSON.parse(text) as { scripts: { start: string } };
  return scripts.start.split(' ').slice(1);
}

/** Settings of the one who runs the bench are not those of the server that is measured. */
const withoutSettings = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('LOANBOOK_') && name !== 'DATABASE_URL'),
  );

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Waits for the line that names the database, which comes once everything listens. */
function running(child: ChildProcess): Promise<() => string> {
  let text = '';
  const printed = (): string => text;
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`the server ${why}:\n${text}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('did not start in time');
    }, LONGEST_START_MILLISECONDS);
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        text = (text + chunk.toString('utf8')).slice(-20_000);
        if (!/ {2}database .*\n/.test(text)) return;
        clearTimeout(timer);
        resolve(printed);
      });
    child.once('close', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}

/** By its socket, as the server reaches it: what runs beside it is to have no longer way. */
function databaseIn(dataDir: string): { databaseUrl: string; postmasterPid: number } {
  const linesOf = (name: string): string[] => readFileSync(join(dataDir, name), 'utf8').split('\n');
  const [password] = linesOf('database-password');
  // PostgreSQL's own notes: number, folder, start, port, folder of the socket.
  const [pid, , , port, socket] = linesOf(join('postgres', 'postmaster.pid'));
  const host = encodeURIComponent(socket || '127.0.0.1');
  return {
    databaseUrl: `postgres://loanbook:${password}@${host}:${port}/loanbook`,
    postmasterPid: Number(pid),
  };
}

async function stopped(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}

/** The database has seen to its tables, so that it does not do so in the middle of a run. */
export async function settle({ databaseUrl }: BenchServer): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('vacuum analyze');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

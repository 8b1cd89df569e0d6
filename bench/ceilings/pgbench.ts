/**
 * pgbench's TPC-B on the same server, in a database of its own and in turns with what is compared with it;
 * where there is no pgbench, that is said.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import type { BenchServer } from '../place/server.ts';
import type { ShareFigures } from '../share.ts';

export type PgbenchFigures =
  | { readonly found: false; readonly why: string }
  | {
      readonly found: true;
      readonly version: string;
      readonly scale: number;
      readonly clients: number;
      /** Transactions a second as `small`, repayments as `large`. */
      readonly turns: ShareFigures;
    };

/** Plays both in turns; `once` runs pgbench one time and answers its transactions a second. */
export type Turns = (once: () => Promise<number>) => Promise<ShareFigures>;

const DATABASE = 'pgbench';
export const CLIENTS = 64;

export async function measurePgbench(
  { databaseUrl }: BenchServer,
  { seconds, scale, turns }: { readonly seconds: number; readonly scale: number; readonly turns: Turns },
): Promise<PgbenchFigures> {
  const program = findPgbench();
  if (program === undefined)
    return { found: false, why: 'no pgbench in PATH nor in the usual folders: it comes with PostgreSQL' };
  const url = databaseUrl.replace(/\/[^/]*$/, `/${DATABASE}`);
  await onServer(databaseUrl, `drop database if exists ${DATABASE} with (force)`);
  await onServer(databaseUrl, `create database ${DATABASE}`);
  try {
    await run(program, ['-i', '-q', '-s', String(scale), '-I', 'dtGvp', url]);
    await onServer(databaseUrl, 'checkpoint');
    const clients = ['-c', String(CLIENTS), '-j', '2', '-M', 'prepared', '-n'];
    const once = async (): Promise<number> =>
      transactionsIn(await run(program, [...clients, '-T', String(seconds), url]));
    const version = (await run(program, ['--version'])).trim();
    return { found: true, version, scale, clients: CLIENTS, turns: await turns(once) };
  } catch (error) {
    return { found: false, why: `pgbench failed: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    await onServer(databaseUrl, `drop database if exists ${DATABASE} with (force)`);
  }
}

/** Transactions a second, of pgbench's own report. */
export function transactionsIn(text: string): number {
  const perSecond = Number(/^tps = ([\d.]+) \((?:without|excluding)/m.exec(text)?.[1] ?? Number.NaN);
  if (Number.isNaN(perSecond)) throw new Error(`pgbench said nothing of tps:\n${text}`);
  return perSecond;
}

/** PATH first, then where distributions put it, the latest version first. */
export function findPgbench(): string | undefined {
  const paths = (process.env.PATH ?? '').split(delimiter);
  const debian = versionsIn('/usr/lib/postgresql').map((each) => `/usr/lib/postgresql/${each}/bin`);
  const redhat = versionsIn('/usr')
    .filter((each) => /^pgsql-\d+$/.test(each))
    .map((each) => `/usr/${each}/bin`);
  const others = ['/usr/local/pgsql/bin', '/usr/local/bin', '/opt/homebrew/bin'];
  return [...debian, ...redhat, ...paths, ...others]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'pgbench'))
    .find(isProgram);
}

const versionsIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder).sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10))
    : [];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** What it printed; fails with that when it ends otherwise than well. */
function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString('utf8');
      });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`ended with ${code}: ${printed.slice(-500)}`)),
    );
  });
}

/**
 * Starts that must fail: one clear line that says what to do, exit code 1, and no database server left
 * running.
 */
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Embedded, startEmbedded } from '../../server/store/embedded.ts';
import { cleanUp, freePorts, freshFolder, postmasterOf, startInVain } from './loanbook.ts';

let other: Embedded;

beforeAll(async () => {
  other = await startEmbedded({ dataDir: join(freshFolder(), 'data') });
});

// Each start is a process with a database of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 600_000 });

afterAll(async () => {
  await other.stop();
  cleanUp();
});

/** The lines that are ours, without the log. */
const linesOf = (printed: string): string[] =>
  printed.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('{'));

async function refusalOf(settings: Readonly<Record<string, string>>, args: string[] = []): Promise<string> {
  const { code, printed } = await startInVain({ ...(await freePorts()), ...settings }, args);
  expect(code).toBe(1);
  const lines = linesOf(printed);
  expect(lines).toEqual([expect.stringMatching(/^loanbook: /)]);
  return lines[0] ?? '';
}

test('a taken port', async () => {
  const dataDir = join(freshFolder(), 'data');
  const holder = await new Promise<Server>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  const line = await refusalOf({ LOANBOOK_DATA_DIR: dataDir, LOANBOOK_AUTH_PORT: port });
  expect(line).toContain(
    `port ${port} on 127.0.0.1 is taken: stop the program that has it, or set LOANBOOK_AUTH_PORT`,
  );
  expect(postmasterOf(dataDir)).toBeUndefined();
  holder.close();
});

test.each([
  [
    'a server that is not there',
    () => 'postgres://me:secret@127.0.0.1:9/book',
    /no PostgreSQL answers at 127.0.0.1:9/,
  ],
  ['a host that is not known', () => 'postgres://me:secret@nowhere.invalid/book', /nowhere.invalid/],
  ['a wrong password', () => other.url.replace(/:[^:@]+@/, ':secret@'), /refuses user "loanbook"/],
  [
    'a database that is not there',
    () => other.url.replace(/[^/]*$/, 'elsewhere'),
    /"elsewhere" does not exist/,
  ],
  ['a URL of something else', () => 'mysql://me:secret@localhost/book', /DATABASE_URL: must be postgres:/],
])('a DATABASE_URL of %s', async (_name, url, expected) => {
  const { code, printed } = await startInVain({ ...(await freePorts()), DATABASE_URL: url() });
  expect(code).toBe(1);
  expect(printed).toMatch(expected);
  expect(printed).not.toContain('secret');
  expect(linesOf(printed).length).toBeLessThanOrEqual(2);
});

test('every fault of the configuration at once', async () => {
  const { code, printed } = await startInVain({
    LOANBOOK_API_PORT: '70000',
    LOANBOOK_MODE: 'production',
    LOANBOOK_TIME_ZONE: 'Mars/Olympus',
    LOANBOOK_CURRENCY: 'shilling',
    LOANBOOK_ADMIN_PASSWORD: 'short',
    LOANBOOK_BUSINESS_DATE: '2025-02-30',
    LOANBOOK_WORKERS: '0',
    LOANBOOK_PROT: '1',
  });
  expect(code).toBe(1);
  for (const name of [
    'API_PORT',
    'MODE',
    'TIME_ZONE',
    'CURRENCY',
    'ADMIN_PASSWORD',
    'BUSINESS_DATE',
    'WORKERS',
    'PROT',
  ])
    expect(printed).toContain(`  LOANBOOK_${name}: `);
  expect(printed).not.toContain('short');
});

test.each([
  [['--port', '5'], /unknown options --port 5/],
  [['--only', 'console'], /there are --workers N, --only auth, --only api, --only worker/],
])('the options %j', async (args, expected) => {
  expect(await refusalOf({}, args)).toMatch(expected);
});

test('a data folder that another one uses', async () => {
  const dataDir = join(freshFolder(), 'data');
  const holder = await startEmbedded({ dataDir });
  expect(await refusalOf({ LOANBOOK_DATA_DIR: dataDir })).toMatch(
    /another Loanbook \(process \d+\) uses the data folder/,
  );
  await holder.stop();
});

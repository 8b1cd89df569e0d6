/** `loanbook import` against a running Loanbook: files of both kinds, and a kill in the middle. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createClient, type LoanbookClient } from '../../sdk/client.ts';
import { projectRoot } from '../../server/root.ts';
import { hasEnded } from '../../server/store/embedded/processes.ts';
import { SOON } from '../patience.ts';
import {
  cleanEnvironment,
  cleanUp,
  freePorts,
  freshFolder,
  type Loanbook,
  postmasterOf,
  start,
  stop,
} from './loanbook.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const PASSWORD = 'correct horse battery';
const folder = freshFolder();
const dataDir = join(folder, 'data');
let settings: Record<string, string>;
let loanbook: Loanbook;
let client: LoanbookClient;

beforeAll(async () => {
  settings = {
    ...(await freePorts()),
    LOANBOOK_LOG_LEVEL: 'error',
    LOANBOOK_DATA_DIR: dataDir,
    LOANBOOK_ADMIN_PASSWORD: PASSWORD,
    LOANBOOK_WORKERS: '1',
  };
  await begin();
});
afterAll(async () => {
  await stop(loanbook);
  cleanUp();
});

async function begin(): Promise<void> {
  loanbook = await start(settings);
  const { apiUrl, authUrl } = loanbook;
  const login = { email: 'admin@loanbook.local', password: PASSWORD };
  client = createClient({ apiUrl, authUrl, login });
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly complaint: string;
}

/** `rest` comes behind the input, once it is there. */
function run(
  args: readonly string[],
  { input = '', rest = '' }: { input?: string; rest?: string | Promise<string> } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [join(projectRoot, 'cli', 'bin.mjs'), ...args], {
    env: {
      ...cleanEnvironment(),
      LOANBOOK_URL: loanbook.apiUrl,
      LOANBOOK_AUTH_URL: loanbook.authUrl,
      LOANBOOK_PASSWORD: PASSWORD,
    },
  });
  const ended: { out: string; complaint: string } = { out: '', complaint: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    ended.out += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    ended.complaint += chunk.toString('utf8');
  });
  child.stdin.on('error', () => {});
  child.stdin.write(input);
  void Promise.resolve(rest).then((text) => child.stdin.end(text));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...ended })));
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('customers and their loans come out of CSV files, quotes and empty cells included', async () => {
  const people = file(
    'people.csv',
    '\uFEFFexternalId,firstname,lastname,activationDate\r\nP-1,"Asha ""A"", of\nDar",Mollel,2025-01-01\r\nP-2,,,2025-01-01\r\n',
  );
  expect(await run(['import', 'customers', people])).toMatchObject({
    ...{ code: 0, out: '2 customers taken over, 0 were in the book, 0 refused\n' },
  });
  expect((await client.customers.get({ externalId: 'P-1' })).firstname).toBe('Asha "A", of\nDar');
  const repayments = JSON.stringify([{ transactionAmount: 60000, transactionDate: '2025-02-01' }]);
  const loans = file(
    'loans.csv',
    [
      'externalId,customerExternalId,productId,principal,expectedDisbursementDate,repayments',
      `L-1,P-1,1,50000,2025-01-15,"${repayments.replaceAll('"', '""')}"`,
      'L-2,P-2,1,50000.50,2025-01-15,',
      '',
      'L-3,P-3,1,many,2025-01-15,',
      'L-4,P-4,1,20000,2025-01-20,',
    ].join('\n'),
  );
  const { code, out } = await run(['import', 'loans', loans]);
  expect(out).toBe(
    'line 5 (L-3): principal: must be a number\n' +
      '3 loans taken over, 1 customers made for them, 0 were in the book, 1 refused\n',
  );
  expect(code).toBe(1);
  expect((await client.loans.get({ externalId: 'L-1' })).status).toBe('Overpaid');
  expect((await client.loans.get({ externalId: 'L-2' })).principal).toBe(50_000.5);
  const again = await run(['import', 'loans', loans, '--json']);
  expect(JSON.parse(again.out)).toMatchObject({ imported: 0, skipped: 3, refused: [{ line: 5 }] });
});

const loanLine = (index: number) =>
  JSON.stringify({
    externalId: `N-${index}`,
    customerExternalId: `C-${index % 700}`,
    productId: '2',
    principal: 100_000 + (index % 50),
    expectedDisbursementDate: '2025-01-15',
  });

test('NDJSON comes from the input, first on trial; all or nothing when asked for', async () => {
  const input = `${loanLine(0)}\n\n${loanLine(1)}\n{"externalId":"N-2"}\n`;
  const tried = await run(['import', 'loans', '-', '--dry-run'], { input });
  expect(tried.out).toMatch(/^line 4 \(N-2\): .*is required.*\n2 loans could be taken over, 2 customers/);
  const whole = await run(['import', 'loans', '-', '--all-or-nothing'], { input });
  expect([whole.code, whole.out]).toEqual([1, expect.stringMatching(/\n0 loans taken over/)]);
  await expect(client.loans.get({ externalId: 'N-0' })).rejects.toMatchObject({ code: 'not_found' });
});

test.each([
  ['a file that is not there', ['import', 'loans', 'nowhere.csv'], '', /there is no file nowhere.csv/],
  ['a line that is no JSON', ['import', 'loans', '-'], '{"a":1}\nx\n', /line 2 is not a JSON object/],
  ['CSV that is none', ['import', 'loans', '-', '--format', 'csv'], 'a,b\n"x', /not good CSV/],
])('%s: exit code 2 and a line that says what is wrong', async (_what, args, input, expected) => {
  const { code, complaint } = await run(args, { input });
  expect([code, complaint]).toEqual([2, expect.stringMatching(expected)]);
});

const LINES = 8_000;

test('killed in the middle and run again, the import is complete, once, and the book proves', async () => {
  const lines = Array.from({ length: LINES }, (_, index) => `${loanLine(index)}\n`);
  const path = file('many.ndjson', lines.join(''));
  const count = async () => (await client.loans.list({ rows: 1, productId: '2' }).page()).total;
  // However fast or slow the machine is: some lines are stored by then, and some are still to come.
  const killed = vi.waitFor(async () => expect(await count()).toBeGreaterThan(0), SOON).then(killAll);
  const [half, rest] = [lines.slice(0, LINES / 2).join(''), lines.slice(LINES / 2).join('')];
  const cut = await run(['import', 'loans', '-'], { input: half, rest: killed.then(() => rest) });
  await killed;
  expect(cut.code).toBe(1);
  await begin();
  const before = await count();
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(LINES);
  const again = JSON.parse((await run(['import', 'loans', path, '--json'])).out) as Record<string, unknown>;
  expect(again).toMatchObject({ imported: LINES - before, skipped: before, refused: [] });
  expect(await count()).toBe(LINES);
  const proof = await run(['verify', '--replay-every', '50']);
  expect([proof.code, proof.out]).toEqual([0, expect.stringContaining('nothing is wrong')]);
  expect(await run(['audit', 'verify'])).toMatchObject({ code: 0 });
});

/** The server, and its database with it: neither gets to finish anything. */
async function killAll(): Promise<void> {
  const postmaster = postmasterOf(dataDir) ?? 0;
  loanbook.process.kill('SIGKILL');
  if (postmaster > 0) process.kill(postmaster, 'SIGKILL');
  await loanbook.ended;
  await hasEnded(postmaster, 5_000);
}

/** The `loanbook` command against a running Loanbook: what it prints, what it changes, how it fails. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { projectRoot } from '../../server/root.ts';
import { createTestDatabase, type TestDatabase } from '../testDatabase.ts';
import { cleanEnvironment, cleanUp, freePorts, type Loanbook, start, stop } from './loanbook.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const PASSWORD = 'correct horse battery';
let database: TestDatabase;
let loanbook: Loanbook;

beforeAll(async () => {
  database = await createTestDatabase();
  loanbook = await start({
    ...(await freePorts()),
    LOANBOOK_LOG_LEVEL: 'error',
    DATABASE_URL: database.url,
    LOANBOOK_ADMIN_PASSWORD: PASSWORD,
  });
});

afterAll(async () => {
  await stop(loanbook);
  cleanUp();
  await database.drop();
});

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly complaint: string;
}

interface Circumstances {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function run(args: readonly string[], { input = '', env = {} }: Circumstances = {}): Promise<Run> {
  const settings = {
    LOANBOOK_URL: loanbook.apiUrl,
    LOANBOOK_AUTH_URL: loanbook.authUrl,
    LOANBOOK_PASSWORD: PASSWORD,
    ...env,
  };
  const child = spawn(process.execPath, [join(projectRoot, 'cli', 'bin.mjs'), ...args], {
    env: { ...cleanEnvironment(), ...settings },
  });
  child.stdin.end(input);
  const text = { out: '', complaint: '' };
  child.stdout.on('data', (chunk) => {
    text.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text.complaint += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...text })));
}

async function json<Answer>(args: readonly string[], circumstances?: Circumstances): Promise<Answer> {
  const { code, out, complaint } = await run([...args, '--json'], circumstances);
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
  return JSON.parse(out) as Answer;
}

interface Account {
  readonly email: string;
  readonly status: string;
  readonly roles: readonly string[];
  readonly generatedPassword?: string;
}

test('health tells of both hosts, and fails when one is not there', async () => {
  const { code, out } = await run(['health']);
  expect(code).toBe(0);
  expect(out).toMatch(/^api +http.* +true +ok\nauth +http.* +true +ok$/m);
  const without = await run(['health'], { env: { LOANBOOK_AUTH_URL: 'http://127.0.0.1:9' } });
  expect(without.code).toBe(1);
  expect(without.out).toMatch(/auth +http:\/\/127.0.0.1:9 +false +nobody answers/);
});

test('an account is made, disabled, enabled and given a new password', async () => {
  const made = await json<Account>([
    'accounts',
    'create',
    'partner@example.com',
    '--role',
    'admin',
    'operator',
  ]);
  expect(made).toMatchObject({ status: 'enabled', roles: ['ADMIN', 'OPERATOR'] });
  const asPartner = { env: { LOANBOOK_EMAIL: made.email, LOANBOOK_PASSWORD: made.generatedPassword ?? '' } };
  expect(await json<Account[]>(['accounts', 'list'], asPartner)).toHaveLength(2);

  expect(await json(['accounts', 'disable', made.email])).toMatchObject({ status: 'disabled' });
  const refused = await run(['accounts', 'list'], asPartner);
  expect(refused.code).toBe(1);
  expect(refused.complaint).toMatch(/^loanbook: .*LOANBOOK_PASSWORD\n$/);

  expect(await json(['accounts', 'enable', made.email])).toMatchObject({ status: 'enabled' });
  await json(['accounts', 'set-password', made.email], { input: 'another long password\n' });
  const own = { env: { LOANBOOK_EMAIL: made.email, LOANBOOK_PASSWORD: 'another long password' } };
  await json(['accounts', 'set-password'], { ...own, input: 'a third long password\n' });
  const { out } = await run(['accounts', 'revoke-tokens', made.email], {
    env: { LOANBOOK_EMAIL: made.email, LOANBOOK_PASSWORD: 'a third long password' },
  });
  expect(out).toMatch(/^email +roles +status .*\npartner@example.com +ADMIN,OPERATOR +enabled /);
});

test('signing keys are rotated and retired', async () => {
  const [first] = await json<{ kid: string; status: string }[]>(['keys', 'list']);
  const [second] = await json<{ kid: string; status: string }[]>(['keys', 'rotate']);
  expect(second?.status).toBe('signing');
  expect((await run(['keys', 'retire', second?.kid ?? ''])).complaint).toMatch(/rotate first/);
  const [retired] = await json<{ status: string }[]>(['keys', 'retire', first?.kid ?? '']);
  expect(retired?.status).toBe('retired');
});

test.each<[string, readonly string[], Circumstances, number, RegExp]>([
  ['an unknown command', ['accounts', 'paint'], {}, 2, /unknown command 'paint'/],
  ['a value taken for an option', ['keys', 'retire', '-kid'], {}, 2, /begins with - is written after --/],
  ['such a value after --', ['keys', 'retire', '--', '-kid'], {}, 1, /no published signing key/],
  ['a missing argument', ['keys', 'retire'], {}, 2, /missing required argument 'kid'/],
  ['an unknown role', ['accounts', 'create', 'a@b', '--role', 'king'], {}, 2, /ADMIN and OPERATOR/],
  ['an unknown account', ['accounts', 'disable', 'a@b'], {}, 2, /no account a@b/],
  [
    'no password and no terminal',
    ['keys', 'list'],
    { env: { LOANBOOK_PASSWORD: '' } },
    2,
    /set LOANBOOK_PASSWORD/,
  ],
  [
    'nobody there',
    ['keys', 'list'],
    { env: { LOANBOOK_AUTH_URL: 'http://127.0.0.1:9' } },
    1,
    /is it running\?/,
  ],
])('%s: exit code and a line that says what to do', async (_name, args, circumstances, code, expected) => {
  const failed = await run(args, circumstances);
  expect(failed.code).toBe(code);
  expect(failed.complaint).toMatch(expected);
  expect(failed.out).toBe('');
});

test('audit shows who changed what and proves that the record is whole', async () => {
  const list = await run(['audit', 'list', '--operation', 'createFirstAccount']);
  expect(list.out).toMatch(/^recordedAt +operation +subject .*\n\S+ +createFirstAccount +account \S+/);
  const { code, out } = await run(['audit', 'verify']);
  expect(out).toMatch(/^intact: \d+ entries in \d+ chains\n$/);
  expect(code).toBe(0);
});

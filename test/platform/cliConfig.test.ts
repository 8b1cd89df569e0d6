/**
 * `loanbook config` against a running Loanbook: what is exported can be compared, applied, and comes back.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { projectRoot } from '../../server/root.ts';
import { emailOf, PASSWORD } from '../beginning.ts';
import { makeWorld, type World } from '../world.ts';
import { cleanEnvironment, cleanUp, freshFolder } from './loanbook.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

let world: World;
let other: World;
let folder: string;

beforeAll(async () => {
  world = await makeWorld();
  other = await makeWorld();
  folder = freshFolder();
});
afterAll(async () => {
  await world.close();
  await other.close();
  cleanUp();
});

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly complaint: string;
}

function run(book: World, ...args: readonly string[]): Promise<Run> {
  const settings = {
    LOANBOOK_URL: book.apiUrl,
    LOANBOOK_AUTH_URL: book.authUrl,
    LOANBOOK_EMAIL: emailOf('operator'),
    LOANBOOK_PASSWORD: PASSWORD,
  };
  const child = spawn(process.execPath, [join(projectRoot, 'cli', 'bin.mjs'), 'config', ...args], {
    env: { ...cleanEnvironment(), ...settings },
  });
  const text = { out: '', complaint: '' };
  child.stdout.on('data', (chunk) => {
    text.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text.complaint += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...text })));
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const ADDED = `
paymentTypes:
  - shortName: AGENT
    name: Agent
charges:
  - code: LATE
    name: Late fee
    chargeTimeType: Overdue installment
    chargeCalculationType: "% of amount"
    amount: 1.5
    penalty: true
`;

test('what is exported has nothing to change, and makes another book the same', async () => {
  const added = write('added.yaml', ADDED);
  const applied = await run(world, 'apply', added);
  expect({ ...applied, out: '' }).toEqual({ code: 0, out: '', complaint: '' });
  expect(applied.out).toMatch(
    /^\+ paymentTypes AGENT\n {4}shortName: AGENT\n {4}name: Agent\n {4}active: true$/m,
  );
  expect(applied.out).toMatch(/^\+ charges LATE$/m);
  expect(applied.out).toMatch(/left as they are:\n {2}paymentTypes MOBILE_MONEY/);
  expect(applied.out).toMatch(/changed 2 entries\n$/);

  const { out: exported } = await run(world, 'export');
  expect(exported).toMatch(/^# Configuration of a Loanbook/);
  const book = write('book.yaml', exported);
  const same = await run(world, 'diff', book);
  expect(same).toEqual({ code: 0, out: 'nothing to change\n', complaint: '' });

  const different = await run(other, 'diff', book);
  expect(different.code).toBe(1);
  expect(different.out).toMatch(/would change 2 entries\n$/);
  expect((await run(other, 'diff', book)).out).toBe(different.out);
  expect((await run(other, 'apply', book)).code).toBe(0);
  expect((await run(other, 'export')).out).toBe(exported);
  expect((await run(other, 'apply', book)).out).toBe('nothing to change\n');
});

test('an edited file changes what was edited', async () => {
  const { out: exported } = await run(world, 'export');
  const edited = write('edited.yaml', exported.replace('amount: 1.5', 'amount: 2'));
  const found = await run(world, 'diff', edited);
  expect(found).toEqual({
    code: 1,
    out: '~ charges LATE\n    amount: 1.5 -> 2\nwould change 1 entry\n',
    complaint: '',
  });
  expect(readFileSync(edited, 'utf8')).toContain('amount: 2');
});

test.each<[string, string, number, RegExp]>([
  ['no YAML', 'charges: [', 2, /is not YAML/],
  ['no sections', '- 1', 2, /holds no sections/],
  ['an unknown section', 'colours: []', 1, /configuration.colours: unknown field/],
  [
    'a number for a text',
    'glAccounts: [{ glCode: 1000, name: Cash, type: asset }]',
    1,
    /glCode: must be a string/,
  ],
  [
    'a fault',
    'charges: [{ code: A, name: A, chargeTimeType: 9, chargeCalculationType: 1, amount: 1 }]',
    1,
    /charges.A.penalty: must be true/,
  ],
])('%s is refused in one line', async (name, text, code, expected) => {
  const failed = await run(world, 'apply', write(`${name.replaceAll(' ', '-')}.yaml`, text));
  expect(failed).toEqual({ code, out: '', complaint: expect.stringMatching(expected) });
});

test('a file that is not there is said to be so', async () => {
  const failed = await run(world, 'diff', join(folder, 'nowhere.yaml'));
  expect(failed).toMatchObject({ code: 2, complaint: expect.stringMatching(/cannot read .*nowhere.yaml/) });
});

/** `loanbook close-of-business ...` and `loanbook clock ...` against a running sandbox. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { projectRoot } from '../../server/root.ts';
import { LOGIN, openPlace, type Place } from '../simulation/place.ts';
import { createTestDatabase, type TestDatabase } from '../testDatabase.ts';
import { cleanEnvironment, cleanUp } from './loanbook.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

let database: TestDatabase;
let place: Place;
let loan: string;

beforeAll(async () => {
  database = await createTestDatabase();
  place = await openPlace({ databaseUrl: database.url, workers: 1 });
  await place.client.customers.create({ externalId: 'amina' });
  const wish = { customerId: 'amina', productId: '1', principal: 30_000 };
  ({ id: loan } = await place.client.loans.create(wish));
});
afterAll(async () => {
  await place?.close();
  cleanUp();
  await database?.drop();
});

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly complaint: string;
}

function run(...args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [join(projectRoot, 'cli', 'bin.mjs'), ...args], {
    env: {
      ...cleanEnvironment(),
      LOANBOOK_URL: place.apiUrl,
      LOANBOOK_AUTH_URL: place.authUrl,
      LOANBOOK_EMAIL: LOGIN.email,
      LOANBOOK_PASSWORD: LOGIN.password,
    },
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

test('a book that was never closed says so', async () => {
  const { code, out } = await run('close-of-business', 'status');
  expect(code).toBe(0);
  expect(out).toMatch(/^business date 2025-01-01, closed through no day yet\n/);
});

test('run closes the days that are over and shows them', async () => {
  const { code, out, complaint } = await run('close-of-business', 'run');
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
  const [head, columns, row] = out.split('\n');
  expect(head).toBe('business date 2025-01-01, closed through 2024-12-31');
  expect(columns?.split(/ +/)).toEqual([
    ...['date', 'status', 'chunksFinished', 'chunks', 'loans', 'accruals', 'finishedAt'],
  ]);
  expect(row).toMatch(/^2024-12-31 +finished +1 +1 +\d+ +\d+ +\S+Z$/);
});

test('clock advance lets days pass, more than fit into one call, each closed', async () => {
  const { code, out } = await run('clock', 'advance', '10');
  expect([code, out]).toEqual([0, 'the business date is 2025-01-11\n']);
  const to = await run('clock', 'advance', '--to', '2025-01-13', '--json');
  expect(JSON.parse(to.out)).toEqual({ from: '2025-01-11', to: '2025-01-13' });
  const status = JSON.parse((await run('close-of-business', 'status', '--json')).out);
  expect(status).toMatchObject({ businessDate: '2025-01-13', closedThrough: '2025-01-12', failed: [] });
  expect(status.runs).toHaveLength(13);
  const transactions = await place.client.loans.transactions(loan);
  expect(transactions.filter(({ type }) => type === 'Accrual')).toHaveLength(11);
});

test('run --through leaves later days open', async () => {
  await place.client.businessDate.set('2025-01-18');
  const { code, out } = await run('close-of-business', 'run', '--through', '2025-01-14');
  expect([code, out.split('\n')[0]]).toEqual([0, 'business date 2025-01-18, closed through 2025-01-14']);
  const rest = await run('close-of-business', 'run');
  expect(rest.out).toMatch(/^business date 2025-01-18, closed through 2025-01-17\n/);
});

test('books that do not agree are shown, and are exit code 1', async () => {
  await place.db.read.query(
    `insert into ledger_total (slot, entry_date, debit_account, credit_account, amount)
     values (0, '2025-01-18', '1110', '4100', 777)`,
  );
  await place.client.businessDate.set('2025-01-19');
  const { code, out } = await run('close-of-business', 'run');
  expect(code).toBe(1);
  expect(out).toMatch(
    /^wrong:\ndate +where +rule +message\n2025-01-18 +ledger of 2025-01-18 +totals_follow_/m,
  );
});

test('a loan that cannot be closed is shown with the reason, and is exit code 1', async () => {
  const damaged = `with other as (
      insert into loan_terms (id, terms) select gen_random_uuid(), replace(t.terms::text, $2, $3)::jsonb
      from loan_terms t join loan l on l.terms_id = t.id where l.id = $1 returning id)
    update loan set terms_id = other.id from other where loan.id = $1`;
  await place.db.read.query(damaged, [loan, '"4100"', '"9999"']);
  await place.db.read.query(`update loan_closing set next_work_date = '2025-01-19' where loan_id = $1`, [
    loan,
  ]);
  await place.client.businessDate.set('2025-01-20');
  const { code, out } = await run('close-of-business', 'run');
  expect(code).toBe(1);
  expect(out).toMatch(
    new RegExp(`^not closed:\\nloanId +date +attempts +reason\\n${loan} +2025-01-19 +`, 'm'),
  );
});

test.each([
  ['days that are none', ['clock', 'advance', 'soon'], 2, /days must be a number from 1 on/],
  ['a date that is over', ['clock', 'advance', '--to', '2025-01-01'], 0, /^$/],
  ['a day that is no date', ['close-of-business', 'run', '--through', 'yesterday'], 1, /through/],
])('%s', async (_name, args, code, complaint) => {
  const failed = await run(...args);
  expect(failed.complaint).toMatch(complaint);
  expect(failed.code).toBe(code);
});

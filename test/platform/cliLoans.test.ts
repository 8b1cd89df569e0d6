/** `loanbook loans` against a running Loanbook: a loan is shown, and does what its lender says. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { projectRoot } from '../../server/root.ts';
import { emailOf, PASSWORD } from '../beginning.ts';
import { makeWorld, type World } from '../world.ts';
import { cleanEnvironment, cleanUp } from './loanbook.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

let world: World;
beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  const { customers, loans } = world.partner;
  const { id: customerId } = await customers.create({ externalId: 'amina' });
  await loans.create({ customerId, productId: 2, principal: 600_000, externalId: 'amina/1' });
});
afterAll(async () => {
  await world.close();
  cleanUp();
});

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly complaint: string;
}

function run(...args: readonly string[]): Promise<Run> {
  const settings = {
    LOANBOOK_URL: world.apiUrl,
    LOANBOOK_AUTH_URL: world.authUrl,
    LOANBOOK_EMAIL: emailOf('partner'),
    LOANBOOK_PASSWORD: PASSWORD,
  };
  const child = spawn(process.execPath, [join(projectRoot, 'cli', 'bin.mjs'), ...args], {
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

test('a loan is shown by its external id', async () => {
  const { code, out } = await run('loans', 'show', 'amina/1');
  expect(code).toBe(0);
  expect(out).toMatch(/amina Customer\s+Active/);
  expect(out).toContain('2025-02-15');
});

test('a loan is rescheduled, and the loan is shown as it then stands', async () => {
  const asked = ['--from', '2025-02-15', '--to', '2025-02-25', '--extra-terms', '1', '--note', 'harvest'];
  const { code, out } = await run('--json', 'loans', 'reschedule', 'amina/1', ...asked);
  expect(code).toBe(0);
  const { repaymentSchedule } = JSON.parse(out);
  expect(repaymentSchedule).toHaveLength(14);
  expect(repaymentSchedule[1].dueDate).toBe('2025-02-25');
});

test('a loan is marked as fraud, and not any more', async () => {
  expect(JSON.parse((await run('--json', 'loans', 'mark-fraud', 'amina/1')).out).fraud).toBe(true);
  expect(
    JSON.parse((await run('--json', 'loans', 'mark-fraud', 'amina/1', '--off')).out).fraud,
  ).toBeUndefined();
});

test('a write-off is taken back', async () => {
  const written = await run('loans', 'write-off', 'amina/1', '--date', '2025-01-15');
  expect(written.out).toContain('Closed (written off)');
  expect((await run('loans', 'undo-write-off', 'amina/1')).out).toContain('Active');
  const transactions = await run('loans', 'transactions', 'amina/1');
  expect(transactions.out).toMatch(/Write-off\s+687323.16\s.*true/);
});

test('what the API refuses is told in one line, with exit code 1', async () => {
  const { code, complaint } = await run('loans', 'close', 'amina/1', '--date', '2025-01-15');
  expect(code).toBe(1);
  expect(complaint).toMatch(/^loanbook: .* is above the tolerance of 0.00\n$/);
});

test('one charge is paid by itself, and the charges are listed', async () => {
  const { charges } = world.operator;
  const fee = {
    code: 'VISIT',
    name: 'Visit',
    chargeTimeType: 2,
    chargeCalculationType: 1,
    amount: 900,
  } as const;
  await charges.create(fee);
  const { customers, loans, loanCharges } = world.partner;
  const { id: customerId } = await customers.create({ externalId: 'charged' });
  await loans.create({ customerId, productId: 2, principal: 600_000, externalId: 'charged/1' });
  await loanCharges.add({ externalId: 'charged/1' }, { chargeId: 'VISIT', dueDate: '2025-02-10' });
  const part = ['--amount', '400', '--date', '2025-01-15', '--payment-type', '1', '--receipt', 'R-1'];
  const { code, out } = await run('--json', 'charges', 'pay', 'charged/1', '1', ...part);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ id: '1', amountPaid: 400, amountOutstanding: 500 });
  const listed = await run('charges', 'list', 'charged/1');
  expect(listed.out).toMatch(/VISIT\s+false\s+2025-02-10\s+900\s+400\s+0\s+500/);
  const above = await run('charges', 'pay', 'charged/1', '1', '--amount', '501');
  expect([above.code, above.complaint]).toEqual([1, expect.stringContaining('what is open of the charge')]);
  expect((await run('charges', 'pay', 'charged/1', '1', '--amount', 'much')).code).toBe(2);
});

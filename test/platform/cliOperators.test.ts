/** Commands of operators against a running Loanbook, by what they print and what the book then is. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { buildProgram } from '../../cli/program.ts';
import { emailOf, PASSWORD } from '../beginning.ts';
import { makeWorld, type World } from '../world.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

let world: World;
let printed = '';
let loan: string;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15', mode: 'sandbox' });
  await world.partner.customers.create({ externalId: 'amina' });
  const wish = { customerId: 'amina', productId: '2', principal: 600_000, externalId: 'amina/1' };
  loan = (await world.partner.loans.create(wish)).id;
  vi.stubEnv('LOANBOOK_URL', world.apiUrl);
  vi.stubEnv('LOANBOOK_AUTH_URL', world.authUrl);
  vi.stubEnv('LOANBOOK_EMAIL', emailOf('partner'));
  vi.stubEnv('LOANBOOK_PASSWORD', PASSWORD);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await world.close();
});
beforeEach(() => {
  printed = '';
});

/** What the command prints; words with spaces are parted by the caller. */
async function run(line: string, ...rest: readonly string[]): Promise<string> {
  printed = '';
  await buildProgram().parseAsync([...line.split(' '), ...rest], { from: 'user' });
  return printed;
}
const json = async (line: string, ...rest: readonly string[]) =>
  JSON.parse(await run(`--json ${line}`, ...rest));

test('income is recognised up to a day, and interest is paid for the customer', async () => {
  expect(await json('loans accrue amina/1')).toMatchObject({ id: loan, status: 'Active' });
  await world.operator.businessDate.set('2025-02-20');
  await run('loans accrue amina/1 --till 2025-02-15 --note', 'end of the month');
  const accruals = await world.partner.loans.transactions(loan);
  expect(accruals.filter(({ type }) => type === 'Accrual').map(({ date }) => date)).toContain('2025-02-15');
  const waived = await run('loans interest-payment-waiver amina/1 --amount 500.5 --date 2025-02-20');
  expect(waived).toMatch(/Interest payment waiver\s+2025-02-20\s+500\.5/i);
  expect((await world.partner.loans.get(loan)).interestPaid).toBe(500.5);
});

test('a loan is put into its range, and its days are closed', async () => {
  expect(await run('loans classify amina/1')).toMatch(/overdueSince\s+daysPastDue/);
  expect((await world.partner.loans.delinquency(loan)).daysPastDue).toBe(5);
  expect(await json('loans close-days amina/1')).toEqual({ loanId: loan, closedThrough: '2025-02-19' });
  expect(await json(`loans closed-through ${loan}`)).toEqual({ loanId: loan, closedThrough: '2025-02-19' });
});

test('what was agreed to change is listed', async () => {
  await world.operator.loans.reschedule(loan, { rescheduleFromDate: '2025-03-15', extraTerms: 1 });
  expect(await run('loans variations amina/1')).toMatch(/Extra terms\s+2025-03-15\s+-\s+1/);
});

test('an entry is posted by hand, shown, listed and taken back', async () => {
  const lines = '--debit 1000=125.5 --credit 3000=100 --credit 3000=25.5';
  const posted = await json(`ledger post --date 2025-02-20 ${lines} --reason`, 'capital of the owners');
  expect(posted.lines).toMatchObject([
    { glCode: '1000', debit: 125.5 },
    { glCode: '3000', credit: 100 },
    { glCode: '3000', credit: 25.5 },
  ]);
  expect(await run(`ledger show ${posted.id}`)).toMatch(/1000\s+Cash and mobile money\s+125\.5/);
  const reversed = await json(`ledger reverse ${posted.id} --reason mistake`);
  expect(reversed).toMatchObject({ reverses: posted.id });
  const listed = await json('ledger entries --account 3000 --from 2025-02-20 --to 2025-02-20');
  expect(listed).toHaveLength(2);
  expect((await json(`ledger entries --loan ${loan}`)).length).toBeGreaterThan(2);
  expect(await run('ledger accounts')).toMatch(/1000\s+Cash and mobile money\s+\S+\s+true/);
  await expect(run('ledger post --date 2025-02-20 --reason x --debit 1000 --credit 3000=1')).rejects.toThrow(
    'must be an account and an amount',
  );
});

test('a period is closed and opened again', async () => {
  expect(await run('ledger close 2025-01-31 --note January')).toMatch(/2025-01-31\s+January/);
  expect(await json('ledger closures')).toMatchObject([{ closingDate: '2025-01-31', note: 'January' }]);
  await expect(
    run('ledger post --date 2025-01-31 --reason late --debit 1000=1 --credit 3000=1'),
  ).rejects.toMatchObject({ code: 'permission_denied' });
  expect(await run('ledger reopen 2025-01-31')).toBe('2025-01-31 is open again\n');
  expect(await json('ledger closures')).toEqual([]);
});

test('the versions of a product', async () => {
  await world.operator.loanProducts.update(1, { description: 'A month' });
  expect((await json('config versions 1')).map(({ version }: { version: number }) => version)).toEqual([
    2, 1,
  ]);
});

test('the date of a sandbox is moved without closing days', async () => {
  expect(await run('clock set 2025-02-22')).toBe('the business date is 2025-02-22\n');
  await expect(run('clock set 2025-02-01')).rejects.toMatchObject({ code: 'invalid_argument' });
});

test('roles of an account, and a webhook, are changed', async () => {
  await world.operator.accounts.create({ email: 'new@example.com', password: PASSWORD, roles: ['ADMIN'] });
  expect(await json('accounts set-roles new@example.com --role viewer operator')).toMatchObject({
    roles: ['VIEWER', 'OPERATOR'],
  });
  const { id } = await world.operator.webhooks.create({ url: 'https://example.com/old' });
  const changed = await json(`webhooks change ${id} --url https://example.com/new --event loan.created`);
  expect(changed).toMatchObject({ url: 'https://example.com/new', eventTypes: ['loan.created'] });
});

test('a call that waits is shown with what it asks for', async () => {
  await world.operator.approvals.setOperations(['writeOffLoan']);
  world.clock.advanceSeconds(3);
  await expect(run('loans write-off amina/1 --date 2025-02-22')).rejects.toMatchObject({
    code: 'approval_pending',
  });
  const [{ id }] = await json('approvals list');
  expect(await run(`approvals show ${id}`)).toMatch(/writeOffLoan[\s\S]+"transactionDate": "2025-02-22"/);
});

/**
 * Settings that figures depend on belong to the book: a start with others is refused, and says what to do.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createClient } from '../../sdk/client.ts';
import { createTestDatabase, type TestDatabase } from '../testDatabase.ts';
import { cleanUp, freePorts, type Loanbook, start, startInVain, stop } from './loanbook.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const login = { email: 'settings@example.com', password: 'a password for settings' };
let database: TestDatabase;
let usual: Readonly<Record<string, string>>;

beforeAll(async () => {
  database = await createTestDatabase();
  usual = {
    ...(await freePorts()),
    DATABASE_URL: database.url,
    LOANBOOK_LOG_LEVEL: 'error',
    LOANBOOK_ADMIN_EMAIL: login.email,
    LOANBOOK_ADMIN_PASSWORD: login.password,
    LOANBOOK_CONNECT_TIMEOUT_MS: '60000',
  };
});
afterAll(async () => {
  cleanUp();
  await database?.drop();
});

type Changed = Readonly<Record<string, string>>;
const startWith = (changed: Changed, args: readonly string[] = []): Promise<Loanbook> =>
  start({ ...usual, ...changed }, args);
const refusedWith = async (changed: Changed, args: readonly string[] = []): Promise<string> => {
  const { code, printed } = await startInVain({ ...usual, ...changed }, args);
  expect(code).toBe(1);
  return printed;
};
const clientOf = ({ apiUrl, authUrl }: Loanbook) => createClient({ apiUrl, authUrl, login });

test('before the first loan they may change, all but the currency of the book', async () => {
  expect(await stop(await startWith({}))).toBe(0);
  expect(await stop(await startWith({ LOANBOOK_INTEREST_FIRST: 'yes', LOANBOOK_MODE: 'sandbox' }))).toBe(0);
  expect(await refusedWith({ LOANBOOK_CURRENCY: 'KES' })).toMatch(
    /LOANBOOK_CURRENCY: TZS in this book, KES now; products and journal are in it: set TZS; with another one/,
  );
});

test('another server with other settings ends the one that runs', async () => {
  const first = await startWith({});
  const second = await startWith({ LOANBOOK_PENALTY_WAIT_DAYS: '3', ...(await freePorts()) });
  expect(await first.ended).toBe(1);
  expect(first.printed()).toContain('with other settings (LOANBOOK_PENALTY_WAIT_DAYS): give all the same');
  const client = clientOf(second);
  await client.customers.create({ externalId: 'amina' });
  await client.loans.create({ customerId: 'amina', productId: '1', principal: 30_000 });
  expect(await stop(second)).toBe(0);
});

const AS_BEGUN = { LOANBOOK_PENALTY_WAIT_DAYS: '3' };

test('after the first loan a start with others is refused, and nothing of the book has changed', async () => {
  const printed = await refusedWith({
    LOANBOOK_PENALTY_WAIT_DAYS: '5',
    LOANBOOK_INTEREST_FIRST: 'yes',
    LOANBOOK_CHARGE_ACCRUAL_DATE: 'submitted-date',
    LOANBOOK_MODE: 'sandbox',
    LOANBOOK_TIME_ZONE: 'Pacific/Auckland',
  });
  expect(printed.split('\n').slice(0, -1)).toEqual([
    'loanbook: the book was begun with other settings:',
    '  LOANBOOK_MODE: live in this book, sandbox now; days were booked by it: set live; with another one ' +
      'begin a new book, in an empty database',
    '  LOANBOOK_CHARGE_ACCRUAL_DATE: due-date in this book, submitted-date now; income was booked by it: ' +
      'set due-date; with another one begin a new book, in an empty database',
    '  LOANBOOK_INTEREST_FIRST: no in this book, yes now; schedules were made by it: set no; with another ' +
      'one begin a new book, in an empty database',
    '  LOANBOOK_PENALTY_WAIT_DAYS: 3 in this book, 5 now; penalties were raised by it: set 3, or start once ' +
      'with --accept-settings: from then on it holds for all loans',
    '  LOANBOOK_TIME_ZONE: Africa/Dar_es_Salaam in this book, Pacific/Auckland now; days began by it: set ' +
      'Africa/Dar_es_Salaam, or start once with --accept-settings: from then on it holds for all loans',
  ]);
  // What only says how figures are shown may change at any time.
  const again = await startWith({ ...AS_BEGUN, LOANBOOK_NEXT_DUE_DATE: 'next-unpaid-due-date' });
  expect(await stop(again)).toBe(0);
});

test('an operator accepts what can be accepted, nothing else, and the trail has it', async () => {
  const both = { LOANBOOK_PENALTY_WAIT_DAYS: '5', LOANBOOK_INTEREST_FIRST: 'yes' };
  const refused = await refusedWith(both, ['--accept-settings']);
  expect(refused).toContain('LOANBOOK_INTEREST_FIRST: no in this book');
  expect(refused).not.toContain('LOANBOOK_PENALTY_WAIT_DAYS');
  expect(await refusedWith({ LOANBOOK_PENALTY_WAIT_DAYS: '5' })).toContain('3 in this book, 5 now');
  const accepted = await startWith({ LOANBOOK_PENALTY_WAIT_DAYS: '5' }, ['--accept-settings']);
  expect(await stop(accepted)).toBe(0);
  const later = await startWith({ LOANBOOK_PENALTY_WAIT_DAYS: '5' });
  const { items } = await clientOf(later).audit.list({ operation: 'acceptSettings' }).page();
  expect(items.map(({ subject, before, after }) => [subject.id, before, after])).toContainEqual([
    'LOANBOOK_PENALTY_WAIT_DAYS',
    { value: '3' },
    { value: '5' },
  ]);
  expect(await stop(later)).toBe(0);
});

test('the auth host alone has no part in the book, whatever its settings say', async () => {
  const auth = await startWith({ LOANBOOK_CURRENCY: 'KES', LOANBOOK_MODE: 'sandbox' }, ['--only', 'auth']);
  expect((await fetch(`${auth.authUrl}/readyz`)).status).toBe(200);
  expect(await stop(auth)).toBe(0);
});

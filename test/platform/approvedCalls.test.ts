/**
 * A server dies after a call was approved, before it was carried out or before its answer was kept. Whoever
 * sends the approval again, or else the next server by itself, carries it out: once.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createClient, type LoanbookClient, LoanbookError } from '../../sdk/client.ts';
import type { Database, Tx } from '../../server/store/database.ts';
import { openPatiently, SOON } from '../patience.ts';
import { LOGIN, openPlace, type Place } from '../simulation/place.ts';
import { createTestDatabase, type TestDatabase } from '../testDatabase.ts';
import { cleanUp } from './loanbook.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const TODAY = '2025-01-01';
let database: TestDatabase;
let place: Place;
/** Holds rows beside the server. */
let db: Database;
/** The one who asks; `place.client` approves. */
let asking: LoanbookClient;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openPatiently(database.url, { poolSize: 5 });
  place = await openPlace({ databaseUrl: database.url, workers: 1 });
  const { client, apiUrl, authUrl } = place;
  const login = { email: 'second@example.com', password: LOGIN.password };
  await client.accounts.create({ ...login, roles: ['ADMIN', 'OPERATOR'] });
  asking = createClient({ apiUrl, authUrl, login });
  await client.customers.create({ externalId: 'amina' });
  await client.approvals.setOperations(['writeOffLoan', 'updateOffice']);
  // Each process remembers the setting so long.
  await pause(2_100);
});
afterAll(async () => {
  await place?.close();
  await db?.close();
  cleanUp();
  await database?.drop();
});

async function newLoan(): Promise<string> {
  const wish = { customerId: 'amina', productId: '1', principal: 30_000 };
  return (await place.client.loans.create(wish)).id;
}

const newOffice = async (name: string): Promise<string> =>
  (await place.client.offices.create({ name, shortName: name.toUpperCase() })).id;

async function pendingId(call: Promise<unknown>): Promise<string> {
  const failure: unknown = await call.catch((error: unknown) => error);
  if (failure instanceof LoanbookError && failure.approvalId !== undefined) return failure.approvalId;
  throw failure;
}

const writeOff = (loan: string) => pendingId(asking.loans.writeOff(loan, { transactionDate: TODAY }));

interface Cut<T> {
  readonly lock: (tx: Tx) => Promise<unknown>;
  /** What is to be cut; sent once the row is held. */
  readonly call?: () => Promise<T>;
  readonly meanwhile?: () => Promise<unknown>;
}

/** Another writer holds a row; the server dies while it waits for it, and what it waited with is undone. */
async function killAt<T>({ lock, call, meanwhile }: Cut<T>): Promise<{ readonly called?: Promise<T> }> {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let called: Promise<T> | undefined;
  let hold = (): void => {};
  const held = new Promise<void>((resolve) => {
    hold = resolve;
  });
  const holding = db.transaction(async (tx) => {
    await lock(tx);
    called = call?.();
    hold();
    await released;
  });
  try {
    // Whoever waits before that waits for something else.
    await Promise.race([held, holding]);
    await waitForWaiting();
    await meanwhile?.();
    await place.kill();
    await db.read.query(`select pg_terminate_backend(pid) from pg_stat_activity ${WAITING}`);
  } finally {
    release();
    await holding;
  }
  return called ? { called } : {};
}

const WAITING = `where datname = current_database() and wait_event_type = 'Lock'`;
const waitForWaiting = () =>
  vi.waitFor(
    async () => expect(await db.read.query(`select from pg_stat_activity ${WAITING}`)).not.toHaveLength(0),
    { ...SOON, interval: 20 },
  );

const lockLoan = (loan: string) => (tx: Tx) => tx.query('select from loan where id = $1 for update', [loan]);
const lockOffice = (office: string) => (tx: Tx) =>
  tx.query('select from office where id = $1 for update', [office]);

const approve = (id: string) =>
  place.persist(`approve ${id}`, (options) => place.client.approvals.approve(id, 'agreed', options));

const approveOnce = (id: string): Promise<unknown> => place.client.approvals.approve(id).catch(() => 'lost');

/** What was done to the loan, and how often the trail says so. */
async function writeOffsOf(loan: string): Promise<readonly [number, number]> {
  const transactions = await asking.loans.transactions(loan);
  const { items } = await asking.audit.list({ loanId: loan, operation: 'writeOffLoan' }).page();
  return [transactions.filter(({ type }) => type === 'Write-off').length, items.length];
}

const nameOf = async (office: string) =>
  (await place.client.offices.list()).find(({ id }) => id === office)?.name;

test('the same approval sent again carries the call out, once', async () => {
  const loan = await newLoan();
  const id = await writeOff(loan);
  const approved = await (await killAt({ lock: lockLoan(loan), call: () => approve(id) })).called;
  expect(approved).toMatchObject({ answer: { status: 'approved', answered: 200, note: 'agreed' } });
  expect(await writeOffsOf(loan)).toEqual([1, 1]);
  const again = await approve(id);
  expect(again).toMatchObject({ answer: { answered: 200, answer: { status: 'Closed (written off)' } } });
  expect(again).toEqual(approved);
  expect(await writeOffsOf(loan)).toEqual([1, 1]);
});

test('without it, a new start carries the call out by itself', async () => {
  const loan = await newLoan();
  const id = await writeOff(loan);
  const { called } = await killAt({ lock: lockLoan(loan), call: () => approveOnce(id) });
  expect(await called).toBe('lost');
  await vi.waitFor(
    async () => expect(await asking.approvals.get(id)).toMatchObject({ status: 'approved', answered: 200 }),
    { timeout: 120_000, interval: 200 },
  );
  expect(await writeOffsOf(loan)).toEqual([1, 1]);
});

test('a call without a key of its own that had not taken effect is carried out', async () => {
  const office = await newOffice('Arusha');
  const id = await pendingId(asking.offices.update(office, { name: 'Arusha North' }));
  const approved = await (await killAt({ lock: lockOffice(office), call: () => approve(id) })).called;
  expect(approved).toMatchObject({ answer: { answered: 200, answer: { name: 'Arusha North' } } });
  expect(await nameOf(office)).toBe('Arusha North');
});

test('one that had taken effect is not carried out again: what came after it stays', async () => {
  const office = await newOffice('Moshi');
  const id = await pendingId(asking.offices.update(office, { name: 'Moshi East' }));
  let lost: Promise<unknown> | undefined;
  let effect = (): void => {};
  const mayTakeEffect = new Promise<void>((resolve) => {
    effect = resolve;
  });
  const holding = db.transaction(async (tx) => {
    await lockOffice(office)(tx);
    lost = approveOnce(id);
    await mayTakeEffect;
  });
  await waitForWaiting();
  // Its effect is stored, its answer is not.
  await killAt({
    lock: async (tx) => {
      await tx.query('select from approval where id = $1 for update', [id]);
      effect();
      await holding;
      await vi.waitFor(async () => expect(await nameOf(office)).toBe('Moshi East'), SOON);
    },
  });
  expect(await lost).toBe('lost');
  await db.read.query(`update office set name = 'Moshi West' where id = $1`, [office]);
  expect(await approve(id)).toMatchObject({ refused: expect.stringContaining('is approved already') });
  await vi.waitFor(async () => expect((await asking.approvals.get(id)).answered).toBe(200), {
    timeout: 120_000,
    interval: 200,
  });
  expect((await asking.approvals.get(id)).answer).toBeUndefined();
  expect(await nameOf(office)).toBe('Moshi West');
});

test('one that the server was too busy for, or stopped before, is carried out later', async () => {
  const loan = await newLoan();
  const id = await writeOff(loan);
  await db.read.query(
    `update approval set status = 'approved', answered = 503, decided_by = requested_by,
       decided_at = now() - interval '1 minute' where id = $1`,
    [id],
  );
  await vi.waitFor(async () => expect((await asking.approvals.get(id)).answered).toBe(200), {
    timeout: 120_000,
    interval: 200,
  });
  expect(await writeOffsOf(loan)).toEqual([1, 1]);
});

test('one whose asker was disabled meanwhile is not carried out, and says so', async () => {
  const loan = await newLoan();
  const id = await writeOff(loan);
  const { requestedBy } = await place.client.approvals.get(id);
  const { called } = await killAt({
    lock: lockLoan(loan),
    call: () => approveOnce(id),
    meanwhile: () => place.client.accounts.disable(requestedBy),
  });
  expect(await called).toBe('lost');
  await vi.waitFor(
    async () =>
      expect(await place.client.approvals.get(id)).toMatchObject({
        answered: 403,
        answer: { code: 'permission_denied' },
      }),
    { timeout: 120_000, interval: 200 },
  );
  expect((await place.client.loans.get(loan)).status).toBe('Active');
});

/** Many changes of loans at once, over HTTP: stored together, each as if it were alone. */
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApi } from '../../server/http/app.ts';
import { type App, createContext } from '../../server/http/context.ts';
import { createLog } from '../../server/http/edge/log.ts';
import { verifyAudit } from '../../server/operations/audit/verify.ts';
import { bookOver } from '../../server/operations/book.ts';
import type { Limits } from '../../server/operations/writing/writing.ts';
import type { Database } from '../../server/store/database.ts';
import { openPatiently, PATIENCE_MILLISECONDS, SOON } from '../patience.ts';
import { makeWorld, type World } from '../world.ts';
import { type Caller, callerOf, expectOk } from './calls.ts';

let world: World;
let api: Caller;
let customerId: number;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  api = callerOf(world);
  customerId = Number(expectOk(await api.post('/v1/customers', { externalId: 'borrower' })).body.id);
});
afterAll(() => world.close());

const lend = async () =>
  expectOk(await api.post('/v1/loans', { customerId, productId: 2, principal: 300_000 })).body;
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

interface Server {
  readonly app: App;
  readonly db: Database;
  readonly api: Caller;
}

/** Another server over the same database. */
async function startServer(limits: Partial<Limits>): Promise<Server> {
  const { config, clock } = world;
  const db = openPatiently(config.databaseUrl ?? '');
  bookOver({ config, db, clock }, limits);
  const app = await buildApi(
    createContext({ config, db, clock, log: createLog(config), authRunsApart: false }),
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const there: World = {
    ...world,
    fetch: (path, request) => world.fetch(`http://127.0.0.1:${port}${path}`, request),
  };
  return { app, db, api: callerOf(there) };
}

async function stop({ app, db }: Server): Promise<void> {
  await app.close();
  await db.close();
}

it('count two hundred repayments on one loan, each with its own figures and its own place', async () => {
  const loan = await lend();
  const path = `/v1/loans/${loan.id}/repayments`;
  const replies = await Promise.all(
    range(200).map((index) =>
      api.post(path, { transactionAmount: 10 }, { headers: { 'idempotency-key': `pay-${index}` } }),
    ),
  );
  expect(replies.map((reply) => reply.status)).toEqual(Array(200).fill(200));
  const paid = replies.map((reply) => reply.body as { id: string; interest?: number; principal?: number });
  expect(new Set(paid.map(({ id }) => id)).size).toBe(200);
  const after = expectOk(await api.get(`/v1/loans/${loan.id}`)).body;
  expect(after).toMatchObject({ totalRepayment: 2000, totalOutstanding: loan.totalOutstanding - 2000 });
  const interest = paid.reduce((sum, each) => sum + Math.round((each.interest ?? 0) * 100), 0);
  expect(interest).toBe(Math.round(after.interestPaid * 100));
  const again = await api.post(path, { transactionAmount: 10 }, { headers: { 'idempotency-key': 'pay-7' } });
  expect(again.text).toBe(replies[7]?.text);
  const numbers = await world.db.read.query<{ seq: number }>(
    'select seq from loan_transaction where loan_id = $1 order by seq',
    [loan.id],
  );
  expect(numbers.map(({ seq }) => seq)).toEqual(range(201).map((index) => index + 1));
});

it('store what is right beside what is refused', async () => {
  const loans = await Promise.all(range(12).map(lend));
  const today = '2025-01-15';
  const replies = await Promise.all(
    loans.flatMap((loan, index) => [
      api.post(`/v1/loans/${loan.id}/repayments`, { transactionAmount: 100 }),
      index % 3 === 0
        ? api.post(`/v1/loans/${loan.id}/approve`, { approvedOnDate: today })
        : api.post(`/v1/loans/${loan.id}/repayments`, {
            transactionAmount: 100,
            transactionDate: '2026-01-01',
          }),
      api.post(`/v1/loans/${loan.id}/repayments`, { transactionAmount: 100 }),
    ]),
  );
  const statuses = replies.map((reply) => reply.status);
  expect(statuses.filter((_, at) => at % 3 !== 1)).toEqual(Array(24).fill(200));
  expect(statuses.filter((_, at) => at % 3 === 1).every((status) => status >= 400 && status < 500)).toBe(
    true,
  );
  const after = await Promise.all(loans.map((loan) => api.get(`/v1/loans/${loan.id}`)));
  expect(after.map((reply) => expectOk(reply).body.totalRepayment)).toEqual(Array(12).fill(200));
});

it('give twins in one batch one effect and one answer, refused ones as well', async () => {
  const loan = await lend();
  const twins = (key: string, amount: number, on?: string) =>
    range(20).map(() =>
      api.post(
        `/v1/loans/${loan.id}/repayments`,
        { transactionAmount: amount, ...(on && { transactionDate: on }) },
        { headers: { 'idempotency-key': key } },
      ),
    );
  const [good, bad] = await Promise.all([
    Promise.all(twins('good', 70)),
    Promise.all(twins('bad', 80, '2026-01-01')),
  ]);
  expect(new Set(good.map((reply) => `${reply.status} ${reply.text}`)).size).toBe(1);
  expect(new Set(bad.map((reply) => `${reply.status} ${reply.text}`)).size).toBe(1);
  expect(good.filter((reply) => reply.headers.get('idempotent-replayed') === 'true')).toHaveLength(19);
  expect(bad.filter((reply) => reply.headers.get('idempotent-replayed') === 'true')).toHaveLength(19);
  expect(expectOk(await api.get(`/v1/loans/${loan.id}`)).body.totalRepayment).toBe(70);
});

it('make loans together, and one of those that want the same name', async () => {
  const wish = { customerId, productId: 2, principal: 300_000 };
  const names = range(20).map((index) => `together-${index % 10}`);
  const replies = await Promise.all(
    names.map((externalId) => api.post('/v1/loans', { ...wish, externalId })),
  );
  const made = names.filter((_, index) => replies[index]?.status === 200);
  expect(new Set(made).size).toBe(10);
  expect(made).toHaveLength(10);
  expect(replies.filter((reply) => reply.status === 409)).toHaveLength(10);
});

it('count what two servers store on a few loans at the same time', async () => {
  const loans = await Promise.all(range(6).map(lend));
  const other = await startServer({ commandsPerBatch: 16 });
  const replies = await Promise.all(
    range(180).map((index) => {
      const loan = loans[index % 7 === 0 ? 0 : index % 6];
      const caller = index % 2 === 0 ? api : other.api;
      return caller.post(`/v1/loans/${loan?.id}/repayments`, { transactionAmount: 10 });
    }),
  );
  expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([200]));
  const after = await Promise.all(loans.map((loan) => api.get(`/v1/loans/${loan.id}`)));
  expect(after.reduce((sum, reply) => sum + expectOk(reply).body.totalRepayment, 0)).toBe(1800);
  await stop(other);
});

async function isSomebodyHeldUp(): Promise<boolean> {
  const rows = await world.db.read.query(
    "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return rows.length > 0;
}

it('turn callers away with 503 and Retry-After when too many wait, and lose nothing of the others', async () => {
  const loan = await lend();
  const small = await startServer({ batches: 1, waiting: 4, lockTimeoutMilliseconds: PATIENCE_MILLISECONDS });
  const path = `/v1/loans/${loan.id}/repayments`;
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let isLocked = false;
  const blocker = world.db.transaction(async (tx) => {
    await tx.query('select id from loan where id = $1 for update', [loan.id]);
    isLocked = true;
    await held;
  });
  while (!isLocked) await pause(10);
  const first = small.api.post(path, { transactionAmount: 10 });
  while (!(await isSomebodyHeldUp())) await pause(10);
  const rest = range(10).map(() => small.api.post(path, { transactionAmount: 10 }));
  const turnedAway: (string | null)[] = [];
  for (const each of rest)
    void each.then(({ status, headers }) => status === 503 && turnedAway.push(headers.get('retry-after')));
  await expect.poll(() => turnedAway, SOON).toEqual(Array(6).fill('1'));
  letGo();
  await blocker;
  expect((await first).status).toBe(200);
  expect((await Promise.all(rest)).filter((reply) => reply.status === 200)).toHaveLength(4);
  expect(expectOk(await api.get(`/v1/loans/${loan.id}`)).body.totalRepayment).toBe(50);
  await stop(small);
});

it('leave an anchor in the audit trail after a minute, without waiting for it', async () => {
  const loan = await lend();
  const count = async () =>
    (await world.db.read.query("select 1 from audit_entry where operation = 'anchor'")).length;
  const before = await count();
  world.clock.advanceSeconds(120);
  for (let tries = 0; tries < 100 && (await count()) === before; tries += 1)
    expectOk(await api.post(`/v1/loans/${loan.id}/repayments`, { transactionAmount: 1 }));
  expect(await count()).toBe(before + 1);
});

it('show in the figures how many were stored together', async () => {
  const text = await (await world.fetch('/metrics', { as: 'nobody' })).text();
  const figure = (name: string): number =>
    Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]);
  expect(figure('loanbook_write_batch_commands_sum')).toBeGreaterThan(
    figure('loanbook_write_batch_commands_count'),
  );
  expect(figure('loanbook_write_batch_seconds_count')).toBe(figure('loanbook_write_batch_commands_count'));
  expect(figure('loanbook_write_waiting')).toBe(0);
});

it('leave ledger and audit trail whole', async () => {
  expect((await verifyAudit(world.db.read)).faults).toEqual([]);
  const { body } = expectOk(await api.get('/v1/trial-balance'));
  expect(body.totalDebit).toBe(body.totalCredit);
});

/**
 * Two servers on one database: nothing in memory keeps their writers apart, the loan's version does. What
 * they do at the same time counts once and is never lost.
 */
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApi } from '../../server/http/app.ts';
import { type App, createContext } from '../../server/http/context.ts';
import { createLog } from '../../server/http/edge/log.ts';
import type { Database } from '../../server/store/database.ts';
import { openPatiently } from '../patience.ts';
import { makeWorld, type World } from '../world.ts';
import { type Caller, callerOf, expectOk } from './calls.ts';

let world: World;
let other: { readonly app: App; readonly db: Database };
let apis: readonly Caller[];
let customerId: number;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  other = await secondServer();
  const { port } = other.app.server.address() as AddressInfo;
  const there: World = {
    ...world,
    fetch: (path, request) => world.fetch(`http://127.0.0.1:${port}${path}`, request),
  };
  apis = [callerOf(world), callerOf(there)];
  const made = await call(0, (api) => api.post('/v1/customers', { externalId: 'borrower' }));
  customerId = Number(expectOk(made).body.id);
});
afterAll(async () => {
  await other.app.close();
  await other.db.close();
  await world.close();
});

async function secondServer() {
  const { config, clock } = world;
  const db = openPatiently(config.databaseUrl ?? '');
  const app = await buildApi(
    createContext({ config, db, clock, log: createLog(config), authRunsApart: false }),
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, db };
}

async function call<T>(server: number, work: (api: Caller) => Promise<T>): Promise<T> {
  const api = apis[server % apis.length];
  if (!api) throw new Error('no such server');
  return work(api);
}

const lend = async () => {
  const wish = { customerId, productId: 2, principal: 300_000 };
  return expectOk(await call(0, (api) => api.post('/v1/loans', wish))).body;
};
const both = <T>(count: number, work: (api: Caller, index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => call(index, (api) => work(api, index))));

it('count every repayment on one loan', async () => {
  const loan = await lend();
  const path = `/v1/loans/${loan.id}/repayments`;
  const replies = await both(60, (api, index) => api.post(path, { transactionAmount: index + 1 }));
  expect(replies.map((reply) => reply.status)).toEqual(Array(60).fill(200));
  const after = expectOk(await call(1, (api) => api.get(`/v1/loans/${loan.id}`))).body;
  expect(after.totalRepayment).toBe((60 * 61) / 2);
  expect(new Set(after.repaymentHistory.map((each) => each.id)).size).toBe(60);
});

it('answer twins of one key alike, with one effect', async () => {
  const loan = await lend();
  const path = `/v1/loans/${loan.id}/repayments`;
  const headers = { 'idempotency-key': 'twin' };
  const replies = await both(60, (api) => api.post(path, { transactionAmount: 70 }, { headers }));
  expect(new Set(replies.map((reply) => `${reply.status} ${reply.text}`)).size).toBe(1);
  const after = expectOk(await call(1, (api) => api.get(`/v1/loans/${loan.id}`))).body;
  expect(after.totalRepayment).toBe(70);
});

it('give no number twice', async () => {
  const replies = await both(40, (api, index) => api.post('/v1/customers', { externalId: `many-${index}` }));
  expect(new Set(replies.map((reply) => expectOk(reply).body.id)).size).toBe(40);
});

it('keep the ledger in balance', async () => {
  const { body } = expectOk(await call(1, (api) => api.get('/v1/trial-balance')));
  expect(body.totalDebit).toBe(body.totalCredit);
});

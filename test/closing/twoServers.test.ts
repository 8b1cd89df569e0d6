/**
 * Days that one server closes, and calls that come to another at once: whichever of them takes a call, the
 * loan is the same afterwards, because what is closed already is read with the loan and never remembered.
 */
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { buildApi } from '../../server/http/app.ts';
import { type App, createContext } from '../../server/http/context.ts';
import { createLog } from '../../server/http/edge/log.ts';
import type { Database } from '../../server/store/database.ts';
import { openPatiently } from '../patience.ts';
import { makeWorld, type World } from '../world.ts';
import { get, loanOf, post, transactionsOf } from './calls.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

let closing: World;
let other: World;
let second: { readonly app: App; readonly db: Database };

beforeAll(async () => {
  closing = await makeWorld({ businessDate: '2025-01-15', mode: 'sandbox' });
  const { config, clock } = closing;
  const db = openPatiently(config.databaseUrl ?? '');
  const log = createLog(config);
  const app = await buildApi(createContext({ config, db, clock, log, authRunsApart: false }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  second = { app, db };
  const { port } = app.server.address() as AddressInfo;
  other = {
    ...closing,
    fetch: (path, request) => closing.fetch(`http://127.0.0.1:${port}${path}`, request),
  };
});
afterAll(async () => {
  await second.app.close();
  await second.db.close();
  await closing.close();
});

/** One installment, due 10 days later, and a penalty that is raised on every day it is overdue. */
async function lateProduct(): Promise<number> {
  const flat = { chargeCalculationType: 'Flat', amount: 700, penalty: true };
  await post(closing, '/v1/charges', {
    ...{ code: 'LATE', name: 'Late', chargeTimeType: 'Overdue installment', ...flat },
  });
  const terms = { principal: 100_000, repaymentEvery: 10, repaymentFrequencyType: 'Days' };
  const interest = { interestRatePerPeriod: 2, interestRateFrequencyType: 'Per month' };
  const product = await post(closing, '/v1/loan-products', {
    ...{ name: 'Late', shortName: 'LATE', ...terms, ...interest, numberOfRepayments: 1, charges: ['LATE'] },
  });
  return Number(product.id);
}

interface Charge {
  readonly dueDate?: string;
  readonly submittedDate: string;
  readonly amount: number;
}

/** What a loan has become, without numbers and names. */
async function story(id: string): Promise<object> {
  const { status, totalOutstanding, daysPastDue } = await get(closing, `/v1/loans/${id}`);
  const charges: { items: readonly Charge[] } = await get(closing, `/v1/loans/${id}/charges`);
  const transactions = await transactionsOf(closing, id);
  return {
    ...{ status, totalOutstanding, daysPastDue },
    charges: charges.items.map(({ dueDate, submittedDate, amount }) => [dueDate, submittedDate, amount]),
    transactions: transactions.map(({ type, date, amount }) => [type, date, amount]),
  };
}

test('a payment that is taken back right behind a closed day makes the same loan on every server', async () => {
  const productId = await lateProduct();
  const servers = [closing, other];
  const loans = [];
  for (const _ of servers) loans.push(await loanOf(closing, { productId, principal: 30_000 }));
  await post(closing, '/v1/clock/advance', { days: 10 });
  const payments: string[] = [];
  for (const id of loans) {
    const { totalOutstanding } = await get(closing, `/v1/loans/${id}`);
    const paid = { transactionAmount: totalOutstanding };
    payments.push((await post(closing, `/v1/loans/${id}/repayments`, paid)).id);
  }
  // The other server learns how far the book is closed, and then it goes on without it.
  await get(other, `/v1/loans/${loans[1]}/close-of-business`);
  await post(other, `/v1/loans/${await loanOf(other, { productId, principal: 30_000 })}/repayments`, {
    transactionAmount: 1,
  });
  await post(closing, '/v1/clock/advance', { days: 5 });
  for (const [at, server] of servers.entries())
    await post(server, `/v1/loans/${loans[at]}/repayments/${payments[at]}/reverse`, {
      transactionDate: '2025-01-30',
    });
  const closedTill = async (id: string | undefined) =>
    (await get(other, `/v1/loans/${id}/close-of-business`)).closedThrough;
  expect([await closedTill(loans[0]), await closedTill(loans[1])]).toEqual(['2025-01-29', '2025-01-29']);
  await post(closing, '/v1/clock/advance', { days: 1 });
  const [one, another] = await Promise.all(loans.map(story));
  expect(another).toEqual(one);
  expect(one).toMatchObject({ status: 'Active', charges: [[expect.any(String), '2025-01-30', 700]] });
});

test('a call that waits for days to be closed is not hung up on, however long it takes', async () => {
  second.app.server.timeout = 3_000;
  const held = closing.db.transaction(async (tx) => {
    await tx.query('select day from business_date for update');
    await pause(5_000);
  });
  expect(await post(other, '/v1/clock/advance', { days: 1 })).toMatchObject({ to: '2025-02-01' });
  await held;
});

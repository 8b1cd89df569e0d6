/**
 * Connections to the database are cut again and again while clients post repayments, in the middle of
 * statements and of commits. A client that sends its call again under the same key is counted once: all
 * money that was answered for is there, nothing twice, and the books are proved afterwards. CHAOS_SECONDS
 * for longer.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Loan } from '../sdk/client.ts';
import { openDatabase } from '../server/store/database.ts';
import { auditBook } from './audit.ts';
import { chanceOf, millisecondsOf, seedOf } from './fuzz/random.ts';
import { makeWorld, type World } from './world.ts';

const TODAY = '2025-01-15';
const CLIENTS = 6;
const LOANS = 4;

let world: World;
beforeAll(async () => {
  world = await makeWorld({ businessDate: TODAY });
});
afterAll(() => world?.close());

const seed = seedOf();
const milliseconds = millisecondsOf('CHAOS_SECONDS', 6);

it(`counts every repayment once (seed ${seed})`, { timeout: 3 * milliseconds + 60_000 }, async () => {
  const loans = await lend();
  const end = Date.now() + milliseconds;
  const cuts = cutConnectionsUntil(end);
  const answered = await Promise.all(
    Array.from({ length: CLIENTS }, (_, number) => payUntil(end, { number, loans })),
  );
  expect(await cuts).toBeGreaterThan(10);

  const paid = answered.flat();
  expect(paid.length).toBeGreaterThan(20);
  for (const { id } of loans) expect(await repaymentsOf(id)).toEqual(sorted(paid, id));
  expect((await auditBook(world.db, TODAY)).faults).toEqual([]);
  expect((await world.operator.audit.verify()).faults).toEqual([]);
});

interface Paid {
  readonly loanId: string;
  readonly key: string;
  readonly amount: number;
}

async function lend(): Promise<Loan[]> {
  const { id: customerId } = await world.partner.customers.create({ externalId: 'chaos' });
  const terms = { customerId, productId: '2', principal: 900_000 };
  return Promise.all(Array.from({ length: LOANS }, () => world.partner.loans.create(terms)));
}

/** Every payment is sent until it is answered: as the contract tells clients to do. */
async function payUntil(end: number, by: { number: number; loans: readonly Loan[] }): Promise<Paid[]> {
  const chance = chanceOf(seed + by.number);
  const paid: Paid[] = [];
  while (Date.now() < end) {
    const payment = {
      loanId: chance.one(by.loans).id,
      key: `client ${by.number} payment ${paid.length}`,
      amount: chance.one([0.01, 10, 99.99, 250.5]),
    };
    await sendUntilAnswered(payment);
    paid.push(payment);
  }
  return paid;
}

async function sendUntilAnswered({ loanId, key, amount }: Paid): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { status } = await world.fetch(`/v1/loans/${loanId}/repayments`, {
      as: 'partner',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ transactionAmount: amount, note: key }),
    });
    if (status === 200) return;
    expect(status, `${key}: only a database that is away may stop a good call`).toBe(503);
    await pause(5);
  }
  throw new Error(`${key} was never answered`);
}

/** Ends all connections to the database under test but the one it asks by; answers how many it ended. */
async function cutConnectionsUntil(end: number): Promise<number> {
  const url = new URL(world.config.databaseUrl ?? '');
  const other = openDatabase(url.href, { poolSize: 1 });
  let cut = 0;
  try {
    while (Date.now() < end) {
      const [row] = await other.read.query<{ ended: bigint }>(
        `select count(*) filter (where pg_terminate_backend(pid)) as ended from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()
           and (state <> 'idle' or random() < 0.2)`,
      );
      cut += Number(row?.ended ?? 0n);
      await pause(40);
    }
  } finally {
    await other.close();
  }
  return cut;
}

const line = ({ key, amount }: { key: string; amount: number }): string => `${key}: ${amount}`;

const sorted = (paid: readonly Paid[], loanId: string): string[] =>
  paid
    .filter((payment) => payment.loanId === loanId)
    .map(line)
    .sort();

async function repaymentsOf(loanId: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { note = '', amount } of world.partner.repayments.list(loanId, { rows: 100 }))
    found.push(line({ key: note, amount }));
  return found.sort();
}

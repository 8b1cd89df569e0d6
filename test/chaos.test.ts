/**
 * Connections to the database are cut again and again while clients post repayments, in the middle of
 * statements and of commits. A client that sends its call again under the same key is counted once: all
 * money that was answered for is there, nothing twice, and the books are proved afterwards. CHAOS_CUTS for
 * more.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Loan } from '../sdk/client.ts';
import { auditBook } from './audit.ts';
import { chanceOf, numberOf, seedOf } from './fuzz/random.ts';
import { openPatiently } from './patience.ts';
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
const cutsWanted = numberOf('CHAOS_CUTS', 100);

it(`counts every repayment once (seed ${seed})`, { timeout: 240_000 + cutsWanted * 2_000 }, async () => {
  const loans = await lend();
  const chaos: Chaos = { isOn: true, paid: [] };
  const cuts = cutConnections(chaos);
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => pay(chaos, { number, loans })));
  await cuts;

  const { paid } = chaos;
  expect(paid.length).toBeGreaterThan(20);
  for (const { id } of loans) expect(await repaymentsOf(id)).toEqual(sorted(paid, id));
  expect((await auditBook(world.db, TODAY)).faults).toEqual([]);
  expect((await world.operator.audit.verify()).faults).toEqual([]);
});

interface Chaos {
  isOn: boolean;
  readonly paid: Paid[];
}

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

interface Client {
  readonly number: number;
  readonly loans: readonly Loan[];
}

/** Every payment is sent until it is answered: as the contract tells clients to do. */
async function pay(chaos: Chaos, { number, loans }: Client): Promise<void> {
  const chance = chanceOf(seed + number);
  for (let made = 0; chaos.isOn; made += 1) {
    const payment = {
      loanId: chance.one(loans).id,
      key: `client ${number} payment ${made}`,
      amount: chance.one([0.01, 10, 99.99, 250.5]),
    };
    await sendUntilAnswered(payment);
    chaos.paid.push(payment);
  }
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

/** Ends connections to the database under test, but the one it asks by, again and again. */
async function cutConnections(chaos: Chaos): Promise<void> {
  const other = openPatiently(world.config.databaseUrl ?? '', { poolSize: 1 });
  try {
    for (let cut = 0; cut < cutsWanted; ) {
      const before = chaos.paid.length;
      const [row] = await other.read.query<{ ended: bigint }>(
        `select count(*) filter (where pg_terminate_backend(pid)) as ended from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()
           and (state <> 'idle' or random() < 0.2)`,
      );
      cut += Number(row?.ended ?? 0n);
      await pause(40);
      // On a machine so busy that no call fits between two cuts, some room for the next one.
      if (chaos.paid.length === before) await pause(200);
    }
  } finally {
    chaos.isOn = false;
    await other.close();
  }
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

/** Runs that are stopped, taken over and shared: the outcome is that of a run that nothing happened to. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bySystem } from '../../server/operations/audit/trail.ts';
import { type Book, bookOver } from '../../server/operations/book.ts';
import { change } from '../../server/operations/change.ts';
import { beginRuns } from '../../server/operations/closing/beginRuns.ts';
import { workRuns } from '../../server/operations/closing/workRuns.ts';
import { verifyBook } from '../../server/operations/verification/verifyBook.ts';
import { type Chance, chanceOf } from '../fuzz/random.ts';
import { openPatiently } from '../patience.ts';
import { makeWorld, type World } from '../world.ts';
import { closedThrough, get, loanOf, post, transactionsOf } from './calls.ts';

const bookIn = (world: World): Book => bookOver(world);

const begin = (book: Book) =>
  change(book, bySystem('test'), (tx) => beginRuns(tx, book, { startedBy: null }));

/** What of a book two runs have in common. */
async function outcomeOf(world: World, loans: readonly string[]) {
  const lives = [];
  for (const loan of loans) {
    const { status, totalOutstanding, daysPastDue } = await get(world, `/v1/loans/${loan}`);
    const transactions = await transactionsOf(world, loan);
    const told = transactions.map(({ type, date, amount, interest }) => [type, date, amount, interest]);
    lives.push({ status, totalOutstanding, daysPastDue, told });
  }
  return { lives, trialBalance: await get(world, '/v1/trial-balance') };
}

const LOANS = 24;
const DAYS = 30;

type Close = (book: Book, chance: Chance) => Promise<void>;

/** A month of loans, day by day, with payments that the seed decides. */
async function liveThrough(world: World, close: Close) {
  const random = chanceOf(20_250_115);
  const chance = chanceOf(7);
  const book = bookIn(world);
  const loans: string[] = [];
  for (let index = 0; index < LOANS; index += 1)
    loans.push(
      await loanOf(world, {
        productId: 1 + (index % 2),
        principal: 10_000 + random.below(90) * 1_000,
        expectedDisbursementDate: '2025-01-15',
      }),
    );
  for (let day = 0; day < DAYS; day += 1) {
    for (const loan of loans)
      if (random.below(10) === 0)
        await world.fetch(`/v1/loans/${loan}/repayments`, {
          method: 'POST',
          body: JSON.stringify({ transactionAmount: 1_000 + random.below(20) * 500 }),
          headers: { 'content-type': 'application/json' },
        });
    world.clock.advanceDays(1);
    await begin(book);
    await close(book, chance);
  }
  return loans;
}

const plainly: Close = (book) => workRuns(book, { signal: new AbortController().signal });

/** Stopped after a few milliseconds, again and again. */
const interrupted: Close = async (book, chance) => {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const stopping = new AbortController();
    const working = workRuns(book, { signal: stopping.signal });
    await pause(chance.below(15));
    stopping.abort();
    await working;
  }
  await plainly(book, chance);
};

/** Two processes, as far as the database can tell. */
const together: Close = async (book, chance) => {
  const other = openPatiently(book.config.databaseUrl ?? '');
  try {
    await Promise.all([plainly(book, chance), plainly(bookOver({ ...book, db: other }), chance)]);
  } finally {
    await other.close();
  }
};

describe('a month of loans', () => {
  const worlds: World[] = [];
  beforeAll(async () => {
    while (worlds.length < 3) worlds.push(await makeWorld({ businessDate: '2025-01-15' }));
  });
  afterAll(() => Promise.all(worlds.map((world) => world.close())));

  test('ends the same, however often its days were interrupted and by how many they were closed', async () => {
    const [first, second, third] = worlds;
    if (!first || !second || !third) throw new Error('three worlds are needed');
    const outcomes = [];
    for (const [world, close] of [
      [first, plainly],
      [second, interrupted],
      [third, together],
    ] as const) {
      const loans = await liveThrough(world, close);
      expect((await verifyBook(world)).findings).toEqual([]);
      expect(await closedThrough(world)).toBe('2025-02-13');
      outcomes.push(await outcomeOf(world, loans));
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
  }, 240_000);
});

describe('a process that died', () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld({ businessDate: '2025-01-15' });
  });
  afterAll(() => world.close());

  test('loses its chunk to another once its lease has ended', async () => {
    const loan = await loanOf(world, { productId: 1, principal: 30_000 });
    world.clock.setDate('2025-01-16');
    const book = bookIn(world);
    await begin(book);
    const dead = { owner: 'dead', until: new Date(world.clock.now().getTime() + 60_000) };
    await world.db.read.query('update close_of_business_chunk set owner = $1, leased_until = $2', [
      dead.owner,
      dead.until,
    ]);
    const stopping = new AbortController();
    const working = workRuns(book, { signal: stopping.signal });
    await pause(300);
    expect(await closedThrough(world)).toBeUndefined();
    world.clock.advanceSeconds(61);
    await working;
    expect(await closedThrough(world)).toBe('2025-01-15');
    expect(await get(world, `/v1/loans/${loan}`)).toMatchObject({ status: 'Active' });
    expect((await post(world, '/v1/close-of-business', { wait: true })).dates).toEqual([]);
  });
});

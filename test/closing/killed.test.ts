/**
 * A real server is killed with SIGKILL while it closes a day of many loans in several chunks, and started
 * again: the day is finished, and every loan has been closed once. The call that let the day pass is repeated
 * under its key, and finishes what it was asked for.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CloseOfBusinessStatus, LoanTransaction } from '../../sdk/client.ts';
import { auditBook } from '../audit.ts';
import { SOON } from '../patience.ts';
import { cleanUp } from '../platform/loanbook.ts';
import { inParallel } from '../simulation/life.ts';
import { openPlace, type Place } from '../simulation/place.ts';
import { createTestDatabase, type TestDatabase } from '../testDatabase.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

/** Loans in each chunk; their numbers come in blocks of as many, and chunks are ranges of 5,000 numbers. */
const LOANS = 100;
const CHUNKS = 4;

let database: TestDatabase;
let place: Place;
const loans: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  place = await openPlace({ databaseUrl: database.url, workers: 1 });
  const { client, db } = place;
  await client.customers.create({ externalId: 'amina' });
  for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
    await db.read.query(`select setval('loan_id_block', ${chunk * 5_000 + 1}, false)`);
    await inParallel(
      Array.from({ length: LOANS }, (_, index) => index),
      16,
      async () => {
        const { id } = await client.loans.create({ customerId: 'amina', productId: '1', principal: 30_000 });
        loans.push(id);
      },
    );
  }
  expect(loans).toHaveLength(CHUNKS * LOANS);
});
afterAll(async () => {
  await place?.close();
  cleanUp();
  await database?.drop();
});

interface Cut<T> {
  /** The day that was left open. */
  readonly day: string | undefined;
  /** Loans that were done by then. */
  readonly done: number;
  /** How the call ended that was cut. */
  readonly walked: Promise<T>;
}

/** Another writer holds the loan until it is let go. */
async function hold(loan: string): Promise<() => Promise<void>> {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isHeld = (): void => {};
  const held = new Promise<void>((resolve) => {
    isHeld = resolve;
  });
  const holding = place.db.transaction(async (tx) => {
    await tx.query('select from loan_closing where loan_id = $1 for update', [loan]);
    isHeld();
    await released;
  });
  await Promise.race([held, holding]);
  return () => {
    release();
    return holding;
  };
}

const WAITING = `where datname = current_database() and wait_event_type = 'Lock'`;
const somebodyWaits = () =>
  vi.waitFor(
    async () =>
      expect(await place.db.read.query(`select from pg_stat_activity ${WAITING}`)).not.toHaveLength(0),
    { ...SOON, interval: 20 },
  );

/** Another writer holds a loan of a chunk, so that the day cannot be finished; then the server dies. */
async function killWhileClosing<T>(chunk: number, walk: () => Promise<T>): Promise<Cut<T>> {
  // Held before the walk begins: a day of so few loans would be over before.
  let letGo = await hold(loanIn(chunk));
  try {
    const walked = walk();
    await somebodyWaits();
    // A process may begin with the very chunk that cannot be finished: it gets that one, and not the next.
    if ((await doneOfOpenRun()) === 0) {
      const first = letGo;
      letGo = await hold(loanIn(chunk + 1));
      await first();
      await vi.waitFor(async () => expect(await doneOfOpenRun()).toBeGreaterThan(0), SOON);
      await somebodyWaits();
    }
    return { done: await doneOfOpenRun(), day: await place.kill(), walked };
  } finally {
    await letGo();
  }
}

async function doneOfOpenRun(): Promise<number> {
  const [row] = await place.db.read.query<{ done: bigint }>(
    `select coalesce(sum(c.loans + c.accruals), 0)::bigint as done from close_of_business_chunk c
     join close_of_business_run r on r.day = c.day where r.finished_at is null`,
  );
  return Number(row?.done ?? 0);
}

/** A loan of the middle of a chunk. */
const loanIn = (chunk: number): string => loans[(chunk % CHUNKS) * LOANS + LOANS / 2] ?? '';

const accrualsOn = async (date: string): Promise<number[]> => {
  const counts: number[] = [];
  await inParallel(loans, 8, async (id) => {
    const all: readonly LoanTransaction[] = await place.client.loans.transactions(id);
    counts.push(all.filter((each) => each.type === 'Accrual' && each.date === date).length);
  });
  return counts;
};

const statusOf = (): Promise<CloseOfBusinessStatus> => place.client.closeOfBusiness.status();

test('the repeated call finishes the day, and no loan is closed twice', async () => {
  const { client } = place;
  const { day, walked } = await killWhileClosing(1, () =>
    place.persist('two days', (options) => client.businessDate.advance({ days: 2 }, options)),
  );
  expect(day).toBe('2025-01-01');
  expect(await walked).toEqual({ answer: { from: '2025-01-01', to: '2025-01-03' } });
  const { businessDate, closedThrough, failures, runs } = await statusOf();
  expect({ businessDate, closedThrough, failures }).toEqual({
    businessDate: '2025-01-03',
    closedThrough: '2025-01-02',
    failures: 0,
  });
  expect(runs).toHaveLength(2);
  for (const run of runs) {
    expect(run).toMatchObject({ status: 'finished', chunks: CHUNKS, chunksFinished: CHUNKS, findings: [] });
    expect(run.loans + run.accruals).toBeLessThanOrEqual(loans.length);
  }
  expect(await accrualsOn('2025-01-02')).toEqual(loans.map(() => 1));
});

test('without the call, a new start finishes the day by itself', async () => {
  const { client } = place;
  const { date } = await client.businessDate.get();
  const { day, walked } = await killWhileClosing(2, () =>
    client.businessDate.advance({ days: 1 }).catch(() => 'lost'),
  );
  expect(day).toBe(date);
  expect(await walked).toBe('lost');
  await vi.waitFor(async () => expect((await statusOf()).closedThrough).toBe(date), {
    timeout: 120_000,
    interval: 100,
  });
});

test('the call walks on through all days, however often and wherever the server dies', async () => {
  const { client } = place;
  const ends = ['2025-01-31', '2025-02-05'];
  for (const [chunk, to] of ends.entries()) {
    const { day, done, walked } = await killWhileClosing(chunk, () =>
      place.persist(`to ${to}`, (options) => client.businessDate.advance({ to }, options)),
    );
    expect(day).toBeDefined();
    expect(done).toBeGreaterThan(0);
    expect(await walked).toMatchObject({ answer: { to } });
  }
  const { closedThrough, runs } = await statusOf();
  expect(closedThrough).toBe('2025-02-04');
  expect(runs.filter(({ status }) => status !== 'finished')).toEqual([]);
  expect(runs.flatMap(({ findings = [] }) => findings)).toEqual([]);
  for (const day of ['2025-01-03', '2025-01-06', '2025-01-30'])
    expect(await accrualsOn(day)).toEqual(loans.map(() => 1));
  expect(await client.loans.get(loanIn(0))).toMatchObject({ daysPastDue: 5, status: 'Active' });
});

test('the ledger balances, and the book is proved', async () => {
  const { totalDebit, totalCredit } = await place.client.trialBalance.get();
  expect(totalDebit).toBe(totalCredit);
  expect(totalDebit).toBeGreaterThan(CHUNKS * LOANS * 30_000);
  expect((await auditBook(place.db, '2025-02-06')).faults).toEqual([]);
  expect((await place.client.audit.verify()).faults).toEqual([]);
});

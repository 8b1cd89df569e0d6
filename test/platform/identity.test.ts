import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/store/database.ts';
import { BLOCK_SIZES, openIdentity } from '../../server/store/identity.ts';
import { openPatiently } from '../patience.ts';
import { createTestDatabase, type TestDatabase } from '../testDatabase.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openPatiently(database.url);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

it('counts in blocks as large as the steps of the sequences', async () => {
  const rows = await db.read.query<{ sequencename: string; increment_by: bigint }>(
    "select sequencename, increment_by from pg_sequences where sequencename like '%_id_block'",
  );
  const steps = Object.fromEntries(
    rows.map((row) => [row.sequencename.replace('_id_block', ''), Number(row.increment_by)]),
  );
  expect(steps).toEqual(BLOCK_SIZES);
});

it('starts small and goes up one by one', async () => {
  const identity = openIdentity();
  const numbers = [];
  for (let each = 0; each < 250; each += 1) numbers.push(await identity.next(db.read, 'customer'));
  expect(numbers).toEqual(Array.from({ length: 250 }, (_, index) => BigInt(index + 1)));
});

it('never gives a number twice, whoever asks', async () => {
  const identities = [openIdentity(), openIdentity(), openIdentity()];
  const asked = Array.from({ length: 900 }, (_, index) => identities[index % 3]);
  const numbers = await Promise.all(
    asked.map((identity) => db.transaction(async (tx) => identity?.next(tx, 'loan'))),
  );
  expect(new Set(numbers).size).toBe(900);
});

it('gives many at once, ascending, and goes on where it stopped', async () => {
  const identity = openIdentity();
  const many = await identity.several(db.read, 'transaction', 2_500);
  expect(many).toHaveLength(2_500);
  expect([...many].sort((a, b) => Number(a - b))).toEqual(many);
  const after = await Promise.all([
    identity.next(db.read, 'transaction'),
    openIdentity().several(db.read, 'transaction', 3),
  ]);
  expect(after[0]).toBe((many.at(-1) ?? 0n) + 1n);
  expect(new Set([...many, ...after.flat()]).size).toBe(2_504);
  expect(await identity.several(db.read, 'loan', 0)).toEqual([]);
});

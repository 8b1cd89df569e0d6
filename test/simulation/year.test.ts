/**
 * Six weeks of a lender, once in peace and once with a server that is killed while it closes days and takes
 * payments: both books are proved, their reports are reckoned from the loans one by one, and they are the
 * same. For a whole year: `npm run simulate:year`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedOf } from '../fuzz/random.ts';
import { cleanUp } from '../platform/loanbook.ts';
import { createTestDatabase, type TestDatabase } from '../testDatabase.ts';
import { compareYears, type Year, year } from './year.ts';

const seed = seedOf();
const plan = { loans: 60, days: 45, seed };
const databases: TestDatabase[] = [];
let peaceful: Year;
let killed: Year;

beforeAll(async () => {
  databases.push(await createTestDatabase(), await createTestDatabase());
  const [one, other] = databases.map(({ url }) => ({ plan, workers: 1, databaseUrl: url, say: () => {} }));
  if (!one || !other) throw new Error('two databases are needed');
  [peaceful, killed] = await Promise.all([year({ ...one, kills: 0 }), year({ ...other, kills: 3 })]);
}, 600_000);
afterAll(async () => {
  cleanUp();
  await Promise.all(databases.map((database) => database.drop()));
});

describe(`six weeks of a lender (seed ${seed})`, () => {
  it('end with a book that is proved, and reports that are those of its loans', () => {
    expect(peaceful.faults).toEqual([]);
    expect(peaceful.outcome.read).toHaveLength(plan.loans);
    expect(peaceful.outcome.transactions).toBeGreaterThan(5 * plan.loans);
  });

  it('end the same when the server is killed on the way', () => {
    expect(killed.lived.kills).toBeGreaterThan(0);
    expect(killed.faults).toEqual([]);
    expect(compareYears(peaceful, killed)).toEqual([]);
  });
});

/** How the database finds what the write path looks up by key. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPatiently } from '../../test/patience.ts';
import { createTestDatabase, type TestDatabase } from '../../test/testDatabase.ts';
import type { Database, Tx } from './database.ts';
import { answerLookup } from './idempotency.ts';
import { ABRIDGED_LOANS, LOANS } from './loans/loans.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openPatiently(database.url);
  await migrate(db);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const call = { loanId: 7n, key: 'k', accountId: 'a', route: 'POST /v1/loans/7/repayments' };
const LOOK_UPS: readonly (readonly [string, (tx: Tx) => Promise<unknown>])[] = [
  ['loans', (tx) => LOANS.read(tx, [7n])],
  ['loans without their repayments', (tx) => ABRIDGED_LOANS.read(tx, [7n])],
  ['answers', (tx) => answerLookup(call).read(tx, [call])],
];

/** What the database would do to find them; nothing is found. */
async function planOf(tx: Tx, lookUp: (tx: Tx) => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const query: Tx['query'] = async (text, values) => {
    const plan = await tx.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
    lines.push(...plan.map((row) => row['QUERY PLAN']));
    return [];
  };
  await lookUp({ query });
  return lines.join('\n');
}

const GOES_THROUGH_ALL = /Seq Scan|Hash Join|Merge .*Join/;

it.each(LOOK_UPS)('finds %s in an index, while the tables are empty too', async (_, lookUp) => {
  const plan = await db.transaction((tx) => planOf(tx, lookUp), { plans: 'once' });
  expect(plan).toMatch(/_pkey/);
  expect(plan).not.toMatch(GOES_THROUGH_ALL);
});

it('would not do so by itself', async () => {
  const plans = await db.transaction(async (tx) => {
    const found: string[] = [];
    for (const [, lookUp] of LOOK_UPS) found.push(await planOf(tx, lookUp));
    return found;
  });
  expect(plans.join('\n')).toMatch(GOES_THROUGH_ALL);
});

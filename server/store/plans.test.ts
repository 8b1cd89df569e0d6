/** How the database finds what the write path looks up by key, and what it checks itself. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPatiently } from '../../test/patience.ts';
import { createTestDatabase, type TestDatabase } from '../../test/testDatabase.ts';
import type { Database, Tx } from './database.ts';
import { answerLookup } from './idempotency.ts';
import { ABRIDGED_LOANS, holdLoans, LOANS } from './loans/loans.ts';
import { isNameTaken } from './loans/transactions.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openPatiently(database.url);
  await migrate(db);
  // Tables that were empty when the database looked at them tempt it most to go through all of them.
  await db.read.query('analyze');
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const call = { loanId: 7n, key: 'k', accountId: 'a', route: 'POST /v1/loans/7/repayments' };
const remarks = { idempotencyKey: 'k', externalId: 'x' };
const LOOK_UPS: readonly (readonly [string, (tx: Tx) => Promise<unknown>])[] = [
  ['loans', (tx) => LOANS.read(tx, [7n])],
  ['loans without their repayments', (tx) => ABRIDGED_LOANS.read(tx, [7n])],
  ['answers', (tx) => answerLookup(call).read(tx, [call])],
  ['names of transactions', (tx) => isNameTaken(tx, 7n, remarks)],
  ['loans to hold', (tx) => holdLoans(tx, [7n])],
];

let looked = 0;
/** The steps of the plan that the database makes for any values, each with what is said of it. */
async function stepsOf(tx: Tx, lookUp: (tx: Tx) => Promise<unknown>): Promise<string[]> {
  const steps: string[] = [];
  const query: Tx['query'] = async (text, values = []) => {
    const given = values.map((value) => (Array.isArray(value) ? `'{${value}}'` : `'${value}'`));
    looked += 1;
    const name = `look_${looked}`;
    await tx.query(`prepare ${name} as ${text}`);
    const plan = await tx.query<{ 'QUERY PLAN': string }>(
      `explain (costs off) execute ${name} (${given.join(', ')})`,
    );
    const lines = plan.map((row) => row['QUERY PLAN']).join('\n');
    steps.push(...lines.split(/\n *-> /));
    return [];
  };
  await lookUp({ query });
  return steps;
}

const scans = (steps: readonly string[]): string[] =>
  steps.filter((step) => /\bScan\b/.test(step) && !step.includes('Bitmap Heap Scan'));
/** Found by the first column of an index, which is the loan's number. */
const isByLoan = (step: string): boolean => /Index Cond: .*\b(loan_)?id = ANY \(\$1\)/.test(step);

it.each(LOOK_UPS)('finds %s by their numbers, though the tables are empty yet', async (_, lookUp) => {
  const steps = await db.transaction((tx) => stepsOf(tx, lookUp), { plans: 'once' });
  expect(scans(steps).length).toBeGreaterThan(0);
  for (const step of scans(steps)) expect(step).toSatisfy(isByLoan);
  for (const step of scans(steps)) expect(step).not.toMatch(/loan_by_/);
});

it('would go through them by itself', async () => {
  const steps = await db.transaction(async (tx) => {
    await tx.query('set local plan_cache_mode = force_generic_plan');
    return stepsOf(tx, (each) => LOANS.read(each, [7n]));
  });
  expect(scans(steps).filter((step) => !isByLoan(step))).not.toEqual([]);
});

it('makes plans of its own for texts that others have planned otherwise', async () => {
  const one = openPatiently(database.url, { poolSize: 1 });
  const text = 'select id from loan where id = any($1)';
  const read = (tx: Tx) => tx.query(text, [[7n]]);
  const planned = (tx: Tx) => tx.query('select from pg_prepared_statements where statement = $1', [text]);
  for (let time = 0; time < 3; time += 1) await read(one.read);
  const before = await planned(one.read);
  for (let time = 0; time < 3; time += 1) await one.transaction(read, { plans: 'once' });
  const after = await planned(one.read);
  await one.close();
  expect([before.length, after.length]).toEqual([1, 2]);
});

it('finds one transaction by its key also where nearly every loan has but one', async () => {
  await db.transaction(async (tx) => {
    // Rows without what they refer to: only their keys matter here.
    await tx.query('set local session_replication_role = replica');
    await tx.query(
      `insert into loan_transaction (loan_id, seq, id, type, transaction_date, submitted_on, amount, principal,
         interest, fees, penalties, overpaid, reversal, details, recorded_at)
       select n, 1, n, 'disbursement', '2025-01-01', '2025-01-01', 1, 1, 0, 0, 0, 0, 'none', '{}', now()
       from generate_series(1, 20000) n`,
    );
  });
  await db.read.query('analyze loan_transaction');
  const plan = await db.transaction(async (tx) => {
    await tx.query('set local plan_cache_mode = force_generic_plan');
    // What the database asks for each journal entry.
    await tx.query(
      'prepare referred (bigint, int) as select 1 from loan_transaction where loan_id = $1 and seq = $2',
    );
    return tx.query<{ 'QUERY PLAN': string }>('explain execute referred (7, 1)');
  });
  expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/loan_transaction_pkey/);
});

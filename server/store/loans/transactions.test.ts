/** How the database finds transactions. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPatiently } from '../../../test/patience.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/testDatabase.ts';
import type { Database } from '../database.ts';
import { migrate } from '../migrate.ts';

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

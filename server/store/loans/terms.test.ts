import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPatiently } from '../../../test/patience.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/testDatabase.ts';
import { date } from '../../domain/date.ts';
import { exampleTerms } from '../../domain/schedule/exampleLoan.ts';
import type { Database } from '../database.ts';
import { migrate } from '../migrate.ts';
import { findTerms, joinedTerms, keepAllTerms, keepTerms, ownTermsOf, storedTermsOf } from './terms.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openPatiently(database.url);
  await migrate(db);
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

const stored = async (): Promise<number> => (await db.read.query('select id from loan_terms')).length;

it('keeps what loans have in common once, whatever each has for itself', async () => {
  const loans = [
    exampleTerms({ principal: 100_00n }),
    exampleTerms({ principal: 250_00n, expectedDisbursementDate: date('2025-06-30') }),
    exampleTerms({ principal: 100_00n, fixedInstallmentAmount: 12_00n }),
  ];
  await db.transaction((tx) => keepAllTerms(tx, loans));
  await db.transaction((tx) => keepTerms(tx, exampleTerms({ principal: 7_00n })));
  expect(await stored()).toBe(1);
  const dearer = exampleTerms({ interestRatePerPeriod: '99' });
  await db.transaction((tx) => keepTerms(tx, dearer));
  expect(await stored()).toBe(2);
});

it('gives back the terms as they were agreed, to the last minor unit', async () => {
  const terms = exampleTerms({ principal: 9_007_199_254_740_993n, maxOutstandingBalance: 5n });
  await db.transaction((tx) => keepTerms(tx, terms));
  const { id } = storedTermsOf(terms);
  const all = await findTerms(db.read, [id, id]);
  expect(joinedTerms(all.get(id), ownTermsOf(terms))).toEqual(terms);
  expect(joinedTerms((await findTerms(db.read, [id])).get(id), ownTermsOf(terms))).toEqual(terms);
  const gone = '6e5a0b5e-0000-0000-0000-000000000000';
  expect(joinedTerms(all.get(gone), ownTermsOf(terms))).toEqual(ownTermsOf(terms));
});

it('stores terms once when two loans on them are made at the same time', async () => {
  const before = await stored();
  const terms = exampleTerms({ interestRatePerPeriod: '12.5' });
  await Promise.all(
    [1n, 2n, 3n].map((principal) => db.transaction((tx) => keepTerms(tx, { ...terms, principal }))),
  );
  expect(await stored()).toBe(before + 1);
});

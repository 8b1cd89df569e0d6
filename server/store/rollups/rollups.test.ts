/** Counts and sums over slots: what is added is read back, whoever folds meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPatiently } from '../../../test/patience.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/testDatabase.ts';
import type { CivilDate } from '../../domain/date.ts';
import type { Database } from '../database.ts';
import { countCustomers, recountCustomer } from './customerCounts.ts';
import { foldRollups } from './folding.ts';
import { addLoanCounts, type CountedLoan, countDeltas, countLoans } from './loanCounts.ts';
import { SLOTS, summedDeltas } from './slots.ts';

const DAY = '2025-03-01' as CivilDate;
const day = (text: string) => text as CivilDate;

const loan = (changes: Partial<CountedLoan> = {}): CountedLoan => ({
  productId: 2n,
  status: 'active',
  oldestUnpaidDueDate: DAY,
  ...changes,
});

describe('what a change does to the counts', () => {
  it('is nothing where nothing that counts has changed', () => {
    expect(countDeltas(loan(), loan())).toEqual({ loans: [], unpaid: [] });
  });

  it('is one more for a new loan, one less for a deleted one', () => {
    expect(countDeltas(null, loan({ oldestUnpaidDueDate: null }))).toEqual({
      loans: [{ key: [2n, 'active'], by: 1n }],
      unpaid: [],
    });
    expect(countDeltas(loan(), null).unpaid).toEqual([{ key: [2n, DAY], by: -1n }]);
  });

  it('comes to nothing in the status when only the oldest unpaid day moves on', () => {
    const { loans, unpaid } = countDeltas(loan(), loan({ oldestUnpaidDueDate: day('2025-04-01') }));
    expect(summedDeltas(loans)).toEqual([]);
    expect(summedDeltas(unpaid)).toEqual([
      { key: [2n, DAY], by: -1n },
      { key: [2n, '2025-04-01'], by: 1n },
    ]);
  });
});

describe('in the database', () => {
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

  const add = (loans: readonly CountedLoan[], slot: number) =>
    db.transaction((tx) => addLoanCounts(tx, { slot, deltas: loans.map((each) => countDeltas(null, each)) }));

  it('the total of any filter is the sum over the slots, before and after folding', async () => {
    await add([loan(), loan({ productId: 1n }), loan({ oldestUnpaidDueDate: day('2025-06-01') })], 3);
    await add([loan({ status: 'closed', oldestUnpaidDueDate: null }), loan()], 5);
    const totals = () =>
      Promise.all([
        countLoans(db.read, {}),
        countLoans(db.read, { status: 'active' }),
        countLoans(db.read, { productId: 2n, status: 'closed' }),
        countLoans(db.read, { overdueOn: day('2025-03-02') }),
        countLoans(db.read, { overdueOn: day('2025-03-02'), productId: 1n }),
        countLoans(db.read, { overdueOn: day('2025-03-02'), status: 'closed' }),
        countLoans(db.read, { overdueOn: day('2025-03-02'), isOverdue: false }),
        countLoans(db.read, { overdueOn: day('2025-03-02'), isOverdue: false, status: 'active' }),
        countLoans(db.read, { overdueOn: DAY }),
      ]);
    const expected = [5, 4, 1, 3, 1, 0, 2, 1, 0];
    expect(await totals()).toEqual(expected);
    expect(await foldRollups(db, DAY)).toBeGreaterThan(0);
    expect(await totals()).toEqual(expected);
    const spread = await db.read.query('select from loan_count where slot <> 0');
    expect(spread).toHaveLength(0);
  });

  it('writers and folders at the same time lose nothing', async () => {
    const before = await countCustomers(db.read, undefined);
    const writers = Array.from({ length: 60 }, () =>
      db.transaction((tx) => recountCustomer(tx, null, 'active')),
    );
    const folders = Array.from({ length: 3 }, () => foldRollups(db, DAY));
    await Promise.all([...writers, ...folders]);
    await db.transaction((tx) => recountCustomer(tx, 'active', 'closed'));
    await foldRollups(db, DAY);
    expect(await countCustomers(db.read, undefined)).toBe(before + 60);
    expect(await countCustomers(db.read, 'closed')).toBe(1);
    const rows = await db.read.query<{ slot: number }>('select slot from customer_count');
    expect(rows.every(({ slot }) => slot < SLOTS)).toBe(true);
  });

  it('years of days of many products fold as well', async () => {
    const many = Array.from({ length: 22_000 }, (_, index) => loan({ productId: BigInt(1_000 + index) }));
    await add(many, 7);
    await foldRollups(db, DAY);
    const rows = await db.read.query<{ slot: number; rows: bigint }>(
      'select slot, count(*) as rows from unpaid_loan_count where product_id >= 1000 group by slot',
    );
    expect(rows).toEqual([{ slot: 0, rows: 22_000n }]);
  });
});

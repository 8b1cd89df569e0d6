/**
 * Totals of lists and the trial balance come from counts and sums that are kept with every change. After many
 * changes of every kind they equal what a look at all the rows finds. LOANBOOK_TEST_SEED for other choices.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CivilDate } from '../../server/domain/date.ts';
import { insertJournal } from '../../server/store/loans/journal.ts';
import { foldRollups } from '../../server/store/rollups/folding.ts';
import { type Chance, chanceOf, seedOf } from '../fuzz/random.ts';
import { makeWorld, type World } from '../world.ts';
import { type Caller, callerOf, expectOk } from './calls.ts';

const TODAY = '2025-06-20';
let world: World;
let api: Caller;
beforeAll(async () => {
  world = await makeWorld({ businessDate: TODAY });
  api = callerOf(world);
});
afterAll(() => world?.close());

const seed = seedOf();

async function lend(chance: Chance, customerId: string): Promise<string> {
  const days = ['2025-01-15', '2025-04-10', '2025-06-01', TODAY];
  const wish = {
    ...{ customerId, productId: chance.one(['1', '2']), principal: chance.one([50_000, 120_000]) },
    ...(chance.one([1, 2, 3]) === 1 ? { disburse: false } : { expectedDisbursementDate: chance.one(days) }),
  };
  const { status, body } = await api.post('/v1/loans', wish);
  expect([200, 403, 404, 409]).toContain(status);
  return status === 200 ? body.id : '0';
}

const VERBS: readonly (readonly [path: string, body: object])[] = [
  ['approve', { approvedOnDate: TODAY }],
  ['disburse', { actualDisbursementDate: TODAY }],
  ['reject', {}],
  ['withdraw', {}],
  ['undo-disbursal', {}],
  ['rollback', {}],
  ['writeoff', { transactionDate: TODAY }],
  ['repayments', { transactionAmount: 20_000 }],
  ['repayments', { transactionAmount: 90_000, transactionDate: '2025-06-10' }],
  ['repayments', { transactionAmount: 300_000 }],
  ['repayments/waive-interest', { transactionAmount: 100 }],
];

async function act(chance: Chance, loanId: string): Promise<void> {
  if (chance.one([...Array(8).keys()]) === 0) return void (await api.delete(`/v1/loans/${loanId}`));
  const [path, body] = chance.one(VERBS);
  const { status } = await api.post(`/v1/loans/${loanId}/${path}`, body);
  expect(status).toBeLessThan(500);
}

async function customer(index: number): Promise<string> {
  const externalId = `customer ${index}`;
  const isPending = index % 5 === 4;
  const wish = { externalId, ...(isPending ? { active: false } : { activationDate: '2024-01-01' }) };
  const { id } = expectOk(await api.post('/v1/customers', wish)).body;
  if (index % 10 === 4) expectOk(await api.delete(`/v1/customers/${id}`));
  if (index % 10 === 9) expectOk(await api.post(`/v1/customers/${id}/activate`, { activationDate: TODAY }));
  return id;
}

const STATUSES = { pending: 100, approved: 200, active: 300, closed: 600, writtenOff: 601, overpaid: 700 };

async function expectTotals(): Promise<void> {
  const rows = await world.db.read.query<{ status: string; product: bigint; overdue: boolean }>(
    `select status, product_id as product, coalesce(oldest_unpaid_due_date < '${TODAY}', false) as overdue
     from loan where deleted_at is null`,
  );
  const total = async (query: string) => expectOk(await api.get(`/v1/loans?${query}`)).body.total;
  expect(await total('')).toBe(rows.length);
  const late = [
    ['', () => true],
    ['&overdue=true', (row: { overdue: boolean }) => row.overdue],
    ['&overdue=false', (row: { overdue: boolean }) => !row.overdue],
  ] as const;
  for (const [query, fits] of late) {
    for (const [status, code] of Object.entries(STATUSES))
      expect(await total(`status=${code}${query}`), `${status}${query}`).toBe(
        rows.filter((row) => row.status === status && fits(row)).length,
      );
    for (const product of [1n, 2n])
      expect(await total(`productId=${product}${query}`)).toBe(
        rows.filter((row) => row.product === product && fits(row)).length,
      );
    expect(await total(`productId=1&status=Active${query}`)).toBe(
      rows.filter((row) => row.product === 1n && row.status === 'active' && fits(row)).length,
    );
  }
}

async function expectCustomerTotals(): Promise<void> {
  for (const [query, condition] of [
    ['', 'true'],
    ['status=Active', "status = 'active'"],
    ['status=Pending', "status = 'pending'"],
  ]) {
    const [row] = await world.db.read.query<{ n: bigint }>(
      `select count(*) as n from customer where ${condition}`,
    );
    expect(expectOk(await api.get(`/v1/customers?${query}`)).body.total).toBe(Number(row?.n));
  }
}

/** The sums in the tables of counts and totals against those of the rows, key by key. */
async function expectRollups(): Promise<void> {
  const sums = await world.db.read.query(
    `select entry_date, debit_account, credit_account, sum(amount) from (
       select entry_date, debit_account, credit_account, amount from ledger_total
       union all select entry_date, debit_account, credit_account, -amount from journal_entry
       union all select e.entry_date, m.debit_account, m.credit_account, -m.amount
       from manual_movement m join manual_entry e on e.id = m.entry_id
     ) as both_sides group by 1, 2, 3 having sum(amount) <> 0`,
  );
  expect(sums).toEqual([]);
  const flows = await world.db.read.query(
    `select product_id, day, type, figure, sum(amount) from (
       select product_id, day, type, figure, amount from flow_total
       union all
       select product_id, transaction_date, type, figure, -value
       from loan l join loan_transaction t on t.loan_id = l.id
         cross join lateral (values ('count', 1::bigint), ('amount', t.amount), ('principal', t.principal),
           ('interest', t.interest), ('fees', t.fees), ('penalties', t.penalties), ('overpaid', t.overpaid))
           as f (figure, value)
       where reversal = 'none' and type not in ('accrual', 'accrualActivity', 'reAge', 'reAmortize')
     ) as both_sides group by 1, 2, 3, 4 having sum(amount) <> 0`,
  );
  expect(flows).toEqual([]);
}

it(`are right after changes of every kind, also folded (seed ${seed})`, { timeout: 120_000 }, async () => {
  const chance = chanceOf(seed);
  const customers = await Promise.all(Array.from({ length: 20 }, (_, index) => customer(index)));
  const loans = await Promise.all(Array.from({ length: 60 }, () => lend(chance, chance.one(customers))));
  const made = loans.filter((id) => id !== '0');
  expect(made.length).toBeGreaterThan(20);
  for (let round = 0; round < 4; round += 1)
    await Promise.all(Array.from({ length: 60 }, () => act(chance, chance.one(made))));
  const lines = [
    { glCode: '1000', debit: 500 },
    { glCode: '3000', credit: 500 },
  ];
  await api.post('/v1/journal-entries', { date: TODAY, reason: 'by hand', lines });

  await expectTotals();
  await expectCustomerTotals();
  await expectRollups();
  const balance = async () => (await api.get('/v1/trial-balance')).text;
  const spread = await balance();
  expect(await foldRollups(world.db, TODAY as Parameters<typeof foldRollups>[1])).toBeGreaterThan(0);
  await expectTotals();
  await expectRollups();
  expect(await balance()).toBe(spread);
});

it('lets nobody post to an account that does not exist', async () => {
  const customerId = await customer(100);
  const wish = { customerId, productId: '1', principal: 50_000 };
  const loanId = BigInt(expectOk(await api.post('/v1/loans', wish)).body.id);
  const post = (account: string): Promise<void> => {
    const lines = [
      { account, side: 'debit', amount: 5n },
      { account: '1000', side: 'credit', amount: 5n },
    ] as const;
    const entries = [{ transactionId: 1, date: TODAY as CivilDate, lines }];
    const posting = { loanId, after: 50, entries, now: new Date(0) };
    return world.db.transaction((tx) => insertJournal(tx, posting));
  };
  await expect(post('9999')).rejects.toMatchObject({ constraint: 'ledger_total_debit_account_fkey' });
  await post('1100');
  const rows = await world.db.read.query(
    'select debit_account from journal_entry where loan_id = $1 and entry_seq = 51',
    [loanId],
  );
  expect(rows).toEqual([{ debit_account: '1100' }]);
});

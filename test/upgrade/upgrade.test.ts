/**
 * A book that an earlier release left behind is opened by this one: the files of then are recorded as they
 * still are, the newer ones apply, and all that was there reads as it did and goes on.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../server/store/migrate.ts';
import { auditBook } from '../audit.ts';
import { openPatiently } from '../patience.ts';
import { makeWorld, type World } from '../world.ts';
import { filesOfThen, restoreBook } from './restored.ts';

/** The private key that signs tokens lies in the book encrypted by this. */
const KEYS = { LOANBOOK_KEY_SECRET: 'a key secret for tests' };

let applied: string[];
let world: World;

beforeAll(async () => {
  const database = await restoreBook();
  const db = openPatiently(database.url, { poolSize: 1 });
  // Later releases than that of the book left out of a document what a loan has not seen yet.
  await db.read.query(
    "update loan set document = document - array['approvedOn', 'disbursedOn'] where id = 4",
  );
  applied = await migrate(db);
  await db.close();
  world = await makeWorld({ businessDate: '2025-02-16', mode: 'sandbox', environment: KEYS, database });
});
afterAll(() => world?.close());

const loan = { externalId: 'in-arrears' };

it('only the files that it has not seen are applied', () => {
  expect(filesOfThen).toHaveLength(22);
  expect(applied).toContain('0080_loan_terms.sql');
  expect(applied.filter((name) => filesOfThen.includes(name))).toEqual([]);
});

it('loans and their transactions read as they did', async () => {
  const { partner } = world;
  expect(await partner.loans.get(loan)).toMatchObject({
    ...{ id: '1', customerExternalId: 'amina', status: 'Active', principal: 300_000 },
    ...{ principalOutstanding: 287_000, interestOutstanding: 34_414.54, totalOutstanding: 321_414.54 },
    ...{ feesPaid: 1_000, totalOverdue: 9_367.88, daysPastDue: 1, annualPercentageRate: 24.64 },
  });
  expect(await partner.loans.get({ externalId: 'paid' })).toMatchObject({
    ...{ status: 'Overpaid', totalOverpaid: 5_000, totalRepayment: 55_000 },
  });
  expect(await partner.loans.get({ externalId: 'charged-off' })).toMatchObject({
    ...{ chargedOff: true, chargedOffDate: '2025-02-16', totalOutstanding: 136_165.83 },
  });
  const pending = await partner.loans.get({ externalId: 'pending' });
  expect(pending).toMatchObject({ status: 'Submitted and pending approval' });
  expect([pending.approvedDate, pending.disbursedDate]).toEqual([undefined, undefined]);
  const told = await partner.loans.transactions(loan);
  expect(told.map(({ type, date, amount, status }) => [type, date, amount, status])).toEqual([
    ['Disbursement', '2025-01-15', 300_000, 'posted'],
    ['Accrual', '2025-02-13', 6_612.9, 'posted'],
    ['Repayment', '2025-02-15', 5_000, 'reversed'],
    ['Repayment', '2025-02-15', 20_000, 'posted'],
    ['Accrual', '2025-02-15', 387.1, 'posted'],
  ]);
});

it('the ledger says what it said', async () => {
  const { totalDebit, totalCredit } = await world.operator.trialBalance.get();
  expect([totalDebit, totalCredit]).toEqual([710_952.93, 710_952.93]);
  expect((await auditBook(world.db, '2025-02-16')).faults).toEqual([]);
  expect((await world.operator.audit.verify()).faults).toEqual([]);
});

it('a key of then is still known', async () => {
  const repeated = await world.partner.repayments.create(
    loan,
    { transactionAmount: 20_000 },
    { idempotencyKey: 'february' },
  );
  const [, , , february] = await world.partner.loans.transactions(loan);
  expect(repeated.id).toBe(february?.id);
  expect((await world.partner.loans.get(loan)).totalRepayment).toBe(20_000);
});

it('life goes on: payments, corrections, new loans, a day that is closed', async () => {
  const { partner } = world;
  await partner.repayments.create(loan, { transactionAmount: 9_367.88 });
  expect(await partner.loans.get(loan)).toMatchObject({ totalOverdue: 0, totalRepayment: 29_367.88 });
  const [, , , february] = await partner.loans.transactions(loan);
  const at = { loan, repayment: february?.id ?? '' };
  await partner.repayments.reverse(at, { transactionDate: '2025-02-16' });
  expect(await partner.loans.get(loan)).toMatchObject({ totalOverdue: 20_000, totalRepayment: 9_367.88 });
  const undone = { externalId: 'charged-off' };
  await partner.repayments.undoChargeOff(undone, { transactionDate: '2025-02-16' });
  const pending = { externalId: 'pending' };
  await partner.loans.approve(pending, { approvedOnDate: '2025-02-16' });
  await partner.loans.disburse(pending, { actualDisbursementDate: '2025-02-16' });
  await partner.loans.create({ customerId: 'baraka', productId: '2', principal: 70_000 });
  await partner.businessDate.advance({ days: 2 });
  const { closedThrough, failures, runs } = await partner.closeOfBusiness.status();
  expect([closedThrough, failures]).toEqual(['2025-02-17', 0]);
  expect(runs.flatMap(({ findings = [] }) => findings)).toEqual([]);
  expect((await partner.loans.get(undone)).chargedOff).toBe(false);
  expect((await auditBook(world.db, '2025-02-18')).faults).toEqual([]);
});

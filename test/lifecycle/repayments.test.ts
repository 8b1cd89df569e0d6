/** How customers really pay: in part, too early, too late, too much, and told about days later. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditBook } from '../audit.ts';
import { makeWorld, type World } from '../world.ts';
import { borrow, pay, productId, refusalOf, row } from './borrower.ts';

let world: World;

beforeEach(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
});
/** Whatever the story was: every loan is the fold of its history, and the ledger agrees. */
afterEach(async () => {
  const { loans, faults } = await auditBook(world.db, world.clock.date());
  await world.close();
  expect(faults).toEqual([]);
  expect(loans).toBeGreaterThan(0);
});

const refusal = async (call: Promise<unknown>): Promise<string> => (await refusalOf(call)).code;

describe('a wallet loan of 50,000 over 30 days', () => {
  it('costs 10 percent and is closed by paying exactly that', async () => {
    const loan = await borrow(world, { product: 'WL30', principal: 50_000 });
    expect(loan).toMatchObject({ nextDueDate: '2025-02-14', nextDueAmount: 55_000, numberOfRepayments: 1 });
    world.clock.setDate('2025-02-14');
    expect(await pay(world, loan, 55_000)).toMatchObject({ principal: 50_000, interest: 5_000 });
    expect(await world.partner.loans.get(loan.id)).toMatchObject({
      status: 'Closed (obligations met)',
      closedDate: '2025-02-14',
      totalOutstanding: 0,
      totalOverpaid: 0,
    });
  });

  it('takes partial payments, interest first', async () => {
    const loan = await borrow(world, { product: 'WL30', principal: 50_000 });
    world.clock.setDate('2025-01-20');
    const first = await pay(world, loan, 3_000);
    expect(first).toMatchObject({ interest: 3_000 });
    expect(first).not.toHaveProperty('principal');
    world.clock.setDate('2025-01-25');
    expect(await pay(world, loan, 10_000.5)).toMatchObject({ interest: 2_000, principal: 8_000.5 });
    expect(await world.partner.loans.get(loan.id)).toMatchObject({
      status: 'Active',
      principalOutstanding: 41_999.5,
      interestOutstanding: 0,
      nextDueDate: '2025-02-14',
      nextDueAmount: 41_999.5,
    });
  });

  it('keeps what is paid beyond it as overpaid', async () => {
    const loan = await borrow(world, { product: 'WL30', principal: 50_000 });
    world.clock.setDate('2025-02-10');
    expect(await pay(world, loan, 56_250.75)).toMatchObject({
      amount: 56_250.75,
      principal: 50_000,
      interest: 5_000,
      overpaymentPortion: 1_250.75,
    });
    expect(await world.partner.loans.get(loan.id)).toMatchObject({
      status: 'Overpaid',
      totalOutstanding: 0,
      totalOverpaid: 1_250.75,
    });
  });

  it('owes the customer what comes in after it is closed', async () => {
    const loan = await borrow(world, { product: 'WL30', principal: 50_000 });
    await pay(world, loan, 55_000);
    expect(await pay(world, loan, 1)).toMatchObject({ amount: 1, overpaymentPortion: 1 });
    expect(await world.partner.loans.get(loan.id)).toMatchObject({ status: 'Overpaid', totalOverpaid: 1 });
  });

  it('takes no money before it is disbursed', async () => {
    const customer = await world.partner.customers.create({ externalId: 'waiting' });
    const loan = await world.partner.loans.create({
      customerId: customer.id,
      productId: await productId(world, 'WL30'),
      principal: 50_000,
      disburse: false,
    });
    expect(loan.status).toBe('Submitted and pending approval');
    await expect(pay(world, loan, 1)).rejects.toMatchObject({
      code: 'failed_precondition',
      status: 400,
      message: 'Loan must be Active, Fully Paid or Overpaid',
    });
  });
});

describe('a term loan', () => {
  it('is overdue the day after, and paid late', async () => {
    const loan = await borrow(world, { product: 'TL12', principal: 120_000 });
    world.clock.setDate('2025-02-15');
    expect(await world.partner.loans.get(loan.id)).toMatchObject({ totalOverdue: 0, daysPastDue: 0 });
    world.clock.setDate('2025-02-20');
    expect(await world.partner.loans.get(loan.id)).toMatchObject({
      totalOverdue: 11_347.15,
      principalOverdue: 8_947.15,
      interestOverdue: 2_400,
      daysPastDue: 5,
      nextDueDate: '2025-02-15',
      nextDueAmount: 11_347.15,
    });
    await pay(world, loan, 11_347.15);
    const paid = await world.partner.loans.get(loan.id);
    expect(paid).toMatchObject({ totalOverdue: 0, daysPastDue: 0, nextDueDate: '2025-03-15' });
    expect(row(paid, 1)).toMatchObject({ complete: true, paidLate: 11_347.15, paidDate: '2025-02-20' });
  });

  it('may be paid early, one installment after the other', async () => {
    const loan = await borrow(world, { product: 'TL12', principal: 120_000 });
    world.clock.setDate('2025-02-01');
    await pay(world, loan, 15_000);
    const paid = await world.partner.loans.get(loan.id);
    expect(row(paid, 1)).toMatchObject({ complete: true, paidInAdvance: 11_347.15 });
    expect(row(paid, 2)).toMatchObject({
      complete: false,
      interestPaid: 2_221.06,
      principalPaid: 1_431.79,
      paidInAdvance: 3_652.85,
    });
    expect(paid).toMatchObject({ nextDueDate: '2025-03-15', nextDueAmount: 7_694.3 });
  });

  it('counts a payment from its value date, also when it is told late and out of order', async () => {
    const loan = await borrow(world, { product: 'TL12', principal: 120_000 });
    world.clock.setDate('2025-03-01');
    const later = await world.partner.repayments.create(loan.id, {
      transactionAmount: 11_347.15,
      transactionDate: '2025-02-20',
    });
    expect(row(await world.partner.loans.get(loan.id), 1)).toMatchObject({ paidLate: 11_347.15 });
    const earlier = await world.partner.repayments.create(loan.id, {
      transactionAmount: 11_347.15,
      transactionDate: '2025-02-15',
    });
    expect(earlier).toMatchObject({ date: '2025-02-15', interest: 2_400, principal: 8_947.15 });
    const now = await world.partner.loans.get(loan.id);
    expect(row(now, 1)).toMatchObject({ paidLate: 0, paidDate: '2025-02-15', complete: true });
    expect(row(now, 2)).toMatchObject({ paidInAdvance: 11_347.15, complete: true });
    expect(await world.partner.repayments.get(loan.id, later.id)).toMatchObject({
      id: later.id,
      amount: 11_347.15,
      interest: 2_221.06,
      principal: 9_126.09,
      reversed: false,
    });
  });

  it('refuses payments from the future and from before the disbursement', async () => {
    const loan = await borrow(world, { product: 'TL12', principal: 120_000 });
    const on = (transactionDate: string) =>
      refusal(world.partner.repayments.create(loan.id, { transactionAmount: 100, transactionDate }));
    expect(await on('2025-01-16')).toBe('permission_denied');
    expect(await on('2025-01-14')).toBe('permission_denied');
  });

  it('lists repayments newest first, page by page', async () => {
    const loan = await borrow(world, { product: 'TL12', principal: 120_000 });
    for (let day = 16; day <= 27; day += 1) {
      world.clock.setDate(`2025-01-${day}`);
      await pay(world, loan, day);
    }
    const first = await world.partner.repayments.list(loan.id, { page: 1, rows: 5 }).page();
    expect(first.items.map((each) => each.amount)).toEqual([27, 26, 25, 24, 23]);
    expect(first).toMatchObject({ total: 12, page: 1, rowsPerPage: 5 });
    const all: number[] = [];
    for await (const each of world.partner.repayments.list(loan.id, { rows: 5 })) all.push(each.amount);
    expect(all).toEqual([27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
  });
});

describe('a repayment with a key', () => {
  it('is booked once, however often it is sent', async () => {
    const loan = await borrow(world, { product: 'TL12', principal: 120_000 });
    const payment = { transactionAmount: 500, idempotencyKey: 'receipt 1' };
    const first = await world.partner.repayments.create(loan.id, payment);
    const again = await world.partner.repayments.create(loan.id, payment);
    expect(again).toEqual(first);
    const other = world.partner.repayments.create(loan.id, { ...payment, transactionAmount: 501 });
    expect(await refusal(other)).toBe('aborted');
    expect(await world.partner.loans.get(loan.id)).toMatchObject({ totalRepayment: 500 });
  });

  it('is booked once when a hundred copies arrive together', async () => {
    const loan = await borrow(world, { product: 'TL12', principal: 120_000 });
    const payment = { transactionAmount: 500, idempotencyKey: 'receipt 1' };
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => world.partner.repayments.create(loan.id, payment)),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await world.partner.repayments.list(loan.id).page()).toMatchObject({ total: 1 });
  });

  it('is booked once when a hundred copies arrive together with the key in the header', async () => {
    const loan = await borrow(world, { product: 'TL12', principal: 120_000 });
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        world.partner.repayments.create(loan.id, { transactionAmount: 500 }, { idempotencyKey: 'receipt 2' }),
      ),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await world.partner.repayments.list(loan.id).page()).toMatchObject({ total: 1 });
  });

  it('loses nothing when different repayments arrive together', async () => {
    const loan = await borrow(world, { product: 'TL12', principal: 120_000 });
    const amounts = Array.from({ length: 20 }, (_, index) => 100 + index);
    await Promise.all(amounts.map((amount) => pay(world, loan, amount)));
    const total = amounts.reduce((sum, amount) => sum + amount, 0);
    expect(await world.partner.loans.get(loan.id)).toMatchObject({ totalRepayment: total });
    expect(await world.partner.repayments.list(loan.id).page()).toMatchObject({ total: 20 });
  });
});

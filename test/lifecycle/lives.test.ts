/**
 * More lives of loans: paid on every due date, penalised and forgiven, charged off and recovered, charged
 * back.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditBook } from '../audit.ts';
import { makeWorld, type World } from '../world.ts';
import { borrow, pay, refusalOf, row } from './borrower.ts';

let world: World;

beforeEach(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
});
/** Whatever the story was: every loan is the fold of its history, and the ledger agrees. */
afterEach(async () => {
  const { faults } = await auditBook(world.db, world.clock.date());
  await world.close();
  expect(faults).toEqual([]);
});

const passTo = (day: string): void => world.clock.setDate(day);

/** Closes every day up to yesterday, as the night does: what is overdue is penalised. */
const closeDays = () => world.operator.closeOfBusiness.start({ wait: true });

/** From now on the wallet product charges 1,500 on an installment that stays unpaid. */
async function chargeForLateness(): Promise<void> {
  const { charges, loanProducts } = world.operator;
  await charges.create({
    code: 'LATE',
    name: 'Late payment',
    chargeTimeType: 'Overdue installment',
    chargeCalculationType: 'Flat',
    amount: 1_500,
    penalty: true,
  });
  await loanProducts.update('1', { charges: ['LATE'] });
}

describe('a term loan that is paid on every due date', () => {
  it('costs what was agreed, is never overdue, and ends on its last day', async () => {
    const { loans } = world.partner;
    const loan = await borrow(world, { product: 'TL12', principal: 120_000 });
    for (let period = 1; period <= 12; period += 1) {
      const due = row(loan, period);
      passTo(due.dueDate);
      const before = await loans.get(loan.id);
      expect(before).toMatchObject({ nextDueDate: due.dueDate, totalOverdue: 0, daysPastDue: 0 });
      expect(await pay(world, loan, due.totalDue)).toMatchObject({
        principal: due.principalDue,
        interest: due.interestDue,
      });
    }
    expect(await loans.get(loan.id)).toMatchObject({
      status: 'Closed (obligations met)',
      closedDate: '2026-01-15',
      interestPaid: loan.interestCharged,
      penaltiesCharged: 0,
      totalOutstanding: 0,
    });
    const trial = await world.operator.trialBalance.get();
    const earned = trial.items.find(({ glCode }) => glCode === '4100');
    expect((earned?.credit ?? 0) - (earned?.debit ?? 0)).toBeCloseTo(loan.interestCharged, 2);
  });
});

describe('a wallet loan that is not paid in time', () => {
  it('gets a penalty, which a repayment dated on the due date undoes', async () => {
    const { loans, loanCharges } = world.partner;
    await chargeForLateness();
    const loan = await borrow(world, { product: 'WL30', principal: 30_000 });
    await closeDays();
    passTo('2025-02-20');
    await closeDays();
    expect(await loans.get(loan.id)).toMatchObject({
      penaltiesCharged: 1_500,
      penaltiesOutstanding: 1_500,
      totalOutstanding: 34_500,
      daysPastDue: 6,
    });
    // The money had come in on the due date; the lender hears of it six days later.
    const told = { transactionAmount: 33_000, transactionDate: '2025-02-14' };
    expect(await world.partner.repayments.create(loan.id, told)).toMatchObject({
      principal: 30_000,
      interest: 3_000,
    });
    expect(await loans.get(loan.id)).toMatchObject({
      status: 'Closed (obligations met)',
      closedDate: '2025-02-14',
      penaltiesCharged: 0,
      totalOutstanding: 0,
      totalOverpaid: 0,
    });
    expect((await loanCharges.list(loan.id)).map((charge) => charge.amountOutstanding)).toEqual([]);
  });

  it('keeps the penalty when the money came a day late', async () => {
    const { loans, repayments } = world.partner;
    await chargeForLateness();
    const loan = await borrow(world, { product: 'WL30', principal: 30_000 });
    await closeDays();
    passTo('2025-02-20');
    await closeDays();
    await repayments.create(loan.id, { transactionAmount: 33_000, transactionDate: '2025-02-15' });
    expect(await loans.get(loan.id)).toMatchObject({
      status: 'Active',
      penaltiesCharged: 1_500,
      totalOutstanding: 1_500,
    });
    expect(await pay(world, loan, 1_500)).toMatchObject({ amount: 1_500 });
    expect((await loans.get(loan.id)).status).toBe('Closed (obligations met)');
  });
});

describe('a loan that was charged off', () => {
  it('is recovered after all: what comes in counts, and closes it', async () => {
    const { loans, repayments } = world.partner;
    const loan = await borrow(world, { product: 'WL30', principal: 30_000 });
    passTo('2025-06-01');
    await repayments.chargeOff(loan.id, { transactionDate: '2025-06-01', note: 'moved away' });
    passTo('2025-07-01');
    await pay(world, loan, 13_000);
    expect(await loans.get(loan.id)).toMatchObject({
      status: 'Active',
      chargedOff: true,
      totalOutstanding: 20_000,
    });
    await pay(world, loan, 20_000);
    expect(await loans.get(loan.id)).toMatchObject({
      status: 'Closed (obligations met)',
      chargedOff: true,
      totalRepayment: 33_000,
      totalOutstanding: 0,
    });
    const trial = await world.operator.trialBalance.get();
    const recovered = trial.items.find(({ name }) => /recover/i.test(name));
    expect(recovered?.credit).toBe(33_000);
  });
});

describe('a payment that the bank takes back', () => {
  it('is charged back: the closed loan is open again until it is paid', async () => {
    const { loans, repayments } = world.partner;
    const loan = await borrow(world, { product: 'WL30', principal: 30_000 });
    passTo('2025-02-14');
    const { id: repayment } = await pay(world, loan, 33_000);
    passTo('2025-02-20');
    const dispute = { transactionDate: '2025-02-20', transactionAmount: 33_000, note: 'disputed' };
    await repayments.chargeback({ loan: loan.id, repayment }, dispute);
    expect(await loans.get(loan.id)).toMatchObject({ status: 'Active', totalOutstanding: 33_000 });
    await pay(world, loan, 33_000);
    expect((await loans.get(loan.id)).status).toBe('Closed (obligations met)');
  });
});

describe('money that comes from others', () => {
  it('settles the loan as a repayment does: goods given back, a payout returned, goodwill', async () => {
    const { loans, repayments } = world.partner;
    const loan = await borrow(world, { product: 'WL30', principal: 30_000 });
    await repayments.merchantIssuedRefund(loan.id, { transactionAmount: 10_000 });
    await repayments.payoutRefund(loan.id, { transactionAmount: 3_000 });
    await repayments.goodwillCredit(loan.id, { transactionAmount: 500 });
    expect(await loans.get(loan.id)).toMatchObject({ status: 'Active', totalOutstanding: 19_500 });
    await pay(world, loan, 19_500);
    expect((await loans.get(loan.id)).status).toBe('Closed (obligations met)');
    expect((await repayments.list(loan.id).page()).total).toBe(1);
    const kinds = (await loans.transactions(loan.id)).map(({ type }) => type);
    for (const kind of ['Merchant Issued Refund', 'Payout Refund', 'Goodwill Credit'])
      expect(kinds).toContain(kind);
  });
});

describe('a loan told about weeks later', () => {
  it('is booked on its days, with what was paid meanwhile, and stands as if told at once', async () => {
    passTo('2025-03-20');
    const { customers, loans, repayments } = world.partner;
    const dates = { submittedOnDate: '2025-01-15', expectedDisbursementDate: '2025-01-15' };
    const { id: customerId } = await customers.create({ externalId: 'late', activationDate: '2025-01-15' });
    const late = await loans.create({ customerId, productId: '2', principal: 120_000, ...dates });
    expect(late).toMatchObject({ daysPastDue: 33, totalOverdue: 22_694.3 });
    for (const transactionDate of ['2025-03-15', '2025-02-15'])
      await repayments.create(late.id, { transactionAmount: 11_347.15, transactionDate });
    const now = await loans.get(late.id);
    expect(now).toMatchObject({ totalOverdue: 0, daysPastDue: 0, nextDueDate: '2025-04-15' });
    expect([row(now, 1).paidLate, row(now, 2).paidLate]).toEqual([0, 0]);
    const before = await refusalOf(
      repayments.create(late.id, { transactionAmount: 1, transactionDate: '2025-01-14' }),
    );
    expect(before.code).toBe('permission_denied');
  });
});

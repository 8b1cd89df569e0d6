/** What was booked wrongly is put right: reversed, adjusted, forgiven, paid back. Nothing disappears. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditBook } from '../audit.ts';
import { makeWorld, type World } from '../world.ts';
import { borrow, pay, refusalOf, row } from './borrower.ts';

let world: World;

beforeEach(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
});
afterEach(async () => {
  const { faults } = await auditBook(world.db, world.clock.date());
  await world.close();
  expect(faults).toEqual([]);
});

describe('a repayment booked by mistake', () => {
  it('is reversed, stays visible, and the ones after it move up', async () => {
    const { loans, repayments } = world.partner;
    const loan = await borrow(world, { product: 'TL12', principal: 120_000 });
    world.clock.setDate('2025-02-15');
    const wrong = await pay(world, loan, 11_347.15);
    world.clock.setDate('2025-03-15');
    const right = await pay(world, loan, 11_347.15);
    expect(right).toMatchObject({ principal: 9_126.09, interest: 2_221.06 });
    await repayments.reverse({ loan: loan.id, repayment: wrong.id }, { transactionDate: '2025-03-15' });
    expect(await repayments.get(loan.id, wrong.id)).toMatchObject({ status: 'reversed', reversed: true });
    expect(await repayments.get(loan.id, right.id)).toMatchObject({ principal: 8_947.15, interest: 2_400 });
    const now = await loans.get(loan.id);
    expect(now).toMatchObject({ totalRepayment: 11_347.15, nextDueDate: '2025-03-15' });
    expect(row(now, 1)).toMatchObject({ complete: true, paidLate: 11_347.15 });
    const again = repayments.reverse(
      { loan: loan.id, repayment: wrong.id },
      { transactionDate: '2025-03-15' },
    );
    expect((await refusalOf(again)).code).toBe('aborted');
  });

  it('is replaced by one of the right amount', async () => {
    const { loans, repayments } = world.partner;
    const loan = await borrow(world, { product: 'WL30', principal: 50_000 });
    const wrong = await pay(world, loan, 55_000);
    expect((await loans.get(loan.id)).status).toBe('Closed (obligations met)');
    await repayments.adjust(
      { loan: loan.id, repayment: wrong.id },
      { transactionDate: '2025-01-15', transactionAmount: 5_500 },
    );
    expect(await loans.get(loan.id)).toMatchObject({
      status: 'Active',
      totalRepayment: 5_500,
      totalOutstanding: 49_500,
    });
    expect(await repayments.get(loan.id, wrong.id)).toMatchObject({ reversed: true });
  });

  it('leaves its mirror in the ledger', async () => {
    const loan = await borrow(world, { product: 'WL30', principal: 50_000 });
    const before = await world.operator.trialBalance.get();
    const wrong = await pay(world, loan, 10_000);
    const at = { loan: loan.id, repayment: wrong.id };
    await world.partner.repayments.reverse(at, { transactionDate: '2025-01-15' });
    const after = await world.operator.trialBalance.get();
    const net = (trial: typeof before) => trial.items.map((item) => [item.glCode, item.debit - item.credit]);
    expect(net(after)).toEqual(net(before));
    const turnover = (trial: typeof before) => trial.items.reduce((sum, item) => sum + item.debit, 0);
    expect(turnover(after)).toBe(turnover(before) + 20_000);
  });
});

describe('too much money', () => {
  it('is paid back, and the loan closes', async () => {
    const { loans, repayments } = world.partner;
    const loan = await borrow(world, { product: 'WL30', principal: 50_000 });
    await pay(world, loan, 56_000);
    const tooMuch = { transactionAmount: 1_000.01, transactionDate: '2025-01-15' };
    expect((await refusalOf(repayments.creditBalanceRefund(loan.id, tooMuch))).code).toBe('aborted');
    await repayments.creditBalanceRefund(loan.id, { ...tooMuch, transactionAmount: 400 });
    expect(await loans.get(loan.id)).toMatchObject({ status: 'Overpaid', totalOverpaid: 600 });
    await repayments.creditBalanceRefund(loan.id, { ...tooMuch, transactionAmount: 600 });
    expect(await loans.get(loan.id)).toMatchObject({ status: 'Closed (obligations met)', totalOverpaid: 0 });
  });
});

describe('interest', () => {
  it('is forgiven up to what is outstanding', async () => {
    const { loans, repayments } = world.partner;
    const loan = await borrow(world, { product: 'WL30', principal: 50_000 });
    const waiver = { transactionAmount: 5_000.01, transactionDate: '2025-01-15' };
    expect((await refusalOf(repayments.waiveInterest(loan.id, waiver))).code).toBe('aborted');
    await repayments.waiveInterest(loan.id, { ...waiver, transactionAmount: 2_000 });
    expect(await loans.get(loan.id)).toMatchObject({
      interestWaived: 2_000,
      interestOutstanding: 3_000,
      totalOutstanding: 53_000,
    });
  });
});

describe('every transaction', () => {
  it('is listed with its kind, also those that customers do not see', async () => {
    const { loans } = world.partner;
    const loan = await borrow(world, { product: 'WL30', principal: 50_000 });
    await pay(world, loan, 10_000);
    const kinds = (await loans.transactions(loan.id)).map((each) => each.type);
    expect(kinds.sort()).toEqual(['Disbursement', 'Repayment']);
  });
});

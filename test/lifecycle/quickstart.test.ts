/** The first loan of a partner: made, looked at, and paid on time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Loan } from '../../sdk/client.ts';
import { makeWorld, type World } from '../world.ts';
import { borrow, pay, productId, row } from './borrower.ts';

/** 120,000 at 2 % a month over 12 months, worked out by hand: period, principal, interest, balance after. */
const TERM_LOAN = [
  [1, 8947.15, 2400, 111052.85],
  [2, 9126.09, 2221.06, 101926.76],
  [3, 9308.61, 2038.54, 92618.15],
  [4, 9494.79, 1852.36, 83123.36],
  [5, 9684.68, 1662.47, 73438.68],
  [6, 9878.38, 1468.77, 63560.3],
  [7, 10075.94, 1271.21, 53484.36],
  [8, 10277.46, 1069.69, 43206.9],
  [9, 10483.01, 864.14, 32723.89],
  [10, 10692.67, 654.48, 22031.22],
  [11, 10906.53, 440.62, 11124.69],
  [12, 11124.69, 222.49, 0],
] as const;

let world: World;
let loan: Loan;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  loan = await borrow(world, { product: 'TL12', principal: 120_000, externalId: 'L/2025/1' });
});
afterAll(() => world?.close());

describe('a term loan of 120,000 over 12 months', () => {
  it('is active on the day it is made', () => {
    expect(loan).toMatchObject({
      status: 'Active',
      externalId: 'L/2025/1',
      accountNo: loan.id.padStart(9, '0'),
      principal: 120_000,
      approvedPrincipal: 120_000,
      currencyCode: 'TZS',
      numberOfRepayments: 12,
      submittedDate: '2025-01-15',
      approvedDate: '2025-01-15',
      disbursedDate: '2025-01-15',
      maturityDate: '2026-01-15',
      chargedOff: false,
    });
  });

  it('has the schedule that a banker works out', () => {
    const rows = loan.repaymentSchedule.filter((each) => (each.period ?? 0) > 0);
    const shown = rows.map((each) => [
      each.period,
      each.principalDue,
      each.interestDue,
      each.principalBalance,
    ]);
    expect(shown).toEqual(TERM_LOAN);
    expect(rows.map((each) => each.dueDate).slice(0, 3)).toEqual(['2025-02-15', '2025-03-15', '2025-04-15']);
    expect(row(loan, 12)).toMatchObject({ totalDue: 11_347.18, complete: false });
  });

  it('sums up what is owed', () => {
    expect(loan).toMatchObject({
      principalDisbursed: 120_000,
      principalPaid: 0,
      principalOutstanding: 120_000,
      interestCharged: 16_165.83,
      interestOutstanding: 16_165.83,
      totalOutstanding: 136_165.83,
      totalOverdue: 0,
      totalOverpaid: 0,
      nextDueDate: '2025-02-15',
      nextDueAmount: 11_347.15,
      daysPastDue: 0,
    });
  });

  it('was shown before by the preview, number by number', async () => {
    const preview = await world.partner.loans.preview({
      productId: await productId(world, 'TL12'),
      principal: 120_000,
    });
    expect(preview.repaymentSchedule).toEqual(loan.repaymentSchedule);
    expect(preview.totalOutstanding).toBe(loan.totalOutstanding);
    expect([preview.nextDueDate, preview.nextDueAmount]).toEqual([loan.nextDueDate, loan.nextDueAmount]);
    expect(preview).not.toHaveProperty('id');
    const { total } = await world.partner.loans.list().page();
    expect(total).toBe(1);
  });

  it('is the same by the external id', async () => {
    expect(await world.partner.loans.get({ externalId: 'L/2025/1' })).toEqual(
      await world.partner.loans.get(loan.id),
    );
  });

  it('takes the first repayment on its due date: interest first, then principal', async () => {
    world.clock.setDate('2025-02-15');
    const repayment = await pay(world, loan, 11_347.15);
    expect(repayment).toMatchObject({
      loanId: loan.id,
      type: 'Repayment',
      date: '2025-02-15',
      amount: 11_347.15,
      principal: 8_947.15,
      interest: 2_400,
      status: 'posted',
      reversed: false,
    });
    expect(repayment).not.toHaveProperty('fees');
    expect(await world.partner.repayments.get(loan.id, repayment.id)).toEqual(repayment);
  });

  it('then stands at the second installment', async () => {
    const now = await world.partner.loans.get(loan.id);
    expect(now).toMatchObject({
      status: 'Active',
      principalPaid: 8_947.15,
      interestPaid: 2_400,
      principalOutstanding: 111_052.85,
      totalOutstanding: 124_818.68,
      nextDueDate: '2025-03-15',
      nextDueAmount: 11_347.15,
    });
    expect(row(now, 1)).toMatchObject({
      complete: true,
      totalPaid: 11_347.15,
      paidLate: 0,
      paidInAdvance: 0,
      paidDate: '2025-02-15',
    });
    expect(row(now, 2)).toMatchObject({ complete: false, totalPaid: 0 });
  });

  it('is closed by the twelfth', async () => {
    for (let period = 2; period <= 12; period += 1) {
      const open = await world.partner.loans.get(loan.id);
      world.clock.setDate(open.nextDueDate ?? '');
      await pay(world, loan, open.nextDueAmount ?? 0);
    }
    const closed = await world.partner.loans.get(loan.id);
    expect(closed).toMatchObject({
      status: 'Closed (obligations met)',
      closedDate: '2026-01-15',
      totalOutstanding: 0,
      totalRepayment: 136_165.83,
      interestPaid: 16_165.83,
    });
    expect(closed).not.toHaveProperty('nextDueDate');
    expect(closed.repaymentHistory).toHaveLength(12);
  });
});

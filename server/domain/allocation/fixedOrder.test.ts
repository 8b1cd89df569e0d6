import { describe, expect, it } from 'vitest';
import { noPortions } from '../components.ts';
import { date } from '../date.ts';
import { type Installment, newInstallment } from '../installment.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import { allocateInFixedOrder, refundInFixedOrder, waiveInterestInOrder } from './fixedOrder.ts';
import type { PaymentInHand } from './settle.ts';
import { type FixedOrderStrategy, PAYMENT_ORDERS } from './strategies.ts';

const DUE = ['2025-02-15', '2025-03-15', '2025-04-15'] as const;

/** 300 in 3 monthly rows from 15 Jan (100 + 6), fee 5 due 12 Feb, penalty 2 due 14 Feb. */
function loanOf300(): Installment[] {
  return DUE.map((due, index) => {
    const from = date(DUE[index - 1] ?? '2025-01-15');
    const row = newInstallment({ number: index + 1, kind: 'normal', from, due: date(due) });
    const charges = index === 0 ? { fees: money(5), penalties: money(2) } : { fees: 0n, penalties: 0n };
    row.charged = { principal: money(100), interest: money(6), ...charges };
    return row;
  });
}

const dueCharges = (component: 'fees' | 'penalties', on: string) => {
  if (component === 'fees') return on >= '2025-02-12' ? money(5) : 0n;
  return on >= '2025-02-14' ? money(2) : 0n;
};

const hand = (on: string, amount: number): PaymentInHand => ({
  date: date(on),
  left: money(amount),
  portions: noPortions(),
});

const parts = (payment: PaymentInHand) =>
  (['principal', 'interest', 'fees', 'penalties'] as const)
    .map((component) => shown(payment.portions[component]).replace('.00', ''))
    .join('/');

function paid(strategy: FixedOrderStrategy, on: string, amount: number, rows = loanOf300()): PaymentInHand {
  const payment = hand(on, amount);
  allocateInFixedOrder({ rows, payment, order: PAYMENT_ORDERS[strategy], dueCharges });
  return payment;
}

const MIFOS = 'mifos-standard-strategy';
const IPNF = 'interest-principal-penalties-fees-order-strategy';
const PINF = 'principal-interest-penalties-fees-order-strategy';
const EARLY = 'early-repayment-strategy';
const DUE_NFIP = 'due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy';
const DUE_NIPF = 'due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy';

describe('60 paid on a loan of 300 goes, as P/I/F/N,', () => {
  it.each([
    [MIFOS, '2025-02-10', '47/6/5/2'],
    [IPNF, '2025-02-10', '54/6/0/0'],
    [PINF, '2025-02-10', '60/0/0/0'],
    [EARLY, '2025-02-10', '60/0/0/0'],
    ['heavensfamily-strategy', '2025-02-10', '60/0/0/0'],
    ['rbi-india-strategy', '2025-02-10', '47/6/5/2'],
    [DUE_NFIP, '2025-02-10', '60/0/0/0'],
    [DUE_NIPF, '2025-02-10', '52/6/0/2'],
    [MIFOS, '2025-02-15', '47/6/5/2'],
    ['creocore-strategy', '2025-02-15', '47/6/5/2'],
    [IPNF, '2025-02-15', '54/6/0/0'],
    [EARLY, '2025-02-15', '54/6/0/0'],
    [DUE_NFIP, '2025-02-15', '47/6/5/2'],
    [DUE_NIPF, '2025-02-15', '52/6/0/2'],
    [MIFOS, '2025-02-20', '47/6/5/2'],
    [EARLY, '2025-02-20', '54/6/0/0'],
    [DUE_NIPF, '2025-02-20', '52/6/0/2'],
  ] as const)('with %s on %s: %s', (strategy, on, split) => {
    expect(parts(paid(strategy, on, 60))).toBe(split);
  });

  it('first to charges that have fallen due, where advance payments are limited to them', () => {
    expect(parts(paid(DUE_NFIP, '2025-02-13', 60))).toBe('55/0/5/0');
    expect(parts(paid(DUE_NFIP, '2025-02-14', 60))).toBe('53/0/5/2');
  });
});

describe('a larger payment', () => {
  it('goes from row to row and leaves the rest over', () => {
    const rows = loanOf300();
    const payment = paid(MIFOS, '2025-03-15', 330, rows);
    expect(parts(payment)).toBe('300/18/5/2');
    expect(shown(payment.left)).toBe('5.00');
    expect(rows.map(({ metOn }) => metOn)).toEqual(['2025-03-15', '2025-03-15', '2025-03-15']);
    expect(rows.map(({ late, inAdvance }) => [late, inAdvance])).toEqual([
      [money(113), 0n],
      [0n, 0n],
      [0n, money(106)],
    ]);
  });

  it('lets rows off their interest once their principal came a period early (heavensfamily)', () => {
    const rows = loanOf300();
    paid('heavensfamily-strategy', '2025-02-10', 220, rows);
    expect(rows.map((row) => [row.paid.principal, row.waived.interest])).toEqual([
      [money(100), 0n],
      [money(100), money(6)],
      [money(7), 0n],
    ]);
  });

  it('pays charges and interest of all overdue rows before any principal (rbi-india)', () => {
    const rows = loanOf300();
    expect(parts(paid('rbi-india-strategy', '2025-03-20', 30, rows))).toBe('11/12/5/2');
    expect(rows.map((row) => row.paid.interest)).toEqual([money(6), money(6), 0n]);
  });
});

describe('rbi-india', () => {
  it.each([
    ['2025-02-14', 150, '131/12/5/2', 'nothing is late: row by row'],
    ['2025-02-15', 150, '131/12/5/2', 'on the due date nothing is late either'],
    ['2025-02-16', 150, '137/6/5/2', 'row 1 is late: principal of the next row comes before its interest'],
    ['2025-03-15', 25, '6/12/5/2', 'row 1 is late, row 2 due: the interest of both comes first'],
    ['2025-03-14', 25, '12/6/5/2', 'row 1 is late, row 2 not due yet'],
  ])('on %s %s go to %s: %s', (on, amount, split) => {
    expect(parts(paid('rbi-india-strategy', on, amount))).toBe(split);
  });

  it('meets rows on the day', () => {
    const rows = loanOf300();
    paid('rbi-india-strategy', '2025-03-20', 225, rows);
    expect(rows.map(({ metOn }) => metOn)).toEqual(['2025-03-20', '2025-03-20', null]);
  });
});

describe('heavensfamily', () => {
  /** The second row bears interest only. */
  function withGrace(): Installment[] {
    const rows = loanOf300();
    for (const row of rows.slice(1, 2)) row.charged.principal = 0n;
    return rows;
  }

  it.each([
    [
      '2025-02-14',
      [6, 6, 0],
      [0, 0, 6],
      'row 2 has no principal that could come early: its interest is paid',
    ],
    ['2025-03-14', [6, 6, 0], [0, 0, 6], 'row 3 comes before its period: it is let off its interest'],
    ['2025-03-15', [6, 6, 6], [0, 0, 0], 'its period has begun: nothing is let off'],
  ])('on %s pays interest of %j and lets off %j: %s', (on, interest, waived) => {
    const rows = withGrace();
    paid('heavensfamily-strategy', on, 225, rows);
    expect(rows.map((row) => row.waived.interest)).toEqual(waived.map(money));
    expect(rows.map((row) => row.paid.interest)).toEqual(interest.map(money));
  });
});

describe('a waiver of interest', () => {
  it('takes interest of the rows in order, whatever the strategy', () => {
    const rows = loanOf300();
    const waiver = hand('2025-02-01', 8);
    waiveInterestInOrder(rows, waiver);
    expect(parts(waiver)).toBe('0/8/0/0');
    expect(rows.map((row) => row.waived.interest)).toEqual([money(6), money(2), 0n]);
  });
});

describe('a cash refund of 60 after 150 were paid', () => {
  it.each([
    [MIFOS, '54/6/0/0'],
    [IPNF, '47/6/5/2'],
  ] as const)('un-pays from the last row backwards, with %s: %s', (strategy, split) => {
    const rows = loanOf300();
    paid(strategy, '2025-02-15', 150, rows);
    const refund = hand('2025-02-15', 60);
    refundInFixedOrder({ rows, payment: refund, order: PAYMENT_ORDERS[strategy] });
    expect(parts(refund)).toBe(split);
    expect(refund.left).toBe(0n);
    expect(rows.every(({ metOn }) => metOn === null)).toBe(true);
  });
});

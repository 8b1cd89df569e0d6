import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { listedTransactions } from '../history/history.ts';
import { differencesFromRebuilt } from '../history/rebuild.ts';
import { DEFAULT_RULE } from '../progressive/allocation.ts';
import { money } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import type { TransactionType } from '../transaction.ts';
import {
  accountBalances,
  answerTo,
  continued,
  fee,
  type Line,
  on,
  pay,
  type Story,
  splitOf,
  tell,
} from './story.ts';

const listed = ({ loan }: Story, type: TransactionType): string[] =>
  listedTransactions(loan)
    .filter((each) => each.type === type && each.reversal === 'none')
    .map((each) => `${each.date.slice(5)} ${splitOf(each)}`);

describe('closing by hand', () => {
  const close = (day: string): Line => [day, { kind: 'close', on: date(day) }];
  const PLAIN = { interestRatePerPeriod: '0', closingTolerance: money(1) } as const;

  it('writes the little off that is left', () => {
    const story = tell(PLAIN, [['2025-02-15', pay('299.40')], close('2025-02-20')]);
    expect([story.loan.status, story.loan.closedOn]).toEqual(['closed', '2025-02-20']);
    expect(listed(story, 'writeOff')).toEqual(['02-20 P 0.60']);
    expect(accountBalances(story.entries)).toMatchObject({ writeOff: '0.60' });
    expect(accountBalances(story.entries).loanPortfolio).toBeUndefined();
    expect(differencesFromRebuilt(story.loan, on('2025-02-20'))).toEqual([]);
  });

  it('keeps what is overpaid as a debt of the lender', () => {
    const story = tell(PLAIN, [['2025-02-15', pay('300.70')], close('2025-02-20')]);
    expect([story.loan.status, story.loan.overpaid]).toEqual(['closed', money('0.70')]);
    expect(accountBalances(story.entries)).toMatchObject({ overpayment: '-0.70' });
  });

  it.each<[string, Line[], string]>([
    ['above the tolerance', [['2025-02-15', pay('298.99')]], '1.01 is above the tolerance of 1.00'],
    ['on a loan that is closed', [['2025-02-15', pay(300)]], 'Only an Active or Overpaid loan can be closed'],
  ])('is refused %s', (_, lines, message) => {
    const story = tell(PLAIN, lines);
    expect(answerTo(() => continued(story, [close('2025-02-20')]))).toContain(message);
  });

  it('is for good: payments can not be taken back after it', () => {
    const story = tell(PLAIN, [['2025-02-15', pay('299.40')], close('2025-02-20')]);
    const reverse: Line = ['2025-02-21', { kind: 'reverse', transactionId: 2, on: date('2025-02-21') }];
    expect(answerTo(() => continued(story, [reverse]))).toContain('written off');
  });
});

describe('refunding a paid charge', () => {
  const charged: Line[] = [
    ['2025-01-20', { kind: 'addCharge', definition: fee(12), dueDate: date('2025-02-10') }],
    ['2025-02-15', pay(112)],
  ];
  const refund = (day: string, amount?: number): Line => [
    day,
    { kind: 'refundCharge', chargeId: 1, on: date(day), ...(amount ? { amount: money(amount) } : {}) },
  ];
  const PLAIN = { interestRatePerPeriod: '0' } as const;

  it('pays the loan with it and takes the income back', () => {
    const story = tell(PLAIN, [...charged, refund('2025-02-20')]);
    expect(listed(story, 'chargeRefund')).toEqual(['02-20 P 12']);
    const { feeIncome, loanPortfolio, fundSource } = accountBalances(story.entries);
    expect([feeIncome, loanPortfolio, fundSource]).toEqual(['12', '188', '-188']);
  });

  it('never more than was paid on the charge and not refunded yet', () => {
    const story = tell(PLAIN, [...charged, refund('2025-02-20', 5)]);
    expect(answerTo(() => continued(story, [refund('2025-02-21', 8)]))).toContain('(7.00)');
    expect(listed(continued(story, [refund('2025-02-21')]), 'chargeRefund')).toEqual([
      '02-20 P 5',
      '02-21 P 7',
    ]);
  });
});

describe('a refund that brings its interest', () => {
  const own: Partial<LoanTerms> = {
    principal: money(1000),
    scheduleType: 'PROGRESSIVE',
    strategy: 'advanced-payment-allocation-strategy',
    allocationRules: [DEFAULT_RULE],
    interestType: 'DECLINING_BALANCE',
    interestCalculationPeriod: 'DAILY',
    interestRatePerPeriod: '12',
    daysInYear: '360',
    daysInMonth: '30',
    interestRefundFor: ['merchantIssuedRefund'],
  };
  const refund = (amount: number) => pay(amount, { type: 'merchantIssuedRefund' });

  it('gives back what 400 of 1000 have borne so far: 4.00 of 10.00', () => {
    const story = tell(own, [['2025-02-15', refund(400)]]);
    const refunds = story.loan.transactions.filter(({ type }) => type === 'interestRefund');
    expect(refunds.map(({ amount, relatedTransactionId }) => [amount, relatedTransactionId])).toEqual([
      [money(4), 2],
    ]);
    expect(differencesFromRebuilt(story.loan, on('2025-02-15'))).toEqual([]);
  });

  it('all of it when everything is refunded, and no more than that', () => {
    const story = tell(own, [
      ['2025-02-15', refund(400)],
      ['2025-02-15', refund(600)],
    ]);
    const amounts = story.loan.transactions
      .filter(({ type }) => type === 'interestRefund')
      .map(({ amount }) => amount);
    expect(amounts).toEqual([money(4), money(6)]);
  });

  it('both are taken back together; other refunds and other products bring none', () => {
    const undo: Line = ['2025-02-16', { kind: 'reverse', transactionId: 2, on: date('2025-02-16') }];
    expect(listed(tell(own, [['2025-02-15', refund(400)], undo]), 'interestRefund')).toEqual([]);
    const payout = pay(400, { type: 'payoutRefund' });
    expect(listed(tell(own, [['2025-02-15', payout]]), 'interestRefund')).toEqual([]);
    const { interestRefundFor: _none, ...others } = own;
    expect(listed(tell(others, [['2025-02-15', refund(400)]]), 'interestRefund')).toEqual([]);
  });
});

describe('accrual activity', () => {
  const own: Partial<LoanTerms> = { statesAccrualActivity: true };
  const steps = ['ADD_PERIODIC_ACCRUAL_ENTRIES', 'ACCRUAL_ACTIVITY_POSTING'] as const;
  const closeDay = (day: string, next: string): Line => [
    next,
    { kind: 'closeBusinessDay', day: date(day), steps },
  ];
  const paidOff: Line[] = [closeDay('2025-02-15', '2025-02-16'), ['2025-03-01', pay(318)]];

  it('states on closing what was accrued and not stated', () => {
    expect(listed(tell(own, paidOff), 'accrualActivity')).toEqual(['02-15 I 6', '03-01 I 12']);
  });

  it('gives way, on reopening, to those of the installments that are due', () => {
    const undone: Line = ['2025-03-20', { kind: 'reverse', transactionId: 4, on: date('2025-03-20') }];
    const story = tell(own, paidOff);
    expect(story.loan.transactions[3]?.type).toBe('repayment');
    expect(listed(continued(story, [undone]), 'accrualActivity')).toEqual(['02-15 I 6', '03-15 I 6']);
  });

  it('is left out where the product does not state it', () => {
    expect(listed(tell({ statesAccrualActivity: false }, paidOff), 'accrualActivity')).toEqual([]);
  });
});

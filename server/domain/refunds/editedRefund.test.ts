/** Editing the date of a refund keeps its interest: that of the new date. */
import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { differencesFromRebuilt } from '../history/rebuild.ts';
import { continued, on, pay, tell } from '../life/story.ts';
import { DEFAULT_RULE } from '../progressive/allocation.ts';
import { money } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';

/** 1000 at 12 % a year, 30/360: 10.00 of interest a month, 4.00 of it on 400. */
const TERMS: Partial<LoanTerms> = {
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

const refunded = () => tell(TERMS, [['2025-02-15', pay(400, { type: 'merchantIssuedRefund' })]]);

const interestRefunds = ({ loan }: ReturnType<typeof refunded>) =>
  loan.transactions
    .filter(({ type, reversal }) => type === 'interestRefund' && reversal === 'none')
    .map((each) => [each.date, each.amount, each.relatedTransactionId]);

describe('400 of 1000 refunded after a month, 4.00 of interest with it; its date is edited', () => {
  it.each([
    // 31 days in the first period: 14 of them bear 4.00 x 14/31.
    ['2025-01-29', money('1.81')],
    ['2025-02-15', money(4)],
  ])('to %s', (day, interest) => {
    const story = continued(refunded(), [
      ['2025-02-16', { kind: 'adjust', transactionId: 2, on: date(day), amount: money(400) }],
    ]);
    expect(interestRefunds(story)).toEqual([[day, interest, 4]]);
    expect(differencesFromRebuilt(story.loan, on('2025-02-16'))).toEqual([]);
  });

  it('to nothing: the interest is taken back with it', () => {
    const story = continued(refunded(), [
      ['2025-02-16', { kind: 'adjust', transactionId: 2, on: date('2025-02-15'), amount: 0n }],
    ]);
    expect(interestRefunds(story)).toEqual([]);
  });
});

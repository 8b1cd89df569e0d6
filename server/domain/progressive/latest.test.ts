import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, date } from '../date.ts';
import { differencesFromRebuilt } from '../history/rebuild.ts';
import { replayed } from '../history/replaying.ts';
import { booked, continued, fee, type Line, on, openOf, pay, tell } from '../life/story.ts';
import { money } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import type { LoanTransaction } from '../transaction.ts';
import { DEFAULT_RULE } from './allocation.ts';
import { comesLast } from './latest.ts';

const own = (rate: string, future = DEFAULT_RULE.futureInstallments): Partial<LoanTerms> => ({
  scheduleType: 'PROGRESSIVE',
  strategy: 'advanced-payment-allocation-strategy',
  allocationRules: [{ ...DEFAULT_RULE, futureInstallments: future }],
  interestType: 'DECLINING_BALANCE',
  interestCalculationPeriod: 'DAILY',
  interestRatePerPeriod: rate,
  daysInYear: '360',
  daysInMonth: '30',
});

const charge = (day: string, due: string): Line => [
  day,
  { kind: 'addCharge', definition: fee(12), dueDate: date(due) },
];

describe('a payment on a progressive loan that comes last', () => {
  it('leaves what a replay of everything leaves', () => {
    const step = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 15_000 }), fc.boolean());
    fc.assert(
      fc.property(
        fc.constantFrom('0', '12', '36'),
        fc.constantFrom('NEXT_INSTALLMENT', 'LAST_INSTALLMENT', 'REAMORTIZATION'),
        fc.array(step, { minLength: 1, maxLength: 8 }),
        (rate, future, steps) => {
          let story = tell(own(rate, future), []);
          let today = date('2025-01-15');
          for (const [days, cents, charges] of steps) {
            today = addDays(today, days);
            const line = charges ? charge(today, addDays(today, 10)) : ([today, pay(cents / 100)] as Line);
            story = continued(story, [line]);
            const again = replayed(story.loan, on(today));
            expect(story.loan.installments).toEqual(again.installments);
            expect(story.loan.charges).toEqual(again.charges);
            expect(differencesFromRebuilt(story.loan, on(today))).toEqual([]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds the rows as they are: a waiver taken back is not replayed by it', () => {
    const story = tell(own('0'), [
      charge('2025-01-20', '2025-02-10'),
      ['2025-01-21', { kind: 'waiveCharge', chargeId: 1 }],
      ['2025-02-15', pay(100)],
      ['2025-02-16', { kind: 'undoWaiveCharge', transactionId: 2 }],
      ['2025-02-17', pay(5)],
    ]);
    expect(openOf(story.loan)[0]).toBe('0/0/7/0');
    expect(differencesFromRebuilt(story.loan, on('2025-02-17'))).toEqual([]);
  });

  const { loan } = tell(own('0'), [charge('2025-01-20', '2025-02-10')]);
  const payment = booked('2025-02-15', { id: 9, amount: money(10) });

  it.each<[string, boolean, Partial<LoanTransaction>]>([
    ['an earlier payment', true, { date: date('2025-02-14') }],
    ['a later payment', false, { date: date('2025-02-16') }],
    ['a later one that was taken back', true, { date: date('2025-02-16'), reversal: 'byHand' }],
    ['a later accrual', true, { date: date('2025-02-16'), type: 'accrual' }],
    ['a later tranche', false, { date: date('2025-02-16'), type: 'disbursement' }],
    ['an accrual activity of its day', false, { date: date('2025-02-15'), type: 'accrualActivity' }],
    ['an earlier write-off', false, { date: date('2025-02-14'), type: 'writeOff' }],
  ])('beside %s: %s', (_, last, other) => {
    const beside = booked('2025-02-01', { id: 8, ...other });
    expect(comesLast({ ...loan, transactions: [beside, payment] }, payment)).toBe(last);
  });

  it('does not come before a charge that has its turn later', () => {
    const early = booked('2025-01-19', { id: 9 });
    expect(comesLast({ ...loan, transactions: [] }, early)).toBe(false);
    expect(comesLast({ ...loan, transactions: [] }, payment)).toBe(true);
  });

  it('never does where payments change the interest, or on anything but a payment', () => {
    const recalculates = tell(
      {
        ...own('12'),
        interestRecalculation: {
          restFrequency: 'DAILY',
          rescheduleStrategy: 'ADJUST_LAST_UNPAID_PERIOD',
          preCloseRule: 'TILL_PRE_CLOSE_DATE',
          compounding: 'NONE',
          compoundingDay: null,
          arrearsBasedOnOriginalSchedule: false,
        },
      },
      [],
    ).loan;
    expect(comesLast(recalculates, payment)).toBe(false);
    expect(comesLast(loan, { ...payment, type: 'refund' })).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { totalOf } from '../components.ts';
import { addDays, date } from '../date.ts';
import { decide } from '../decide.ts';
import { type Line, on, openOf, pay, tell } from '../life/story.ts';
import { money } from '../schedule/exampleLoan.ts';
import type { InterestRecalculation, LoanTerms } from '../terms.ts';
import { payoffQuote } from './payoff.ts';

const START = date('2025-01-15');

const recalculating = (own: Partial<InterestRecalculation>): Partial<LoanTerms> => ({
  principal: money(5000),
  numberOfRepayments: 4,
  interestType: 'DECLINING_BALANCE',
  interestRatePerPeriod: '18',
  interestCalculationPeriod: 'DAILY',
  interestRecalculation: {
    restFrequency: 'DAILY',
    rescheduleStrategy: 'REDUCE_EMI_AMOUNT',
    preCloseRule: 'TILL_PRE_CLOSE_DATE',
    compounding: 'NONE',
    compoundingDay: null,
    arrearsBasedOnOriginalSchedule: false,
    ...own,
  },
});

const REST_FREQUENCIES = ['DAILY', 'SAME_AS_REPAYMENT_PERIOD'] as const;
const PRE_CLOSE_RULES = ['TILL_PRE_CLOSE_DATE', 'TILL_REST_FREQUENCY_DATE'] as const;
const PAID_BEFORE: readonly (readonly Line[])[] = [
  [],
  [['2025-02-15', pay(500)]],
  [['2025-02-15', pay('1297.22')]],
  [['2025-02-10', pay(2000)]],
];

/** Inside each period, on a due date, in the middle of the last period, on the last due date and after it. */
const DAYS_AFTER_START = [31, 36, 59, 70, 110, 120, 130, 165];

const cases = REST_FREQUENCIES.flatMap((restFrequency) =>
  PRE_CLOSE_RULES.map((preCloseRule) => ({ restFrequency, preCloseRule })),
);

describe('whoever pays the quote owes nothing', () => {
  it.each(cases)('rest $restFrequency, $preCloseRule', (rules) => {
    for (const days of DAYS_AFTER_START)
      for (const lines of PAID_BEFORE) {
        const day = addDays(START, days);
        const { loan } = tell(recalculating(rules), lines);
        const amount = totalOf(payoffQuote(loan, day, on(day)));
        const paid = decide(loan, { kind: 'pay', type: 'repayment', on: day, amount }, on(day)).loan;
        expect([day, paid.status, openOf(paid).filter((row) => row !== '0/0/0/0')]).toEqual([
          day,
          'closed',
          [],
        ]);
      }
  });
});

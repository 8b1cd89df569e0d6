import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, type CivilDate } from '../date.ts';
import { decide } from '../decide.ts';
import { scheduled } from '../history/replaying.ts';
import { totalOutstanding } from '../installment.ts';
import { on, storyTerms, tell } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { sum } from '../money.ts';
import type { InterestRecalculation, LoanTerms } from '../terms.ts';
import { exampleTerms, money, printed, recalculation } from './exampleLoan.ts';

const terms = (own: Partial<LoanTerms>, rules: Partial<InterestRecalculation>): LoanTerms =>
  exampleTerms({
    accounting: storyTerms().accounting,
    interestCalculationPeriod: 'DAILY',
    interestRecalculation: recalculation(rules),
    ...own,
  });

const paid = (loan: Loan, day: CivilDate, amount: bigint): Loan =>
  amount > 0n && loan.status === 'active'
    ? decide(loan, { kind: 'pay', type: 'repayment', on: day, amount }, on(day)).loan
    : loan;

/** Some money in the middle of a period, then on its due date whatever is open of the rows due by then. */
interface Period {
  readonly afterDays: number;
  readonly early: bigint;
}
const period: fc.Arbitrary<Period> = fc.record({
  afterDays: fc.integer({ min: 1, max: 27 }),
  early: fc.constantFrom(0n, money(1), money(300), money('1296.57'), money(1500), money(2000)),
});

/** The loan after every payment, each with its day. */
function* lives(own: LoanTerms, periods: readonly Period[]): Generator<readonly [Loan, CivilDate]> {
  let { loan } = tell(own, []);
  for (const { afterDays, early } of periods) {
    const row = loan.installments.find(({ metOn }) => metOn === null);
    if (!row || loan.status !== 'active') return;
    const day = addDays(row.from, afterDays);
    loan = paid(loan, day, early);
    yield [loan, day];
    const due = loan.installments.filter((each) => each.due <= row.due);
    loan = paid(loan, row.due, sum(due.map(totalOutstanding)));
    yield [loan, row.due];
  }
}

describe('a loan that recalculates interest and is never overdue', () => {
  it('has the rows that it would have if they were all made anew', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('REDUCE_EMI_AMOUNT', 'REDUCE_NUMBER_OF_INSTALLMENTS', 'RESCHEDULE_NEXT_REPAYMENTS'),
        fc.constantFrom('DAILY', 'SAME_AS_REPAYMENT_PERIOD'),
        fc.constantFrom('EQUAL_INSTALLMENTS', 'EQUAL_PRINCIPAL_PAYMENTS'),
        fc.array(period, { minLength: 4, maxLength: 4 }),
        (rescheduleStrategy, restFrequency, amortization, periods) => {
          for (const [loan, day] of lives(
            terms({ amortization }, { rescheduleStrategy, restFrequency }),
            periods,
          )) {
            expect(sum(loan.installments.map((row) => row.charged.principal))).toBe(money(5000));
            if (loan.status === 'active')
              expect(printed(loan.installments)).toEqual(printed(scheduled(loan, on(day)).installments));
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

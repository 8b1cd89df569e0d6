import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { tell } from '../life/story.ts';
import type { InterestRecalculation, LoanTerms } from '../terms.ts';
import { compoundingDates, compoundsInterest, nextCompoundingDate } from './compounding.ts';
import { amounts, exampleTerms, recalculation } from './exampleLoan.ts';

const compounding = (own: Partial<InterestRecalculation> = {}): LoanTerms =>
  exampleTerms({
    interestRecalculation: recalculation({ compounding: 'INTEREST', compoundingDay: 1, ...own }),
  });

describe('interest compounds', () => {
  it.each<[string, LoanTerms, boolean]>([
    ['by itself', compounding(), true],
    ['together with fees', compounding({ compounding: 'INTEREST_AND_FEE' }), true],
    ['not where only fees do', compounding({ compounding: 'FEE' }), false],
    ['not where nothing does', compounding({ compounding: 'NONE' }), false],
    ['not without recalculation', exampleTerms(), false],
  ])('%s', (_, terms, answer) => {
    expect(compoundsInterest(terms)).toBe(answer);
  });

  it.each<[number | null, string, string]>([
    [1, '2025-01-15', '2025-02-01'],
    [1, '2025-02-01', '2025-03-01'],
    [20, '2025-01-15', '2025-01-20'],
    [20, '2025-01-20', '2025-02-20'],
    [31, '2025-01-31', '2025-02-28'],
    [31, '2025-02-28', '2025-03-31'],
    [30, '2024-02-10', '2024-02-29'],
    [1, '2025-12-15', '2026-01-01'],
    [null, '2025-01-15', '2025-02-01'],
  ])('on day %s, after %s: on %s', (compoundingDay, day, next) => {
    expect(nextCompoundingDate(compounding({ compoundingDay }), date(day))).toBe(next);
  });

  it('strictly inside a row; the first date takes what earlier rows left over', () => {
    const row = { from: date('2025-01-15'), to: date('2025-04-01') };
    expect([...compoundingDates(compounding(), row, 7n)]).toEqual([
      ['2025-02-01', 7n],
      ['2025-03-01', 0n],
    ]);
    expect([...compoundingDates(exampleTerms(), row, 7n)]).toEqual([]);
  });
});

describe('grace on the interest of a flat loan that is rescheduled', () => {
  /** 24 of interest over 4 rows, 6 each. */
  const interest = (from: string, graceOnInterest: number) => {
    const day = date('2025-02-01');
    const { loan } = tell({ numberOfRepayments: 4 }, [
      [
        '2025-02-01',
        { kind: 'reschedule', from: date(from), submittedOn: day, approvedOn: day, graceOnInterest },
      ],
    ]);
    return amounts(loan.installments).map((row) => row.split(' + ')[1]);
  };

  it.each<[string, number, string[]]>([
    // What is left of 24 is shared by the rows that pay.
    ['2025-02-15', 1, ['0.00', '8.00', '8.00', '8.00']],
    ['2025-02-15', 2, ['0.00', '0.00', '12.00', '12.00']],
    ['2025-03-15', 1, ['6.00', '0.00', '9.00', '9.00']],
    ['2025-03-15', 2, ['6.00', '0.00', '0.00', '18.00']],
    ['2025-04-15', 1, ['6.00', '6.00', '0.00', '12.00']],
  ])('from %s over %i rows: %j', (from, rows, expected) => {
    expect(interest(from, rows)).toEqual(expected);
  });
});

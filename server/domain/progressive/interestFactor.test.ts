import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import type { LoanTerms } from '../terms.ts';
import { terms } from './exampleLoan.ts';
import { factorOf, factorRule, partFactor } from './interestFactor.ts';

/** 12 % a year; the factor of a part of one repayment period (engine.md section 4.2). */
function factor(own: Partial<LoanTerms>, period: [string, string], part: [string, string] = period): string {
  const rule = factorRule(terms({ interestRatePerPeriod: '12', ...own }), 12);
  const stretch = ([from, due]: [string, string]) => ({ from: date(from), due: date(due) });
  const { digits, scale } = factorOf(rule, stretch(part), stretch(period));
  const exact = partFactor(rule, stretch(part), stretch(period));
  expect(exact.mul(scale.toString()).eq(digits.toString())).toBe(true);
  return exact.toFixed();
}

const MONTHS = { repaymentFrequencyUnit: 'MONTHS', repaymentEvery: 1 } as const;
const JANUARY: [string, string] = ['2025-01-15', '2025-02-15'];
const FEBRUARY_2024: [string, string] = ['2024-02-15', '2024-03-15'];

describe('the factor of', () => {
  it.each<[string, Partial<LoanTerms>, [string, string], [string, string] | undefined, string]>([
    [
      'a month of 30 days of 360',
      { ...MONTHS, daysInYear: '360', daysInMonth: '30' },
      JANUARY,
      undefined,
      '0.01',
    ],
    [
      'a month as long as it is, of 365',
      { ...MONTHS, daysInYear: '365', daysInMonth: 'ACTUAL' },
      JANUARY,
      undefined,
      '0.0101917808219',
    ],
    [
      'two months',
      { ...MONTHS, repaymentEvery: 2, daysInYear: '360', daysInMonth: '30' },
      ['2025-01-15', '2025-03-15'],
      undefined,
      '0.02',
    ],
    [
      '17 of 31 days',
      { ...MONTHS, daysInYear: '360', daysInMonth: '30' },
      JANUARY,
      ['2025-01-15', '2025-02-01'],
      '0.00548387096774',
    ],
    [
      'no day',
      { ...MONTHS, daysInYear: '360', daysInMonth: '30' },
      JANUARY,
      ['2025-02-01', '2025-02-01'],
      '0',
    ],
    // 29 days of 366 in a leap year.
    [
      'a month of a leap year',
      { ...MONTHS, daysInYear: 'ACTUAL', daysInMonth: 'ACTUAL' },
      FEBRUARY_2024,
      undefined,
      '0.00950819672131',
    ],
    [
      'the same by 365',
      { ...MONTHS, daysInYear: '365', daysInMonth: 'ACTUAL' },
      FEBRUARY_2024,
      undefined,
      '0.00953424657534',
    ],
    // 16 days of 365 and 15 of 366.
    [
      'a month across New Year',
      { ...MONTHS, daysInYear: 'ACTUAL', daysInMonth: 'ACTUAL' },
      ['2023-12-15', '2024-01-15'],
      undefined,
      '0.0101783067595',
    ],
    [
      'the same by 365',
      { ...MONTHS, daysInYear: '365', daysInMonth: 'ACTUAL' },
      ['2023-12-15', '2024-01-15'],
      undefined,
      '0.0101917808219',
    ],
    [
      '15 days of 360',
      { repaymentFrequencyUnit: 'DAYS', repaymentEvery: 15, daysInYear: '360' },
      ['2025-01-15', '2025-01-30'],
      undefined,
      '0.005',
    ],
    [
      'a fortnight of 364',
      { repaymentFrequencyUnit: 'WEEKS', repaymentEvery: 2, daysInYear: '364' },
      ['2025-01-15', '2025-01-29'],
      undefined,
      '0.00461538461538',
    ],
    [
      'a year',
      { repaymentFrequencyUnit: 'YEARS', repaymentEvery: 1, daysInYear: '365' },
      ['2025-01-15', '2026-01-15'],
      undefined,
      '0.12',
    ],
    [
      'another rate',
      { ...MONTHS, interestRatePerPeriod: '6', daysInYear: '360', daysInMonth: '30' },
      JANUARY,
      undefined,
      '0.005',
    ],
  ])('%s', (_, own, period, part, expected) => {
    expect(factor(own, period, part)).toBe(expected);
  });

  it('a rule is made once for all loans that share its terms', () => {
    const rule = factorRule(terms({ interestRatePerPeriod: '12' }), 12);
    expect(factorRule(terms({ interestRatePerPeriod: '12' }), 12)).toBe(rule);
    for (const own of [
      { interestRatePerPeriod: '13' },
      { repaymentEvery: 2 },
      { daysInYear: '365' },
      { daysInMonth: 'ACTUAL' },
    ] as const)
      expect(factorRule(terms({ interestRatePerPeriod: '12', ...own }), 12)).not.toBe(rule);
    expect(factorRule(terms({ interestRatePerPeriod: '12' }), 10)).not.toBe(rule);
  });
});

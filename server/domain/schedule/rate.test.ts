import { Decimal } from 'decimal.js';
import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import type { LoanTerms } from '../terms.ts';
import { EUR, exampleTerms, money, shown } from './exampleLoan.ts';
import {
  annualRate,
  applyFactor,
  decimalContext,
  type Factor,
  installmentFactor,
  interestRate,
  percentOf,
  periodsBetween,
  periodsPerYear,
  shareOf,
  toFactor,
} from './rate.ts';

const PRECISION = 12;
const START = date('2025-01-15');
const rateOf = (own: Partial<LoanTerms>) => interestRate(exampleTerms(own), START, { precision: PRECISION });
const text = ({ digits, scale }: Factor): string => new Decimal(String(digits)).div(String(scale)).toFixed();

describe('the factor of a stretch, 18 % a year (engine.md 3.1)', () => {
  const FEBRUARY_15 = '2025-02-15';
  it.each<[string, Partial<LoanTerms>, string, string]>([
    ['same as repayment, a whole month', {}, FEBRUARY_15, '0.015'],
    ['same as repayment, 17 of 31 days', {}, '2025-02-01', '0.00822580645161'],
    ['same as repayment, two months', {}, '2025-03-15', '0.03'],
    [
      'no partial periods: one period, however short',
      { allowPartialPeriodInterest: false },
      '2025-01-16',
      '0.015',
    ],
    ['daily ACT/365, 31 days', { interestCalculationPeriod: 'DAILY' }, FEBRUARY_15, '0.0152876712329'],
    [
      'daily ACT/360, 31 days',
      { interestCalculationPeriod: 'DAILY', daysInYear: '360' },
      FEBRUARY_15,
      '0.0155',
    ],
    [
      'daily 30/360, a month of 31 days',
      { interestCalculationPeriod: 'DAILY', daysInYear: '360', daysInMonth: '30' },
      FEBRUARY_15,
      '0.015',
    ],
    ['weekly, 3 weeks and 3 days', { repaymentFrequencyUnit: 'WEEKS' }, '2025-02-08', '0.0118681318681'],
  ])('%s', (_what, own, to, factor) => {
    expect(new Decimal(text(rateOf(own).factor(START, date(to)))).toFixed()).toBe(
      new Decimal(factor).toFixed(),
    );
  });
});

describe('the factor inside the EMI formula always has 30-day months', () => {
  it.each<[string, Partial<LoanTerms>, string]>([
    ['same as repayment', {}, '0.015'],
    ['every 2 months', { repaymentEvery: 2 }, '0.03'],
    ['daily ACT/365', { interestCalculationPeriod: 'DAILY' }, '0.014794520548'],
    ['daily ACT/360', { interestCalculationPeriod: 'DAILY', daysInYear: '360' }, '0.015'],
  ])('%s: %s', (_what, own, factor) => {
    const terms = exampleTerms(own);
    expect(installmentFactor(terms, rateOf(own).perPeriod).toFixed()).toBe(factor);
  });
});

describe('the rate of a year', () => {
  it.each<[LoanTerms['interestRateUnit'], string, string]>([
    ['DAY', '0.05', '18.25'],
    ['WEEK', '0.5', '26'],
    ['MONTH', '1.5', '18'],
    ['YEAR', '18', '18'],
    ['WHOLE_TERM', '6', '18'],
  ])('%s: %s is %s a year', (interestRateUnit, interestRatePerPeriod, perYear) => {
    const terms = exampleTerms({ interestRateUnit, interestRatePerPeriod });
    expect(annualRate(terms, PRECISION).toFixed()).toBe(perYear);
  });

  it.each<[string, Partial<LoanTerms>, number]>([
    ['months', {}, 12],
    ['weeks', { repaymentFrequencyUnit: 'WEEKS' }, 52],
    ['years', { repaymentFrequencyUnit: 'YEARS' }, 1],
    ['days', { repaymentFrequencyUnit: 'DAYS' }, 365],
    ['days of a 360-day year', { repaymentFrequencyUnit: 'DAYS', daysInYear: '360' }, 360],
    ['months with daily interest', { interestCalculationPeriod: 'DAILY', daysInYear: 'ACTUAL' }, 365],
  ])('is divided by the periods of a year: %s, %s %i', (_what, own, periods) => {
    expect(periodsPerYear(exampleTerms(own))).toBe(periods);
  });
});

describe('periods between two dates (engine.md 2)', () => {
  it.each<[string, string, string, 'DAYS' | 'WEEKS' | 'MONTHS' | 'YEARS', string]>([
    ['2025-01-15', '2025-02-15', '2025-01-15', 'MONTHS', '1'],
    ['2025-02-15', '2025-03-01', '2025-01-15', 'MONTHS', '0.5'],
    ['2025-03-01', '2025-03-15', '2025-01-15', 'MONTHS', '0.451612903226'],
    ['2025-01-31', '2025-02-28', '2025-01-31', 'MONTHS', '1'],
    ['2025-02-28', '2025-03-31', '2025-01-31', 'MONTHS', '1'],
    ['2025-01-15', '2025-01-25', '2025-01-15', 'DAYS', '10'],
    ['2025-01-15', '2025-02-01', '2025-01-15', 'WEEKS', '2.42857142857'],
    ['2025-01-15', '2026-01-15', '2025-01-15', 'YEARS', '1'],
    ['2024-02-29', '2025-02-28', '2024-02-29', 'YEARS', '1'],
  ])('%s to %s, seed %s, in %s: %s', (from, to, seed, unit, periods) => {
    const counting = { unit, seed: date(seed), precision: PRECISION };
    const between = periodsBetween(date(from), date(to), counting);
    expect(between.toDecimalPlaces(periods.split('.')[1]?.length ?? 0).toFixed()).toBe(periods);
  });
});

describe('rounding', () => {
  it('takes every step of a rate to the given number of digits', () => {
    expect(new (decimalContext(12))(1).div(3).toFixed()).toBe('0.333333333333');
    expect(new (decimalContext(19))(1).div(3).toFixed()).toBe('0.3333333333333333333');
  });

  it('applies a factor once, half to even', () => {
    const half = toFactor(new Decimal('0.005'));
    expect(shown(applyFactor(money('1.00'), half, EUR))).toBe('0.00');
    expect(shown(applyFactor(money('3.00'), half, EUR))).toBe('0.02');
    expect(shown(applyFactor(money('-3.00'), half, EUR))).toBe('-0.02');
  });

  it.each([
    ['100 in 3 parts', () => shareOf(money(100), 3, EUR), '33.33'],
    ['25 % of 333.50', () => percentOf(money('333.50'), '25', EUR), '83.38'],
    ['1.5 % of 1000', () => percentOf(money(1000), '1.5', EUR), '15.00'],
  ])('%s', (_what, compute, expected) => {
    expect(shown(compute())).toBe(expected);
  });

  it('brings amounts of a currency without decimals to the nearest multiple, ties up', () => {
    const TZS = { code: 'TZS', decimals: 0, inMultiplesOf: 100 };
    expect(shareOf(10_000_000n, 24, TZS)).toBe(416_700n);
    expect(shareOf(150n, 1, TZS)).toBe(200n);
  });
});

describe('equal installments as a part of the balance', () => {
  it.each<[string, Partial<LoanTerms>, string]>([
    ['same as repayment', {}, '1297.22'],
    ['daily ACT/365', { interestCalculationPeriod: 'DAILY' }, '1296.57'],
    ['no interest', { interestRatePerPeriod: '0' }, '1250.00'],
  ])('%s: 5000 over 4 rows is %s', (_what, own, installment) => {
    expect(shown(applyFactor(money(5000), rateOf(own).annuity(4), EUR))).toBe(installment);
  });
});

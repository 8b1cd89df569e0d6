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
    // q = 18 / 365 / 100 = 0.000493150684932 for each day.
    [
      'daily by weeks: real days, whatever a month has',
      { interestCalculationPeriod: 'DAILY', daysInMonth: '30', repaymentFrequencyUnit: 'WEEKS' },
      '2025-02-05',
      '0.0103561643836',
    ],
    [
      'daily by years of 360 days: 181 of 365 days of a year',
      { interestCalculationPeriod: 'DAILY', daysInYear: '360', repaymentFrequencyUnit: 'YEARS' },
      '2025-07-15',
      '0.0892602739728',
    ],
    [
      'daily by years as long as they are: real days',
      { interestCalculationPeriod: 'DAILY', daysInYear: 'ACTUAL', repaymentFrequencyUnit: 'YEARS' },
      '2025-07-15',
      '0.0892602739727',
    ],
    [
      'same as repayment, every 10 days',
      { repaymentFrequencyUnit: 'DAYS', repaymentEvery: 10 },
      '2025-01-25',
      '0.00493150684932',
    ],
    [
      'no partial periods, every 3 months',
      { allowPartialPeriodInterest: false, repaymentEvery: 3 },
      '2025-01-16',
      '0.045',
    ],
    ['no interest', { interestRatePerPeriod: '0' }, FEBRUARY_15, '0'],
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
    ['2024-11-15', '2025-02-15', '2024-11-15', 'MONTHS', '3'],
    ['2025-01-20', '2025-02-15', '2025-01-20', 'MONTHS', '0.838709677419'],
    ['2025-01-20', '2025-03-19', '2025-01-20', 'MONTHS', '1.96428571429'],
    ['2025-01-15', '2025-01-22', '2025-01-15', 'WEEKS', '1'],
    ['2025-01-15', '2025-01-15', '2025-01-15', 'WEEKS', '0'],
    ['2025-01-15', '2025-03-15', '2025-01-15', 'DAYS', '59'],
    // From 15 Jan 2026 it is 181 of 365 days to 15 Jul.
    ['2024-01-15', '2026-07-15', '2024-01-15', 'YEARS', '2.49589041096'],
    ['2024-01-15', '2026-01-14', '2024-01-15', 'YEARS', '1.99726027397'],
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
    expect(shareOf(250n, 1, TZS)).toBe(300n);
    expect(shareOf(249n, 1, TZS)).toBe(200n);
    expect(percentOf(1_234n, '50', TZS)).toBe(600n);
    expect(applyFactor(1_250n, toFactor(new Decimal(1)), TZS)).toBe(1_300n);
  });
});

describe('multiples of a currency', () => {
  it.each<[string, number, number, string]>([
    // decimals, multiples of, a third of 1000 minor units
    ['count only without decimals', 2, 100, '333'],
    ['of one are every amount', 0, 1, '333'],
    ['of none are every amount', 0, 0, '333'],
    ['of two are even amounts', 0, 2, '334'],
  ])('%s', (_, decimals, inMultiplesOf, share) => {
    expect(shareOf(1000n, 3, { code: 'XXX', decimals, inMultiplesOf }).toString()).toBe(share);
  });
});

describe('rates are told apart', () => {
  it('whatever of their terms differs', () => {
    const factors = (own: Partial<LoanTerms>) =>
      [text(rateOf(own).factor(START, date('2025-02-01'))), text(rateOf(own).annuity(4))].join(' ');
    const different: Partial<LoanTerms>[] = [
      {},
      { interestRatePerPeriod: '19' },
      { allowPartialPeriodInterest: false },
      { interestCalculationPeriod: 'DAILY' },
      { interestCalculationPeriod: 'DAILY', daysInYear: '360' },
      { allowPartialPeriodInterest: false, repaymentEvery: 2 },
      { repaymentFrequencyUnit: 'WEEKS' },
    ];
    expect(new Set(different.map(factors)).size).toBe(different.length);
  });

  it('by the stretch as well: 1 + 10/28 months, 10 + 1/31, 10/28, 10/31', () => {
    const rate = rateOf({});
    const stretch = (from: string, to: string) => text(rate.factor(date(from), date(to)));
    expect(stretch('2025-01-15', '2025-02-25')).toBe('0.0203571428571');
    expect(stretch('2025-02-15', '2025-12-16')).toBe('0.150483870968');
    expect(stretch('2025-02-15', '2025-02-25')).toBe('0.00535714285714');
    expect(stretch('2025-03-15', '2025-03-25')).toBe('0.00483870967742');
  });
});

describe('a rate for the whole term', () => {
  it('is spread over all its repayment units: 6 % over 4 times 2 months is 9 % a year', () => {
    const terms = exampleTerms({
      interestRateUnit: 'WHOLE_TERM',
      interestRatePerPeriod: '6',
      repaymentEvery: 2,
    });
    expect(annualRate(terms, PRECISION).toFixed()).toBe('9');
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

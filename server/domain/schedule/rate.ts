/**
 * Interest rates: what one unit of balance costs over a stretch of days. Every step is rounded to 12
 * significant digits, half-even (`EngineSettings.precision`); money is rounded once, when the factor is
 * applied to a balance.
 *
 *   R = rate per year in %,  q = R / periods per year / 100,  factor(a, b] = q x periods between a and b
 *     (or x days)
 *   18 % a year, monthly: q = 0.015; daily ACT/365: 31 days = 0.0152876712329
 *   installment factor (inside EMI): q x every, daily q x every x 30 in months
 *
 * Source: engine.md sections 1, 2 (periods per year, periodsBetween) and 3.1.
 */
import { Decimal } from 'decimal.js';
import { present } from '../assert.ts';
import {
  addPeriod,
  type CivilDate,
  dayOfMonth,
  daysBetween,
  monthOf,
  type PeriodUnit,
  yearOf,
} from '../date.ts';
import { type Currency, divideRounded, type Money } from '../money.ts';
import type { LoanTerms } from '../terms.ts';
import { adjustToSeed } from './dueDates.ts';

/** An exact fraction `digits / scale`, so that applying it to money is integer arithmetic. */
export interface Factor {
  readonly digits: bigint;
  readonly scale: bigint;
}

export const NO_INTEREST: Factor = { digits: 0n, scale: 1n };

/** The terms that a rate depends on. */
export type RateTerms = Pick<
  LoanTerms,
  | 'interestRatePerPeriod'
  | 'interestRateUnit'
  | 'numberOfRepayments'
  | 'repaymentEvery'
  | 'repaymentFrequencyUnit'
  | 'interestCalculationPeriod'
  | 'allowPartialPeriodInterest'
  | 'daysInYear'
  | 'daysInMonth'
>;

type DecimalContext = typeof Decimal;

const contexts = new Map<number, DecimalContext>();

/** Decimal arithmetic in which every step is rounded half-even to `precision` significant digits. */
export function decimalContext(precision: number): DecimalContext {
  let context = contexts.get(precision);
  if (!context) {
    context = Decimal.clone({ precision, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -40, toExpPos: 40 });
    contexts.set(precision, context);
  }
  return context;
}

export const PERIODS_PER_YEAR: Readonly<Record<PeriodUnit, number>> = {
  DAYS: 365,
  WEEKS: 52,
  MONTHS: 12,
  YEARS: 1,
};

/** How often the nominal rate is divided: by the repayment unit, by days when interest is counted daily. */
export function periodsPerYear(terms: RateTerms): number {
  const byDays = terms.interestCalculationPeriod === 'DAILY' || terms.repaymentFrequencyUnit === 'DAYS';
  if (!byDays) return PERIODS_PER_YEAR[terms.repaymentFrequencyUnit];
  return terms.daysInYear === 'ACTUAL' ? 365 : Number(terms.daysInYear);
}

/** The nominal rate per year in percent. */
export function annualRate(terms: RateTerms, precision: number): Decimal {
  const D = decimalContext(precision);
  const rate = new D(terms.interestRatePerPeriod);
  switch (terms.interestRateUnit) {
    case 'DAY':
      return rate.mul(365);
    case 'WEEK':
      return rate.mul(52);
    case 'MONTH':
      return rate.mul(12);
    case 'YEAR':
      return rate;
    case 'WHOLE_TERM':
      return rate
        .div(terms.numberOfRepayments * terms.repaymentEvery)
        .toDecimalPlaces(8, Decimal.ROUND_HALF_EVEN)
        .mul(PERIODS_PER_YEAR[terms.repaymentFrequencyUnit]);
  }
}

/** A length of time in repayment units: `whole + rest / length`. */
interface Span {
  readonly whole: number;
  readonly rest: number;
  readonly length: number;
}

/** Whole months between two dates, the day of the month compared as it stands. */
function wholeMonths(from: CivilDate, to: CivilDate): number {
  const months = (yearOf(to) - yearOf(from)) * 12 + monthOf(to) - monthOf(from);
  return dayOfMonth(to) < dayOfMonth(from) ? months - 1 : months;
}

function spanBetween(from: CivilDate, to: CivilDate, counting: { unit: PeriodUnit; seed: CivilDate }): Span {
  const { unit, seed } = counting;
  if (unit === 'DAYS') return { whole: daysBetween(from, to), rest: 0, length: 1 };
  if (unit === 'WEEKS') {
    const days = daysBetween(from, to);
    return { whole: Math.floor(days / 7), rest: days % 7, length: 7 };
  }
  const months = wholeMonths(from, to);
  const whole = unit === 'MONTHS' ? months : Math.floor(months / 12);
  const start = adjustToSeed(addPeriod(from, whole, unit), seed, unit);
  const rest = daysBetween(start, to);
  if (rest === 0) return { whole, rest, length: 1 };
  return {
    whole,
    rest,
    length: daysBetween(start, adjustToSeed(addPeriod(from, whole + 1, unit), seed, unit)),
  };
}

/** `periodsBetween(a, b)` as a real number of repayment units, both ends adjusted to the month-end seed. */
export function periodsBetween(
  from: CivilDate,
  to: CivilDate,
  counting: { unit: PeriodUnit; seed: CivilDate; precision: number },
): Decimal {
  return spanLength(spanBetween(from, to, counting), decimalContext(counting.precision));
}

function spanLength(span: Span, D: DecimalContext): Decimal {
  if (span.rest === 0) return new D(span.whole);
  return new D(span.rest).div(span.length).add(span.whole);
}

/** The rate of a loan (or of a part of its life), ready to be applied to balances. */
export interface InterestRate {
  readonly isZero: boolean;
  /** q: the rate of one period, as a plain number of parts. */
  readonly perPeriod: Decimal;
  /** Factor of the stretch (from, to]. */
  factor(from: CivilDate, to: CivilDate): Factor;
  /** i (1+i)^k / ((1+i)^k - 1), the part of the balance that each of k equal installments is. */
  annuity(installments: number): Factor;
}

/** Builds the rate; `percentPerYear` replaces the rate of the terms after a rate change. */
export function interestRate(
  terms: RateTerms,
  seed: CivilDate,
  options: { precision: number; percentPerYear?: Decimal },
): InterestRate {
  const percent = options.percentPerYear ?? annualRate(terms, options.precision);
  return rateBook(terms, percent, options.precision).at(seed);
}

interface RateBook {
  at(seed: CivilDate): InterestRate;
}

const BOOK_LIMIT = 1000;
const books = new Map<string, RateBook>();

/** Factors depend on the terms alone, so loans of one product share them. */
function rateBook(terms: RateTerms, percent: Decimal, precision: number): RateBook {
  const { repaymentEvery, repaymentFrequencyUnit, interestCalculationPeriod } = terms;
  const partial = terms.allowPartialPeriodInterest ? 'partial' : 'whole';
  const counting = `${terms.daysInYear}|${terms.daysInMonth}|${partial}|${precision}`;
  const period = `${repaymentEvery}|${repaymentFrequencyUnit}|${interestCalculationPeriod}`;
  const key = `${percent}|${period}|${counting}`;
  let book = books.get(key);
  if (!book) {
    if (books.size >= BOOK_LIMIT) books.clear();
    book = newBook(terms, percent, precision);
    books.set(key, book);
  }
  return book;
}

function newBook(terms: RateTerms, percent: Decimal, precision: number): RateBook {
  const D = decimalContext(precision);
  const perPeriod = new D(percent).div(periodsPerYear(terms)).div(100);
  const isZero = perPeriod.isZero();
  const factors = new Map<number, Factor>();
  const annuities = new Map<number, Factor>();
  const annuity = (installments: number) =>
    remembered(annuities, installments, () =>
      annuityFactor(installmentFactor(terms, perPeriod), installments),
    );
  const spanOf = spanRule(terms);
  const at = (seed: CivilDate): InterestRate => ({
    isZero,
    perPeriod,
    annuity,
    factor: (from, to) => {
      if (isZero) return NO_INTEREST;
      const span = spanOf(from, to, seed);
      return remembered(factors, spanKey(span), () =>
        toFactor(perPeriod.mul(spanLength(span, D)).mul(spanWeight(terms))),
      );
    },
  });
  return { at };
}

/** A number that differs for every span in use: rest and length stay below 1000. */
const spanKey = (span: Span): number => (span.whole * 1000 + span.rest) * 1000 + span.length;

function remembered(memory: Map<number, Factor>, key: number, make: () => Factor): Factor {
  let factor = memory.get(key);
  if (!factor) {
    factor = make();
    memory.set(key, factor);
  }
  return factor;
}

/** How a stretch is measured: in days, in repayment units, or always as one whole repayment period. */
function spanRule(terms: RateTerms): (from: CivilDate, to: CivilDate, seed: CivilDate) => Span {
  const unit = terms.repaymentFrequencyUnit;
  if (terms.interestCalculationPeriod === 'DAILY') {
    if (spanWeight(terms) === 1) return (from, to) => ({ whole: daysBetween(from, to), rest: 0, length: 1 });
  } else if (!terms.allowPartialPeriodInterest) {
    return () => ({ whole: terms.repaymentEvery, rest: 0, length: 1 });
  }
  return (from, to, seed) => spanBetween(from, to, { unit, seed });
}

/**
 * Days that one repayment unit counts for with daily interest on fixed months or years; 1 when real days are
 * counted.
 */
function spanWeight(terms: RateTerms): number {
  if (terms.interestCalculationPeriod !== 'DAILY') return 1;
  if (terms.repaymentFrequencyUnit === 'MONTHS' && terms.daysInMonth === '30') return 30;
  if (terms.repaymentFrequencyUnit === 'YEARS' && terms.daysInYear !== 'ACTUAL')
    return Number(terms.daysInYear);
  return 1;
}

const DAYS_INSIDE_INSTALLMENT: Readonly<Record<PeriodUnit, number>> = {
  DAYS: 1,
  WEEKS: 7,
  MONTHS: 30,
  YEARS: 365,
};

/**
 * The rate of one installment inside the EMI formula: always 30-day months when interest is counted daily.
 */
export function installmentFactor(terms: RateTerms, perPeriod: Decimal): Decimal {
  const periods = perPeriod.mul(terms.repaymentEvery);
  if (terms.interestCalculationPeriod !== 'DAILY') return periods;
  return perPeriod.mul(terms.repaymentEvery * DAYS_INSIDE_INSTALLMENT[terms.repaymentFrequencyUnit]);
}

/**
 * Digits kept inside the annuity formula: the reference works in binary doubles, exact digits give the same
 * cents.
 */
const ANNUITY_DIGITS = 40;

function annuityFactor(rate: Decimal, installments: number): Factor {
  if (rate.isZero()) return { digits: 1n, scale: BigInt(installments) };
  const D = decimalContext(ANNUITY_DIGITS);
  const growth = new D(rate).add(1).pow(installments);
  return toFactor(growth.mul(rate).div(growth.sub(1)));
}

/** The exact fraction of a decimal. */
export function toFactor(value: Decimal): Factor {
  const [whole, decimals = ''] = value.toFixed().split('.');
  return { digits: BigInt(present(whole, 'integer part') + decimals), scale: 10n ** BigInt(decimals.length) };
}

/** `amount x factor`, rounded once to the currency, half-even. */
export function applyFactor(amount: Money, factor: Factor, currency: Currency): Money {
  if (factor.digits === 0n || amount === 0n) return 0n;
  return settle(divideRounded(amount * factor.digits, factor.scale), currency);
}

/** Currencies without decimals may trade in multiples only: the nearest one, ties up. Others: as it is. */
export function settle(amount: Money, currency: Currency): Money {
  if (currency.decimals > 0 || currency.inMultiplesOf <= 1) return amount;
  const step = BigInt(currency.inMultiplesOf);
  return divideRounded(amount, step, 'HALF_UP') * step;
}

/** `amount / parts` rounded to the currency at once: 100 / 3 = 33.33; the caller puts the rest somewhere. */
export function shareOf(amount: Money, parts: number, currency: Currency): Money {
  return settle(divideRounded(amount, BigInt(parts)), currency);
}

/** `amount x percentage / 100`, rounded once to the currency. */
export function percentOf(amount: Money, percentage: string, currency: Currency): Money {
  const { digits, scale } = toFactor(new Decimal(percentage));
  return settle(divideRounded(amount * digits, scale * 100n), currency);
}

/**
 * The annual percentage rate of a schedule, fees included, by the actuarial method: the rate i per unit-
 * period at which all advances are worth as much as all payments, times the unit-periods of a year.
 *
 *   sum of A / ((1 + e i)(1 + i)^t)  =  sum of P / ((1 + f i)(1 + i)^s)        APR = i x unit-periods per
 *     year
 *   t, s: full unit-periods since the start; e, f: the fraction of one that is left over
 *   5000.00 advanced, 24 monthly payments of 230.00, regular first period: 9.69 %
 *
 * Source: Regulation Z, 12 CFR part 1026, Appendix J, paragraphs (b)(3) to (b)(8).
 */
import { Decimal } from 'decimal.js';
import {
  addMonths,
  type CivilDate,
  civil,
  dayOfMonth,
  daysBetween,
  lengthOfMonth,
  monthOf,
  type PeriodUnit,
  yearOf,
} from '../date.ts';
import type { Installment } from '../installment.ts';
import { type Money, sum } from '../money.ts';
import { PERIODS_PER_YEAR } from './rate.ts';

/** Money that changes hands on a date. */
export interface CashFlow {
  readonly on: CivilDate;
  readonly amount: Money;
}

export interface CreditTransaction {
  readonly advances: readonly CashFlow[];
  readonly payments: readonly CashFlow[];
  /** The common period of the payments. */
  readonly every: number;
  readonly unit: PeriodUnit;
}

/** What every installment asks for, whatever was paid since; penalties are no cost of credit. */
export const paymentsOf = (installments: readonly Installment[]): CashFlow[] =>
  installments.map(({ due, charged }) => ({
    on: due,
    amount: charged.principal + charged.interest + charged.fees,
  }));

const D = Decimal.clone({ precision: 30, rounding: Decimal.ROUND_HALF_EVEN });

/** The annual percentage rate in percent, to two decimals; 0 when the credit costs nothing. */
export function annualPercentageRate(transaction: CreditTransaction): Decimal {
  const unitPeriod = unitPeriodOf(transaction);
  const terms = termsOf(transaction, unitPeriod);
  return closeRate(terms, unitPeriod) ?? exactRate(terms, unitPeriod);
}

/** The same, always by the slow way; `annualPercentageRate` must never differ. */
export function exactPercentageRate(transaction: CreditTransaction): Decimal {
  const unitPeriod = unitPeriodOf(transaction);
  return exactRate(termsOf(transaction, unitPeriod), unitPeriod);
}

const exactRate = (terms: readonly Term[], { perYear }: UnitPeriod): Decimal =>
  ratePerUnitPeriod(terms).mul(perYear).mul(100).toDecimalPlaces(2);

/** How far from a rounding edge a rate found in doubles must lie; its error is a thousand times smaller. */
const SURELY_ROUNDED = 1e-6;

/**
 * Found in doubles, a hundred times faster, wherever two decimals are beyond doubt: 9.6899999 is 9.69, but
 * whether 9.6850000 goes up or down is for exact figures to say. Undefined there, and where nothing is found.
 */
function closeRate(terms: readonly Term[], { perYear }: UnitPeriod): Decimal | undefined {
  const flows = terms.map(({ amount, whole, part, of }) => ({
    amount: Number(amount),
    whole,
    fraction: part / of,
  }));
  const hundredths = closeRatePerUnitPeriod(flows) * perYear.toNumber() * 10_000;
  const edge = Math.abs(hundredths - Math.floor(hundredths) - 0.5);
  if (!(edge > SURELY_ROUNDED) || hundredths > Number.MAX_SAFE_INTEGER) return undefined;
  return new D(Math.round(hundredths)).div(100);
}

interface Flow {
  readonly amount: number;
  readonly whole: number;
  readonly fraction: number;
}

/** As `ratePerUnitPeriod`; NaN when it does not settle. */
function closeRatePerUnitPeriod(flows: readonly Flow[]): number {
  let rate = 0;
  for (let step = 0; step < STEPS; step += 1) {
    let value = 0;
    let slope = 0;
    for (const { amount, whole, fraction } of flows) {
      const odd = 1 + fraction * rate;
      const worth = amount / odd / (1 + rate) ** whole;
      value += worth;
      slope -= worth * (fraction / odd + whole / (1 + rate));
    }
    if (step === 0 && value <= 0) return 0;
    const change = -value / slope;
    rate += change;
    if (Math.abs(change) < 1e-12) return rate;
  }
  return Number.NaN;
}

/** The interval in which time is counted, `length` days or months long. */
interface UnitPeriod {
  readonly measuredIn: 'days' | 'months';
  readonly length: number;
  readonly perYear: Decimal;
}

const LENGTH_OF_UNIT: Readonly<Record<PeriodUnit, number>> = { DAYS: 1, WEEKS: 7, MONTHS: 1, YEARS: 12 };

/** The common period, at most a year; with a single payment within a year, the term itself. */
function unitPeriodOf(transaction: CreditTransaction): UnitPeriod {
  const { every, unit, payments } = transaction;
  const [only] = payments;
  if (payments.length === 1 && only && isWithinYear(transaction, only.on))
    return termAsUnit(transaction, only.on);
  if (unit === 'YEARS') return { measuredIn: 'months', length: 12, perYear: new D(1) };
  const measuredIn = unit === 'MONTHS' ? 'months' : 'days';
  const perYear = new D(PERIODS_PER_YEAR[unit]).div(every);
  return { measuredIn, length: every * LENGTH_OF_UNIT[unit], perYear };
}

function startOf({ advances, payments }: CreditTransaction): CivilDate {
  let start: CivilDate | undefined;
  for (const flows of [advances, payments])
    for (const { on } of flows) if (start === undefined || on < start) start = on;
  return start as CivilDate;
}

const isWithinYear = (transaction: CreditTransaction, end: CivilDate): boolean =>
  end <= addMonths(startOf(transaction), 12);

function termAsUnit(transaction: CreditTransaction, end: CivilDate): UnitPeriod {
  const start = startOf(transaction);
  const { months, days } = measuredBack(start, end);
  if (days === 0 && months > 0) {
    return { measuredIn: 'months', length: months, perYear: new D(12).div(months) };
  }
  const length = Math.max(daysBetween(start, end), 1);
  return { measuredIn: 'days', length, perYear: new D(365).div(length) };
}

/** One amount with its time: positive for payments, negative for advances. */
interface Term {
  readonly amount: Money;
  readonly whole: number;
  /** The fraction left over: so many days `of` those of a unit-period. */
  readonly part: number;
  readonly of: number;
}

function termsOf(transaction: CreditTransaction, unitPeriod: UnitPeriod): Term[] {
  const start = startOf(transaction);
  const terms = transaction.advances.map(({ on, amount }) => termOf(-amount, { start, end: on, unitPeriod }));
  for (const { on, amount } of transaction.payments)
    terms.push(termOf(amount, { start, end: on, unitPeriod }));
  return terms;
}

interface Span {
  readonly start: CivilDate;
  readonly end: CivilDate;
  readonly unitPeriod: UnitPeriod;
}

/** Full unit-periods and the fraction left over; multiples of a month count 30 days for each month. */
function termOf(amount: Money, { start, end, unitPeriod: { measuredIn, length } }: Span): Term {
  if (measuredIn === 'days') {
    const total = daysBetween(start, end);
    return { amount, whole: Math.floor(total / length), part: total % length, of: length };
  }
  const { months, days } = measuredBack(start, end);
  if (length === 1) return { amount, whole: months, part: days, of: 30 };
  const [total, size] = [30 * months + days, 30 * length];
  return { amount, whole: Math.floor(total / size), part: total % size, of: size };
}

/** Full months counted back from the later date, and the days that remain before the first of them. */
function measuredBack(start: CivilDate, end: CivilDate): { months: number; days: number } {
  let months = (yearOf(end) - yearOf(start)) * 12 + monthOf(end) - monthOf(start);
  let reached = monthsBefore(end, months, start);
  if (reached < start) {
    months -= 1;
    reached = monthsBefore(end, months, start);
  }
  return { months, days: reached === start ? 0 : daysBetween(start, reached) };
}

/** A series on the last days of months is counted from last day to last day. */
function monthsBefore(end: CivilDate, months: number, start: CivilDate): CivilDate {
  const back = addMonths(end, -months);
  const isMonthEnd = dayOfMonth(end) === lengthOfMonth(yearOf(end), monthOf(end));
  if (!isMonthEnd || dayOfMonth(start) <= dayOfMonth(back)) return back;
  const last = lengthOfMonth(yearOf(back), monthOf(back));
  return civil(yearOf(back), monthOf(back), Math.min(dayOfMonth(start), last));
}

const STEPS = 60;
const CLOSE_ENOUGH = new D('1e-14');

interface ExactTerm {
  readonly amount: Decimal;
  readonly whole: number;
  readonly fraction: Decimal;
}

/** Newton's method from below: the value of payments less advances falls and is convex in the rate. */
function ratePerUnitPeriod(counted: readonly Term[]): Decimal {
  const terms = counted.map(({ amount, whole, part, of }) => ({
    amount: new D(amount.toString()),
    whole,
    fraction: new D(part).div(of),
  }));
  let rate = new D(0);
  if (valueAt(terms, rate).value.lte(0)) return rate;
  for (let step = 0; step < STEPS; step += 1) {
    const { value, slope } = valueAt(terms, rate);
    const change = value.div(slope).neg();
    rate = rate.add(change);
    if (change.abs().lt(CLOSE_ENOUGH)) break;
  }
  return rate;
}

/** What payments are worth above advances at a rate, and how that changes with the rate. */
function valueAt(terms: readonly ExactTerm[], rate: Decimal): { value: Decimal; slope: Decimal } {
  let value = new D(0);
  let slope = new D(0);
  const growth = rate.add(1);
  for (const { amount, whole, fraction } of terms) {
    const odd = fraction.mul(rate).add(1);
    const worth = amount.div(odd).div(growth.pow(whole));
    value = value.add(worth);
    slope = slope.sub(worth.mul(fraction.div(odd).add(growth.pow(-1).mul(whole))));
  }
  return { value, slope };
}

/** What the credit costs: payments less advances. */
export const costOfCredit = ({ advances, payments }: CreditTransaction): Money =>
  sum(payments.map((flow) => flow.amount)) - sum(advances.map((flow) => flow.amount));

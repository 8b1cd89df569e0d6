/**
 * What one unit of balance costs over a part of a repayment period, on progressive loans.
 *
 *   factor = R/100 x (M x every / Y) x days(part) / days(period)   each step rounded to 12 digits, half-even
 *   M: days 1, weeks 7, months 30 or the length of the month the part starts in;  Y: 360, 364, 365 or actual
 *   ACTUAL year, part crossing New Year: R/100 x every x sum(days in year y / length of y), cut after 31 Dec
 *   12 %, 30/360, 15 Jan - 15 Feb: 0.01;  the first 17 of its 31 days: 0.00548387096774
 *
 * Source: engine.md section 4.2.
 */
import type { Decimal } from 'decimal.js';
import { type CivilDate, civil, daysBetween, lengthOfMonth, lengthOfYear, monthOf, yearOf } from '../date.ts';
import { annualRate, decimalContext, type Factor, toFactor } from '../schedule/rate.ts';
import type { LoanTerms } from '../terms.ts';

/** The terms that factors depend on. */
export interface FactorRule {
  /** Rate per year in percent. */
  readonly percentPerYear: Decimal;
  readonly every: number;
  readonly unit: LoanTerms['repaymentFrequencyUnit'];
  readonly daysInYear: LoanTerms['daysInYear'];
  readonly daysInMonth: LoanTerms['daysInMonth'];
  readonly precision: number;
  /** Factors computed before, by what they depend on. */
  readonly known: Map<string, Factor>;
}

const RULE_LIMIT = 1000;
const FACTOR_LIMIT = 10_000;
const rules = new Map<string, FactorRule>();

/** Loans of one product share their rule, and with it the factors it has computed. */
export function factorRule(terms: LoanTerms, precision: number): FactorRule {
  const { repaymentEvery: every, repaymentFrequencyUnit: unit, daysInYear, daysInMonth } = terms;
  const { interestRatePerPeriod, interestRateUnit, numberOfRepayments } = terms;
  const rate = `${interestRatePerPeriod}|${interestRateUnit}|${numberOfRepayments}`;
  const key = `${rate}|${every}|${unit}|${daysInYear}|${daysInMonth}|${precision}`;
  let rule = rules.get(key);
  if (!rule) {
    if (rules.size >= RULE_LIMIT) rules.clear();
    const percentPerYear = annualRate(terms, precision);
    rule = { percentPerYear, every, unit, daysInYear, daysInMonth, precision, known: new Map() };
    rules.set(key, rule);
  }
  return rule;
}

export interface Stretch {
  readonly from: CivilDate;
  readonly due: CivilDate;
}

/** `partFactor` as an exact fraction, computed once per rule. */
export function factorOf(rule: FactorRule, part: Stretch, period: Stretch): Factor {
  const key = `${part.from}${part.due}${period.from}${period.due}`;
  let factor = rule.known.get(key);
  if (!factor) {
    if (rule.known.size >= FACTOR_LIMIT) rule.known.clear();
    factor = toFactor(partFactor(rule, part, period));
    rule.known.set(key, factor);
  }
  return factor;
}

/** Factor of `part`, which lies inside the repayment period `period`. */
export function partFactor(rule: FactorRule, part: Stretch, period: Stretch): Decimal {
  const D = decimalContext(rule.precision);
  const rate = new D(rule.percentPerYear).div(100);
  const days = daysBetween(part.from, part.due);
  if (days === 0) return new D(0);
  if (rule.daysInYear === 'ACTUAL' && yearOf(part.from) !== yearOf(part.due))
    return rate.mul(rule.every).mul(fractionAcrossYears(part, D));
  const share = new D(daysInUnit(rule, part.from)).mul(rule.every).div(daysInYear(rule, part.from));
  return rate.mul(share).mul(days).div(daysBetween(period.from, period.due));
}

function fractionAcrossYears(part: Stretch, D: typeof Decimal): Decimal {
  let fraction = new D(0);
  let from = part.from;
  for (let year = yearOf(part.from); year <= yearOf(part.due); year += 1) {
    const until = year === yearOf(part.due) ? part.due : civil(year, 12, 31);
    fraction = fraction.add(new D(daysBetween(from, until)).div(lengthOfYear(year)));
    from = until;
  }
  return fraction;
}

function daysInUnit(rule: FactorRule, from: CivilDate): number {
  switch (rule.unit) {
    case 'DAYS':
      return 1;
    case 'WEEKS':
      return 7;
    case 'MONTHS':
      return rule.daysInMonth === '30' ? 30 : lengthOfMonth(yearOf(from), monthOf(from));
    case 'YEARS':
      return daysInYear(rule, from);
  }
}

const daysInYear = (rule: FactorRule, from: CivilDate): number =>
  rule.daysInYear === 'ACTUAL' ? lengthOfYear(yearOf(from)) : Number(rule.daysInYear);

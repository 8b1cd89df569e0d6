/**
 * Flat interest: the interest of the whole term is computed once on the principal and spread over the rows.
 *
 *   T = round(principal x q x term length);  row: round(T / n), the last row takes the remainder
 *   5000 at 18 %, 4 months: T = 300, 75.00 x 4.  Daily ACT/365: 120 days, T = 295.89: 73.97 x 3, 73.98
 *   with m: P = toMultiple(P) + toMultiple(I) - I;  1000 at 12 %, 3 months, m = 1: 333 + 10, 333 + 10, 334
 *     + 10
 *
 * Source: engine.md section 3.5, 3.6 (grace), 3.9 (new rate, extra terms).
 */
import type { Decimal } from 'decimal.js';
import { type CivilDate, daysBetween, later } from '../date.ts';
import { type Money, maximum, minimum, toMultiple } from '../money.ts';
import { dueDates, fixedEnd } from './dueDates.ts';
import { hasEqualInstallments, type Plan, payingRows } from './plan.ts';
import { applyFactor, decimalContext, percentOf, periodsBetween, shareOf, toFactor } from './rate.ts';

/** The last due date by the rule, or where it was moved to. */
function lastDueDate(plan: Plan): CivilDate {
  const { terms, dueRule, moves } = plan;
  if (terms.fixedLength) return fixedEnd(dueRule, terms.fixedLength, 0);
  const last = dueDates(dueRule, plan.rows).at(-1) ?? dueRule.start;
  return moves.findLast(({ from }) => from === last)?.to ?? last;
}

/** Length of the term in the periods that the rate is per. */
function termLength(plan: Plan): Decimal {
  const { terms, dueRule, settings } = plan;
  const D = decimalContext(settings.precision);
  const start = later(plan.disbursedOn, terms.interestChargedFrom ?? plan.disbursedOn);
  if (terms.interestCalculationPeriod === 'DAILY') return new D(daysBetween(start, lastDueDate(plan)));
  if (!terms.allowPartialPeriodInterest) return new D(terms.termFrequency);
  const counting = { unit: terms.repaymentFrequencyUnit, seed: dueRule.seed, precision: settings.precision };
  return periodsBetween(start, lastDueDate(plan), counting);
}

/** T on `principal` at the rate in force, without the rows that are free of interest. */
function interestOfTerm(plan: Plan, principal: Money, rows: number): Money {
  if (plan.rate.isZero) return 0n;
  const { currency, graceInterestFree } = plan.terms;
  const total = applyFactor(principal, toFactor(plan.rate.perPeriod.mul(termLength(plan))), currency);
  return total - BigInt(graceInterestFree) * shareOf(total, rows, currency);
}

/** Computes the total anew from `row` on: at the start (row 1) and after a change of the rate. */
export function setFlatTotal(plan: Plan, soFar: { principal: Money; interest: Money; row: number }): void {
  const rowsLeft = Math.max(plan.rows - soFar.row + 1, 1);
  plan.flat.total = soFar.interest + interestOfTerm(plan, plan.total - soFar.principal, rowsLeft);
  plan.flat.accountedInterest = soFar.interest;
  plan.flat.interestRows = soFar.row - 1;
}

/**
 * The rows behind which the rest of the total is spread evenly: accounted ones, then any grace rows that
 * followed.
 */
function spreadStart(plan: Plan, row: number): number {
  let start = plan.flat.interestRows;
  if (!hasEqualInstallments(plan.terms)) return start;
  for (const grace of plan.interestGrace) {
    if (grace < row && grace > start) start = grace;
  }
  return start;
}

function spreadRows(plan: Plan, start: number): number {
  let rows = plan.rows - start - Math.max(plan.terms.graceInterestFree - start, 0);
  if (!hasEqualInstallments(plan.terms)) return Math.max(rows, 1);
  for (const grace of plan.interestGrace) {
    if (grace > start) rows -= 1;
  }
  return Math.max(rows, 1);
}

/**
 * Interest charged in a row: nothing in grace rows, the remainder in the last one, never more than the total.
 */
export function flatInterest(plan: Plan, row: number, interestSoFar: Money): Money {
  const left = maximum(plan.flat.total - interestSoFar, 0n);
  if (row === plan.rows) {
    plan.graceInterest = 0n;
    return left;
  }
  return minimum(flatShare(plan, row), left);
}

function flatShare(plan: Plan, row: number): Money {
  if (row <= plan.terms.graceInterestFree) return 0n;
  const start = spreadStart(plan, row);
  const spread = plan.flat.total - plan.flat.accountedInterest;
  const share = shareOf(spread, spreadRows(plan, start), plan.terms.currency);
  if (hasEqualInstallments(plan.terms)) return plan.interestGrace.has(row) ? 0n : share;
  if (plan.interestGrace.has(row)) {
    plan.graceInterest += share;
    return 0n;
  }
  const charged = share + plan.graceInterest;
  plan.graceInterest = 0n;
  return charged;
}

/**
 * Principal of a row before the last row's remainder; `joined` is the principal that has been disbursed by
 * then.
 */
export function flatPrincipal(plan: Plan, row: number, given: { joined: Money; interest: Money }): Money {
  const { terms, flat } = plan;
  const { currency, fixedPrincipalPercentagePerInstallment: percentage } = terms;
  if (plan.installment !== null) return plan.installment - given.interest;
  if (plan.principalGrace.has(row)) return 0n;
  const left = given.joined - flat.accountedPrincipal;
  const share =
    percentage === null
      ? shareOf(left, payingRows(plan, flat.principalRows), currency)
      : percentOf(left, percentage, currency);
  const multiple = terms.installmentAmountInMultiplesOf;
  if (!multiple) return share;
  const interestInMultiples = toMultiple(given.interest, multiple, currency);
  return maximum(0n, toMultiple(share, multiple, currency) + interestInMultiples - given.interest);
}

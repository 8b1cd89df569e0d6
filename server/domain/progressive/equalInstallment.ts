/**
 * The equal installment (EMI) of a progressive loan, computed again whenever the balance grows, over the
 * periods from there on; then levelled once, so that the last installment differs as little as possible.
 *
 *   r = 1 + factors of the period;  N = product of all r;  fn = 1, then fn = 1 + fn x r for periods 2..k
 *   EMI = round2(N x balance / fn), to multiples;  levelled: EMI + round2((last - last but one) / k)
 *   600 at 12 %, 3 months from 15 Jan, 300 more on 1 Mar: 198.01 + 6.00, 349.99 + 5.52, 352.00 + 3.52
 *
 * Source: engine.md section 4.2.
 */
import { Decimal } from 'decimal.js';
import { assert } from '../assert.ts';
import type { CivilDate } from '../date.ts';
import { type Money, sum, toMajor, toMinor, toMultiple } from '../money.ts';
import { decimalContext, shareOf } from '../schedule/rate.ts';
import {
  enterChange,
  type InterestModel,
  periodOf,
  type RepaymentPeriod,
  repairLastPeriod,
  roll,
  touch,
} from './interestModel.ts';

/** Enters a disbursement and computes the installments from there on again. */
export function disburse(model: InterestModel, on: CivilDate, amount: Money): void {
  const index = periodOf(model, on);
  assert(index >= 0, `no repayment period contains the disbursement date ${on}`);
  enterChange(model, on, { disbursed: amount });
  roll(model);
  const isDueDate = model.periods[index]?.due === on && index + 1 < model.periods.length;
  const affected = model.periods.slice(isDueDate ? index + 1 : index);
  setInstallments(model, affected, equalInstallment(model, affected));
  repairLastPeriod(model);
  level(model, affected);
}

function setInstallments(model: InterestModel, affected: readonly RepaymentPeriod[], emi: Money): void {
  for (const period of affected) period.emi = emi;
  touch(model, model.periods.length - affected.length);
}

function equalInstallment(model: InterestModel, periods: readonly RepaymentPeriod[]): Money {
  const D = decimalContext(model.rule.precision);
  let growth = new D(1);
  let divisor = new D(0);
  for (const period of periods) {
    const r = periodGrowth(period, D);
    growth = growth.mul(r);
    divisor = divisor.mul(r).add(1);
  }
  const balance = new D(toMajor(openingBalance(periods), model.currency));
  const emi = toMinor(growth.mul(balance).div(divisor), model.currency);
  return toMultiple(emi, model.installmentAmountInMultiplesOf, model.currency);
}

function periodGrowth(period: RepaymentPeriod, D: typeof Decimal): Decimal {
  let factors = new D(0);
  for (const { factor } of period.pieces)
    factors = factors.add(new Decimal(factor.digits.toString()).div(factor.scale.toString()));
  return factors.add(1);
}

/** What the first of the periods starts with, plus all that is disbursed inside it. */
function openingBalance([first]: readonly RepaymentPeriod[]): Money {
  if (!first) return 0n;
  const opening = first.pieces[0]?.balance ?? 0n;
  return (opening > 0n ? opening : 0n) + sum(first.pieces.map(({ disbursed }) => disbursed));
}

const lastDifference = (periods: readonly RepaymentPeriod[]): Money =>
  (periods.at(-1)?.emi ?? 0n) - (periods.at(-2)?.emi ?? 0n);

const absolute = (amount: Money): Money => (amount < 0n ? -amount : amount);

/** Tries once whether spreading the last installment's difference over all makes it smaller. */
function level(model: InterestModel, affected: readonly RepaymentPeriod[]): void {
  const difference = lastDifference(affected);
  const original = affected.at(-2)?.emi;
  if (original === undefined || !isWorthLevelling(model, difference, affected.length)) return;
  const share = shareOf(difference, affected.length, model.currency);
  const levelled = toMultiple(original + share, model.installmentAmountInMultiplesOf, model.currency);
  if (levelled === original) return;
  const before = model.periods.map(({ emi }) => emi);
  setInstallments(model, affected, levelled);
  repairLastPeriod(model);
  if (absolute(lastDifference(affected)) < absolute(difference)) return;
  model.periods.forEach((period, index) => {
    period.emi = before[index] ?? period.emi;
  });
  touch(model, 0);
  roll(model);
}

function isWorthLevelling(model: InterestModel, difference: Money, count: number): boolean {
  const unit = 10n ** BigInt(model.currency.decimals);
  return absolute(difference) * 100n > BigInt(Math.floor(count / 2)) * unit;
}

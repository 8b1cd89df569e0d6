/**
 * Interest of one row: the sum over stretches of constant balance, each rounded once.
 *
 *   interest of (from, due] = sum of round(balance x factor(stretch))
 *   600 from 15 Feb, 300 more on 1 Mar, 12 % monthly: 299.98 x 0.01 x 14/28 = 1.50 and 599.98 x 0.01 x
 *     14/31 = 2.71
 *
 * Source: engine.md sections 1 (rounded once per piece) and 3.2.
 */
import type { CivilDate } from '../date.ts';
import type { Currency, Money } from '../money.ts';
import { applyFactor, type InterestRate } from './rate.ts';

/** The balance grows (or shrinks, when negative) by `amount` on a date. */
export interface BalanceChange {
  readonly on: CivilDate;
  readonly amount: Money;
  /** A compounding date: with `interest`, the interest of the period so far joins the balance as well. */
  readonly compounds?: 'interest' | 'amountOnly';
}

export interface InterestPeriod {
  readonly from: CivilDate;
  readonly to: CivilDate;
  /** Balance on `from`, before the changes. */
  readonly balance: Money;
  /** In date order; those up to `from` are part of the opening balance, those after `to` are left out. */
  readonly changes: readonly BalanceChange[];
  /** Told what each compounding date has added to the balance, its own amount included. */
  readonly onCompounded?: ((on: CivilDate, amount: Money) => void) | undefined;
}

/** Interest of one stretch of constant balance; money that the lender holds bears none. */
export function interestOfStretch(
  balance: Money,
  stretch: { from: CivilDate; to: CivilDate },
  pricing: { rate: InterestRate; currency: Currency },
): Money {
  if (balance <= 0n || stretch.to <= stretch.from || pricing.rate.isZero) return 0n;
  return applyFactor(balance, pricing.rate.factor(stretch.from, stretch.to), pricing.currency);
}

/** Interest of a whole period, cut wherever the balance changes. */
export function interestOfPeriod(
  period: InterestPeriod,
  pricing: { rate: InterestRate; currency: Currency },
): Money {
  if (pricing.rate.isZero) return 0n;
  let balance = period.balance;
  let from = period.from;
  let interest = 0n;
  let compounded = 0n;
  for (const change of period.changes) {
    if (change.on > period.to) break;
    if (change.on > from) {
      interest += interestOfStretch(balance, { from, to: change.on }, pricing);
      from = change.on;
    }
    balance += change.amount;
    if (!change.compounds) continue;
    const joining = change.compounds === 'interest' ? interest - compounded : 0n;
    balance += joining;
    compounded += joining;
    period.onCompounded?.(change.on, joining + change.amount);
  }
  return interest + interestOfStretch(balance, { from, to: period.to }, pricing);
}

/**
 * A chargeback under a credit allocation rule: the amount is split over what is left of the payment it
 * charges back, in the rule's order; principal, fees and penalties are owed again in the row that comes next
 * (interest stands on the transaction only, as in the reference). The rest is principal. What the loan is
 * overpaid by settles them at once, interest last.
 *
 *   payment 100 P + 10 F, rule N F I P, chargeback of 40: 10 F + 30 P
 *
 * Source: engine.md section 5.9.
 */
import { rowForCredit } from '../allocation/credit.ts';
import {
  type Component,
  type MutablePortions,
  noPortions,
  type Portions,
  subtractPortions,
  totalOf,
} from '../components.ts';
import { type Money, maximum, minimum } from '../money.ts';
import type { CreditAllocationRule, LoanTerms } from '../terms.ts';
import type { LoanTransaction } from '../transaction.ts';
import { type ProgressiveRun, useOverpayment } from './run.ts';
import { renumber } from './schedule.ts';

export function chargebackRule(terms: LoanTerms): CreditAllocationRule | undefined {
  return terms.creditAllocationRules.find(({ transactionType }) => transactionType === 'CHARGEBACK');
}

export interface ChargebackOutcome {
  readonly portions: Portions;
  readonly overpaid: Money;
  readonly settledAtOnce: Portions;
}

/** Splits `amount` over `available` in the given order; the rest is principal. */
export function splitChargeback(
  amount: Money,
  available: Portions,
  order: readonly Component[],
): MutablePortions {
  const portions = noPortions();
  let left = amount;
  for (const component of order) {
    const taken = minimum(left, maximum(0n, available[component]));
    portions[component] += taken;
    left -= taken;
  }
  portions.principal += left;
  return portions;
}

/** Portions of the payment that no earlier chargeback has taken, each of those split the same way. */
export function portionsLeft(
  paid: Portions,
  earlier: readonly Money[],
  order: readonly Component[],
): MutablePortions {
  return earlier.reduce<MutablePortions>(
    (left, amount) => subtractPortions(left, splitChargeback(amount, left, order)),
    { ...paid },
  );
}

/** Enters the chargeback into the rows. */
export function layChargeback(
  run: ProgressiveRun,
  transaction: LoanTransaction,
  portions: Portions,
): ChargebackOutcome {
  const row = rowForCredit(run.rows, transaction.date);
  renumber(run.rows);
  for (const component of ['principal', 'fees', 'penalties'] as const) {
    row.charged[component] += portions[component];
    row.credited[component] += portions[component];
    if (portions[component] > 0n) row.metOn = null;
  }
  const overpaid = minimum(transaction.amount, run.overpaid);
  const settledAtOnce = useOverpayment(run, transaction.date).portions;
  const interest = minimum(portions.interest, minimum(run.overpaid, overpaid - totalOf(settledAtOnce)));
  settledAtOnce.interest += maximum(0n, interest);
  run.overpaid -= maximum(0n, interest);
  return { portions, overpaid, settledAtOnce };
}

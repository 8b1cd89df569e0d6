/**
 * A loan without its repayments. A repayment that comes last needs no other one: only how much they were, how
 * much principal they paid, and when the last of them was. So it can be decided in the same time after ten
 * thousand others as after none.
 *
 *   repaid 100 (90 of principal) on 15 Feb and 50 (45) on 15 Mar -> left out: 150, 135 of principal, 15 Mar
 *
 * Whatever is not plain (a loan that ends with it, an earlier date, interest that follows payments) is
 * decided on the whole loan; both ways have the same outcome. Source: engine.md sections 5.2, 5.7 and 5.14.
 */
import type { CivilDate } from '../date.ts';
import type { LeftOut, Loan } from '../loan.ts';
import { isActive, type LoanTransaction, NON_MONETARY } from '../transaction.ts';

export const NOTHING_REPAID: LeftOut = { lastOn: null, amount: 0n, principal: 0n };

const isRepayment = (each: LoanTransaction): boolean => each.type === 'repayment';

/** What an abridged loan says of its repayments, those that are already left out included. */
export function repaymentsOf({ transactions, leftOut = NOTHING_REPAID }: Loan): LeftOut {
  let { lastOn, amount, principal } = leftOut;
  for (const each of transactions) {
    if (!isRepayment(each) || !isActive(each)) continue;
    if (lastOn === null || each.date > lastOn) lastOn = each.date;
    amount += each.amount;
    principal += each.portions.principal;
  }
  return { lastOn, amount, principal };
}

/** The loan as a repayment that comes last needs it. */
export const abridged = (loan: Loan): Loan => ({
  ...loan,
  leftOut: repaymentsOf(loan),
  transactions: loan.transactions.filter((each) => !isRepayment(each)),
});

/** Whether a repayment on `on` needs none of those that were left out. */
export function takesRepaymentAbridged(loan: Loan, on: CivilDate): boolean {
  const { terms, leftOut } = loan;
  if (leftOut === undefined || !isPlain(loan)) return false;
  if (terms.scheduleType !== 'CUMULATIVE' || terms.interestRecalculation !== null) return false;
  const comesLast = leftOut.lastOn === null || leftOut.lastOn <= on;
  return comesLast && loan.transactions.every((each) => mayStandBefore(each, on));
}

/** Running, with nothing that a payment could take back or set going. */
const isPlain = ({ status, chargedOffOn, charges, terms }: Loan): boolean =>
  status === 'active' &&
  chargedOffOn === null &&
  terms.statesAccrualActivity !== true &&
  (terms.overdueCharges ?? []).length === 0 &&
  charges.every(({ overdueInstallment }) => overdueInstallment === null);

/** Chargebacks are told of the payments that they charge back. */
const mayStandBefore = (each: LoanTransaction, on: CivilDate): boolean =>
  !isActive(each) || NON_MONETARY.has(each.type) || (each.date <= on && each.type !== 'chargeback');

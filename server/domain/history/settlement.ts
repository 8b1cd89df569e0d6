/**
 * What a loan's status becomes after a transaction dated t, by what is left of the debt:
 *
 *   overpaid > 0                                        -> overpaid since t
 *   nothing outstanding, every charge paid or waived    -> closed (obligations met) on t
 *   otherwise a closed or overpaid loan                 -> active again
 *
 *   overpaid = payments - refunds - what chargebacks and credit balance refunds took out of it - all that
 *     is paid on rows
 *
 * Source: engine.md section 5.7.
 */
import { chargeOutstanding } from '../charge.ts';
import { totalOf } from '../components.ts';
import type { CivilDate } from '../date.ts';
import { totalOutstanding } from '../installment.ts';
import type { Loan } from '../loan.ts';
import { type Money, maximum } from '../money.ts';
import { isActive, type LoanTransaction, PAYMENTS } from '../transaction.ts';

export function outstandingOnLoan({ installments }: Loan): Money {
  let open = 0n;
  for (const row of installments) open += totalOutstanding(row);
  return open;
}

export function overpaidAmount(loan: Loan): Money {
  let left = loan.leftOut?.amount ?? 0n;
  for (const each of loan.transactions) if (isActive(each)) left += heldEffect(each, loan);
  for (const { paid } of loan.installments) left -= totalOf(paid);
  return maximum(0n, left);
}

/** What a transaction adds to the money that the lender holds for this loan. */
function heldEffect(transaction: LoanTransaction, loan: Loan): Money {
  const { type, amount, overpaid, portions, settledAtOnce } = transaction;
  if (PAYMENTS.has(type)) return amount;
  switch (type) {
    case 'refund':
      return -amount;
    case 'creditBalanceRefund':
      return portions.principal === 0n ? -overpaid : 0n;
    case 'chargeback':
      // Interest charged back stands in no row: what an overpayment settled of it is gone.
      if (loan.terms.creditAllocationRules.length > 0) return -(settledAtOnce?.interest ?? 0n);
      return portions.principal === 0n ? -overpaid : 0n;
    default:
      return 0n;
  }
}

/** Additional rows move the actual maturity, not the expected one. */
function lastDueDate({ installments }: Loan): CivilDate | undefined {
  let last: CivilDate | undefined;
  for (const { due } of installments) if (last === undefined || due > last) last = due;
  return last;
}

const hasOpenCharge = (loan: Loan): boolean =>
  loan.charges.some((charge) => charge.active && !charge.isWaived && chargeOutstanding(charge) > 0n);

/** The loan with its status, overpayment and closing dates as they are after a transaction on `on`. */
export function settled(loan: Loan, on: CivilDate): Loan {
  if (!['active', 'closed', 'overpaid'].includes(loan.status)) return loan;
  const overpaid = overpaidAmount(loan);
  if (overpaid > 0n)
    return { ...loan, overpaid, status: 'overpaid', overpaidOn: on, closedOn: null, actualMaturity: null };
  if (outstandingOnLoan(loan) === 0n && !hasOpenCharge(loan))
    return { ...loan, overpaid, status: 'closed', closedOn: on, actualMaturity: on, overpaidOn: null };
  const actualMaturity = lastDueDate(loan) ?? loan.expectedMaturity;
  return { ...loan, overpaid, status: 'active', closedOn: null, overpaidOn: null, actualMaturity };
}

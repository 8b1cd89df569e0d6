/**
 * Interest refund: what a merchant takes back should not have borne interest. Where the terms say so, a
 * merchant or payout refund brings a second transaction: the interest of the loan so far, less what it
 * would be so far had the refunded amount never been lent (taken off the earliest disbursements).
 *
 *   1000 lent, 10.00 interest so far, 400 refunded: 600 would have borne 6.00, interest refund 4.00
 *
 * Source: engine.md section 5.6 (interest refund).
 */
import { type CivilDate, daysBetween } from '../date.ts';
import type { DecisionContext } from '../decision.ts';
import { activeOfType, activeTransactions, withTransaction } from '../history/history.ts';
import { afterPayment } from '../history/outcome.ts';
import { scheduled } from '../history/replaying.ts';
import type { Installment } from '../installment.ts';
import type { Loan } from '../loan.ts';
import { divideRounded, type Money, maximum, minimum, sum } from '../money.ts';
import type { LoanTransaction } from '../transaction.ts';

/** The loan with the interest that goes with the refund, if there is any. */
export function withInterestRefund(loan: Loan, refund: LoanTransaction, context: DecisionContext): Loan {
  const types = loan.terms.interestRefundFor ?? [];
  if (!types.some((type) => type === refund.type)) return loan;
  const refunded = sum(activeOfType(loan, ...types).map(({ amount }) => amount));
  const earlier = sum(activeOfType(loan, 'interestRefund').map(({ amount }) => amount));
  const { date, paymentType } = refund;
  const amount = interestOn(loan, refunded, { on: date, context }) - earlier;
  if (amount <= 0n) return loan;
  const draft = {
    type: 'interestRefund',
    date,
    amount,
    paymentType,
    relatedTransactionId: refund.id,
  } as const;
  return afterPayment(withTransaction(loan, draft, context), date, context);
}

/** Interest so far that the loan owes to an amount having been lent. */
function interestOn(
  loan: Loan,
  lent: Money,
  { on, context }: { readonly on: CivilDate; readonly context: DecisionContext },
): Money {
  const without = withoutLending(loan, lent);
  const other = without.tranches.length === 0 ? 0n : interestSoFar(scheduled(without, context), on);
  return maximum(0n, interestSoFar(loan, on) - other);
}

const interestSoFar = ({ installments }: Loan, on: CivilDate): Money =>
  sum(installments.map((row) => earnedBy(row, on)));

function earnedBy({ from, due, charged }: Installment, on: CivilDate): Money {
  if (due <= on) return charged.interest;
  if (from >= on) return 0n;
  return divideRounded(charged.interest * BigInt(daysBetween(from, on)), BigInt(daysBetween(from, due)));
}

/** The loan as if so much less had been lent, the earliest disbursements first. */
function withoutLending(loan: Loan, amount: Money): Loan {
  let left = amount;
  const lessened = <T extends { readonly amount: Money }>(each: T): T => {
    const taken = minimum(left, each.amount);
    left -= taken;
    return { ...each, amount: each.amount - taken };
  };
  const byDate = loan.tranches.filter(({ disbursedOn }) => disbursedOn !== null).sort(byDisbursement);
  const tranches = byDate.map(lessened).filter((each) => each.amount > 0n);
  left = amount;
  const transactions = activeTransactions(loan)
    .sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.id - b.id))
    .map((each) => (each.type === 'disbursement' ? lessened(each) : each))
    .filter((each) => each.type !== 'disbursement' || each.amount > 0n);
  return { ...loan, tranches, transactions };
}

const byDisbursement = (a: Loan['tranches'][number], b: Loan['tranches'][number]): number =>
  (a.disbursedOn ?? '') < (b.disbursedOn ?? '') ? -1 : 1;

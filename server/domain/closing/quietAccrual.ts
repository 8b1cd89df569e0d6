/**
 * Quiet accrual: the days on which closing a loan does nothing but recognise the interest of its running
 * installment. Each such day follows from a few figures, without the loan itself, so that close of business
 * books it for many loans at once.
 *
 *   interest 75.00, running 15 Jan - 15 Feb, 38.71 accrued; closing 1 Feb:
 *     round2(75.00 * 17 / 31) - 38.71 = 2.42
 *
 * It equals what `closeBusinessDay` books on the day. Source: engine.md section 7.1 (running row).
 */
import { type CivilDate, daysBetween } from '../date.ts';
import { divideRounded, type Money, maximum } from '../money.ts';
import type { LoanTransaction } from '../transaction.ts';

export interface QuietAccrual {
  /** Number of the running installment. */
  readonly installment: number;
  /** Interest that is earned from `from` to `due`. */
  readonly interest: Money;
  readonly from: CivilDate;
  readonly due: CivilDate;
  /** Of that, accrued so far. */
  readonly accrued: Money;
  /** GL codes. */
  readonly receivable: string;
  readonly income: string;
}

/** What is to be accrued when `day` is closed, a day before the due date; 0 or more. */
export function quietAmount({ interest, from, due, accrued }: QuietAccrual, day: CivilDate): Money {
  const elapsed = Math.max(0, daysBetween(from, day));
  const earned = divideRounded(interest * BigInt(elapsed), BigInt(daysBetween(from, due)));
  return maximum(0n, earned - accrued);
}

export interface QuietBooking {
  readonly day: CivilDate;
  readonly amount: Money;
  /** The loan's next transaction number, and the next place in the order of booking. */
  readonly id: number;
  readonly sequence: number;
}

/** The accrual that closing the day books. */
export const quietTransaction = ({ day, amount, id, sequence }: QuietBooking): LoanTransaction => ({
  id,
  sequence,
  type: 'accrual',
  date: day,
  submittedOn: day,
  amount,
  portions: { principal: 0n, interest: amount, fees: 0n, penalties: 0n },
  overpaid: 0n,
  unrecognised: 0n,
  chargesPaid: [],
  balance: 0n,
  reversal: 'none',
  reversedOn: null,
  relatedTransactionId: null,
  relatedChargeId: null,
  paymentType: null,
  reAge: null,
  bookedAs: 'performing',
});

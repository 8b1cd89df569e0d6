/**
 * One run of transactions over a schedule: the working copies of installments and charges, what payments
 * have left over so far, and the rule of each kind of transaction. A replay starts it from an empty
 * schedule, a plain new payment from the current state; both then use the same rules.
 *
 * Source: engine.md sections 5.3 (step 4), 5.6 and 5.9 to 5.11.
 */
import { assert } from '../assert.ts';
import type { LoanCharge } from '../charge.ts';
import { type Claims, giveUpClaim, payClaimed } from '../charges/claims.ts';
import { dueChargesOf, merged, payCharges, unpayCharges } from '../charges/settleCharges.ts';
import {
  addPortions,
  COMPONENTS,
  type MutablePortions,
  noPortions,
  type Portions,
  totalOf,
} from '../components.ts';
import { type Installment, isMet, outstandingPortions } from '../installment.ts';
import { type Money, maximum, minimum } from '../money.ts';
import { requireRule } from '../refusal.ts';
import type { LoanTerms } from '../terms.ts';
import { type ChargePayment, type LoanTransaction, REPAYMENT_LIKE } from '../transaction.ts';
import { creditAmount } from './credit.ts';
import { allocateInFixedOrder, refundInFixedOrder, waiveInterestInOrder } from './fixedOrder.ts';
import type { PaymentInHand } from './settle.ts';
import { PAYMENT_ORDERS, type PaymentOrder } from './strategies.ts';

export interface Run {
  readonly terms: LoanTerms;
  readonly rows: Installment[];
  readonly charges: readonly LoanCharge[];
  /** What payments have left over and nothing has consumed yet. */
  overpaid: Money;
  /** Charges that are kept for their own payments. */
  readonly claims?: Claims;
}

/** How a transaction came out. */
export type Split = Pick<LoanTransaction, 'portions' | 'overpaid' | 'chargesPaid'> &
  Partial<Pick<LoanTransaction, 'amount'>>;

export function paymentOrder(terms: LoanTerms): PaymentOrder {
  const { strategy } = terms;
  assert(strategy !== 'advanced-payment-allocation-strategy', 'a cumulative loan pays in a fixed order');
  return PAYMENT_ORDERS[strategy];
}

/** Lays one transaction over the schedule; answers its split, or null when it does not touch the schedule. */
export function layTransaction(run: Run, transaction: LoanTransaction): Split | null {
  const { type } = transaction;
  if (REPAYMENT_LIKE.has(type)) return layPayment(run, transaction);
  switch (type) {
    case 'chargePayment':
      return layChargePayment(run, transaction);
    case 'waiveInterest':
      return layInterestWaiver(run, transaction);
    case 'refund':
      return layCashRefund(run, transaction);
    case 'chargeback':
    case 'creditBalanceRefund':
      return layCredit(run, transaction);
    case 'writeOff':
      return layWriteOff(run, transaction);
    case 'chargeOff':
      return wholly(withClaimed(run, outstandingOnLoan(run.rows)));
    case 'accrualActivity':
      return wholly(incomeCharged(run.rows, transaction));
    default:
      return null;
  }
}

const split = (portions: Portions, overpaid: Money = 0n, chargesPaid: ChargePayment[] = []): Split => ({
  portions,
  overpaid,
  chargesPaid,
});

/** The amount of these follows from the schedule at their place. */
const wholly = (portions: Portions): Split => ({ ...split(portions), amount: totalOf(portions) });

const inHand = ({ date, amount }: LoanTransaction): PaymentInHand => ({
  date,
  left: amount,
  portions: noPortions(),
});

const chargeBook = ({ charges, rows, terms }: Run) => ({ charges, rows, currency: terms.currency });

function layPayment(run: Run, transaction: LoanTransaction): Split {
  const payment = inHand(transaction);
  const chargesPaid = allocated(run, payment);
  return split(payment.portions, payment.left, chargesPaid);
}

/** Lays the money over the rows by the strategy; answers the charges that were paid of it. */
function allocated(run: Run, payment: PaymentInHand): ChargePayment[] {
  const order = paymentOrder(run.terms);
  const { fees, penalties } = payment.portions;
  allocateInFixedOrder({ rows: run.rows, payment, order, dueCharges: dueChargesOf(chargeBook(run)) });
  // A payment that leaves nothing over closes the account of earlier surpluses, as in the reference.
  run.overpaid = payment.left > 0n ? run.overpaid + payment.left : 0n;
  return [
    ...payCharges(chargeBook(run), 'penalties', payment.portions.penalties - penalties),
    ...payCharges(chargeBook(run), 'fees', payment.portions.fees - fees),
  ];
}

/** Its charge first; what that no longer asks goes where other payments go. */
function layChargePayment(run: Run, transaction: LoanTransaction): Split {
  const book = chargeBook(run);
  if (run.claims) giveUpClaim(book, run.claims, transaction);
  const payment = inHand(transaction);
  const own = payClaimed(book, payment, transaction);
  const others = payment.left > 0n ? allocated(run, payment) : [];
  return split(payment.portions, payment.left, merged([...own, ...others]));
}

/** What is kept for charge payments still to come is owed as well. */
function withClaimed({ claims }: Run, open: MutablePortions): MutablePortions {
  for (const { component, amount } of claims?.values() ?? []) open[component] += amount;
  return open;
}

function layInterestWaiver(run: Run, transaction: LoanTransaction): Split {
  const payment = inHand(transaction);
  waiveInterestInOrder(run.rows, payment);
  // What had not been accrued was never a receivable, so there is nothing to book.
  const interest = maximum(0n, payment.portions.interest - transaction.unrecognised);
  return split({ ...payment.portions, interest }, payment.left);
}

function layCashRefund(run: Run, transaction: LoanTransaction): Split {
  const payment = inHand(transaction);
  // An overpayment is handed back before any settled installment is opened again.
  const fromOverpaid = minimum(payment.left, run.overpaid);
  payment.left -= fromOverpaid;
  run.overpaid -= fromOverpaid;
  refundInFixedOrder({ rows: run.rows, payment, order: paymentOrder(run.terms) });
  requireCovered(payment);
  const { fees, penalties } = payment.portions;
  const chargesPaid = [
    ...unpayCharges(chargeBook(run), 'penalties', penalties),
    ...unpayCharges(chargeBook(run), 'fees', fees),
  ];
  return split(payment.portions, fromOverpaid, chargesPaid);
}

/** Cash that was handed back must have been paid: the payment behind it can not be taken away. */
export function requireCovered({ left }: PaymentInHand): void {
  requireRule(left === 0n, {
    kind: 'aborted',
    code: 'payment_was_refunded',
    message: 'The money of this payment was handed back in a cash refund',
  });
}

function layCredit(run: Run, transaction: LoanTransaction): Split {
  const { principal, fromOverpaid } = creditAmount(run.rows, transaction, run.overpaid);
  run.overpaid -= fromOverpaid;
  return split({ ...noPortions(), principal }, fromOverpaid);
}

/** Every open component of every installment, and every open charge, is written off. */
function layWriteOff(run: Run, transaction: LoanTransaction): Split {
  const portions = outstandingOnLoan(run.rows);
  for (const row of run.rows.filter((each) => !isMet(each))) {
    const open = outstandingPortions(row);
    for (const component of COMPONENTS) row.writtenOff[component] += maximum(0n, open[component]);
    row.metOn = transaction.date;
  }
  for (const charge of run.charges)
    charge.writtenOff = maximum(0n, charge.amount - charge.paid - charge.waived);
  return wholly(portions);
}

function outstandingOnLoan(rows: readonly Installment[]): MutablePortions {
  return rows.reduce((open, row) => addPortions(open, outstandingPortions(row)), noPortions());
}

/** Interest and charges of the installment that the date falls in. */
function incomeCharged(rows: readonly Installment[], { date }: LoanTransaction): Portions {
  const row = rows.find(({ from, due }) => from < date && date <= due);
  return row ? { ...row.charged, principal: 0n } : noPortions();
}

/**
 * What the recalculating schedule generator needs of a loan: its payments in order, how its strategy lays a
 * payment on rows, and which charges stand in a row.
 *
 * Source: engine.md section 3.10.
 */
import { unpaid } from '../allocation/cumulativeReplay.ts';
import { allocateInFixedOrder, type DueCharges } from '../allocation/fixedOrder.ts';
import { paymentOrder } from '../allocation/run.ts';
import type { PaymentInHand } from '../allocation/settle.ts';
import type { LoanCharge } from '../charge.ts';
import { claim } from '../charges/claims.ts';
import { feePieces } from '../charges/installmentFee.ts';
import { componentOf, installmentOfCharge, isInSchedule } from '../charges/landing.ts';
import { dueChargesOf } from '../charges/settleCharges.ts';
import { noPortions } from '../components.ts';
import type { Installment } from '../installment.ts';
import type { Loan } from '../loan.ts';
import { type Money, sum } from '../money.ts';
import type { FeesDue, IncomingPayment, RecalculationInput } from '../schedule/recalculation.ts';
import { type LoanTransaction, REPAYMENT_LIKE } from '../transaction.ts';
import { activeOfType, activeTransactions } from './history.ts';

type LoanPart = Pick<RecalculationInput, 'payments' | 'allocate' | 'layCharges' | 'feesDue'>;

export function recalculationInput(loan: Loan): LoanPart {
  const payments = activeTransactions(loan)
    .sort(byDateThenNumber)
    .filter(({ type }) => REPAYMENT_LIKE.has(type))
    .map(({ date, amount }) => ({ date, amount }));
  return {
    payments,
    allocate: (rows, payment) => laidOn(loan, [...rows], payment),
    layCharges: (row, rows) => layChargesOf(loan, row, rows),
    feesDue: (span) => feesDueIn(loan, span),
  };
}

/** As they were first booked: where replays put them since changes no row. */
const byDateThenNumber = (a: LoanTransaction, b: LoanTransaction): number =>
  a.date < b.date ? -1 : a.date > b.date ? 1 : a.id - b.id;

function laidOn(loan: Loan, rows: Installment[], { date, amount }: IncomingPayment) {
  const payment: PaymentInHand = { date, left: amount, portions: noPortions() };
  const { terms } = loan;
  const dueCharges: DueCharges = (component, on) => {
    const charges = chargesLeft(loan, rows).filter(isKnownWhileScheduling);
    return dueChargesOf({ charges, rows, currency: terms.currency })(component, on);
  };
  allocateInFixedOrder({ rows, payment, order: paymentOrder(terms), dueCharges });
  return { left: payment.left, portions: payment.portions };
}

/**
 * A charge on the interest of the whole loan has its amount only once the schedule is made: the generator
 * does not see it, the replay over its result does.
 */
function isKnownWhileScheduling(charge: LoanCharge): boolean {
  const { time, calculation } = charge.definition;
  const followsInterest =
    calculation === 'PERCENT_OF_INTEREST' || calculation === 'PERCENT_OF_AMOUNT_AND_INTEREST';
  return isInSchedule(charge) && !(followsInterest && time === 'SPECIFIED_DUE_DATE');
}

/** Installment fees fall due with their rows, not on a day of their own. */
function feesDueIn({ charges }: Loan, { after, until, isFirst }: Parameters<FeesDue>[0]): Money {
  const due = charges.filter(isKnownWhileScheduling).filter(({ dueDate }) => {
    if (dueDate === null || dueDate > until) return false;
    return dueDate > after || (isFirst && dueDate === after);
  });
  return sum(due.map(({ amount, waived }) => amount - waived));
}

function layChargesOf(loan: Loan, row: Installment, rows: readonly Installment[]): void {
  const { terms } = loan;
  const sofar = rows.includes(row) ? rows : [...rows, row];
  for (const charge of chargesLeft(loan, sofar).filter(isKnownWhileScheduling)) {
    const component = componentOf(charge);
    const { time } = charge.definition;
    if (time === 'INSTALLMENT') {
      const piece = feePieces(charge, sofar, terms.currency).find((each) => each.row === row);
      row.charged[component] += piece?.share ?? 0n;
      row.waived[component] += piece?.waived ?? 0n;
    } else if (charge.dueDate !== null && installmentOfCharge(sofar, charge.dueDate) === row) {
      row.charged[component] += charge.amount;
      row.waived[component] += charge.waived;
    }
  }
}

/** As nobody has paid them yet, without what charge payments settle: no other payment is asked for that. */
function chargesLeft(loan: Loan, rows: readonly Installment[]): readonly LoanCharge[] {
  if (loan.charges.length === 0) return loan.charges;
  const charges = loan.charges.map(unpaid);
  const payments = activeOfType(loan, 'chargePayment');
  if (payments.length === 0) return charges;
  claim({ charges, rows, currency: loan.terms.currency }, payments);
  return charges;
}

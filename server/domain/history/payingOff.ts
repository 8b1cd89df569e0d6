/**
 * Paying off a cumulative loan that recalculates interest: its schedule ends on the day of the pay-off (or on
 * the rest date after it), and whoever pays what is open then owes nothing. Mostly the generator sees by
 * itself that a payment covers everything; where it does not (prepaid rows, compounding, tranches), the
 * schedule is ended as it was quoted.
 *
 *   5000 at 18 %, quoted 5076.44 on 15 Feb: a payment of 5076.44 closes the loan, one of 5076.43 does not
 *
 * Source: engine.md section 3.10 (pay-off quote); decision 17.
 */
import { addPortions, noPortions, type Portions, totalOf } from '../components.ts';
import type { CivilDate } from '../date.ts';
import type { DecisionContext } from '../decision.ts';
import { type Installment, outstandingPortions } from '../installment.ts';
import type { Loan } from '../loan.ts';
import { sum } from '../money.ts';
import { generatePayoffSchedule } from '../schedule/recalculated.ts';
import { REPAYMENT_LIKE } from '../transaction.ts';
import { activeOfType, activeTransactions } from './history.ts';
import { recalculationInput } from './recalculating.ts';
import {
  recalculatesSchedule,
  replayed,
  repriced,
  rowsTakenOver,
  scheduleInput,
  withMaturity,
} from './replaying.ts';
import { outstandingOnLoan, overpaidAmount } from './settlement.ts';

/** The loan with its schedule ending at a pay-off, and charges on its interest priced by that. */
export const cutAtPayoff = (loan: Loan, on: CivilDate, context: DecisionContext): Loan =>
  replayed(endedOn(loan, on, context), context);

/** The same before its history is laid over it. */
function endedOn(loan: Loan, on: CivilDate, context: DecisionContext): Loan {
  const input = { ...scheduleInput(loan), ...context, ...recalculationInput(loan, on) };
  return repriced({ ...loan, installments: generatePayoffSchedule(input, on) }, on);
}

export const openAmounts = (rows: readonly Installment[]): Portions =>
  rows.reduce((open, row) => addPortions(open, outstandingPortions(row)), noPortions());

/** A loan with one more payment: as it was booked, and laid over the schedule. */
interface PaidLoan {
  readonly booked: Loan;
  readonly paid: Loan;
}

/** Ends the loan if its last payment is the quote of its day; that was reckoned on the rows before it. */
export function withQuotedEnd({ booked, paid }: PaidLoan, on: CivilDate, context: DecisionContext): Loan {
  const payment = booked.transactions.at(-1);
  if (payment === undefined || !recalculatesSchedule(paid) || isSettled(paid)) return paid;
  const unpaid = { ...booked, transactions: booked.transactions.slice(0, -1) };
  const at = { ...context, businessDate: on };
  if (!mayEnd(paid)) return paid;
  const quoted = cutAtPayoff(unpaid, on, at);
  if (totalOf(openAmounts(quoted.installments)) !== payment.amount) return paid;
  const { installments, charges } = endedOn(unpaid, on, at);
  const ended = { ...paid, charges, installments: rowsTakenOver(paid, installments) };
  return withMaturity(replayed(ended, context));
}

const isSettled = (loan: Loan): boolean => outstandingOnLoan(loan) === 0n && overpaidAmount(loan) === 0n;

/** All that was ever paid is not less than what was lent: a first look that spares the others a quote. */
function mayEnd(loan: Loan): boolean {
  const paid = activeTransactions(loan).filter(({ type }) => REPAYMENT_LIKE.has(type));
  const lent = activeOfType(loan, 'disbursement');
  return sum(paid.map(({ amount }) => amount)) >= sum(lent.map(({ amount }) => amount));
}

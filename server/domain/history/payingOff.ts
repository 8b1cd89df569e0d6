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
import { rowsToKeep } from '../schedule/keptRows.ts';
import { REPAYMENT_LIKE } from '../transaction.ts';
import { activeOfType, activeTransactions } from './history.ts';
import { type Made, regenerated } from './regenerations.ts';
import { recalculatesSchedule, replayed, repriced, withMaturity, withSchedule } from './replaying.ts';
import { outstandingOnLoan, overpaidAmount } from './settlement.ts';

/** The loan with its schedule ending at a pay-off, and charges on its interest priced by that. */
export const cutAtPayoff = (loan: Loan, on: CivilDate, context: DecisionContext): Loan =>
  withEnd(loan, endedOn(loan, on, context), context);

const withEnd = (loan: Loan, { made, charges }: Ended, context: DecisionContext): Loan =>
  replayed({ ...loan, installments: made.rows, charges }, context);

interface Ended {
  readonly made: Made;
  readonly charges: Loan['charges'];
}

/** The same before its history is laid over it. */
function endedOn(loan: Loan, on: CivilDate, { settings }: DecisionContext): Ended {
  const kept = rowsToKeep(loan.installments, on);
  const made = regenerated(repriced(loan), { how: { by: 'payoff', on }, kept, settings });
  return { made, charges: repriced({ ...loan, installments: made.rows }, on).charges };
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
  const { made, charges } = endedOn(unpaid, on, at);
  const quoted = withEnd(unpaid, { made, charges }, at);
  if (totalOf(openAmounts(quoted.installments)) !== payment.amount) return paid;
  return withMaturity(replayed({ ...withSchedule(paid, made), charges }, context));
}

const isSettled = (loan: Loan): boolean => outstandingOnLoan(loan) === 0n && overpaidAmount(loan) === 0n;

/** All that was ever paid is not less than what was lent: a first look that spares the others a quote. */
function mayEnd(loan: Loan): boolean {
  const paid = activeTransactions(loan).filter(({ type }) => REPAYMENT_LIKE.has(type));
  const lent = activeOfType(loan, 'disbursement');
  return sum(paid.map(({ amount }) => amount)) >= sum(lent.map(({ amount }) => amount));
}

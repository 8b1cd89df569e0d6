/**
 * Accrual activity: an optional, purely informational transaction that states what an installment charged, on
 * its due date, while the loan is active. When the loan ends, one more states what was accrued beyond; when
 * it opens again, that one gives way to those of the installments due by then. It posts nothing to the
 * ledger.
 *
 *   row due 15 Feb with interest 75.00 and fee 9: on 15 Feb one accrual activity of 84.00 (I 75, F 9)
 *   paid off on 1 Mar with 20.00 more accrued: on 1 Mar one of 20.00
 *
 * Source: engine.md section 7.4.
 */
import {
  addPortions,
  type MutablePortions,
  noPortions,
  type Portions,
  subtractPortions,
  totalOf,
} from '../components.ts';
import type { CivilDate } from '../date.ts';
import type { DecisionContext } from '../decision.ts';
import { activeOfType, withReplaced, withTransaction } from '../history/history.ts';
import type { Loan } from '../loan.ts';
import type { LoanTransaction } from '../transaction.ts';

/** The activity of the row due on `day`, unless it is already there. */
export function stateActivity(loan: Loan, day: CivilDate, context: DecisionContext): Loan {
  const row = loan.installments.find((each) => each.due === day && each.kind !== 'downPayment');
  const known = activeOfType(loan, 'accrualActivity').some((each) => each.date === day);
  const never = loan.terms.statesAccrualActivity === false;
  if (!row || known || never || loan.status !== 'active') return loan;
  return withActivity(loan, { date: day, portions: incomeOf(row.charged) }, context);
}

/** What was accrued and no activity has stated, in one, when the loan has become closed or overpaid. */
export function stateActivityOnClosing(loan: Loan, context: DecisionContext): Loan {
  const date = loan.closedOn ?? loan.overpaidOn;
  if (loan.terms.statesAccrualActivity !== true || date === null) return loan;
  const isLater = (each: LoanTransaction) => each.date > date;
  const kept = withoutActivities(loan, isLater, context);
  const stated = activeOfType(kept, 'accrualActivity').map((each) => each.portions);
  const accrued = loan.installments.map((row) => incomeOf(row.accrued));
  const portions = subtractPortions(
    accrued.reduce(addPortions, noPortions()),
    stated.reduce(addPortions, noPortions()),
  );
  return withActivity(kept, { date, portions }, context);
}

/** The loan is active again: activities that state no installment give way to those of the past ones. */
export function stateActivityOnReopening(loan: Loan, context: DecisionContext): Loan {
  if (loan.terms.statesAccrualActivity !== true) return loan;
  const due = new Set(loan.installments.map((row) => row.due));
  const closing = activeOfType(loan, 'accrualActivity').filter((each) => !due.has(each.date));
  if (closing.length === 0) return loan;
  const kept = withoutActivities(loan, (each) => closing.includes(each), context);
  const past = [...due].filter((day) => day < context.businessDate);
  return past.reduce((sofar, day) => stateActivity(sofar, day, context), kept);
}

function withoutActivities(
  loan: Loan,
  isTakenBack: (activity: LoanTransaction) => boolean,
  { businessDate }: DecisionContext,
): Loan {
  const taken = activeOfType(loan, 'accrualActivity').filter(isTakenBack);
  return withReplaced(
    loan,
    taken.map((each) => ({ ...each, reversal: 'bySystem', reversedOn: businessDate })),
  );
}

interface Activity {
  readonly date: CivilDate;
  readonly portions: MutablePortions;
}

function withActivity(loan: Loan, activity: Activity, context: DecisionContext): Loan {
  const amount = totalOf(activity.portions);
  return amount > 0n
    ? withTransaction(loan, { type: 'accrualActivity', amount, ...activity }, context)
    : loan;
}

const incomeOf = (portions: Portions): MutablePortions => ({ ...portions, principal: 0n });

/**
 * Accrual activity: an optional, purely informational transaction that states what an installment charged, on
 * its due date, while the loan is active. It posts nothing to the ledger.
 *
 *   row due 15 Feb with interest 75.00 and fee 9: on 15 Feb one accrual activity of 84.00 (I 75, F 9)
 *
 * Source: engine.md section 7.4.
 */
import { type MutablePortions, type Portions, totalOf } from '../components.ts';
import type { CivilDate } from '../date.ts';
import type { DecisionContext } from '../decision.ts';
import { activeOfType, withTransaction } from '../history/history.ts';
import type { Loan } from '../loan.ts';

/** The activity of the row due on `day`, unless it is already there. */
export function stateActivity(loan: Loan, day: CivilDate, context: DecisionContext): Loan {
  const row = loan.installments.find((each) => each.due === day && each.kind !== 'downPayment');
  const known = activeOfType(loan, 'accrualActivity').some((each) => each.date === day);
  if (!row || known || loan.status !== 'active') return loan;
  return withActivity(loan, { date: day, portions: incomeOf(row.charged) }, context);
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

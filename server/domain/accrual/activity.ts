/**
 * Accrual activity: an optional, purely informational transaction that states what an installment charged, on
 * its due date, and at closing what was accrued and not yet stated. It posts nothing to the ledger.
 *
 *   row due 15 Feb with interest 75.00 and fee 9: on 15 Feb one accrual activity of 84.00 (I 75, F 9)
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

/** The activity of the row due on `day`, unless it is already there. */
export function stateActivity(loan: Loan, day: CivilDate, context: DecisionContext): Loan {
  const row = loan.installments.find((each) => each.due === day && each.kind !== 'downPayment');
  const known = activeOfType(loan, 'accrualActivity').some((each) => each.date === day);
  if (!row || known || loan.status !== 'active') return loan;
  return withActivity(loan, { date: day, portions: incomeOf(row.charged) }, context);
}

/** At closing: what was accrued less what was stated before; activities dated later are taken back. */
export function stateActivityOnClosing(loan: Loan, context: DecisionContext): Loan {
  const date = loan.status === 'closed' ? loan.closedOn : loan.status === 'overpaid' ? loan.overpaidOn : null;
  if (date === null) return loan;
  const activities = activeOfType(loan, 'accrualActivity');
  const later = activities
    .filter((each) => each.date > date)
    .map((each) => ({ ...each, reversal: 'bySystem' as const, reversedOn: context.businessDate }));
  const stated = activities.filter((each) => each.date <= date).map((each) => each.portions);
  const accrued = activeOfType(loan, 'accrual').map((each) => each.portions);
  const portions = incomeOf(subtractPortions(sumOf(accrued), sumOf(stated)));
  return withActivity(withReplaced(loan, later), { date, portions }, context);
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

const sumOf = (all: readonly Portions[]): MutablePortions => all.reduce(addPortions, noPortions());

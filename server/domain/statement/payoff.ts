/**
 * What it takes to pay a loan off on a date, reckoned on a copy; nothing is booked. Loans that recalculate
 * interest owe it up to the date (or the rest date after it) only; all others owe everything that is
 * outstanding, the interest of all installments included.
 *
 *   2000 at 12 % a year over 4 months from 15 Jan, recalculating daily: on 5 Feb 2000 + 13.55
 *   without recalculation: 2000 + the interest of all four installments
 *
 * Source: engine.md sections 3.10 (pay-off quote) and 4.6.
 */
import type { Portions } from '../components.ts';
import type { CivilDate } from '../date.ts';
import type { DecisionContext } from '../decision.ts';
import { cutAtPayoff, openAmounts } from '../history/payingOff.ts';
import { isProgressive, recalculatesSchedule, replayInput } from '../history/replaying.ts';
import type { Loan } from '../loan.ts';
import { payoffQuote as progressivePayoff } from '../progressive/payoff.ts';

/** The open amounts that settle the loan on `on`. */
export function payoffQuote(loan: Loan, on: CivilDate, context: DecisionContext): Portions {
  const at = { ...context, businessDate: on };
  if (isProgressive(loan)) return progressivePayoff(replayInput(loan, at), on);
  return openAmounts(recalculatesSchedule(loan) ? cutAtPayoff(loan, on, at).installments : loan.installments);
}

/**
 * What follows every transaction on a running loan, in this order: its place in the schedule, the status it
 * leaves the loan in, income still to be recognised when the loan is closed or overpaid, existing accruals
 * laid over a changed schedule, the delinquency range.
 *
 * Source: engine.md sections 5.2, 5.7, 7.2, 7.3 and 9.1.
 */
import { accrueOnClosing, reprocessAccruals } from '../accrual/accrual.ts';
import { stateActivityOnClosing, stateActivityOnReopening } from '../accrual/activity.ts';
import type { CivilDate } from '../date.ts';
import type { DecisionContext } from '../decision.ts';
import { classify } from '../delinquency/classification.ts';
import type { Loan } from '../loan.ts';
import { withQuotedEnd } from './payingOff.ts';
import { relaid, withNewPayment } from './replaying.ts';
import { settled } from './settlement.ts';

/** The loan after a transaction dated `on` has been laid over its schedule. */
export function afterTransaction(loan: Loan, on: CivilDate, context: DecisionContext): Loan {
  const rated = settled(loan, on);
  const ends = rated.status !== loan.status && (rated.status === 'closed' || rated.status === 'overpaid');
  return reclassified(
    ends
      ? ended(rated, context)
      : rated.status === 'active'
        ? stateActivityOnReopening(rated, context)
        : rated,
    context,
  );
}

/** Income still to be recognised, and stated. */
export const ended = (loan: Loan, context: DecisionContext): Loan =>
  stateActivityOnClosing(accrueOnClosing(loan, context), context);

/** A closed loan on which something changes is active until the outcome says otherwise. */
export const reopened = (loan: Loan): Loan =>
  loan.status === 'closed' ? { ...loan, status: 'active' } : loan;

/** The same when the schedule itself has changed: accruals are fitted to it first. */
export const afterScheduleChange = (loan: Loan, on: CivilDate, context: DecisionContext): Loan =>
  afterTransaction(reprocessAccruals(loan, context), on, context);

/** The outcome of a new payment; the short way where it comes last. */
export function afterNewPayment(loan: Loan, on: CivilDate, context: DecisionContext): Loan {
  const laid = withQuotedEnd({ booked: loan, paid: withNewPayment(loan, on, context) }, on, context);
  const paid = afterTransaction(laid, on, context);
  return loan.terms.interestRecalculation === null ? paid : reprocessAccruals(paid, context);
}

/**
 * The outcome of whatever else has just been booked: laid over the schedule with everything else. Where it
 * changes the interest, accruals are fitted to the new rows last, so that one made at closing may be taken
 * back, as in the reference.
 */
export function afterPayment(loan: Loan, on: CivilDate, context: DecisionContext): Loan {
  const paid = afterTransaction(relaid(loan, on, context), on, context);
  return loan.terms.interestRecalculation === null ? paid : reprocessAccruals(paid, context);
}

/** The outcome of taking something back: everything else is laid over the schedule again. */
export const afterReplay = (loan: Loan, on: CivilDate, context: DecisionContext): Loan =>
  afterReplayFrom(loan, { on, from: on }, context);

/** The same where the schedule follows the payments from another date than `on`; null: from the start. */
export const afterReplayFrom = (
  loan: Loan,
  { on, from }: { readonly on: CivilDate; readonly from: CivilDate | null },
  context: DecisionContext,
): Loan => afterScheduleChange(relaid(loan, from, context), on, context);

/**
 * Interest recalculated as of the business date, without any user action. Where money is over on the new
 * rows, or nothing is left of them, the loan ends as after a payment.
 */
export function recalculated(loan: Loan, context: DecisionContext): Loan {
  const concerned = loan.terms.interestRecalculation !== null && loan.status === 'active';
  if (!concerned || loan.chargedOffOn !== null || loan.isNonPerforming) return loan;
  const laid = reprocessAccruals(relaid(loan, null, context), context);
  const { businessDate } = context;
  return settled(laid, businessDate).status === 'active'
    ? laid
    : afterTransaction(laid, businessDate, context);
}

export const reclassified = (loan: Loan, { businessDate }: DecisionContext): Loan =>
  classify(loan, businessDate);

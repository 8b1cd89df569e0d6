/**
 * A loan as it would be: submitted, approved and disbursed in one step, by the same decisions as a booked
 * one, so that a preview shows the same figures. Nothing is stored.
 *
 * Source: contract "Loans" (preview).
 */
import { decide } from '../decide.ts';
import type { Decision, DecisionContext } from '../decision.ts';
import { type LoanApplication, submitLoan } from './origination.ts';

/**
 * Submit, approve and disburse on the submission date: what a partner's "create loan" does, as one
 * decision.
 */
export function originateLoan(application: LoanApplication, context: DecisionContext): Decision {
  const on = application.submittedOn;
  const submitted = submitLoan(application, context);
  const approved = decide(submitted.loan, { kind: 'approve', on }, context);
  const disbursed = decide(approved.loan, { kind: 'disburse', on }, context);
  return {
    loan: disbursed.loan,
    changed: disbursed.loan.transactions,
    entries: [...submitted.entries, ...approved.entries, ...disbursed.entries],
    events: [...submitted.events, ...approved.events, ...disbursed.events],
  };
}

/** The loan that `application` would become. */
export const previewLoan = (application: LoanApplication, context: DecisionContext): Decision['loan'] =>
  originateLoan(application, context).loan;

/**
 * Taking a charge off a loan, or changing its amount or day, while the loan is still an application: nothing
 * has been booked on it, so the schedule is simply laid out again.
 *
 *   pending loan, fee 12 due 25 Feb, changed to 15: the fee of the row is 15
 *
 * On a running loan a charge is waived or adjusted instead. Source: engine.md section 10 (change, delete
 * charge).
 */

import type { LoanCharge } from '../charge.ts';
import { chargeAmount } from '../charges/amount.ts';
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { concluded } from '../history/conclusion.ts';
import { chargeBases, scheduled } from '../history/replaying.ts';
import type { Loan } from '../loan.ts';
import { Refusal, requireRule } from '../refusal.ts';
import { requirePending, requirePositive } from './rules.ts';

type RemoveCharge = Extract<LoanCommand, { kind: 'removeCharge' }>;
type ChangeCharge = Extract<LoanCommand, { kind: 'changeCharge' }>;

/** The charge stays in the loan's list, no longer active, so that its number is not given again. */
export function removeCharge(loan: Loan, command: RemoveCharge, context: DecisionContext): Decision {
  requirePending(loan);
  const charge = chargeOf(loan, command.chargeId);
  return concluded(loan, scheduled(withReplaced(loan, { ...charge, active: false }), context));
}

export function changeCharge(loan: Loan, command: ChangeCharge, context: DecisionContext): Decision {
  requirePending(loan);
  const charge = chargeOf(loan, command.chargeId);
  const { dueDate = charge.dueDate, amountOrPercentage = charge.definition.amountOrPercentage } = command;
  requireRule(command.dueDate === undefined || charge.definition.time === 'SPECIFIED_DUE_DATE', {
    kind: 'invalid_argument',
    code: 'charge_has_no_due_date',
    message: 'only charges with a specified due date have one',
    field: 'dueDate',
  });
  const changed = { ...charge, dueDate, definition: { ...charge.definition, amountOrPercentage } };
  const amount = chargeAmount(changed, chargeBases(loan));
  requirePositive(amount, 'amount');
  return concluded(loan, scheduled(withReplaced(loan, { ...changed, amount }), context));
}

function chargeOf(loan: Loan, id: number): LoanCharge {
  const charge = loan.charges.find((each) => each.id === id && each.active);
  if (charge) return charge;
  throw new Refusal('not_found', 'charge_not_found', `Charge ${id} does not exist on this loan`);
}

const withReplaced = (loan: Loan, charge: LoanCharge): Loan => ({
  ...loan,
  charges: loan.charges.map((each) => (each.id === charge.id ? charge : each)),
});

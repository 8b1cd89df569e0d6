/**
 * Rescheduling a running loan: from one installment on, a due date moves, terms are added, principal or
 * interest gets grace, or the rate changes. Each is kept as a variation; the schedule is computed anew with
 * all of them, then everything replayed.
 *
 *   a due date that an earlier request had moved to the date of the new request is moved on: original date
 *     -> new target
 *   grace on principal over g rows brings g extra terms too
 *
 * Source: engine.md sections 3.9 and 10 (reschedule, approve reschedule).
 */
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { concluded } from '../history/conclusion.ts';
import { lastUserTransactionDate } from '../history/history.ts';
import { afterScheduleChange } from '../history/outcome.ts';
import { scheduled } from '../history/replaying.ts';
import { isMet } from '../installment.ts';
import type { Loan, TermVariation } from '../loan.ts';
import { dueDateRule, scheduleStart } from '../schedule/dueDates.ts';
import { rescheduledVariations } from '../schedule/rescheduling.ts';
import {
  refuseUnless,
  requireActive,
  requireNotBefore,
  requireNotChargedOff,
  requireNotFuture,
} from './rules.ts';

export type Reschedule = Extract<LoanCommand, { kind: 'reschedule' }>;

export function reschedule(loan: Loan, command: Reschedule, context: DecisionContext): Decision {
  requireReschedulable(loan, command, context);
  const varied: Loan = { ...loan, variations: withVariations(loan, command) };
  const on = lastUserTransactionDate(loan);
  return concluded(loan, afterScheduleChange(scheduled(varied, context, command.from), on, context));
}

/** The variations once the request is approved: dates are counted on by the loan's own chain of due dates. */
function withVariations(loan: Loan, command: Reschedule): readonly TermVariation[] {
  const { terms, submittedOn, variations } = loan;
  const start = scheduleStart(terms, loan.disbursedOn ?? terms.expectedDisbursementDate, submittedOn);
  return rescheduledVariations(variations, command, dueDateRule(terms, start));
}

function requireReschedulable(loan: Loan, command: Reschedule, context: DecisionContext): void {
  requireActive(loan);
  requireNotChargedOff(loan);
  requireDates(loan, command, context);
  requireSomethingAsked(command);
  requireOpenInstallment(loan, command);
  requireSupported(loan, command, context);
}

function requireDates(loan: Loan, { submittedOn, approvedOn }: Reschedule, context: DecisionContext): void {
  requireNotFuture(submittedOn, context);
  requireNotBefore(submittedOn, loan.disbursedOn, 'disbursement');
  requireNotFuture(approvedOn, context);
  requireNotBefore(approvedOn, submittedOn, 'submission');
}

function requireSomethingAsked(command: Reschedule): void {
  const { adjustedDueDate, graceOnPrincipal, graceOnInterest, extraTerms, newInterestRate } = command;
  const asked = [adjustedDueDate, graceOnPrincipal, graceOnInterest, extraTerms, newInterestRate];
  refuseUnless(asked.some(Boolean), {
    code: 'nothing_to_reschedule',
    message: 'The request changes nothing',
  });
  const numbers = [graceOnPrincipal, graceOnInterest, extraTerms].filter((each) => each !== undefined);
  refuseUnless(
    numbers.every((each) => Number.isInteger(each) && each >= 0),
    {
      code: 'reschedule_count_malformed',
      message: 'Grace and extra terms are whole numbers, not below zero',
    },
  );
  refuseUnless(adjustedDueDate === undefined || adjustedDueDate >= command.from, {
    code: 'adjusted_date_too_early',
    message: 'The new due date must not be before the old one',
    kind: 'permission_denied',
  });
}

function requireOpenInstallment(loan: Loan, { from }: Reschedule): void {
  const row = loan.installments.find((each) => each.due === from && each.kind !== 'downPayment');
  refuseUnless(row !== undefined, {
    code: 'no_installment_due',
    message: `No installment is due on ${from}`,
  });
  refuseUnless(row === undefined || !isMet(row), {
    code: 'installment_already_met',
    message: 'The installment is already paid',
    kind: 'aborted',
  });
  const penalised = loan.charges.some(
    ({ active, definition, dueDate }) =>
      active && definition.time === 'OVERDUE' && dueDate !== null && row !== undefined && dueDate > row.from,
  );
  refuseUnless(!penalised, {
    code: 'overdue_penalty_exists',
    message: 'An overdue penalty was raised on the installments',
    kind: 'aborted',
  });
  const expectsTranche =
    loan.terms.multiDisburse && loan.tranches.some(({ disbursedOn }) => disbursedOn === null);
  refuseUnless(!expectsTranche, {
    code: 'tranches_still_expected',
    message: 'The loan still expects disbursements',
    kind: 'aborted',
  });
}

/**
 * Progressive loans move due dates, and take one change of the rate from a future date, one thing at a
 * time.
 */
function requireSupported(loan: Loan, command: Reschedule, { businessDate }: DecisionContext): void {
  if (loan.terms.scheduleType !== 'PROGRESSIVE') return;
  const { graceOnPrincipal, graceOnInterest, extraTerms, newInterestRate, adjustedDueDate, from } = command;
  const plain = !graceOnPrincipal && !graceOnInterest && !extraTerms;
  refuseUnless(plain, {
    code: 'reschedule_not_supported',
    message: 'Progressive loans know no grace and no extra terms',
  });
  refuseUnless(newInterestRate === undefined || adjustedDueDate === undefined, {
    code: 'one_change_at_a_time',
    message: 'Change the due date and the rate one at a time',
  });
  if (newInterestRate === undefined) return;
  refuseUnless(from > businessDate, {
    code: 'rate_change_in_the_past',
    message: 'A rate changes from a future date',
    kind: 'permission_denied',
  });
  const known = loan.variations.some(
    ({ kind, applicableFrom }) => kind === 'interestRate' && applicableFrom === from,
  );
  refuseUnless(!known, {
    code: 'rate_change_exists',
    message: 'The rate already changes on that date',
    kind: 'aborted',
  });
}

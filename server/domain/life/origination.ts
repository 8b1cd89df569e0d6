/**
 * From application to approval: submit, modify, approve, undo the approval, reject, withdraw. The schedule
 * of a loan that has not been disbursed is that of its expected disbursement.
 *
 * Source: engine.md sections 2 and 10 (create, modify, approve, undo approval, reject, withdraw).
 */
import { Decimal } from 'decimal.js';
import type { ChargeDefinition } from '../charge.ts';
import { type CivilDate, later } from '../date.ts';
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { concluded } from '../history/conclusion.ts';
import { scheduled } from '../history/replaying.ts';
import type { Loan } from '../loan.ts';
import { type Money, sum, toMajor, toMinor } from '../money.ts';
import { requireRule } from '../refusal.ts';
import type { DecimalText, LoanTerms } from '../terms.ts';
import { withCharge } from './charges.ts';
import {
  NOT_APPROVED,
  NOT_PENDING,
  requireNotBefore,
  requireNotFuture,
  requirePending,
  requirePositive,
  requireStatus,
} from './rules.ts';

export interface LoanApplication {
  readonly terms: LoanTerms;
  readonly submittedOn: CivilDate;
  readonly charges?: readonly {
    readonly definition: ChargeDefinition;
    readonly dueDate?: CivilDate;
    readonly amountOrPercentage?: DecimalText;
  }[];
}

/** A pending loan with its schedule. */
export function submitLoan(application: LoanApplication, context: DecisionContext): Decision {
  const { terms, submittedOn, charges = [] } = application;
  requireSound(terms, submittedOn, context);
  const bare = newLoan(terms, submittedOn);
  const loan = charges.reduce(
    (sofar, charge) => withCharge(sofar, charge, context),
    scheduled(bare, context),
  );
  return concluded({ ...bare, transactions: [] }, charges.length > 0 ? scheduled(loan, context) : loan, [
    { name: 'loan-created', transactionId: null },
  ]);
}

const newLoan = (terms: LoanTerms, submittedOn: CivilDate): Loan => ({
  terms,
  status: 'pending',
  submittedOn,
  approvedOn: null,
  approvedPrincipal: terms.principal,
  disbursedOn: null,
  closedOn: null,
  overpaidOn: null,
  chargedOffOn: null,
  isFraud: false,
  isNonPerforming: false,
  overpaid: 0n,
  expectedMaturity: null,
  actualMaturity: null,
  tranches: [expected(terms.expectedDisbursementDate, terms.principal)],
  variations: [],
  charges: [],
  installments: [],
  transactions: [],
  accruedTill: null,
  delinquencyActions: [],
  delinquencyTags: [],
  lastClosedBusinessDate: null,
});

const expected = (expectedOn: CivilDate, amount: Money) => ({ expectedOn, disbursedOn: null, amount });

function requireSound(terms: LoanTerms, submittedOn: CivilDate, context: DecisionContext): void {
  requireNotFuture(submittedOn, context);
  requireNotBefore(terms.expectedDisbursementDate, submittedOn, 'submission');
  requirePositive(terms.principal, 'principal');
  requireFittingStrategy(terms);
  requireRecalculable(terms);
  requireLongEnough(terms);
  requireRule(Number.isInteger(terms.numberOfRepayments) && terms.numberOfRepayments > 0, {
    kind: 'invalid_argument',
    code: 'number_of_repayments_must_be_positive',
    message: 'must be a whole number above zero',
    field: 'numberOfRepayments',
  });
}

/**
 * Progressive schedules are paid by the advanced allocation with its rules, cumulative ones in a fixed
 * order.
 */
function requireFittingStrategy({ strategy, scheduleType, allocationRules }: LoanTerms): void {
  const advanced = strategy === 'advanced-payment-allocation-strategy';
  requireRule(advanced === (scheduleType === 'PROGRESSIVE'), {
    kind: 'invalid_argument',
    code: 'strategy_must_fit_schedule_type',
    message: 'Advanced payment allocation goes with progressive schedules, and only with them',
    field: 'strategy',
  });
  requireRule(!advanced || allocationRules.length > 0, {
    kind: 'invalid_argument',
    code: 'allocation_rules_required',
    message: 'Advanced payment allocation needs the rules of its order',
    field: 'allocationRules',
  });
}

/** The last due date of a loan of fixed length comes after the last but one, counted by the rule. */
function requireLongEnough({ fixedLength, numberOfRepayments, repaymentEvery }: LoanTerms): void {
  requireRule(fixedLength === null || fixedLength > (numberOfRepayments - 1) * repaymentEvery, {
    kind: 'invalid_argument',
    code: 'fixed_length_too_short',
    message: 'the fixed length of the loan must reach beyond the last but one installment',
    field: 'numberOfRepayments',
  });
}

/** Flat interest is agreed for the whole term, so there is nothing that a payment could change. */
function requireRecalculable(terms: LoanTerms): void {
  const { interestRecalculation, interestType, interestRatePerPeriod } = terms;
  const isFlat = interestType === 'FLAT' && !new Decimal(interestRatePerPeriod).isZero();
  requireRule(interestRecalculation === null || !isFlat, {
    kind: 'invalid_argument',
    code: 'flat_interest_is_not_recalculated',
    message: 'Interest is recalculated on a declining balance only',
    field: 'interestType',
  });
}

type CommandOf<Kind extends LoanCommand['kind']> = Extract<LoanCommand, { kind: Kind }>;

export function modify(loan: Loan, command: CommandOf<'modify'>, context: DecisionContext): Decision {
  requirePending(loan);
  const { terms, submittedOn } = command;
  requireSound(terms, submittedOn, context);
  const tranches = [expected(terms.expectedDisbursementDate, terms.principal)];
  const modified = { ...loan, terms, submittedOn, tranches, approvedPrincipal: terms.principal };
  return concluded(loan, scheduled({ ...modified, installments: [] }, context));
}

export function approve(loan: Loan, command: CommandOf<'approve'>, context: DecisionContext): Decision {
  const { on, amount = loan.terms.principal } = command;
  const expectedOn = command.expectedDisbursementDate ?? later(loan.terms.expectedDisbursementDate, on);
  requireStatus(loan, ['pending'], {
    code: 'loan_must_be_pending',
    message: loan.status === 'approved' ? 'Loan is already approved' : NOT_PENDING,
  });
  requireNotFuture(on, context);
  requireNotBefore(on, loan.submittedOn, 'submission');
  requireNotBefore(expectedOn, on, 'approval');
  requirePositive(amount, 'approvedLoanAmount');
  requireRule(amount <= mostApprovable(loan.terms), {
    kind: 'invalid_argument',
    code: 'approved_amount_above_applied',
    message: 'must not be above the amount applied for',
    field: 'approvedLoanAmount',
  });
  const tranches = [expected(expectedOn, amount)];
  const approved: Loan = { ...loan, status: 'approved', approvedOn: on, approvedPrincipal: amount, tranches };
  return concluded(loan, scheduled(approved, context));
}

const mostApprovable = (terms: LoanTerms): Money =>
  terms.disallowExpectedDisbursements ? withOverApplied(terms) : terms.principal;

/** The applied amount and, where the product allows it, the share by which it may be exceeded. */
export function withOverApplied({ principal, overAppliedPercentage, currency }: LoanTerms): Money {
  if (overAppliedPercentage === null) return principal;
  const share = toMajor(principal, currency).mul(new Decimal(overAppliedPercentage)).div(100);
  return principal + toMinor(share, currency);
}

export function undoApproval(
  loan: Loan,
  _command: CommandOf<'undoApproval'>,
  context: DecisionContext,
): Decision {
  requireStatus(loan, ['approved'], { code: 'loan_must_be_approved', message: NOT_APPROVED });
  const { terms } = loan;
  const pending: Loan = {
    ...loan,
    status: 'pending',
    approvedOn: null,
    approvedPrincipal: terms.principal,
    tranches: [expected(terms.expectedDisbursementDate, terms.principal)],
  };
  return concluded(loan, scheduled(pending, context));
}

export function reject(loan: Loan, command: CommandOf<'reject'>, context: DecisionContext): Decision {
  requireStatus(loan, ['pending'], {
    code: 'loan_must_be_pending',
    message: 'Loan Account Reject is not allowed',
  });
  return ended(loan, { status: 'rejected', on: command.on }, context);
}

export function withdraw(loan: Loan, command: CommandOf<'withdraw'>, context: DecisionContext): Decision {
  requirePending(loan);
  return ended(loan, { status: 'withdrawn', on: command.on }, context);
}

function ended(
  loan: Loan,
  end: { status: 'rejected' | 'withdrawn'; on: CivilDate },
  context: DecisionContext,
): Decision {
  requireNotFuture(end.on, context);
  requireNotBefore(end.on, loan.submittedOn, 'submission');
  return concluded(loan, { ...loan, status: end.status, closedOn: end.on });
}

/** Everything that has been disbursed so far. */
export const disbursedPrincipal = (loan: Loan): Money =>
  sum(loan.tranches.filter(({ disbursedOn }) => disbursedOn !== null).map(({ amount }) => amount));

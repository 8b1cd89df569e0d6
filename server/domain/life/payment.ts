/**
 * Payments of every kind: money (or forgiveness) that is laid over the schedule by the loan's strategy. A
 * payment that is not the latest thing that happened makes everything be replayed in order of date.
 *
 * Refused: on a loan that is not active, fully paid or overpaid; dated in the future or before the
 * disbursement; not above zero. Source: engine.md sections 5.2, 5.6, 5.10, 5.11 and 10.
 */
import { totalOf } from '../components.ts';
import type { CivilDate } from '../date.ts';
import type { Decision, DecisionContext, LoanCommand, PaymentType } from '../decision.ts';
import { concluded } from '../history/conclusion.ts';
import { activeOfType, lastDateOf, withTransaction } from '../history/history.ts';
import { afterNewPayment, afterPayment, afterReplay } from '../history/outcome.ts';
import { outstandingOf } from '../installment.ts';
import type { Loan } from '../loan.ts';
import { formatMoney, type Money, maximum, sum } from '../money.ts';
import { withInterestRefund } from '../refunds/interestRefund.ts';
import { requireRule } from '../refusal.ts';
import { PAYMENTS, REPAYMENT_LIKE, type TransactionType } from '../transaction.ts';
import { withoutPenaltiesSince } from './overduePenalties.ts';
import {
  NOT_PAYABLE,
  PAYABLE,
  requireActive,
  requireDateOfRunningLoan,
  requireInOrderWhenRecalculating,
  requireNotBefore,
  requireNotBeforeChargeOff,
  requirePositive,
  requireStatus,
} from './rules.ts';

export type Pay = Extract<LoanCommand, { kind: 'pay' }>;

type PaymentRule = (loan: Loan, command: Pay, context: DecisionContext) => void;

export function pay(loan: Loan, command: Pay, context: DecisionContext): Decision {
  const { type, on, amount, paymentType = null } = command;
  (RULES[type] ?? requirePayable)(loan, command, context);
  const unrecognised = type === 'waiveInterest' ? unrecognisedInterest(loan, amount) : 0n;
  const draft = { type, date: on, amount, paymentType, unrecognised };
  const relieved = withoutPenaltiesSince(loan, command);
  const booked = withTransaction(relieved, draft, context);
  if (relieved !== loan) return concluded(loan, afterReplay(booked, on, context));
  // A recovery is income of a loan that is closed: no schedule, no status.
  if (type === 'recoveryRepayment') return concluded(loan, booked);
  const outcome = REPAYMENT_LIKE.has(type) ? afterNewPayment : afterPayment;
  const paid = outcome(booked, on, context);
  const payment = booked.transactions.at(-1);
  return concluded(loan, payment ? withInterestRefund(paid, payment, context) : paid);
}

/**
 * Under periodic accrual, waived interest above what was accrued and not paid yet is no loss of a receivable.
 */
function unrecognisedInterest(loan: Loan, amount: Money): Money {
  if (loan.terms.accounting.method !== 'ACCRUAL_PERIODIC') return 0n;
  const accrued = sum(loan.installments.map((row) => row.accrued.interest - row.paid.interest));
  const waived = sum(activeOfType(loan, 'waiveInterest').map((each) => each.portions.interest));
  return maximum(0n, amount - maximum(0n, accrued - waived));
}

/** Kinds of payment with a rule of their own; the others share `requirePayable`. */
const RULES: Readonly<Partial<Record<PaymentType, PaymentRule>>> = {
  waiveInterest: requireWaivableInterest,
  refund: requireRefundable,
  creditBalanceRefund: requireCreditBalance,
  recoveryRepayment: requireRecoverable,
};

function requirePayable(loan: Loan, command: Pay, context: DecisionContext): void {
  const { on, amount, type } = command;
  requireRule(PAYABLE.includes(loan.status), {
    kind: type === 'repayment' ? 'failed_precondition' : 'aborted',
    code: 'loan_must_be_payable',
    message: NOT_PAYABLE,
  });
  requireDateOfRunningLoan(loan, on, context);
  requirePositive(amount, 'transactionAmount');
  requireInOrderWhenRecalculating(loan, on);
}

function requireWaivableInterest(loan: Loan, command: Pay, context: DecisionContext): void {
  const { on, amount } = command;
  requireActive(loan);
  requireDateOfRunningLoan(loan, on, context);
  requirePositive(amount, 'transactionAmount');
  requireInOrderWhenRecalculating(loan, on);
  const open = sum(loan.installments.map((row) => outstandingOf(row, 'interest')));
  requireNotAbove(loan, amount, { limit: open, code: 'waiver_above_interest', what: 'interest outstanding' });
}

/** What may be asked back is a fact of the loan's state, so asking for more conflicts with it. */
function requireNotAbove(
  loan: Loan,
  amount: Money,
  rule: { readonly limit: Money; readonly code: string; readonly what: string },
): void {
  const most = formatMoney(rule.limit, loan.terms.currency);
  requireRule(amount <= rule.limit, {
    kind: 'aborted',
    code: rule.code,
    message: `The amount must not be above the ${rule.what} (${most})`,
  });
}

const WITH_REFUNDS: ReadonlySet<TransactionType> = new Set<TransactionType>([...PAYMENTS, 'refund']);

/** Cash can go back up to what was paid on installments due today or later, and what was overpaid. */
function requireRefundable(loan: Loan, command: Pay, context: DecisionContext): void {
  const { on, amount } = command;
  requireStatus(loan, ['active', 'overpaid'], {
    code: 'loan_must_be_active',
    message: 'A cash refund needs an Active or Overpaid loan',
  });
  requireDateOfRunningLoan(loan, on, context);
  requireNotBefore(on, lastDateOf(loan, WITH_REFUNDS) ?? null, 'last payment');
  requireNotBeforeChargeOff(loan, on);
  requirePositive(amount, 'transactionAmount');
  const limit = refundable(loan, context.businessDate);
  requireNotAbove(loan, amount, { limit, code: 'refund_above_advance', what: 'amount paid in advance' });
}

const refundable = (loan: Loan, businessDate: CivilDate): Money =>
  loan.overpaid +
  sum(loan.installments.filter((row) => row.due >= businessDate).map((row) => totalOf(row.paid)));

const WITH_CREDIT_REFUNDS: ReadonlySet<TransactionType> = new Set<TransactionType>([
  ...WITH_REFUNDS,
  'creditBalanceRefund',
]);

function requireCreditBalance(loan: Loan, command: Pay, context: DecisionContext): void {
  const { on, amount } = command;
  requireStatus(loan, ['overpaid'], { code: 'loan_must_be_overpaid', message: 'Loan must be Overpaid' });
  requireDateOfRunningLoan(loan, on, context);
  requireNotBefore(on, lastDateOf(loan, WITH_CREDIT_REFUNDS) ?? null, 'last payment');
  requireNotBeforeChargeOff(loan, on);
  requirePositive(amount, 'transactionAmount');
  requireNotAbove(loan, amount, {
    limit: loan.overpaid,
    code: 'refund_above_overpaid',
    what: 'overpaid amount',
  });
}

function requireRecoverable(loan: Loan, command: Pay, context: DecisionContext): void {
  const { on, amount } = command;
  requireStatus(loan, ['writtenOff'], {
    code: 'loan_must_be_written_off',
    message: 'Only a loan that was written off can recover',
  });
  requireDateOfRunningLoan(loan, on, context);
  requirePositive(amount, 'transactionAmount');
  const written = sum(loan.installments.map((row) => totalOf(row.writtenOff)));
  const recovered = sum(activeOfType(loan, 'recoveryRepayment').map((each) => each.amount));
  requireNotAbove(loan, amount, {
    limit: written - recovered,
    code: 'recovery_above_written_off',
    what: 'amount written off',
  });
}

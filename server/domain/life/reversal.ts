/**
 * Undoing and editing payments. The target is reversed by hand: it stays in lists, marked, its ledger lines
 * are mirrored, and everything else is replayed. Editing is undoing plus a new transaction of the same kind.
 *
 *   100 paid on 15 Feb and 100 on 15 Mar; the first is undone -> the second one pays the first
 *     installment, late
 *
 * Source: engine.md sections 5.8, 5.7 (which date counts) and 10 (undo, edit).
 */
import { earlier } from '../date.ts';
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { concluded } from '../history/conclusion.ts';
import {
  activeOfType,
  lastUserTransactionDate,
  transactionOf,
  withReplaced,
  withTransaction,
} from '../history/history.ts';
import { afterReplayFrom, reopened } from '../history/outcome.ts';
import type { Loan } from '../loan.ts';
import { withInterestRefund } from '../refunds/interestRefund.ts';
import { requireRule } from '../refusal.ts';
import { isActive, type LoanTransaction, PAYMENTS, type TransactionType } from '../transaction.ts';
import { undoChargeWaiver } from './chargeWaiver.ts';
import {
  PAYABLE,
  requireDateOfRunningLoan,
  requireInOrderWhenRecalculating,
  requirePositive,
} from './rules.ts';

type Reverse = Extract<LoanCommand, { kind: 'reverse' }>;
type Adjust = Extract<LoanCommand, { kind: 'adjust' }>;

export function reverse(loan: Loan, command: Reverse, context: DecisionContext): Decision {
  const target = transactionOf(loan, command.transactionId);
  if (target.type === 'waiveCharges')
    return undoChargeWaiver(loan, { kind: 'undoWaiveCharge', transactionId: target.id }, context);
  requireReversible(loan, target);
  const reversed = withReversed(reopened(loan), target, context);
  const on = target.type === 'creditBalanceRefund' ? lastUserTransactionDate(reversed) : command.on;
  const from = earlier(target.date, command.on);
  return concluded(loan, afterReplayFrom(reversed, { on, from }, context));
}

/**
 * The loan with one transaction reversed by hand, and the interest refund it had brought; nothing replayed.
 */
export function withReversed(loan: Loan, target: LoanTransaction, { businessDate }: DecisionContext): Loan {
  const brought = activeOfType(loan, 'interestRefund').filter(
    ({ relatedTransactionId }) => relatedTransactionId === target.id,
  );
  return withReplaced(
    loan,
    [target, ...brought].map((each) => ({ ...each, reversal: 'byHand', reversedOn: businessDate })),
  );
}

export function adjust(loan: Loan, command: Adjust, context: DecisionContext): Decision {
  const { on, amount } = command;
  const target = transactionOf(loan, command.transactionId);
  requireReversible(loan, target);
  requireEditable(target, command);
  const reversed = withReversed(reopened(loan), target, context);
  const dates = { on, from: earlier(target.date, on) };
  if (amount === 0n) return concluded(loan, afterReplayFrom(reversed, dates, context));
  requirePositive(amount, 'transactionAmount');
  requireDateOfRunningLoan(loan, on, context);
  const { type, paymentType, relatedChargeId, place } = target;
  const same = { type, paymentType, relatedChargeId, ...(place === undefined ? {} : { place }) };
  const draft = { ...same, date: on, amount, relatedTransactionId: target.id };
  const booked = withTransaction(reversed, draft, context);
  return concluded(loan, withInterestOf(booked, afterReplayFrom(booked, dates, context), context));
}

/** A refund on another date brings the interest of that date. */
function withInterestOf(booked: Loan, replayed: Loan, context: DecisionContext): Loan {
  const edited = booked.transactions.at(-1);
  return edited ? withInterestRefund(replayed, edited, context) : replayed;
}

const FIXED_AMOUNT: ReadonlySet<TransactionType> = new Set<TransactionType>([
  'chargePayment',
  'goodwillCredit',
  'merchantIssuedRefund',
  'payoutRefund',
]);

function requireEditable({ type, amount }: LoanTransaction, command: Adjust): void {
  requireRule(!FIXED_AMOUNT.has(type) || command.amount === 0n || command.amount === amount, {
    kind: 'aborted',
    code: 'amount_can_not_be_edited',
    message:
      'The amount of a refund, goodwill credit or charge payment can not be changed; ' +
      'reverse it and post a new one',
  });
}

const REVERSIBLE: ReadonlySet<TransactionType> = new Set<TransactionType>([
  ...PAYMENTS,
  'waiveInterest',
  'creditBalanceRefund',
  'recoveryRepayment',
]);

function requireReversible(loan: Loan, target: LoanTransaction): void {
  const isGivenUp = !PAYABLE.includes(loan.status) || activeOfType(loan, 'writeOff').length > 0;
  requireRule(!isGivenUp, {
    kind: 'aborted',
    code: 'loan_must_not_be_written_off',
    message: 'A transaction of a loan that was written off can not be undone',
  });
  requireRule(isActive(target), {
    kind: 'aborted',
    code: 'transaction_already_reversed',
    message: 'The transaction is already reversed',
  });
  requireRule(REVERSIBLE.has(target.type), {
    kind: 'aborted',
    code: 'transaction_not_reversible',
    message: 'Only payments, waivers and credit balance refunds can be undone',
  });
  const chargedBack = activeOfType(loan, 'chargeback').some(
    ({ relatedTransactionId }) => relatedTransactionId === target.id,
  );
  requireRule(!chargedBack, {
    kind: 'aborted',
    code: 'transaction_was_charged_back',
    message: 'The transaction has been charged back',
  });
  requireInOrderWhenRecalculating(loan, target.date);
}

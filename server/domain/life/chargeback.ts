/**
 * Chargeback: the customer's bank takes a payment back. The loan owes the amount again, as far as no
 * overpayment covers it; the payment itself stays and can no longer be undone. Always dated on the business
 * date.
 *
 * Source: engine.md sections 5.9 and 10 (chargeback).
 */
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { concluded } from '../history/conclusion.ts';
import { activeOfType, transactionOf, withTransaction } from '../history/history.ts';
import { afterPayment } from '../history/outcome.ts';
import type { Loan } from '../loan.ts';
import { formatMoney, sum } from '../money.ts';
import { requireRule } from '../refusal.ts';
import { isActive, type LoanTransaction, type TransactionType } from '../transaction.ts';
import {
  NOT_PAYABLE,
  PAYABLE,
  requireAtMost,
  requireDateOfRunningLoan,
  requirePositive,
  requireStatus,
} from './rules.ts';

type Chargeback = Extract<LoanCommand, { kind: 'chargeback' }>;

const CHARGEABLE: ReadonlySet<TransactionType> = new Set<TransactionType>([
  'repayment',
  'merchantIssuedRefund',
  'payoutRefund',
  'goodwillCredit',
  'downPayment',
  'interestPaymentWaiver',
]);

export function chargeback(loan: Loan, command: Chargeback, context: DecisionContext): Decision {
  const { on, amount, paymentType = null, transactionId } = command;
  const target = transactionOf(loan, transactionId);
  requireChargeable(loan, command, target);
  requireDateOfRunningLoan(loan, on, context);
  const draft = {
    type: 'chargeback',
    date: on,
    amount,
    paymentType,
    relatedTransactionId: transactionId,
  } as const;
  return concluded(loan, afterPayment(withTransaction(loan, draft, context), on, context));
}

function requireChargeable(loan: Loan, { amount }: Chargeback, target: LoanTransaction): void {
  requireStatus(loan, PAYABLE, { code: 'loan_must_be_payable', message: NOT_PAYABLE });
  requireRule(isActive(target) && CHARGEABLE.has(target.type), {
    kind: 'aborted',
    code: 'transaction_not_chargeable',
    message: 'Only a payment that was not reversed can be charged back',
  });
  requireRule(loan.terms.interestRecalculation === null, {
    kind: 'aborted',
    code: 'chargeback_with_recalculation',
    message: 'Loans that recalculate interest know no chargeback',
  });
  requirePositive(amount);
  const earlier = activeOfType(loan, 'chargeback').filter((each) => each.relatedTransactionId === target.id);
  const left = target.amount - sum(earlier.map((each) => each.amount));
  requireAtMost(amount, left, {
    code: 'chargeback_above_payment',
    message: `must not be above what is left of the payment (${formatMoney(left, loan.terms.currency)})`,
    field: 'transactionAmount',
  });
}

/**
 * Giving a paid charge back: the customer gets the amount off the loan, like a repayment of what was paid on
 * the charge, and the income of the charge is taken back.
 *
 *   fee of 12 paid: a charge refund of 12 pays 12 of the loan; fee income falls by 12
 *
 * Refused above what was paid on the charge and not refunded yet. Source: engine.md sections 5.6 and 8.
 */
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { concluded } from '../history/conclusion.ts';
import { activeOfType, withTransaction } from '../history/history.ts';
import { afterPayment } from '../history/outcome.ts';
import { chargeOf } from '../life/chargeWaiver.ts';
import {
  NOT_PAYABLE,
  PAYABLE,
  requireAtMost,
  requireDateOfRunningLoan,
  requireInOrderWhenRecalculating,
  requirePositive,
  requireStatus,
} from '../life/rules.ts';
import type { Loan } from '../loan.ts';
import { formatMoney, sum } from '../money.ts';

type RefundCharge = Extract<LoanCommand, { kind: 'refundCharge' }>;

export function refundCharge(loan: Loan, command: RefundCharge, context: DecisionContext): Decision {
  const { on, chargeId, paymentType = null } = command;
  requireStatus(loan, PAYABLE, { code: 'loan_must_be_payable', message: NOT_PAYABLE });
  const charge = chargeOf(loan, chargeId);
  requireDateOfRunningLoan(loan, on, context);
  requireInOrderWhenRecalculating(loan, on);
  const refunded = activeOfType(loan, 'chargeRefund').filter((each) => each.relatedChargeId === chargeId);
  const left = charge.paid - sum(refunded.map((each) => each.amount));
  const amount = command.amount ?? left;
  requirePositive(amount, 'transactionAmount');
  requireAtMost(amount, left, {
    code: 'refund_above_charge_paid',
    message: `must not be above what is left of the paid charge (${formatMoney(left, loan.terms.currency)})`,
    field: 'transactionAmount',
  });
  const draft = { type: 'chargeRefund', date: on, amount, paymentType, relatedChargeId: chargeId } as const;
  return concluded(loan, afterPayment(withTransaction(loan, draft, context), on, context));
}

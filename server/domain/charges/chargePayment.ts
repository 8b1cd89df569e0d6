/**
 * Paying one charge: the money goes to exactly that fee or penalty, in the installment where it lies; of an
 * installment fee to the installment that is named, else to the earliest open one.
 *
 *   fee 12 and penalty 7.35 in the first installment, the fee is paid by itself: F 12; the penalty stays open
 *
 * Refused: on a loan that is not active; of a charge that is paid, waived or taken out of a disbursement;
 * above what is open; dates as for any payment. When something else has its turn before it: `claims.ts`.
 * Source: engine.md sections 5.5, 5.6, 8 and 10; decision 26.
 */
import { chargeOutstanding, type LoanCharge } from '../charge.ts';
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { concluded } from '../history/conclusion.ts';
import { withTransaction } from '../history/history.ts';
import { afterPayment } from '../history/outcome.ts';
import { chargeOf } from '../life/chargeWaiver.ts';
import {
  requireActive,
  requireAtMost,
  requireDateOfRunningLoan,
  requireInOrderWhenRecalculating,
  requirePositive,
} from '../life/rules.ts';
import type { Loan } from '../loan.ts';
import { formatMoney, type Money } from '../money.ts';
import { requireRule } from '../refusal.ts';
import { feePieces } from './installmentFee.ts';
import { isDueAtDisbursement } from './landing.ts';

type PayCharge = Extract<LoanCommand, { kind: 'payCharge' }>;

export function payCharge(loan: Loan, command: PayCharge, context: DecisionContext): Decision {
  const { chargeId, on, installment, paymentType = null } = command;
  requireActive(loan);
  const charge = chargeOf(loan, chargeId);
  requireDateOfRunningLoan(loan, on, context);
  requireInOrderWhenRecalculating(loan, on);
  const { open, place } = payable(loan, charge, installment);
  const amount = command.amount ?? open;
  requirePositive(amount, 'transactionAmount');
  requireAtMost(amount, open, {
    code: 'payment_above_charge',
    message: `must not be above what is open of the charge (${formatMoney(open, loan.terms.currency)})`,
    field: 'transactionAmount',
  });
  const draft = { type: 'chargePayment', date: on, amount, paymentType, relatedChargeId: chargeId } as const;
  const placed = place === undefined ? draft : { ...draft, place };
  return concluded(loan, afterPayment(withTransaction(loan, placed, context), on, context));
}

interface Payable {
  readonly open: Money;
  /** The installment of an installment fee, 1 for the first normal one. */
  readonly place?: number;
}

function payable(loan: Loan, charge: LoanCharge, installment: number | undefined): Payable {
  requireRule(!isDueAtDisbursement(charge), {
    kind: 'aborted',
    code: 'charge_taken_at_disbursement',
    message: 'The charge is taken out of a disbursement',
  });
  const found =
    charge.definition.time === 'INSTALLMENT'
      ? payablePiece(loan, charge, installment)
      : payableWhole(charge, installment);
  requireRule(found.open > 0n && !charge.isWaived, {
    kind: 'aborted',
    code: 'charge_already_settled',
    message: 'The charge is already paid or waived',
  });
  return found;
}

function payableWhole(charge: LoanCharge, installment: number | undefined): Payable {
  refuseInstallment(installment === undefined, 'charge_not_by_installment', 'is for installment fees only');
  return { open: chargeOutstanding(charge) };
}

function payablePiece(loan: Loan, charge: LoanCharge, installment: number | undefined): Payable {
  const pieces = feePieces(charge, loan.installments, loan.terms.currency);
  const piece =
    installment === undefined
      ? pieces.find(({ open }) => open > 0n)
      : pieces.find(({ row }) => row.number === installment);
  const isKnown = installment === undefined || piece !== undefined;
  refuseInstallment(isKnown, 'installment_without_charge', 'has no share of the charge');
  return piece ? { open: piece.open, place: piece.place } : { open: 0n };
}

const refuseInstallment = (holds: boolean, code: string, message: string): void =>
  requireRule(holds, { kind: 'invalid_argument', code, message, field: 'installment' });

/**
 * Adding charges: a fee or penalty on one date, on every installment, or at disbursement. On a running loan
 * the schedule is laid out again with it, so a backdated charge changes how earlier payments were split; an
 * overpayment pays it at once.
 *
 *   330 paid on a loan of 300, then a fee of 12: the repayment is booked again as P 300, F 12, overpaid 18
 *
 * Source: engine.md sections 5.7, 6.1, 6.2 and 10 (add charge).
 */
import type { ChargeDefinition, LoanCharge } from '../charge.ts';
import { chargeAmount } from '../charges/amount.ts';
import { isDueAtDisbursement } from '../charges/landing.ts';
import type { CivilDate } from '../date.ts';
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { concluded } from '../history/conclusion.ts';
import { nextSequence } from '../history/history.ts';
import { afterTransaction, reopened } from '../history/outcome.ts';
import { chargeBases, recalculatesSchedule, replayed, scheduled } from '../history/replaying.ts';
import type { Loan } from '../loan.ts';
import { requireRule } from '../refusal.ts';
import { compoundsFees } from '../schedule/compounding.ts';
import type { DecimalText } from '../terms.ts';
import {
  requireInOrderWhenRecalculating,
  requireNotBefore,
  requireNotChargedOff,
  requirePositive,
  requireStatus,
} from './rules.ts';

export interface ChargeRequest {
  readonly definition: ChargeDefinition;
  readonly dueDate?: CivilDate;
  readonly amountOrPercentage?: DecimalText;
}

/** The loan with one more charge, its amount computed, the schedule left as it is. */
export function withCharge(loan: Loan, request: ChargeRequest, { businessDate }: DecisionContext): Loan {
  const { amountOrPercentage = request.definition.amountOrPercentage, dueDate = null } = request;
  const definition: ChargeDefinition = { ...request.definition, amountOrPercentage };
  requireRule(definition.time !== 'SPECIFIED_DUE_DATE' || dueDate !== null, {
    kind: 'invalid_argument',
    code: 'charge_due_date_required',
    message: 'the charge needs a due date',
    field: 'dueDate',
  });
  const charge: LoanCharge = {
    id: loan.charges.reduce((highest, { id }) => Math.max(highest, id), 0) + 1,
    definition,
    dueDate: definition.time === 'SPECIFIED_DUE_DATE' || definition.time === 'OVERDUE' ? dueDate : null,
    submittedOn: businessDate,
    sequence: nextSequence(loan),
    amount: 0n,
    paid: 0n,
    waived: 0n,
    writtenOff: 0n,
    overdueInstallment: null,
    active: true,
    isWaived: false,
  };
  return {
    ...loan,
    charges: [...loan.charges, { ...charge, amount: chargeAmount(charge, chargeBases(loan)) }],
  };
}

type AddCharge = Extract<LoanCommand, { kind: 'addCharge' }>;

export function addCharge(loan: Loan, command: AddCharge, context: DecisionContext): Decision {
  requireChargeable(loan, command);
  const charged = withCharge(loan, command, context);
  const charge = charged.charges.at(-1);
  requirePositive(charge?.amount ?? 0n);
  if (charge && isDueAtDisbursement(charge)) return concluded(loan, charged);
  const relaid = withChargesLaid(charged, context);
  const on = charge?.dueDate ?? context.businessDate;
  return concluded(
    loan,
    loan.disbursedOn === null ? relaid : afterTransaction(reopened(relaid), on, context),
  );
}

/** Charges by themselves leave the interest alone, unless fees bear interest too. */
export const withChargesLaid = (loan: Loan, context: DecisionContext): Loan =>
  compoundsFees(loan.terms) && recalculatesSchedule(loan)
    ? scheduled(loan, context)
    : replayed(loan, context);

function requireChargeable(loan: Loan, { definition, dueDate }: AddCharge): void {
  requireNotChargedOff(loan);
  requireStatus(loan, ['pending', 'approved', 'active', 'closed', 'overpaid'], {
    code: 'loan_must_be_open_for_charges',
    message: 'Charges can not be added to a loan that was written off, rejected or withdrawn',
  });
  requireFittingTime(loan, definition);
  if (!dueDate || loan.disbursedOn === null) return;
  requireNotBefore(dueDate, loan.disbursedOn, 'disbursement');
  requireInOrderWhenRecalculating(loan, dueDate);
}

function requireFittingTime(loan: Loan, { time }: ChargeDefinition): void {
  const { terms, disbursedOn } = loan;
  const refuse = (holds: boolean, code: string, message: string) =>
    requireRule(holds, { kind: 'invalid_argument', code, message, field: 'charge' });
  refuse(time !== 'OVERDUE', 'overdue_charge_by_hand', 'Overdue penalties are raised by close of business');
  refuse(
    time !== 'INSTALLMENT' || terms.scheduleType !== 'PROGRESSIVE',
    'installment_fee_on_progressive_loan',
    'Advanced payment allocation knows no installment fees',
  );
  refuse(
    time !== 'INSTALLMENT' || disbursedOn === null || terms.interestRecalculation === null,
    'installment_fee_on_recalculating_loan',
    'A running loan that recalculates interest takes no installment fee',
  );
  const expectsTranche = loan.tranches.some((tranche) => tranche.disbursedOn === null);
  const atDisbursement = time === 'DISBURSEMENT' || time === 'TRANCHE_DISBURSEMENT';
  refuse(
    !atDisbursement || disbursedOn === null || expectsTranche,
    'disbursement_charge_too_late',
    'The loan has been disbursed already',
  );
}

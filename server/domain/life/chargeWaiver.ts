/**
 * Forgiving a charge, taking that back, and adjusting a charge by a credit.
 *
 *   waive: the open amount w of the charge; recognised = min(w, what was accrued on it and not paid) is
 *     booked, the rest not
 *   adjust: a payment dated D of at most the charge's amount less earlier adjustments; it goes where the
 *     strategy sends it
 *
 * Source: engine.md sections 5.6 (charge adjustment), 6.3, 6.4 and 10.
 */

import { accruedOn } from '../accrual/dueIncome.ts';
import { chargeOutstanding, type LoanCharge } from '../charge.ts';
import { feePieces } from '../charges/installmentFee.ts';
import { componentOf, isDueAtDisbursement } from '../charges/landing.ts';
import { waivedPlace, withoutWaiver } from '../charges/waiver.ts';
import { noPortions } from '../components.ts';
import { type CivilDate, earlier } from '../date.ts';
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { concluded } from '../history/conclusion.ts';
import {
  activeOfType,
  lastUserTransactionDate,
  nextId,
  nextSequence,
  transactionOf,
  withReplaced,
  withTransaction,
} from '../history/history.ts';
import { afterPayment, afterTransaction } from '../history/outcome.ts';
import type { Loan } from '../loan.ts';
import { formatMoney, type Money, maximum, minimum, sum } from '../money.ts';
import { Refusal, requireRule } from '../refusal.ts';
import { isActive, type LoanTransaction } from '../transaction.ts';
import {
  NOT_PAYABLE,
  PAYABLE,
  requireActive,
  requireAtMost,
  requireDateOfRunningLoan,
  requirePositive,
  requireStatus,
} from './rules.ts';

type WaiveCharge = Extract<LoanCommand, { kind: 'waiveCharge' }>;
type UndoWaiveCharge = Extract<LoanCommand, { kind: 'undoWaiveCharge' }>;
type AdjustCharge = Extract<LoanCommand, { kind: 'adjustCharge' }>;

export function chargeOf(loan: Loan, id: number): LoanCharge {
  const charge = loan.charges.find((each) => each.id === id && each.active);
  if (!charge) throw new Refusal('not_found', 'charge_not_found', `Charge ${id} does not exist on this loan`);
  return charge;
}

const withCharge = (loan: Loan, charge: LoanCharge): Loan => ({
  ...loan,
  charges: loan.charges.map((each) => (each.id === charge.id ? charge : each)),
});

/** What a waiver forgives: the charge, or of an installment fee its earliest open installment. */
interface Waivable {
  readonly amount: Money;
  readonly due: CivilDate;
  /** The installment of an installment fee, 1 for the first normal one. */
  readonly place?: number;
}

export function waiveCharge(loan: Loan, command: WaiveCharge, context: DecisionContext): Decision {
  requireActive(loan);
  const charge = chargeOf(loan, command.chargeId);
  const { amount, due, place } = waivable(loan, charge, context);
  requireRule(amount > 0n && !charge.isWaived && !isDueAtDisbursement(charge), {
    kind: 'aborted',
    code: 'charge_already_settled',
    message: 'The charge is already paid or waived',
  });
  const date = earlier(due, context.businessDate);
  const recognised = minimum(amount, maximum(0n, accruedOn(charge, loan) - charge.paid - charge.waived));
  const waived = charge.waived + amount;
  const isWaived = waived + charge.paid >= charge.amount;
  const draft = {
    type: 'waiveCharges',
    date,
    amount,
    portions: { ...noPortions(), [componentOf(charge)]: recognised },
    unrecognised: amount - recognised,
    relatedChargeId: charge.id,
    chargesPaid: [{ chargeId: charge.id, amount }],
  } as const;
  const placed =
    place === undefined ? {} : { waivedInstallments: withWaived(loan, charge, { place, amount }) };
  const booked = withTransaction(
    withCharge(loan, { ...charge, waived, isWaived, ...placed }),
    draft,
    context,
  );
  return concluded(loan, afterPayment(booked, date, context));
}

function waivable(loan: Loan, charge: LoanCharge, { businessDate }: DecisionContext): Waivable {
  if (charge.definition.time !== 'INSTALLMENT')
    return { amount: chargeOutstanding(charge), due: charge.dueDate ?? businessDate };
  const first = feePieces(charge, loan.installments, loan.terms.currency).find(({ open }) => open > 0n);
  return first
    ? { amount: first.open, due: first.row.due, place: first.place }
    : { amount: 0n, due: businessDate };
}

const withWaived = (
  loan: Loan,
  { waivedInstallments = [] }: LoanCharge,
  at: { place: number; amount: Money },
) => [...waivedInstallments, { transactionId: nextId(loan), ...at }];

/** The charge is open again. Nothing is replayed: payments made since stay as they are until something is. */
export function undoChargeWaiver(loan: Loan, command: UndoWaiveCharge, context: DecisionContext): Decision {
  requireActive(loan);
  const target = transactionOf(loan, command.transactionId);
  const charge = chargeOf(loan, target.relatedChargeId ?? 0);
  requireUndoable(loan, target, charge);
  const place = waivedPlace(charge, target);
  const lifted = { sequence: nextSequence(loan), ...(place === undefined ? {} : { place }) };
  const undone = { ...target, reversal: 'byHand', reversedOn: context.businessDate, lifted } as const;
  const open = withReplaced(withoutWaiver(loan, target), [undone]);
  return concluded(loan, afterTransaction(open, lastUserTransactionDate(open), context));
}

function requireUndoable(loan: Loan, target: LoanTransaction, charge: LoanCharge): void {
  const { time } = charge.definition;
  requireRule(target.type === 'waiveCharges' && isActive(target), {
    kind: 'aborted',
    code: 'waiver_already_undone',
    message: 'The transaction is not a charge waiver in force',
  });
  requireRule(time === 'SPECIFIED_DUE_DATE' || time === 'INSTALLMENT', {
    kind: 'aborted',
    code: 'waiver_not_undoable',
    message: 'Only waivers of dated charges and installment fees can be undone',
  });
  requireRule(loan.chargedOffOn === null || target.date > loan.chargedOffOn, {
    kind: 'aborted',
    code: 'waiver_before_charge_off',
    message: 'A waiver made before the charge-off can not be undone',
  });
}

export function adjustCharge(loan: Loan, command: AdjustCharge, context: DecisionContext): Decision {
  const { on, amount } = command;
  requireStatus(loan, PAYABLE, { code: 'loan_must_be_payable', message: NOT_PAYABLE });
  const charge = chargeOf(loan, command.chargeId);
  requireDateOfRunningLoan(loan, on, context);
  requirePositive(amount);
  const adjusted = activeOfType(loan, 'chargeAdjustment').filter(
    (each) => each.relatedChargeId === charge.id,
  );
  const left = charge.amount - sum(adjusted.map((each) => each.amount));
  requireAtMost(amount, left, {
    code: 'adjustment_above_charge',
    message: `must not be above what is left of the charge (${formatMoney(left, loan.terms.currency)})`,
    field: 'amount',
  });
  const draft = { type: 'chargeAdjustment', date: on, amount, relatedChargeId: charge.id } as const;
  // A closed or overpaid loan is active again until the adjustment has been laid over its schedule.
  const active: Loan = { ...loan, status: 'active' };
  const booked = withTransaction(active, draft, context);
  return concluded(loan, afterPayment(booked, lastUserTransactionDate(booked), context));
}

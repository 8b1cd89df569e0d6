/**
 * The one way into a loan: `decide` takes a loan and a command and answers the loan after it, with what was
 * booked on the way, or throws a `Refusal` and changes nothing. Pure: the business date is an argument.
 *
 *   decide(loan, { kind: 'pay', type: 'repayment', on: '2025-02-15', amount: 106_00n }, { businessDate,
 *     settings })
 *
 * Source: engine.md sections 5 to 10.
 */

import { payCharge } from './charges/chargePayment.ts';
import type { Decision, DecisionContext, LoanCommand } from './decision.ts';
import { nextId } from './history/history.ts';
import { chargeback } from './life/chargeback.ts';
import { changeCharge, removeCharge } from './life/chargeRemoval.ts';
import { addCharge } from './life/charges.ts';
import { adjustCharge, undoChargeWaiver, waiveCharge } from './life/chargeWaiver.ts';
import { close } from './life/close.ts';
import { accrue, classifyDelinquency, closeBusinessDay } from './life/closeOfBusiness.ts';
import { pauseDelinquency, resumeDelinquency } from './life/delinquencyPause.ts';
import { undoDisbursal, undoLastDisbursal } from './life/disbursalUndo.ts';
import { disburse } from './life/disbursement.ts';
import { chargeOff, setFraud, undoChargeOff, undoWriteOff, writeOff } from './life/losses.ts';
import { approve, modify, reject, undoApproval, withdraw } from './life/origination.ts';
import { pay } from './life/payment.ts';
import { reAge, reAmortize, undoReAge, undoReAmortize } from './life/reAge.ts';
import { reschedule } from './life/reschedule.ts';
import { adjust, reverse } from './life/reversal.ts';
import type { Loan } from './loan.ts';
import { refundCharge } from './refunds/chargeRefund.ts';

export type {
  CloseOfBusinessStep,
  Decision,
  DecisionContext,
  LoanCommand,
  LoanEvent,
  PaymentType,
} from './decision.ts';

/** Decides one command: the loan after it, or a `Refusal`. */
export function decide(loan: Loan, command: LoanCommand, context: DecisionContext): Decision {
  const decider = DECIDERS[command.kind] as Decider<LoanCommand['kind']>;
  return decider(loan, command, { ...context, newFrom: nextId(loan) });
}

type Decider<Kind extends LoanCommand['kind']> = (
  loan: Loan,
  command: Extract<LoanCommand, { kind: Kind }>,
  context: DecisionContext,
) => Decision;

/** Who decides what. */
const DECIDERS: { readonly [Kind in LoanCommand['kind']]: Decider<Kind> } = {
  modify,
  approve,
  undoApproval,
  reject,
  withdraw,
  disburse,
  undoDisbursal,
  undoLastDisbursal,
  pay,
  chargeback,
  reverse,
  adjust,
  addCharge,
  removeCharge,
  changeCharge,
  waiveCharge,
  undoWaiveCharge: undoChargeWaiver,
  payCharge,
  adjustCharge,
  refundCharge,
  close,
  chargeOff,
  undoChargeOff,
  setFraud,
  writeOff,
  undoWriteOff,
  reschedule,
  reAge,
  undoReAge,
  reAmortize,
  undoReAmortize,
  pauseDelinquency,
  resumeDelinquency,
  closeBusinessDay,
  accrue,
  classifyDelinquency,
};

/**
 * The one way into a loan: `decide` takes a loan and a command and answers the loan after it, with what was
 * booked on the way, or throws a `Refusal` and changes nothing. Pure: the business date is an argument.
 *
 *   decide(loan, { kind: 'pay', type: 'repayment', on: '2025-02-15', amount: 106_00n }, { businessDate,
 *     settings })
 *
 * Source: engine.md sections 5 to 10.
 */
import { BrokenInvariant } from './assert.ts';
import type { Decision, DecisionContext, LoanCommand } from './decision.ts';
import { addCharge } from './life/charges.ts';
import { accrue, classifyDelinquency, closeBusinessDay } from './life/closeOfBusiness.ts';
import { pauseDelinquency, resumeDelinquency } from './life/delinquencyPause.ts';
import { disburse } from './life/disbursement.ts';
import { nextId } from './life/history.ts';
import { approve, modify, reject, undoApproval, withdraw } from './life/origination.ts';
import { pay } from './life/payment.ts';
import type { Loan } from './loan.ts';

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
  return dispatch(loan, command, { ...context, newFrom: nextId(loan) });
}

function dispatch(loan: Loan, command: LoanCommand, context: DecisionContext): Decision {
  switch (command.kind) {
    case 'modify':
      return modify(loan, command, context);
    case 'approve':
      return approve(loan, command, context);
    case 'undoApproval':
      return undoApproval(loan, command, context);
    case 'reject':
      return reject(loan, command, context);
    case 'withdraw':
      return withdraw(loan, command, context);
    case 'disburse':
      return disburse(loan, command, context);
    case 'pay':
      return pay(loan, command, context);
    case 'addCharge':
      return addCharge(loan, command, context);
    case 'pauseDelinquency':
      return pauseDelinquency(loan, command, context);
    case 'resumeDelinquency':
      return resumeDelinquency(loan, command, context);
    case 'closeBusinessDay':
      return closeBusinessDay(loan, command, context);
    case 'accrue':
      return accrue(loan, command, context);
    case 'classifyDelinquency':
      return classifyDelinquency(loan, context);
    default:
      throw new BrokenInvariant(`${command.kind} is not decided yet`);
  }
}

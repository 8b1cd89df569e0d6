/**
 * Giving money up. Charge-off: an accounting act; the loan stays active and payable, accruals stop.
 * Write-off: every open component is given up and the loan closes. Both leave the schedule's rows as they
 * are.
 *
 *   100 P, 6 I, 5 F open: charge-off of 111 (P 100, I 6, F 5), still 111 outstanding; write-off of 111:
 *     nothing outstanding
 *
 * Source: engine.md sections 5.6 and 10 (charge-off, write-off and their undoing).
 */
import type { CivilDate } from '../date.ts';
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { concluded } from '../history/conclusion.ts';
import {
  activeOfType,
  isAccrual,
  lastUserTransactionDate,
  listedTransactions,
  withTransaction,
} from '../history/history.ts';
import { afterReplayFrom, reclassified } from '../history/outcome.ts';
import { isProgressive, relaid, withLatestLaid } from '../history/replaying.ts';
import type { Loan } from '../loan.ts';
import { requireRule } from '../refusal.ts';
import { withReversed } from './reversal.ts';
import {
  requireActive,
  requireDateOfRunningLoan,
  requireNotBeforeChargeOff,
  requireNotBeforeLastTransaction,
  requireNotChargedOff,
  requireStatus,
} from './rules.ts';

type CommandOf<Kind extends LoanCommand['kind']> = Extract<LoanCommand, { kind: Kind }>;

export function chargeOff(loan: Loan, { on }: CommandOf<'chargeOff'>, context: DecisionContext): Decision {
  requireActive(loan);
  requireNotChargedOff(loan);
  requireDateOfRunningLoan(loan, on, context);
  requireNotBeforeLastTransaction(loan, on);
  const booked = withTransaction(
    { ...loan, chargedOffOn: on },
    { type: 'chargeOff', date: on, amount: 0n },
    context,
  );
  return concluded(loan, withLoss(booked, on, context));
}

export function undoChargeOff(
  loan: Loan,
  _command: CommandOf<'undoChargeOff'>,
  context: DecisionContext,
): Decision {
  requireActive(loan);
  const target = activeOfType(loan, 'chargeOff').at(-1);
  requireRule(loan.chargedOffOn !== null && target !== undefined, {
    kind: 'aborted',
    code: 'loan_must_be_charged_off',
    message: 'Loan is not charged off',
  });
  const last = listedTransactions(loan)
    .filter((each) => each.reversal === 'none' && !isAccrual(each))
    .at(-1);
  requireRule(last?.id === target.id, {
    kind: 'aborted',
    code: 'charge_off_must_be_last',
    message: 'The charge-off is no longer the last transaction of the loan',
  });
  return concluded(loan, withReversed({ ...loan, chargedOffOn: null }, target, context));
}

export function setFraud(loan: Loan, { isFraud }: CommandOf<'setFraud'>): Decision {
  return concluded(loan, { ...loan, isFraud });
}

export function writeOff(loan: Loan, { on }: CommandOf<'writeOff'>, context: DecisionContext): Decision {
  requireActive(loan);
  requireDateOfRunningLoan(loan, on, context);
  requireNotBeforeLastTransaction(loan, on);
  requireNotBeforeChargeOff(loan, on);
  const booked = withTransaction(loan, { type: 'writeOff', date: on, amount: 0n }, context);
  const laid = withLoss(booked, on, context);
  const written: Loan = { ...laid, status: 'writtenOff', closedOn: on, actualMaturity: on };
  return concluded(loan, reclassified(written, context));
}

export function undoWriteOff(
  loan: Loan,
  _command: CommandOf<'undoWriteOff'>,
  context: DecisionContext,
): Decision {
  requireStatus(loan, ['writtenOff'], {
    code: 'loan_must_be_written_off',
    message: 'Loan is not written off',
  });
  const recovered = activeOfType(loan, 'recoveryRepayment').length > 0;
  requireRule(!recovered, {
    kind: 'aborted',
    code: 'loan_has_recovered',
    message: 'The write-off can not be undone: money was recovered since',
  });
  const active: Loan = { ...loan, status: 'active', closedOn: null, actualMaturity: loan.expectedMaturity };
  const undone = activeOfType(loan, 'writeOff').reduce(
    (sofar, each) => withReversed(sofar, each, context),
    active,
  );
  const on = lastUserTransactionDate(undone);
  return concluded(loan, afterReplayFrom(undone, { on, from: null }, context));
}

/**
 * Lays the last transaction, a loss, over the rows as they stand: its amount is what is outstanding. A date
 * that has passed finds its own state in the replay, and so does interest that runs until the day.
 */
export function withLoss(loan: Loan, on: CivilDate, context: DecisionContext): Loan {
  const loss = loan.transactions.at(-1);
  const runs = isProgressive(loan) && loan.terms.interestRecalculation !== null;
  return runs || on < context.businessDate || !loss ? relaid(loan, on, context) : withLatestLaid(loan, loss);
}

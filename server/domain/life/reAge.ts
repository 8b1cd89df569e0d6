/**
 * Restructuring without a new loan. Re-age: after maturity, all outstanding principal moves to new
 * installments. Re-amortize: before maturity, overdue principal is spread over the installments still to
 * come. Both at most once a day, on progressive loans without interest; undone by hand as long as no payment
 * came after.
 *
 *   400 in 4 rows, 100 paid, re-aged on 20 May over 3 months from 1 Jun: three new rows of 100
 *
 * Source: engine.md sections 5.12 and 10 (re-age, re-amortize and their undoing).
 */
import { Decimal } from 'decimal.js';
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { concluded } from '../history/conclusion.ts';
import {
  activeOfType,
  lastUserTransactionDate,
  listedTransactions,
  withTransaction,
} from '../history/history.ts';
import { afterReplay } from '../history/outcome.ts';
import { withMaturity } from '../history/replaying.ts';
import type { Loan } from '../loan.ts';
import { requireRule } from '../refusal.ts';
import { REPAYMENT_LIKE } from '../transaction.ts';
import { withReversed } from './reversal.ts';
import { refuseUnless, requireActive } from './rules.ts';

type CommandOf<Kind extends LoanCommand['kind']> = Extract<LoanCommand, { kind: Kind }>;
type Restructuring = 'reAge' | 'reAmortize';

export function reAge(loan: Loan, command: CommandOf<'reAge'>, context: DecisionContext): Decision {
  const { kind: _kind, ...reAgeTerms } = command;
  const on = context.businessDate;
  const maturity = maturityOf(loan);
  requireRestructurable(loan, 'reAge', context);
  refuseUnless(on >= maturity, {
    code: 're_age_before_maturity',
    message: 'A loan is re-aged after its maturity',
    kind: 'permission_denied',
  });
  refuseUnless(command.startDate > maturity, {
    code: 're_age_starts_too_early',
    message: 'The start date must be after the maturity',
  });
  refuseUnless(
    [command.frequencyNumber, command.numberOfInstallments].every(
      (each) => Number.isInteger(each) && each > 0,
    ),
    {
      code: 're_age_numbers_must_be_positive',
      message: 'Frequency and number of installments must be above zero',
    },
  );
  const booked = withTransaction(loan, { type: 'reAge', date: on, amount: 0n, reAge: reAgeTerms }, context);
  return concluded(loan, withMaturity(afterReplay(booked, on, context)));
}

export function reAmortize(
  loan: Loan,
  _command: CommandOf<'reAmortize'>,
  context: DecisionContext,
): Decision {
  const on = context.businessDate;
  requireRestructurable(loan, 'reAmortize', context);
  refuseUnless(on <= maturityOf(loan), {
    code: 're_amortize_after_maturity',
    message: 'The loan has matured',
    kind: 'permission_denied',
  });
  const booked = withTransaction(loan, { type: 'reAmortize', date: on, amount: 0n }, context);
  return concluded(loan, afterReplay(booked, on, context));
}

export const undoReAge = (loan: Loan, _command: CommandOf<'undoReAge'>, context: DecisionContext): Decision =>
  undo(loan, 'reAge', context);

export const undoReAmortize = (
  loan: Loan,
  _command: CommandOf<'undoReAmortize'>,
  context: DecisionContext,
): Decision => undo(loan, 'reAmortize', context);

const maturityOf = (loan: Loan) => loan.expectedMaturity ?? loan.terms.expectedDisbursementDate;

function requireRestructurable(loan: Loan, type: Restructuring, { businessDate }: DecisionContext): void {
  requireActive(loan);
  const { scheduleType, interestRatePerPeriod } = loan.terms;
  refuseUnless(scheduleType === 'PROGRESSIVE' && new Decimal(interestRatePerPeriod).isZero(), {
    code: 'loan_not_restructurable',
    message: 'Only progressive loans without interest can be re-aged or re-amortized',
  });
  const today = loan.transactions.some((each) => each.type === type && each.date === businessDate);
  refuseUnless(!today, {
    code: 'restructured_today_already',
    message: 'That was done today already',
    kind: 'aborted',
  });
}

function undo(loan: Loan, type: Restructuring, context: DecisionContext): Decision {
  const target = activeOfType(loan, type).at(-1);
  requireRule(target !== undefined, {
    kind: 'aborted',
    code: 'nothing_to_undo',
    message: 'The loan was not restructured in this way',
  });
  // A payment that was reversed since still stands in the way of undoing a re-age, as in the reference.
  const later = listedTransactions(loan).some(
    (each) =>
      REPAYMENT_LIKE.has(each.type) && each.id > target.id && (type === 'reAge' || each.reversal === 'none'),
  );
  refuseUnless(!later, { code: 'payment_came_after', message: 'A payment came after it', kind: 'aborted' });
  const reversed = withReversed(loan, target, context);
  return concluded(loan, withMaturity(afterReplay(reversed, lastUserTransactionDate(reversed), context)));
}

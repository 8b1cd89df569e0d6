/**
 * Closing a loan by hand: what is left of it, or overpaid, is so little that nobody will pay it any more.
 * Up to the tolerance of its terms the rest is written off and the loan closes, its obligations met.
 *
 *   tolerance 1.00, 0.04 open: written off, closed;  1.04 open: refused
 *
 * Source: engine.md section 10 (close by hand).
 */
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { concluded } from '../history/conclusion.ts';
import { withTransaction } from '../history/history.ts';
import { ended, reclassified } from '../history/outcome.ts';
import { outstandingOnLoan } from '../history/settlement.ts';
import type { Loan } from '../loan.ts';
import { formatMoney } from '../money.ts';
import { requireRule } from '../refusal.ts';
import { withLoss } from './losses.ts';
import {
  requireDateOfRunningLoan,
  requireNotBeforeChargeOff,
  requireNotBeforeLastTransaction,
  requireStatus,
} from './rules.ts';

type Close = Extract<LoanCommand, { kind: 'close' }>;

export function close(loan: Loan, { on }: Close, context: DecisionContext): Decision {
  requireStatus(loan, ['active', 'overpaid'], {
    code: 'loan_must_be_active_or_overpaid',
    message: 'Only an Active or Overpaid loan can be closed',
  });
  requireDateOfRunningLoan(loan, on, context);
  requireNotBeforeLastTransaction(loan, on);
  requireNotBeforeChargeOff(loan, on);
  requireLittle(loan);
  const settled = outstandingOnLoan(loan) > 0n ? withRestWrittenOff(loan, on, context) : loan;
  const closed: Loan = { ...settled, status: 'closed', closedOn: on, actualMaturity: on, overpaidOn: null };
  return concluded(loan, reclassified(ended(closed, context), context));
}

function requireLittle(loan: Loan): void {
  const { closingTolerance = 0n, currency } = loan.terms;
  const rest = outstandingOnLoan(loan) + loan.overpaid;
  requireRule(rest <= closingTolerance, {
    kind: 'aborted',
    code: 'rest_above_tolerance',
    message: `${formatMoney(rest, currency)} is above the tolerance of ${formatMoney(closingTolerance, currency)}`,
  });
}

const withRestWrittenOff = (loan: Loan, on: Close['on'], context: DecisionContext): Loan =>
  withLoss(withTransaction(loan, { type: 'writeOff', date: on, amount: 0n }, context), on, context);

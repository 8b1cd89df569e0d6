/**
 * Rules that several decisions share, in the words of the refusal they end in. Wrong state: `aborted`; a
 * rule about dates: `permission_denied`; a limit: `invalid_argument`. Refusals change nothing.
 *
 * Source: engine.md section 10; texts of the contract ("Wrong-state texts").
 */
import type { CivilDate } from '../date.ts';
import type { DecisionContext } from '../decision.ts';
import { lastUserTransactionDate } from '../history/history.ts';
import type { Loan, LoanStatus } from '../loan.ts';
import type { Money } from '../money.ts';
import { Refusal, type RefusalKind, requireRule } from '../refusal.ts';

export const NOT_PENDING = 'Loan Account is not in submitted and pending approval state';
export const NOT_APPROVED = 'Loan Account is not in approved and not disbursed state';
export const NOT_PAYABLE = 'Loan must be Active, Fully Paid or Overpaid';
export const NOT_ACTIVE = 'Loan must be Active';

/** Statuses in which a loan has been disbursed and not given up. */
export const PAYABLE: readonly LoanStatus[] = ['active', 'closed', 'overpaid'];

export function requireStatus(
  loan: Loan,
  statuses: readonly LoanStatus[],
  rule: { code: string; message: string },
): void {
  requireRule(statuses.includes(loan.status), { kind: 'aborted', ...rule });
}

export const requireActive = (loan: Loan): void =>
  requireStatus(loan, ['active'], { code: 'loan_must_be_active', message: NOT_ACTIVE });

export const requirePending = (loan: Loan): void =>
  requireStatus(loan, ['pending'], { code: 'loan_must_be_pending', message: NOT_PENDING });

export function requireNotFuture(on: CivilDate, { businessDate }: DecisionContext): void {
  if (on <= businessDate) return;
  const message = `The date ${on} is after the business date ${businessDate}`;
  throw new Refusal('permission_denied', 'date_in_the_future', message);
}

export function requireNotBefore(on: CivilDate, floor: CivilDate | null, what: string): void {
  if (floor === null || on >= floor) return;
  const code = `date_before_${what.replaceAll(' ', '_')}`;
  throw new Refusal('permission_denied', code, `The date ${on} is before the ${what} (${floor})`);
}

/** A date between the first disbursement and the business date. */
export function requireDateOfRunningLoan(loan: Loan, on: CivilDate, context: DecisionContext): void {
  requireNotFuture(on, context);
  requireNotBefore(on, loan.disbursedOn, 'disbursement');
}

export const requireNotBeforeChargeOff = (loan: Loan, on: CivilDate): void =>
  requireNotBefore(on, loan.chargedOffOn, 'charge-off');

export const requireNotBeforeLastTransaction = (loan: Loan, on: CivilDate): void =>
  requireNotBefore(on, lastUserTransactionDate(loan), 'last transaction');

/** A cumulative loan that recalculates interest takes transactions in order of date only. */
export function requireInOrderWhenRecalculating(loan: Loan, on: CivilDate): void {
  const { interestRecalculation, scheduleType } = loan.terms;
  if (interestRecalculation && scheduleType === 'CUMULATIVE') requireNotBeforeLastTransaction(loan, on);
}

export function requireNotChargedOff(loan: Loan): void {
  requireRule(loan.chargedOffOn === null, {
    kind: 'aborted',
    code: 'loan_must_not_be_charged_off',
    message: 'Loan is charged off',
  });
}

export function requirePositive(amount: Money, field = 'amount'): void {
  requireRule(amount > 0n, {
    kind: 'invalid_argument',
    code: 'amount_must_be_positive',
    message: 'must be greater than zero',
    field,
  });
}

/** A limit on an amount that the caller may ask for. */
export function requireAtMost(
  amount: Money,
  limit: Money,
  rule: { code: string; message: string; field: string },
): void {
  requireRule(amount <= limit, { kind: 'invalid_argument', ...rule });
}

/** A rule about what is asked for; a limit unless told otherwise. */
export function refuseUnless(
  holds: boolean,
  rule: { readonly code: string; readonly message: string; readonly kind?: RefusalKind },
): void {
  requireRule(holds, { kind: 'invalid_argument', ...rule });
}

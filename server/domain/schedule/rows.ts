/**
 * One row of a schedule: how its interest and principal are found. The last row, and any row that would repay
 * too much, takes exactly what is left; so the EMI of that row absorbs all rounding.
 *
 *   declining: I = interest of the period, P = EMI - I (or the equal share);  5000, 18 %: 1222.22 + 75.00
 *   grace on interest: row 1 is charged 0, row 2 its own 56.67 and the 75.00 put off; P stays EMI - own
 *     interest
 *
 * Source: engine.md sections 3.2, 3.3, 3.4 and 3.6.
 */
import { assert } from '../assert.ts';
import { addPeriod, type CivilDate, later } from '../date.ts';
import { type Money, minimum } from '../money.ts';
import { Refusal } from '../refusal.ts';
import { type DueDateWalk, firstDueDate, fixedEnd, stepDueDate } from './dueDates.ts';
import { flatInterest, flatPrincipal, setFlatTotal } from './flat.ts';
import { type BalanceChange, type InterestPeriod, interestOfPeriod } from './interest.ts';
import {
  hasEqualInstallments,
  isAgreedAmount,
  isFlat,
  openPlan,
  type Plan,
  type ScheduleInput,
} from './plan.ts';
import { percentOf } from './rate.ts';
import type { Position } from './variations.ts';

/** What a row charges. */
export interface RowAmounts {
  readonly principal: Money;
  readonly interest: Money;
}

/** The row that is to be made, with the balance it starts from. */
export interface RowRequest extends Position {
  readonly from: CivilDate;
  readonly due: CivilDate;
  /** Principal of the drawdowns up to the due date. */
  readonly joined: Money;
  readonly changes: readonly BalanceChange[];
  readonly onCompounded?: InterestPeriod['onCompounded'];
}

/** The plan at the start of a schedule. */
export function startPlan(input: ScheduleInput): Plan {
  const plan = openPlan(input);
  if (isFlat(plan.terms)) setFlatTotal(plan, { principal: 0n, interest: 0n, row: 1 });
  return plan;
}

/** From which day a row that begins on `from` bears interest. */
export function interestStart(plan: Plan, from: CivilDate): CivilDate {
  const { interestChargedFrom } = plan.terms;
  if (interestChargedFrom) return later(from, interestChargedFrom);
  if (plan.settings.interestChargedFromSameAsDisbursal) return later(from, plan.disbursedOn);
  if (from !== plan.disbursedOn) return from;
  return addPeriod(firstDueDate(plan.dueRule), -plan.dueRule.every, plan.dueRule.unit);
}

/** No schedule grows beyond this: terms that never end are refused. */
const MOST_ROWS = 2000;

/** The due date of a row: the next one of the chain, or the end of a loan of fixed length. */
export function dueDateOfRow(plan: Plan, walk: DueDateWalk, at: { row: number; from: CivilDate }): CivilDate {
  assert(at.row <= MOST_ROWS, 'a schedule ends');
  const { fixedLength } = plan.terms;
  const regular = stepDueDate(walk, plan.dueRule, plan.moves);
  const isLast = fixedLength !== null && at.row === plan.rows;
  const due = isLast ? fixedEnd(plan.dueRule, fixedLength, walk.daysGained) : regular;
  if (due < at.from) {
    const message = 'a due date lies before the start of its installment';
    throw new Refusal('invalid_argument', 'due_date_before_period', message, 'adjustedDueDate');
  }
  return due;
}

/** Interest and principal of the next row; moves the plan's carried interest on. */
export function nextRow(plan: Plan, request: RowRequest): RowAmounts {
  const row = isFlat(plan.terms) ? flatRow(plan, request) : decliningRow(plan, request);
  if (plan.installment !== null && plan.installment < row.interest) {
    const message = 'the installment amount must be above the interest of every period';
    throw new Refusal('invalid_argument', 'installment_below_interest', message, 'fixedInstallmentAmount');
  }
  return { interest: row.interest, principal: closePrincipal(plan, request, row.principal) };
}

function flatRow(plan: Plan, request: RowRequest): RowAmounts {
  const interest = flatInterest(plan, request.row, request.interestSoFar);
  return { interest, principal: flatPrincipal(plan, request.row, { joined: request.joined, interest }) };
}

function decliningRow(plan: Plan, request: RowRequest): RowAmounts {
  const { due: to, balance, changes, onCompounded } = request;
  const own = interestOfPeriod(
    { from: interestStart(plan, request.from), to, balance, changes, onCompounded },
    { rate: plan.rate, currency: plan.terms.currency },
  );
  const { charged, counted } = afterGrace(plan, request.row, own);
  if (plan.settings.interestRecoveredFirstWhenAboveInstallment) {
    return interestFirst(plan, request, { charged, counted });
  }
  return { interest: charged, principal: plannedPrincipal(plan, request, counted) };
}

/** What of a row's own interest is charged in it, and what counts against the installment. */
function afterGrace(plan: Plan, row: number, own: Money): { charged: Money; counted: Money } {
  if (row <= plan.terms.graceInterestFree) return { charged: 0n, counted: 0n };
  if (plan.interestGrace.has(row)) {
    plan.graceInterest += own;
    return { charged: 0n, counted: own };
  }
  if (own === 0n) return { charged: 0n, counted: 0n };
  const charged = own + plan.graceInterest;
  plan.graceInterest = 0n;
  return { charged, counted: own };
}

/**
 * Interest above the installment takes all of it; the excess moves to the next row, but not beyond the last.
 */
function interestFirst(
  plan: Plan,
  request: RowRequest,
  interest: { charged: Money; counted: Money },
): RowAmounts {
  const charged = interest.charged + plan.deferredInterest;
  const counted = interest.counted + plan.deferredInterest;
  plan.deferredInterest = 0n;
  const principal = plannedPrincipal(plan, request, counted);
  if (principal >= 0n || request.row === plan.rows) return { interest: charged, principal };
  plan.deferredInterest = -principal;
  return { interest: charged + principal, principal: 0n };
}

/** Principal by the plan: what the EMI leaves, or the equal share. */
function plannedPrincipal(plan: Plan, request: RowRequest, interest: Money): Money {
  const { terms } = plan;
  if (plan.principalGrace.has(request.row)) return 0n;
  if (hasEqualInstallments(terms)) return (plan.installment ?? 0n) - interest;
  const percentage = terms.fixedPrincipalPercentagePerInstallment;
  return percentage === null ? plan.principalShare : percentOf(request.joined, percentage, terms.currency);
}

/**
 * Brings the principal to what is left: in the last row, on overshoot, and by the threshold of an agreed EMI.
 */
function closePrincipal(plan: Plan, request: RowRequest, principal: Money): Money {
  const open = request.joined - request.principalSoFar;
  if (principal >= open) return open;
  if (isAgreedAmount(plan.terms)) {
    const { principalThresholdForLastInstallment: threshold, currency } = plan.terms;
    return open - principal < percentOf(principal, threshold, currency) ? open : principal;
  }
  return request.row === plan.rows ? open : minimum(principal, open);
}

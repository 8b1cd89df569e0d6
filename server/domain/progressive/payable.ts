/**
 * What has to be paid on an installment that is not due yet: interest accrued up to the pay date, and the
 * rest of the installment as principal, but never more than the balance there is.
 *
 *   2000 at 12 %, 30/360, 4 months from 15 Jan, on 1 Feb: 10.97 interest, 501.59 principal in the first row
 *   on a row that has not begun: interest 0, principal = EMI
 *
 * Source: engine.md section 4.4.
 */
import { present } from '../assert.ts';
import type { CivilDate } from '../date.ts';
import { type Money, maximum, minimum } from '../money.ts';
import { applyFactor } from '../schedule/rate.ts';
import { factorOf } from './interestFactor.ts';
import type { InterestModel, InterestPeriod, RepaymentPeriod } from './interestModel.ts';

export interface Payable {
  readonly principal: Money;
  readonly interest: Money;
}

/** Whole amounts (paid parts included) that settle period `index` on the pay date. */
export function payableOn(model: InterestModel, index: number, on: CivilDate): Payable {
  const period = present(model.periods[index], `repayment period ${index}`);
  // Never more than the loan owes: a later row may have settled interest of an earlier one.
  const mostInterest = period.paidInterest + interestOwedOn(model, on);
  const interest = maximum(period.paidInterest, minimum(accruedUntil(model, index, on), mostInterest));
  const mostPrincipal = maximum(period.paidPrincipal, principalLeft(model, index));
  const emi = minimum(period.emi, mostPrincipal + interest);
  return { interest, principal: maximum(period.paidPrincipal, emi - interest) };
}

/** Interest of the period from its start to the date, with what the period before it left unrecognised. */
function accruedUntil(model: InterestModel, index: number, on: CivilDate): Money {
  const period = present(model.periods[index], `repayment period ${index}`);
  if (on < period.from)
    return isOnlyOpen(model, period) ? period.paidInterest + interestOwedOn(model, on) : 0n;
  const previous = model.periods[index - 1];
  const unrecognised = previous ? previous.accruing - previous.dueInterest : 0n;
  return period.pieces.reduce(
    (total, piece) => total + interestUntil(model, { period, piece }, on),
    unrecognised,
  );
}

/** The last one to be paid settles all that has accrued, although it has not begun. */
const isOnlyOpen = (model: InterestModel, period: RepaymentPeriod): boolean =>
  model.periods.every((other) => other === period || other.emi === other.paidPrincipal + other.paidInterest);

/** Interest of the whole loan up to the date that is not paid yet. */
export function interestOwedOn(model: InterestModel, on: CivilDate): Money {
  let owed = 0n;
  for (const period of model.periods) {
    owed -= period.paidInterest;
    for (const piece of period.pieces) owed += interestUntil(model, { period, piece }, on);
  }
  return maximum(0n, owed);
}

function interestUntil(
  model: InterestModel,
  { period, piece }: { period: RepaymentPeriod; piece: InterestPeriod },
  on: CivilDate,
): Money {
  if (piece.from >= on) return 0n;
  const cut = on < piece.due ? factorOf(model.rule, { from: piece.from, due: on }, period) : piece.factor;
  return applyFactor(maximum(0n, piece.balance), cut, model.currency);
}

/** Principal at this period's place: what the periods before it and payments on later ones leave. */
function principalLeft(model: InterestModel, index: number): Money {
  let left = model.disbursed;
  for (const [place, period] of model.periods.entries()) {
    if (place < index) left -= period.duePrincipal;
    if (place > index) left -= period.paidPrincipal;
  }
  return left;
}

/**
 * What a request to reschedule adds to the variations of a loan. If an earlier request moved a due date to
 * the date that the new one starts from, the new one replaces it; other variations from that date on move
 * along with the due dates.
 *
 *   15 Feb was moved to 20 Feb; now 20 Feb is moved to 1 Mar:  one variation, 15 Feb -> 1 Mar
 *   extra terms stood at 20 Mar; 20 Feb is moved to 25 Feb:    they now stand at 25 Mar
 *   grace on principal over 2 rows also brings 2 extra terms
 *
 * Source: engine.md section 3.9.
 */
import type { CivilDate } from '../date.ts';
import type { TermVariation } from '../loan.ts';
import type { DecimalText } from '../terms.ts';
import { type DueDateRule, nextDueDate } from './dueDates.ts';

/** What a borrower and the lender agreed on, from an installment's due date. */
export interface RescheduleRequest {
  readonly from: CivilDate;
  readonly adjustedDueDate?: CivilDate;
  readonly graceOnPrincipal?: number;
  readonly graceOnInterest?: number;
  readonly extraTerms?: number;
  /** Per year, in percent. */
  readonly newInterestRate?: DecimalText;
}

/** The variations of the loan once the request is approved. */
export function rescheduledVariations(
  existing: readonly TermVariation[],
  request: RescheduleRequest,
  rule: DueDateRule,
): TermVariation[] {
  const { from, adjustedDueDate } = request;
  if (!adjustedDueDate) return [...existing, ...requested(request)];
  const replaced = existing.find((one) => one.kind === 'dueDate' && one.dateValue === from);
  const moveAlong = dateMap({ from, to: adjustedDueDate }, rule);
  const kept = existing.filter((one) => one !== replaced).map((one) => moveAlong(one));
  const moved = variation('dueDate', replaced?.applicableFrom ?? from, adjustedDueDate);
  return [...kept, moved, ...requested(request)];
}

/** All that is asked for but a new due date, in the order in which it takes effect. */
function requested(request: RescheduleRequest): TermVariation[] {
  const { from, graceOnPrincipal, graceOnInterest, extraTerms, newInterestRate } = request;
  const wanted: TermVariation[] = [];
  if (newInterestRate !== undefined) wanted.push(variation('interestRate', from, newInterestRate));
  if (graceOnPrincipal) {
    wanted.push(variation('graceOnPrincipal', from, graceOnPrincipal));
    wanted.push(variation('extraTerms', from, graceOnPrincipal));
  }
  if (graceOnInterest) wanted.push(variation('graceOnInterest', from, graceOnInterest));
  if (extraTerms) wanted.push(variation('extraTerms', from, extraTerms));
  return wanted;
}

function variation(
  kind: TermVariation['kind'],
  applicableFrom: CivilDate,
  value: CivilDate | DecimalText | number,
): TermVariation {
  const isDate = kind === 'dueDate';
  return {
    kind,
    applicableFrom,
    dateValue: isDate ? (value as CivilDate) : null,
    numberValue: isDate ? null : String(value),
  };
}

/**
 * Moves variations along: the chain of due dates from the old date is mapped onto the chain from the new one.
 */
function dateMap(
  move: { from: CivilDate; to: CivilDate },
  rule: DueDateRule,
): (one: TermVariation) => TermVariation {
  return (one) => {
    if (one.applicableFrom < move.from) return one;
    let old = move.from;
    let moved = move.to;
    while (old < one.applicableFrom) {
      old = nextDueDate(rule, old);
      moved = nextDueDate(rule, moved);
    }
    return old === one.applicableFrom ? { ...one, applicableFrom: moved } : one;
  };
}

/**
 * What every schedule of a loan is a function of, besides the business date: terms, tranches, and what was
 * agreed since.
 *
 *   1000 expected, 600 paid out so far -> 600 once money is out, unless the loan expects the rest as well
 *
 * Source: engine.md section 3.7.
 */
import type { Loan, Tranche } from '../loan.ts';

export const scheduleInput = (loan: Loan) => ({
  terms: loan.terms,
  submittedOn: loan.submittedOn,
  tranches: countingTranches(loan),
  variations: loan.variations,
});

/** Tranches that the schedule is made of: once money is out, expected ones no longer stand in for it. */
export function countingTranches(loan: Loan): readonly Tranche[] {
  const disbursed = loan.tranches.filter((tranche) => tranche.disbursedOn !== null);
  const { multiDisburse, disallowExpectedDisbursements } = loan.terms;
  const expectsMore = multiDisburse && !disallowExpectedDisbursements;
  return disbursed.length === 0 || expectsMore ? loan.tranches : disbursed;
}

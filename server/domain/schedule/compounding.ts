/**
 * Compounding: on its day of the month the interest of the running row so far joins the balance that bears
 * interest, with what earlier rows had left uncompounded. When the row falls due its charged interest leaves
 * the balance again; interest that is overdue stays in it until the rest date of the business date, or of the
 * payment that settles it.
 *
 *   1000 from 15 Jan at 18 % ACT/365, compounding on the 1st: 1 Feb adds 8.38 (17 days), and 1 - 15 Feb
 *     bears interest on 1008.38
 *
 * Source: engine.md section 3.10 (compounding of interest). Fees do not compound here.
 */
import { addMonths, type CivilDate, civil, lengthOfMonth, monthOf, yearOf } from '../date.ts';
import type { Money } from '../money.ts';
import type { LoanTerms } from '../terms.ts';
import { addAmount, type DatedAmounts } from './datedAmounts.ts';

/** Where compounding stands between rows. */
export interface Compounding {
  /**
   * Compounding dates of the running row, with what they add: first what was left over, then the interest
   * too.
   */
  added: DatedAmounts;
  /** Interest of earlier rows that has not been compounded. */
  uncompounded: Money;
  previousRowIsOverdue: boolean;
}

export const newCompounding = (): Compounding => ({
  added: new Map(),
  uncompounded: 0n,
  previousRowIsOverdue: false,
});

export function compoundsInterest(terms: LoanTerms): boolean {
  const method = terms.interestRecalculation?.compounding ?? 'NONE';
  return method === 'INTEREST' || method === 'INTEREST_AND_FEE';
}

/** The first compounding date after `day`. */
export function nextCompoundingDate(terms: LoanTerms, day: CivilDate): CivilDate {
  const wanted = terms.interestRecalculation?.compoundingDay ?? 1;
  const inMonthOf = (month: CivilDate): CivilDate => {
    const length = lengthOfMonth(yearOf(month), monthOf(month));
    return civil(yearOf(month), monthOf(month), Math.min(wanted, length));
  };
  const here = inMonthOf(day);
  return here > day ? here : inMonthOf(addMonths(civil(yearOf(day), monthOf(day), 1), 1));
}

/** The compounding dates strictly inside a row; the first takes what earlier rows left over. */
export function compoundingDates(
  terms: LoanTerms,
  row: { from: CivilDate; to: CivilDate },
  leftOver: Money,
): DatedAmounts {
  const dates: DatedAmounts = new Map();
  if (!compoundsInterest(terms)) return dates;
  for (let on = nextCompoundingDate(terms, row.from); on < row.to; on = nextCompoundingDate(terms, on))
    dates.set(on, dates.size === 0 ? leftOver : 0n);
  return dates;
}

/** A row that has been charged, as compounding sees it. */
export interface ChargedRow {
  readonly from: CivilDate;
  readonly due: CivilDate;
  readonly interest: Money;
  readonly rest: CivilDate;
  readonly isOverdue: boolean;
}

/** Enters into R what a charged row added to the balance and when that leaves it; moves the leftover on. */
export function settleCompounding(
  state: Compounding,
  row: ChargedRow,
  book: { terms: LoanTerms; reductions: DatedAmounts; lastRest: CivilDate },
): void {
  const { terms, reductions, lastRest } = book;
  const first = nextCompoundingDate(terms, row.from);
  const compounded = compoundOnDueDate(state, row, { terms, first });
  if (first <= row.due) {
    const leftOver = row.isOverdue || state.previousRowIsOverdue ? state.uncompounded : 0n;
    const leaving = (row.isOverdue ? compounded : row.interest) + leftOver;
    addAmount(reductions, row.isOverdue ? lastRest : row.rest, leaving);
  }
  if (compounded > 0n) {
    for (const [on, amount] of state.added) if (on <= row.due) addAmount(reductions, on, -amount);
    state.uncompounded = row.interest - compounded;
  } else {
    state.uncompounded += row.interest;
  }
  state.added = new Map();
  state.previousRowIsOverdue = row.isOverdue;
}

/** What of the row's own interest has been compounded; all of it when a compounding date is its due date. */
function compoundOnDueDate(
  state: Compounding,
  row: ChargedRow,
  chain: { terms: LoanTerms; first: CivilDate },
): Money {
  if (chain.first > row.due) return 0n;
  let compounded = -state.uncompounded;
  for (let on = chain.first; on <= row.due; on = nextCompoundingDate(chain.terms, on)) {
    if (on === row.due) addAmount(state.added, on, row.interest - compounded);
    compounded = on === row.due ? row.interest : compounded + (state.added.get(on) ?? 0n);
  }
  return compounded;
}

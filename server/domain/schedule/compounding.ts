/**
 * Compounding: on its dates the interest of the running row so far, and the fees and penalties that fell due
 * since, join the balance that bears interest, with what earlier rows had left uncompounded. When the row
 * falls due what it charged leaves the balance again; what is overdue stays in it until the rest date of the
 * business date, or of the payment that settles it.
 *
 *   1000 from 15 Jan at 18 % ACT/365, compounding on the 1st: 1 Feb adds 8.38 (17 days), and 1 - 15 Feb
 *     bears interest on 1008.38;  with a fee of 12 due 20 Jan that compounds too: on 1020.38
 *
 * Dates: monthly on the 31st 28 Feb, 31 Mar; every 2 weeks on Monday from Wed 15 Jan 2025: 27 Jan, 10 Feb.
 * Months and weeks are counted from the start of the loan. Source: engine.md section 3.10 (compounding).
 */
import {
  addDays,
  addMonths,
  type CivilDate,
  civil,
  dayNumber,
  fromDayNumber,
  lengthOfMonth,
  monthOf,
  yearOf,
} from '../date.ts';
import type { CompoundedAmount } from '../installment.ts';
import { type Money, sum } from '../money.ts';
import type { InterestRecalculation, LoanTerms } from '../terms.ts';
import { addAmount, type DatedAmounts } from './datedAmounts.ts';

/** Where compounding stands between rows. */
export interface Compounding {
  /** Compounding dates of the running row, with what they add: what was left over, fees, interest. */
  added: DatedAmounts;
  /** Income of earlier rows that has not been compounded. */
  uncompounded: Money;
  previousRowIsOverdue: boolean;
}

export const newCompounding = (): Compounding => ({
  added: new Map(),
  uncompounded: 0n,
  previousRowIsOverdue: false,
});

const methodOf = ({ interestRecalculation }: LoanTerms) => interestRecalculation?.compounding ?? 'NONE';

export const compounds = (terms: LoanTerms): boolean => methodOf(terms) !== 'NONE';

export const compoundsInterest = (terms: LoanTerms): boolean =>
  methodOf(terms) === 'INTEREST' || methodOf(terms) === 'INTEREST_AND_FEE';

/** Fees and penalties bear interest. */
export const compoundsFees = (terms: LoanTerms): boolean =>
  methodOf(terms) === 'FEE' || methodOf(terms) === 'INTEREST_AND_FEE';

/** What compounds of an amount of interest and one of fees and penalties. */
export const compoundingPart = (terms: LoanTerms, interest: Money, fees: Money): Money =>
  (compoundsInterest(terms) ? interest : 0n) + (compoundsFees(terms) ? fees : 0n);

/** The days strictly inside a row, or a part of it, on which something compounds. */
export interface CompoundingSpan {
  readonly from: CivilDate;
  readonly to: CivilDate;
  /** Absent where nothing compounds. */
  readonly next: NextDate | undefined;
  /** What earlier rows left over joins on the first date. */
  readonly leftOver: Money;
  /** Fees and penalties that fell due after one date, up to another. */
  readonly feesDue: (after: CivilDate, until: CivilDate) => Money;
}

/** The compounding dates of a row with what joins besides interest. */
export function compoundingDates(span: CompoundingSpan): DatedAmounts {
  const { from, to, next, leftOver, feesDue } = span;
  const dates: DatedAmounts = new Map();
  if (next === undefined) return dates;
  let last = from;
  for (let on = next(from); on < to; on = next(on)) {
    dates.set(on, (dates.size === 0 ? leftOver : 0n) + feesDue(last, on));
    last = on;
  }
  return dates;
}

/** A row that has been charged, as compounding sees it. */
export interface ChargedRow {
  readonly from: CivilDate;
  readonly due: CivilDate;
  /** What of its interest, fees and penalties compounds. */
  readonly income: Money;
  readonly rest: CivilDate;
  readonly isOverdue: boolean;
}

/**
 * Enters into R what a charged row added to the balance and when that leaves it; moves the leftover on.
 * Answers what joined on which date.
 */
export function settleCompounding(
  state: Compounding,
  row: ChargedRow,
  book: { next: NextDate; reductions: DatedAmounts; lastRest: CivilDate },
): readonly CompoundedAmount[] {
  const { next, reductions, lastRest } = book;
  const first = next(row.from);
  const compounded = compoundOnDueDate(state, row, { next, first });
  if (first <= row.due) {
    const leftOver = row.isOverdue || state.previousRowIsOverdue ? state.uncompounded : 0n;
    const leaving = (row.isOverdue ? compounded : row.income) + leftOver;
    addAmount(reductions, row.isOverdue ? lastRest : row.rest, leaving);
  }
  const joined = compounded > 0n ? joinedBy(state, row.due) : [];
  for (const { on, amount } of joined) addAmount(reductions, on, -amount);
  state.uncompounded = compounded > 0n ? row.income - compounded : state.uncompounded + row.income;
  state.added = new Map();
  state.previousRowIsOverdue = row.isOverdue;
  return joined.filter(({ amount }) => amount > 0n);
}

const joinedBy = ({ added }: Compounding, due: CivilDate): CompoundedAmount[] =>
  [...added].filter(([on]) => on <= due).map(([on, amount]) => ({ on, amount }));

/**
 * The same for a row that is kept as it stands: what joined in it leaves B on its rest date, and what had not
 * joined never does; it is left over for the rows that follow.
 */
export function keepCompounding(
  state: Compounding,
  row: ChargedRow & { readonly compounded: readonly CompoundedAmount[] },
  book: { reductions: DatedAmounts; lastRest: CivilDate },
): void {
  const { reductions, lastRest } = book;
  for (const { on, amount } of row.compounded) addAmount(reductions, on, -amount);
  const joined = sum(row.compounded.map(({ amount }) => amount));
  addAmount(reductions, row.isOverdue ? lastRest : row.rest, joined);
  state.uncompounded += row.income - joined;
  state.previousRowIsOverdue = row.isOverdue;
}

/** What of the row's own income has been compounded; all of it when a compounding date is its due date. */
function compoundOnDueDate(
  state: Compounding,
  row: ChargedRow,
  chain: { next: NextDate; first: CivilDate },
): Money {
  if (chain.first > row.due) return 0n;
  let compounded = -state.uncompounded;
  for (let on = chain.first; on <= row.due; on = chain.next(on)) {
    if (on === row.due) addAmount(state.added, on, row.income - compounded);
    compounded = on === row.due ? row.income : compounded + (state.added.get(on) ?? 0n);
  }
  return compounded;
}

/** The first compounding date after a day. */
export type NextDate = (day: CivilDate) => CivilDate;

/** Undefined where nothing compounds; `dueDateFrom` answers the first due date on or after a day. */
export function compoundingCalendar(
  rules: InterestRecalculation | null,
  start: CivilDate,
  dueDateFrom: NextDate,
): NextDate | undefined {
  if (rules === null || rules.compounding === 'NONE') return undefined;
  const { compoundingDay, compoundingFrequency = 'MONTHLY', compoundingInterval: every = 1 } = rules;
  switch (compoundingFrequency) {
    case 'MONTHLY':
      return (day) => nextMonthDay(day, { start, every, wanted: compoundingDay ?? 1 });
    case 'WEEKLY':
      return (day) => nextStep(day, { first: weekdayIn(start, compoundingDay ?? 1), days: 7 * every });
    case 'DAILY':
      return (day) => nextStep(day, { first: addDays(start, every), days: every });
    case 'SAME_AS_REPAYMENT_PERIOD':
      return (day) => dueDateFrom(addDays(day, 1));
  }
}

function nextMonthDay(
  day: CivilDate,
  { start, every, wanted }: { start: CivilDate; every: number; wanted: number },
): CivilDate {
  const monthOfStart = firstOfMonth(start);
  const elapsed = Math.max(0, monthsBetween(monthOfStart, day));
  for (let months = elapsed - (elapsed % every); ; months += every) {
    const on = dayIn(addMonths(monthOfStart, months), wanted);
    if (on > day) return on;
  }
}

const firstOfMonth = (day: CivilDate): CivilDate => civil(yearOf(day), monthOf(day), 1);

const monthsBetween = (from: CivilDate, to: CivilDate): number =>
  (yearOf(to) - yearOf(from)) * 12 + monthOf(to) - monthOf(from);

const dayIn = (month: CivilDate, wanted: number): CivilDate =>
  civil(yearOf(month), monthOf(month), Math.min(wanted, lengthOfMonth(yearOf(month), monthOf(month))));

/** The first date of the chain `first`, `first + days` ... after a day. */
function nextStep(day: CivilDate, { first, days }: { first: CivilDate; days: number }): CivilDate {
  const steps = Math.floor((dayNumber(day) - dayNumber(first)) / days) + 1;
  return addDays(first, Math.max(0, steps) * days);
}

/** The weekday (1 = Monday ... 7 = Sunday) in the week of a day. */
function weekdayIn(day: CivilDate, weekday: number): CivilDate {
  const number = dayNumber(day);
  // 1970-01-01 was a Thursday, the fourth day of its week.
  const monday = number - ((((number + 3) % 7) + 7) % 7);
  return fromDayNumber(monday + weekday - 1);
}

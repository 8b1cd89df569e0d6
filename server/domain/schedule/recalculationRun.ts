/**
 * The state of one recalculation: where the generator stands, what is still to be scheduled, what bears
 * interest, and the payments that have not been laid on a row yet.
 *
 *   rest date of x: x itself (daily), or the first due date on or after x (same as repayment)
 *   late payment: 1220.13 overdue since 15 Feb and paid on 25 Feb bears interest for these 10 days, then no
 *     more
 *
 * Source: engine.md section 3.10.
 */
import { present } from '../assert.ts';
import type { Portions } from '../components.ts';
import type { CivilDate } from '../date.ts';
import { type Installment, isMet, newInstallment, outstandingOf } from '../installment.ts';
import type { Money } from '../money.ts';
import {
  type ChargedRow,
  type Compounding,
  compoundingCalendar,
  compoundingDates,
  compoundingPart,
  compounds,
  compoundsFees,
  compoundsInterest,
  keepCompounding,
  type NextDate,
  newCompounding,
  settleCompounding,
} from './compounding.ts';
import { addAmount, balanceChanges, type DatedAmounts, inDateOrder, takeUntil } from './datedAmounts.ts';
import { type DueDateWalk, dueDateFrom, newWalk } from './dueDates.ts';
import { type BalanceChange, interestOfPeriod } from './interest.ts';
import { type Plan, setAmounts } from './plan.ts';
import type { IncomingPayment, LaidPayment, RecalculationInput } from './recalculation.ts';
import { interestStart, startPlan } from './rows.ts';
import { downPaymentRow } from './tranches.ts';

export interface RecalculationRun {
  readonly input: RecalculationInput;
  readonly plan: Plan;
  readonly walk: DueDateWalk;
  /** End of a schedule that is cut for a pay-off quote. */
  readonly till: CivilDate | null;
  /** Rows as the payments see them. */
  readonly working: Installment[];
  /** Rows as they go into the result. */
  readonly made: Installment[];
  /** Payments not yet taken up, in date order. */
  payments: readonly IncomingPayment[];
  /** The rest date of the business date: overdue principal bears interest until then. */
  lastRest: CivilDate;
  from: CivilDate;
  row: number;
  /** U: principal that no row carries yet. */
  unscheduled: Money;
  /** B: balance that bears interest at the start of the row. */
  bearing: Money;
  joined: Money;
  /** Index of the first drawdown that is not part of U, and of the first that is not part of B. */
  nextDrawdown: number;
  nextBearing: number;
  principalSoFar: Money;
  interestSoFar: Money;
  /** Prepaid principal that the coming rows absorb (RESCHEDULE_NEXT). */
  prepaid: Money;
  /** R: rest date -> what it takes from B. */
  readonly reductions: DatedAmounts;
  /** L: overdue principal by date, with its sum taken off again on the rest date of the business date. */
  overdue: DatedAmounts;
  readonly compounding: Compounding;
  /** When interest or fees compound; undefined where they don't. */
  readonly compoundingDateAfter: NextDate | undefined;
}

export function startRun(input: RecalculationInput, till: CivilDate | null = null): RecalculationRun {
  const plan = startPlan(input);
  const walk = newWalk();
  const { dueRule, terms, disbursedOn } = plan;
  const run: RecalculationRun = {
    input,
    plan,
    walk,
    till,
    working: [],
    made: [],
    payments: input.payments,
    lastRest: input.businessDate,
    from: plan.dueRule.start,
    row: 1,
    unscheduled: 0n,
    bearing: 0n,
    joined: 0n,
    nextDrawdown: 0,
    nextBearing: 0,
    principalSoFar: 0n,
    interestSoFar: 0n,
    prepaid: 0n,
    reductions: new Map(),
    overdue: new Map(),
    compounding: newCompounding(),
    compoundingDateAfter: compoundingCalendar(terms.interestRecalculation, disbursedOn, (day) =>
      dueDateFrom(walk, dueRule, day),
    ),
  };
  run.lastRest = restDate(run, input.businessDate);
  joinDrawdowns(run, run.from);
  joinBearing(run, run.from);
  return run;
}

/** Lets the drawdowns up to `date` join U, each with its down payment row. */
export function joinDrawdowns(run: RecalculationRun, date: CivilDate): void {
  const { drawn } = run.plan;
  for (let next = drawn[run.nextDrawdown]; next && next.on <= date; next = drawn[run.nextDrawdown]) {
    if (next.downPayment > 0n) addRowToBoth(run, downPaymentRow(next, run.made.length + 1));
    run.unscheduled += next.scheduled;
    run.joined += next.scheduled;
    run.nextDrawdown += 1;
  }
}

/** Lets the drawdowns up to `date` join B. */
export function joinBearing(run: RecalculationRun, date: CivilDate): void {
  const { drawn } = run.plan;
  for (let next = drawn[run.nextBearing]; next && next.on <= date; next = drawn[run.nextBearing]) {
    run.bearing += next.scheduled;
    run.nextBearing += 1;
  }
}

export function addRowToBoth(run: RecalculationRun, row: Installment): void {
  run.made.push(row);
  const working = newInstallment(row);
  working.charged = { ...row.charged };
  run.working.push(working);
}

/** The rest date of `date`: from when a payment of that date lowers the balance. */
export function restDate(run: RecalculationRun, date: CivilDate): CivilDate {
  const rest = run.plan.terms.interestRecalculation?.restFrequency ?? 'DAILY';
  return rest === 'DAILY' ? date : dueDateFrom(run.walk, run.plan.dueRule, date);
}

/** Every change of B that lies ahead, and the compounding dates of the running row up to `until`. */
export function changesAhead(run: RecalculationRun, until: CivilDate): BalanceChange[] {
  const { plan } = run;
  const ahead: BalanceChange[] = [];
  for (const { on, scheduled } of plan.drawn.slice(run.nextBearing)) ahead.push({ on, amount: scheduled });
  const how = compoundsInterest(plan.terms) ? 'interest' : 'amountOnly';
  for (const [on, amount] of compoundingAhead(run, until)) ahead.push({ on, amount, compounds: how });
  return balanceChanges(run.overdue, run.reductions, ahead);
}

function compoundingAhead(run: RecalculationRun, until: CivilDate): DatedAmounts {
  const { input, plan, from, compounding, compoundingDateAfter: next } = run;
  const isFirstRow = run.made.every(({ kind }) => kind === 'downPayment');
  const feesDue = (after: CivilDate, to: CivilDate): Money =>
    compoundsFees(plan.terms)
      ? input.feesDue({ after, until: to, isFirst: isFirstRow && after === from })
      : 0n;
  return compoundingDates({ from, to: until, next, leftOver: compounding.uncompounded, feesDue });
}

/** Interest of the running row up to `date`, graces left out of account. */
export function interestUntil(run: RecalculationRun, date: CivilDate): Money {
  const { plan } = run;
  if (run.row <= plan.terms.graceInterestFree) return 0n;
  return interestOfPeriod(
    { from: interestStart(plan, run.from), to: date, balance: run.bearing, changes: changesAhead(run, date) },
    { rate: plan.rate, currency: plan.terms.currency },
  );
}

/** Takes up the payments dated on or before `date`. */
export function takePayments(run: RecalculationRun, date: CivilDate): IncomingPayment[] {
  const taken = run.payments.filter((payment) => payment.date <= date);
  if (taken.length > 0) run.payments = run.payments.slice(taken.length);
  return taken;
}

export const layOnRows = (run: RecalculationRun, payment: IncomingPayment): LaidPayment =>
  run.input.allocate(run.working, payment);

/** The last working row that is no down payment. */
export function lastNormalRow(run: RecalculationRun): Installment {
  return present(
    run.working.findLast((row) => row.kind !== 'downPayment'),
    'a row that the payment belongs to',
  );
}

/**
 * What the reschedule strategy does with principal that was paid early: a smaller EMI for the rows from `row`
 * on, fewer rows (nothing to do), or rows that absorb it (it stays in `prepaid`).
 */
export function applyEarlyPayment(run: RecalculationRun, scheduledSoFar: Money, row: number): void {
  const { plan } = run;
  const strategy = plan.terms.interestRecalculation?.rescheduleStrategy;
  if (run.prepaid <= 0n || strategy === 'RESCHEDULE_NEXT_REPAYMENTS') return;
  if (strategy === 'REDUCE_EMI_AMOUNT') setAmounts(plan, plan.total - scheduledSoFar, row);
  run.prepaid = 0n;
}

/** Lowers B by everything whose rest date has come, and lets tranches join it. */
export function settleBearing(run: RecalculationRun, date: CivilDate): void {
  run.bearing -= takeUntil(run.reductions, date);
  joinBearing(run, date);
}

/** What a payment settles of income that compounds. */
export const compoundedPart = ({ plan }: RecalculationRun, paid: Portions): Money =>
  compoundingPart(plan.terms, paid.interest, paid.fees + paid.penalties);

/** Compounded income that a payment settles leaves B on its rest date, not on that of the business date. */
export function settlePaidIncome(run: RecalculationRun, paid: Portions, rest: CivilDate): void {
  if (!compounds(run.plan.terms) || rest === run.lastRest) return;
  addAmount(run.reductions, rest, compoundedPart(run, paid));
  addAmount(run.reductions, run.lastRest, -compoundedPart(run, paid));
}

/** Rebuilds L: what is unpaid of each row whose (rest) date lies before the business date. */
export function noteOverdue(
  run: RecalculationRun,
  until: CivilDate,
  effective: (due: CivilDate) => CivilDate = (due) => restDate(run, due),
): void {
  run.overdue = new Map();
  let total = 0n;
  for (const row of run.working) {
    if (isMet(row) || row.due > until || row.kind === 'interestOnly') continue;
    const on = effective(row.due);
    if (on >= run.input.businessDate) continue;
    const unpaid = outstandingOf(row, 'principal');
    addAmount(run.overdue, on, unpaid);
    total += unpaid;
  }
  if (total > 0n) addAmount(run.overdue, run.lastRest, -total);
}

/** What a late payment settled bears interest up to the payment's rest date only. */
export function settleLatePayment(run: RecalculationRun, portions: Portions, rest: CivilDate): void {
  settleLatePrincipal(run, portions.principal, rest);
  settlePaidIncome(run, portions, rest);
}

function settleLatePrincipal(run: RecalculationRun, principal: Money, rest: CivilDate): void {
  const unpaid: DatedAmounts = new Map();
  let seen = 0n;
  for (const [on, amount] of inDateOrder(run.overdue)) {
    if (on >= run.lastRest) continue;
    seen += amount;
    if (seen < principal) {
      if (on < rest) moveReduction(run, amount, { on, rest });
      continue;
    }
    const settled = unpaid.size === 0 ? amount - (seen - principal) : 0n;
    if (unpaid.size === 0) moveReduction(run, settled, { on, rest });
    addAmount(unpaid, on, amount - settled);
    addAmount(unpaid, run.lastRest, settled - amount);
  }
  run.overdue = unpaid;
}

/** Principal that had left B on its due date bears interest until it was really paid. */
function moveReduction(
  run: RecalculationRun,
  amount: Money,
  dates: { on: CivilDate; rest: CivilDate },
): void {
  addAmount(run.reductions, dates.on, -amount);
  addAmount(run.reductions, dates.rest, amount);
}

/** What compounding asks of a row. */
type CompoundingRow = Omit<ChargedRow, 'isOverdue' | 'income'> & {
  readonly interest: Money;
  /** Fees and penalties. */
  readonly fees: Money;
};

const chargedRow = (run: RecalculationRun, row: CompoundingRow): ChargedRow => ({
  ...row,
  income: compoundingPart(run.plan.terms, row.interest, row.fees),
  isOverdue: row.due < run.input.businessDate,
});

/** Enters what a charged row has compounded, and when it leaves B again; the row remembers it. */
export function noteCompounding(run: RecalculationRun, row: CompoundingRow, made: Installment): void {
  const { compounding, reductions, lastRest, compoundingDateAfter: next } = run;
  if (next === undefined) return;
  const joined = settleCompounding(compounding, chargedRow(run, row), { next, reductions, lastRest });
  if (joined.length > 0) made.compounded = joined;
}

/** Enters what a kept row has compounded. */
export function noteKeptCompounding(run: RecalculationRun, row: CompoundingRow, made: Installment): void {
  if (run.compoundingDateAfter === undefined) return;
  const { compounded = [] } = made;
  keepCompounding(run.compounding, { ...chargedRow(run, row), compounded }, run);
}

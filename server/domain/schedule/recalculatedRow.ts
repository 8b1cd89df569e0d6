/**
 * One row of a recalculated schedule, step by step: payments made before its due date lower the balance (and
 * what exceeds the row's principal changes the rows after it), payments on the due date are laid on it, and a
 * payment that covers everything ends the loan there.
 *
 *   5000, 18 %, daily ACT/365, 2000 paid on 5 Feb: I = 5000 x 21 days + 3000 x 10 days = 51.78 + 14.79, P =
 *     2000
 *
 * Source: engine.md section 3.10, steps 1 to 7.
 */
import { present } from '../assert.ts';
import type { Portions } from '../components.ts';
import type { CivilDate } from '../date.ts';
import { type Installment, newInstallment, outstandingOf, totalOutstanding } from '../installment.ts';
import { type Money, minimum, sum } from '../money.ts';
import { addAmount } from './datedAmounts.ts';
import type { IncomingPayment } from './recalculation.ts';
import {
  applyEarlyPayment,
  changesAhead,
  compoundedPart,
  interestUntil,
  joinDrawdowns,
  lastNormalRow,
  layOnRows,
  noteCompounding,
  noteOverdue,
  type RecalculationRun,
  restDate,
  settleBearing,
  settleLatePayment,
  settlePaidIncome,
  takePayments,
} from './recalculationRun.ts';
import { dueDateOfRow, nextRow } from './rows.ts';
import { applyVariations } from './variations.ts';

/** A row in the making. */
interface RowInMaking {
  readonly due: CivilDate;
  readonly isCut: boolean;
  /** Payments of the period that are still to be laid on rows. */
  payments: IncomingPayment[];
  /** Money paid before the due date that no earlier row took. */
  early: Money;
  /** All of `early`, which has left B already. */
  reduced: Money;
  principal: Money;
  interest: Money;
  /** The interest as it was charged, before a pay-off cut it. */
  charged: Money;
  /** Fees and penalties that it carries. */
  fees: Money;
  /** Interest that graces had put off before this row. */
  readonly graceBefore: Money;
  readonly made: Installment;
  /** The payment that covers everything, interest up to its date, if there is one. */
  payoff: IncomingPayment | null;
}

/** Makes the next row. */
export function addRecalculatedRow(run: RecalculationRun): void {
  const regular = dueDateOfRow(run.plan, run.walk, run);
  const isCut = run.till !== null && regular >= run.till;
  const due = isCut && run.till !== null ? run.till : regular;
  const graceBefore = run.plan.graceInterest;
  // A row that is cut short is still the row that its variations were agreed for.
  applyVariations(run.plan, regular, {
    row: run.row,
    principalSoFar: run.principalSoFar,
    interestSoFar: run.interestSoFar,
    balance: run.bearing,
  });
  const payments = takePayments(run, due);
  joinDrawdowns(run, due);
  const made = newInstallment({ number: run.made.length + 1, kind: 'normal', from: run.from, due });
  const row: RowInMaking = {
    due,
    isCut,
    payments,
    early: 0n,
    reduced: 0n,
    principal: 0n,
    interest: 0n,
    charged: 0n,
    fees: 0n,
    graceBefore,
    made,
    payoff: null,
  };
  takeEarlyPayments(run, row);
  split(run, row);
  layPayments(run, row);
  close(run, row);
}

/** Nothing is left to schedule and no tranche is to come. */
export const isComplete = (run: RecalculationRun): boolean =>
  run.unscheduled === 0n && run.nextBearing >= run.plan.drawn.length;

/** Step 2: payments whose rest date comes before the due date lower the balance from that rest date on. */
function takeEarlyPayments(run: RecalculationRun, row: RowInMaking): void {
  const later: IncomingPayment[] = [];
  let ended = false;
  for (const payment of row.payments) {
    const rest = restDate(run, payment.date);
    if (ended || payment.date >= row.due || rest >= row.due) {
      later.push(payment);
      continue;
    }
    const { left, portions } = layOnRows(run, payment);
    if (left > 0n && endsLoan(run, left, { date: payment.date, rest })) {
      later.push({ date: payment.date, amount: left });
      ended = true;
      row.payoff = { date: payment.date, amount: left };
      continue;
    }
    if (left > 0n) {
      takeEarly(run, row, { left, rest });
      later.push({ date: row.due, amount: left });
    }
    if (hasArrears(run, portions) && rest < run.lastRest) settleLatePayment(run, portions, rest);
  }
  row.payments = later;
}

/** The payment settled principal (or compounded income) of rows that were due before. */
const hasArrears = (run: RecalculationRun, paid: Portions): boolean =>
  paid.principal > 0n || compoundedPart(run, paid) > 0n;

/** The money covers the unscheduled principal and the interest up to the payment date. */
function endsLoan(run: RecalculationRun, left: Money, paid: { date: CivilDate; rest: CivilDate }): boolean {
  if (run.plan.terms.interestRecalculation?.preCloseRule !== 'TILL_PRE_CLOSE_DATE') return false;
  if (run.unscheduled > left) return false;
  addAmount(run.reductions, paid.rest, left);
  const interest = interestUntil(run, paid.date) + run.plan.graceInterest;
  addAmount(run.reductions, paid.rest, -left);
  return interest + run.unscheduled <= left;
}

function takeEarly(run: RecalculationRun, row: RowInMaking, paid: { left: Money; rest: CivilDate }): void {
  const taken = minimum(paid.left, run.unscheduled);
  addAmount(run.reductions, paid.rest, taken);
  row.early += taken;
  run.unscheduled -= taken;
}

/**
 * Steps 3 to 5: interest and principal by the plan, what was prepaid before, what was paid early in this row.
 */
function split(run: RecalculationRun, row: RowInMaking): void {
  const { plan } = run;
  const amounts = nextRow(plan, {
    row: run.row,
    principalSoFar: run.principalSoFar - run.prepaid,
    interestSoFar: run.interestSoFar,
    balance: run.bearing,
    from: run.from,
    due: row.due,
    joined: run.joined,
    changes: changesAhead(run, row.due),
    onCompounded: (on, amount) => run.compounding.added.set(on, amount),
  });
  row.interest = amounts.interest;
  row.charged = amounts.interest;
  const absorbed = minimum(amounts.principal, run.prepaid);
  run.prepaid -= absorbed;
  row.principal = amounts.principal - absorbed;
  takeEarlyPart(run, row);
  run.unscheduled -= row.principal - row.reduced;
  if (run.unscheduled < 0n || row.isCut) {
    row.principal += run.unscheduled;
    run.unscheduled = 0n;
  }
  if (row.isCut) run.nextBearing = plan.drawn.length;
}

/** Step 4: early money above the row's principal enlarges it, and the strategy acts. */
function takeEarlyPart(run: RecalculationRun, row: RowInMaking): void {
  row.reduced = row.early;
  row.early -= row.principal;
  if (row.early <= 0n) return;
  run.prepaid += row.early;
  applyEarlyPayment(run, run.principalSoFar + row.principal + row.early, run.row + 1);
  row.principal += row.early;
}

/** Step 5: lays what is left of the period's payments on the rows; a remainder is a prepayment. */
function layPayments(run: RecalculationRun, row: RowInMaking): void {
  const { made } = row;
  if (row.payoff && run.unscheduled === 0n) cutLastRow(run, row, row.payoff);
  made.charged.principal = row.principal;
  made.charged.interest = row.interest;
  const working = newInstallment(made);
  working.charged = { ...made.charged };
  run.working.push(working);
  run.input.layCharges(working, run.working);
  row.fees = working.charged.fees + working.charged.penalties;
  run.made.push(made);
  let added = 0n;
  for (const payment of row.payments) {
    cutAtPayoff(run, row, payment);
    const { left, portions } = layOnRows(run, payment);
    if (left > 0n) added += takePrepayment(run, row, { left, on: payment.date, added });
    settlePaidIncome(run, portions, restDate(run, payment.date));
  }
  noteOverdue(run, row.due);
  row.principal -= added;
}

/**
 * The last row carries all that is left: paid off before its due date by less than its full interest, it ends
 * there and charges no more. Whoever pays the full interest has paid what the schedule asks for.
 */
function cutLastRow(run: RecalculationRun, row: RowInMaking, payoff: IncomingPayment): void {
  if (payoff.amount >= row.principal + row.interest + chargesIn(run, row)) return;
  row.interest = minimum(row.interest, interestUntil(run, payoff.date) + row.graceBefore);
  row.made.due = payoff.date;
}

/**
 * Where the rest dates are the due dates, money paid during the last row lowers no balance. But if it covers
 * all that is open with the interest up to its date, the row ends there all the same.
 */
function cutAtPayoff(run: RecalculationRun, row: RowInMaking, payment: IncomingPayment): void {
  const isLast = run.unscheduled === 0n && row.payoff === null && payment.date < row.made.due;
  const tillPayment = run.plan.terms.interestRecalculation?.preCloseRule === 'TILL_PRE_CLOSE_DATE';
  if (!isLast || !tillPayment || restDate(run, payment.date) < row.due) return;
  const saved = row.interest - minimum(row.interest, interestUntil(run, payment.date) + row.graceBefore);
  const open = sum(run.working.map(totalOutstanding));
  if (payment.amount >= open || payment.amount < open - saved) return;
  const working = present(run.working.at(-1), 'the row in the making');
  row.interest -= saved;
  row.made.charged.interest -= saved;
  working.charged.interest -= saved;
  row.made.due = payment.date;
}

/** A payment left money over: it goes to the principal of this row. Answers how much. */
function takePrepayment(
  run: RecalculationRun,
  row: RowInMaking,
  paid: { left: Money; on: CivilDate; added: Money },
): Money {
  const { made } = row;
  run.unscheduled -= paid.left;
  endLoanEarly(run, row, paid.on);
  const surplus = minimum(run.unscheduled, 0n);
  run.unscheduled -= surplus;
  const taken = paid.left + surplus;
  addAmount(run.reductions, restDate(run, paid.on), taken);
  made.charged.principal += taken;
  payPrincipal(lastNormalRow(run), taken);
  run.principalSoFar += taken;
  run.prepaid += paid.left;
  row.principal += taken;
  applyEarlyPayment(run, run.principalSoFar + row.principal - (paid.added + taken), run.row + 1);
  return taken;
}

function payPrincipal(row: Installment, amount: Money): void {
  row.charged.principal += amount;
  row.paid.principal += amount;
}

/** Fees and penalties that the row carries with its principal and interest as they stand. */
function chargesIn(run: RecalculationRun, { made, principal, interest }: RowInMaking): Money {
  const draft = newInstallment(made);
  draft.charged.principal = principal;
  draft.charged.interest = interest;
  const before = run.working.filter(({ number }) => number < made.number);
  run.input.layCharges(draft, before);
  return outstandingOf(draft, 'fees') + outstandingOf(draft, 'penalties');
}

/** If everything is repaid now, the row ends on the payment date and its interest is cut to it. */
function endLoanEarly(run: RecalculationRun, row: RowInMaking, on: CivilDate): void {
  if (run.unscheduled > row.interest || on === row.due) return;
  const { plan } = run;
  const till =
    plan.terms.interestRecalculation?.preCloseRule === 'TILL_PRE_CLOSE_DATE' ? on : restDate(run, on);
  const own = interestUntil(run, till);
  const isGrace = plan.interestGrace.has(run.row);
  const charged = isGrace || own === 0n ? 0n : own + row.graceBefore;
  const interestSaved = row.interest - charged;
  const chargesSaved = chargesIn(run, row) - chargesIn(run, { ...row, interest: charged });
  const saved = interestSaved + chargesSaved;
  if (run.unscheduled - saved > 0n) return;
  run.unscheduled -= saved;
  row.interest -= interestSaved;
  row.principal += saved;
  plan.graceInterest = isGrace ? row.graceBefore + own : 0n;
  row.made.due = on;
  row.made.charged.principal += saved;
  row.made.charged.interest -= interestSaved;
}

/** Steps 6 and 7: the row's principal leaves B on its rest date; the run moves on. */
function close(run: RecalculationRun, row: RowInMaking): void {
  const rest = restDate(run, row.made.due);
  addAmount(run.reductions, rest, row.principal - row.reduced);
  const { due, charged: interest, fees } = row;
  noteCompounding(run, { from: run.from, due, interest, fees, rest }, row.made);
  settleBearing(run, row.due);
  run.principalSoFar += row.principal;
  run.interestSoFar += row.interest;
  run.from = row.due;
  run.row += 1;
}

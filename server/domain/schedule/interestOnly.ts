/**
 * After the last row: while overdue principal remains, interest goes on up to the business date (or the date
 * of a pay-off quote) in rows of their own, one up to each payment.
 *
 *   1000 due 15 Mar unpaid, 18 % daily, business date 25 Mar: a row 15 Mar - 25 Mar with 10 days of
 *     interest, 4.93
 *
 * Source: engine.md section 3.10, step 8.
 */
import { type CivilDate, compareDates, earlier } from '../date.ts';
import { type Installment, isMet, newInstallment } from '../installment.ts';
import { type Money, sum } from '../money.ts';
import { compounds } from './compounding.ts';
import { takeUntil } from './datedAmounts.ts';
import { nextDueDate } from './dueDates.ts';
import { type BalanceChange, interestOfPeriod } from './interest.ts';
import type { IncomingPayment } from './recalculation.ts';
import {
  addRowToBoth,
  changesAhead,
  layOnRows,
  noteCompounding,
  noteOverdue,
  type RecalculationRun,
  restDate,
  settleLatePayment,
  takePayments,
} from './recalculationRun.ts';

/** Interest that has run since the last row and is in no row yet. */
interface Tail {
  rowFrom: CivilDate;
  interest: Money;
  /** Due date of the last row with principal. */
  readonly lastDue: CivilDate;
}

/** Adds the rows up to `until`. */
export function addInterestOnlyRows(run: RecalculationRun, until: CivilDate): void {
  if (run.overdue.size === 0 || until <= run.from) return;
  const tail: Tail = { rowFrom: run.from, interest: 0n, lastDue: run.from };
  let due = run.from;
  while (due < until && bearsInterest(run)) {
    due = stretchEnd(run, due, until);
    for (const payment of takePayments(run, due)) layPayment(run, tail, payment);
    if (bearsInterest(run)) accrueTo(run, tail, due);
    run.from = due;
  }
  if (tail.interest > 0n) addRow(run, tail, due);
}

/** Interest is rounded at every due date that passes. Where it compounds, that is no end of a stretch. */
function stretchEnd(run: RecalculationRun, from: CivilDate, until: CivilDate): CivilDate {
  const { terms, dueRule } = run.plan;
  return compounds(terms) ? until : earlier(nextDueDate(dueRule, from), until);
}

const bearsInterest = (run: RecalculationRun): boolean =>
  run.bearing !== 0n || sum([...run.overdue.values()].filter((amount) => amount > 0n)) > 0n;

function accrueTo(run: RecalculationRun, tail: Tail, to: CivilDate): void {
  tail.interest += interestOfPeriod(
    {
      from: run.from,
      to,
      balance: run.bearing,
      changes: withDueDates(run, tail, to),
      onCompounded: (on, amount) => run.compounding.added.set(on, amount),
    },
    { rate: run.plan.rate, currency: run.plan.terms.currency },
  );
  run.from = to;
}

/** Where interest compounds one stretch runs over several due dates: each cuts it without changing B. */
function withDueDates(run: RecalculationRun, { lastDue }: Tail, to: CivilDate): BalanceChange[] {
  const { terms, dueRule } = run.plan;
  const changes = changesAhead(run, to);
  if (!compounds(terms)) return changes;
  const cuts: BalanceChange[] = [];
  for (let on = nextDueDate(dueRule, lastDue); on < to; on = nextDueDate(dueRule, on))
    if (on > run.from) cuts.push({ on, amount: 0n });
  return [...changes, ...cuts].sort((a, b) => compareDates(a.on, b.on));
}

function addRow(run: RecalculationRun, tail: Tail, due: CivilDate): void {
  const row = newInstallment({ number: run.made.length + 1, kind: 'interestOnly', from: tail.rowFrom, due });
  row.charged.interest = tail.interest;
  addRowToBoth(run, row);
  const { rowFrom: from, interest } = tail;
  noteCompounding(run, { from, due, interest, fees: 0n, rest: restDate(run, due) }, row);
  tail.rowFrom = due;
  tail.interest = 0n;
}

function layPayment(run: RecalculationRun, tail: Tail, payment: IncomingPayment): void {
  if (payment.date !== run.from) {
    accrueTo(run, tail, payment.date);
    addRow(run, tail, payment.date);
  }
  const { portions } = layOnRows(run, payment);
  settleLatePayment(run, portions, restDate(run, payment.date));
  noteOverdue(run, run.input.businessDate, (due) => due);
  const isPaid = run.overdue.size === 0 && run.working.every((row: Installment) => isMet(row));
  run.bearing = isPaid ? 0n : run.bearing - takeUntil(run.reductions, run.from);
}

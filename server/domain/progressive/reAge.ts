/**
 * Re-age and re-amortize: principal that was not paid moves to other rows; fees and penalties stay.
 *
 *   re-age: all open principal moves to n new rows, round2(total / n) each, the last takes the rest
 *     400 in 4 rows, 100 paid, re-age on 20 May from 1 Jun, 3 monthly: rows 5-7 of 100 each
 *   re-amortize: open principal of rows due until the day moves to the normal rows after it, in equal shares
 *     400 in 4 rows, 50 paid on 20 Mar, re-amortize: rows 50 | 0 | 175 | 175
 *
 * Source: engine.md section 5.12.
 */
import { noteWhetherMet } from '../allocation/settle.ts';
import { present } from '../assert.ts';
import { addPeriod, type CivilDate } from '../date.ts';
import { type Installment, newInstallment, outstandingOf } from '../installment.ts';
import { type Money, sum, toMultiple } from '../money.ts';
import { shareOf } from '../schedule/rate.ts';
import type { LoanTransaction, ReAgeTerms } from '../transaction.ts';
import type { ProgressiveRun } from './run.ts';
import { renumber } from './schedule.ts';

/** Moves all open principal to new rows; answers how much that was. */
export function layReAge(run: ProgressiveRun, transaction: LoanTransaction): Money {
  const reAge = present(transaction.reAge, `parameters of re-age ${transaction.id}`);
  const total = takePrincipal(run.rows, transaction.date);
  const rows = reAgedRows(present(run.rows.at(-1), 'last installment').due, reAge);
  addPrincipal(run, rows, total);
  run.rows.push(...rows);
  renumber(run.rows);
  for (const row of rows) noteWhetherMet(row, transaction.date);
  return total;
}

/** Moves the open principal of due rows to those still to come; answers how much that was. */
export function layReAmortization(run: ProgressiveRun, { date }: LoanTransaction): Money {
  const future = run.rows.filter(({ kind, due }) => kind === 'normal' && due > date);
  if (future.length === 0) return 0n;
  const total = takePrincipal(
    run.rows.filter(({ due }) => due <= date),
    date,
  );
  addPrincipal(run, future, total);
  for (const row of future) noteWhetherMet(row, date);
  return total;
}

function takePrincipal(rows: readonly Installment[], on: CivilDate): Money {
  const total = sum(rows.map((row) => outstandingOf(row, 'principal')));
  for (const row of rows) {
    row.charged.principal -= outstandingOf(row, 'principal');
    noteWhetherMet(row, on);
  }
  return total;
}

function reAgedRows(lastDue: CivilDate, terms: ReAgeTerms): Installment[] {
  const rows: Installment[] = [];
  let from = lastDue;
  let due = terms.startDate;
  for (let index = 0; index < terms.numberOfInstallments; index += 1) {
    rows.push(newInstallment({ number: 0, kind: 'reAged', from, due }));
    from = due;
    due = addPeriod(due, terms.frequencyNumber, terms.frequencyUnit);
  }
  return rows;
}

/** Equal shares brought to multiples; the last row takes the rest. */
function addPrincipal({ terms }: ProgressiveRun, rows: readonly Installment[], total: Money): void {
  const { currency, installmentAmountInMultiplesOf } = terms;
  const share = toMultiple(shareOf(total, rows.length, currency), installmentAmountInMultiplesOf, currency);
  rows.forEach((row, index) => {
    row.charged.principal += index < rows.length - 1 ? share : total - share * BigInt(index);
  });
}

/**
 * Rows of a progressive schedule: each disbursement adds its down payment row and raises the rows that fall
 * due after it, in equal shares without interest, by the interest model with interest.
 *
 *   share = round2(rest / count); principal becomes toMultiple(principal + share), the last takes the rest
 *   600 on 15 Jan over 3 rows, then 300 on 1 Mar: 200 | 350 | 350
 *   down payment of 25 % on 1000: 250 | 250 | 250 | 250
 *
 * Source: engine.md sections 3.8, 4.1 and 4.3.
 */

import { Decimal } from 'decimal.js';
import { noteWhetherMet } from '../allocation/settle.ts';
import { present } from '../assert.ts';
import type { CivilDate } from '../date.ts';
import { type Installment, newInstallment } from '../installment.ts';
import type { TermVariation } from '../loan.ts';
import { type Money, maximum, toMultiple } from '../money.ts';
import { requireRule } from '../refusal.ts';
import { dueDateMoves, dueDateRule, dueDates, scheduleStart } from '../schedule/dueDates.ts';
import { shareOf } from '../schedule/rate.ts';
import { downPaymentOf } from '../schedule/tranches.ts';
import type { LoanTerms } from '../terms.ts';
import { disburse } from './equalInstallment.ts';
import { factorRule } from './interestFactor.ts';
import { type InterestModel, newModel } from './interestModel.ts';

export const bearsInterest = (terms: LoanTerms): boolean =>
  new Decimal(terms.interestRatePerPeriod).greaterThan(0);

/** Rows and, on interest-bearing loans, the model behind them. */
export interface ProgressiveSchedule {
  readonly terms: LoanTerms;
  readonly rows: Installment[];
  readonly model: InterestModel | null;
}

export interface ScheduleDates {
  readonly disbursedOn: CivilDate;
  readonly submittedOn: CivilDate;
  readonly variations: readonly TermVariation[];
  readonly precision: number;
}

/** The rows by their dates, nothing charged yet. */
export function emptySchedule(terms: LoanTerms, dates: ScheduleDates): ProgressiveSchedule {
  const start = scheduleStart(terms, dates.disbursedOn, dates.submittedOn);
  const due = dueDates(dueDateRule(terms, start), terms.numberOfRepayments, {
    moves: dueDateMoves(dates.variations),
    fixedLength: terms.fixedLength,
  });
  const rows = due.map((on, index) =>
    newInstallment({ number: index + 1, kind: 'normal', from: due[index - 1] ?? start, due: on }),
  );
  const rule = factorRule(terms, dates.precision);
  return { terms, rows, model: bearsInterest(terms) ? newModel({ ...terms, rule }, rows) : null };
}

/** Adds a disbursement to the rows. */
export function addDisbursement(schedule: ProgressiveSchedule, on: CivilDate, amount: Money): void {
  const { terms, rows, model } = schedule;
  requireRowAfter(rows, on);
  const down = downPaymentOf(amount, terms);
  if (terms.downPayment.enabled) addDownPaymentRow(rows, on, down);
  if (model) disburse(model, on, amount - down);
  else addShares(schedule, on, amount - down);
  settleRows(schedule, on);
}

function requireRowAfter(rows: readonly Installment[], on: CivilDate): void {
  requireRule(
    rows.some(({ kind, due }) => kind === 'normal' && due > on),
    {
      kind: 'permission_denied',
      code: 'disbursement_after_last_installment',
      message: 'A disbursement needs an installment that falls due after it',
    },
  );
}

function addDownPaymentRow(rows: Installment[], on: CivilDate, amount: Money): void {
  const row = newInstallment({ number: 0, kind: 'downPayment', from: on, due: on });
  row.charged.principal = amount;
  rows.push(row);
  renumber(rows);
}

/** Rows by due date; a down payment stands behind the row that ends on its date. */
export function renumber(rows: Installment[]): void {
  const rank = ({ kind }: Installment) => (kind === 'downPayment' ? 1 : kind === 'additional' ? 2 : 0);
  rows.sort((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : rank(a) - rank(b)));
  rows.forEach((row, index) => {
    row.number = index + 1;
  });
}

function addShares({ terms, rows }: ProgressiveSchedule, on: CivilDate, amount: Money): void {
  const targets = rows.filter(({ kind, due }) => kind === 'normal' && due > on);
  const last = present(targets.at(-1), 'row that falls due after the disbursement');
  const { currency, installmentAmountInMultiplesOf } = terms;
  const share = shareOf(amount, targets.length, currency);
  let left = amount;
  for (const row of targets) {
    const raised = toMultiple(row.charged.principal + share, installmentAmountInMultiplesOf, currency);
    left -= raised - row.charged.principal;
    row.charged.principal = raised;
  }
  last.charged.principal += left;
}

/** Sets the rows to what the model says is due, and notes on `on` which are met and which are open. */
export function settleRows({ rows, model }: ProgressiveSchedule, on: CivilDate): void {
  if (model) {
    const normal = rows.filter(({ kind }) => kind === 'normal');
    normal.forEach((row, index) => {
      const period = model.periods[index];
      if (!period) return;
      row.charged.principal = period.duePrincipal + row.credited.principal;
      // What was waived or written off stays charged, also when less is due since.
      row.charged.interest = maximum(
        period.dueInterest,
        row.paid.interest + row.waived.interest + row.writtenOff.interest,
      );
    });
    keepPaidPrincipal(normal);
  }
  for (const row of rows) noteWhetherMet(row, on);
}

/**
 * A disbursement dated back raises the interest of rows that were paid since: they keep the principal that
 * was paid on them, and the rows after them (else those before) owe so much less.
 */
function keepPaidPrincipal(normal: readonly Installment[]): void {
  const missing = normal.reduce(keptFrom, 0n);
  if (missing > 0n) normal.reduceRight(keptFrom, missing);
}

/** Takes `missing` off the row as far as it has not been paid; answers what the next one has to give. */
function keptFrom(missing: Money, row: Installment): Money {
  const planned = row.charged.principal - missing;
  row.charged.principal = maximum(planned, row.paid.principal);
  return row.charged.principal - planned;
}

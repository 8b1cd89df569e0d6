/**
 * What made the interest of an installment: the stretches of constant balance in it, each with its days, its
 * factor, the exact product and what it was rounded to; and what else changed it (interest put off by grace,
 * interest that earlier rows did not recognise, a recalculation). The parts always add up to what the
 * installment charges.
 *
 *   5000 at 18 %, daily ACT/365, 15 Jan - 15 Feb: 31 days x 5000 x 0.0152876712329 = 76.4383561645 -> 76.44
 *
 * Source: engine.md sections 3.2, 3.5 and 4.2.
 */
import { Decimal } from 'decimal.js';
import { type CivilDate, daysBetween } from '../date.ts';
import type { DecisionContext } from '../decision.ts';
import { isProgressive, replayInput } from '../history/replaying.ts';
import { countingTranches } from '../history/scheduleInput.ts';
import type { Installment } from '../installment.ts';
import type { Loan } from '../loan.ts';
import { type Money, maximum, sum, toMajor } from '../money.ts';
import { runHistory } from '../progressive/replay.ts';
import { bringInterestTo } from '../progressive/run.ts';
import { dueDateRule, scheduleStart } from '../schedule/dueDates.ts';
import { interestOfStretch } from '../schedule/interest.ts';
import { type Factor, type InterestRate, interestRate } from '../schedule/rate.ts';
import { drawdowns } from '../schedule/tranches.ts';

export type InterestPart =
  | {
      readonly kind: 'stretch';
      readonly from: CivilDate;
      readonly to: CivilDate;
      readonly days: number;
      readonly balance: Money;
      /** Decimal text. */
      readonly factor: string;
      /** Balance x factor in major units, before rounding. */
      readonly exact: string;
      readonly amount: Money;
    }
  | { readonly kind: 'shareOfTotal'; readonly total: Money; readonly rows: number; readonly amount: Money }
  /** Put off from or to another row by grace, by the installment amount, or by an early payment. */
  | { readonly kind: 'carried'; readonly amount: Money }
  /** What payments changed where interest is recalculated. */
  | { readonly kind: 'recalculated'; readonly amount: Money };

export function interestParts(loan: Loan, row: Installment, context: DecisionContext): InterestPart[] {
  const parts = partsOf(loan, row, context);
  const rest = row.charged.interest - sum(parts.map(({ amount }) => amount));
  if (rest === 0n) return parts;
  const kind = loan.terms.interestRecalculation === null || isProgressive(loan) ? 'carried' : 'recalculated';
  return [...parts, { kind, amount: rest }];
}

function partsOf(loan: Loan, row: Installment, context: DecisionContext): InterestPart[] {
  if (row.kind !== 'normal' || new Decimal(loan.terms.interestRatePerPeriod).isZero()) return [];
  if (isProgressive(loan)) return partsOfModel(loan, row, context);
  return loan.terms.interestType === 'FLAT' ? [flatPart(loan, row)] : decliningParts(loan, row, context);
}

/** Flat: one share of the interest on the whole principal over the whole term. */
function flatPart(loan: Loan, row: Installment): InterestPart {
  const rows = loan.installments.filter(({ kind }) => kind === 'normal');
  const total = sum(rows.map(({ charged }) => charged.interest));
  return { kind: 'shareOfTotal', total, rows: rows.length, amount: row.charged.interest };
}

/** Progressive: the pieces of the interest model behind the row. */
function partsOfModel(loan: Loan, row: Installment, context: DecisionContext): InterestPart[] {
  const { run } = runHistory(replayInput(loan, context));
  bringInterestTo(run, context.businessDate);
  const period = run.model?.periods.find(({ due }) => due === row.due);
  return (period?.pieces ?? [])
    .filter(({ from, due }) => from < due)
    .map(({ from, due, balance, factor }) =>
      // Nothing is earned on money that was paid before it was owed.
      stretchOf(loan, { from, to: due, balance: maximum(0n, balance), factor }),
    );
}

interface Piece {
  readonly from: CivilDate;
  readonly to: CivilDate;
  readonly balance: Money;
  readonly factor: Factor;
}

function stretchOf({ terms }: Loan, { from, to, balance, factor }: Piece, rounded?: Money): InterestPart {
  const share = new Decimal(factor.digits.toString()).div(factor.scale.toString());
  const exact = toMajor(balance, terms.currency).mul(share);
  const amount = rounded ?? roundedTo(exact, terms.currency.decimals);
  const days = daysBetween(from, to);
  return {
    kind: 'stretch',
    from,
    to,
    days,
    balance,
    factor: share.toFixed(),
    exact: exact.toFixed(),
    amount,
  };
}

const roundedTo = (exact: Decimal, decimals: number): Money =>
  BigInt(
    exact
      .mul(10 ** decimals)
      .toDecimalPlaces(0, Decimal.ROUND_HALF_EVEN)
      .toFixed(0),
  );

/** Cumulative, declining: the balance before the row, cut where tranches join it. */
function decliningParts(loan: Loan, row: Installment, context: DecisionContext): InterestPart[] {
  const drawn = drawdowns(loan.terms, countingTranches(loan), context.businessDate);
  const cuts = drawn.map(({ on }) => on).filter((on) => row.from < on && on < row.due);
  const edges = [...new Set([row.from, ...cuts, row.due])];
  const repaid = sum(
    loan.installments
      .filter((each) => each.kind === 'normal' && each.number < row.number)
      .map(({ charged, credited }) => charged.principal - credited.principal),
  );
  const rate = rateInForce(loan, row, context);
  return edges.slice(1).map((to, index) => {
    const from = edges[index] ?? row.from;
    const joined = drawn.filter(({ on }) => on <= from).map(({ scheduled }) => scheduled);
    const balance = sum(joined) - repaid;
    const pricing = { rate, currency: loan.terms.currency };
    const rounded = interestOfStretch(balance, { from, to }, pricing);
    return stretchOf(loan, { from, to, balance, factor: rate.factor(from, to) }, rounded);
  });
}

/** The rate of the terms, or the last one agreed for this row. */
function rateInForce(loan: Loan, row: Installment, { settings }: DecisionContext): InterestRate {
  const { terms, variations, submittedOn } = loan;
  const start = scheduleStart(terms, loan.disbursedOn ?? terms.expectedDisbursementDate, submittedOn);
  const { seed } = dueDateRule(terms, start);
  const change = variations.findLast(
    (each) => each.kind === 'interestRate' && each.applicableFrom <= row.due,
  );
  const percentPerYear = change?.numberValue ? { percentPerYear: new Decimal(change.numberValue) } : {};
  return interestRate(terms, seed, { precision: settings.precision, ...percentPerYear });
}

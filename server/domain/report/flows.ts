/**
 * What moved on a loan by day: its transactions that stand (disbursed, repaid, written off, recovered ...),
 * and what its schedule asks for by due date. A change of a loan adds the difference between before and
 * after, so that sums over all loans stay right whatever is replayed, reversed or backdated.
 *
 *   repayment of 100 on 3 Mar -> + 1 transaction, + 100 on 3 Mar; reversed on 9 Mar -> - 1, - 100 on 3 Mar
 *
 * Source: docs/reports.md.
 */
import { COMPONENTS, type Component } from '../components.ts';
import type { CivilDate } from '../date.ts';
import { knownBefore } from '../history/history.ts';
import type { Loan } from '../loan.ts';
import type { Money } from '../money.ts';
import type { LoanTransaction, TransactionType } from '../transaction.ts';

export type FlowFigure = 'count' | 'amount' | Component | 'overpaid';

export interface Flow {
  readonly day: CivilDate;
  readonly type: TransactionType;
  readonly figure: FlowFigure;
  readonly by: Money;
}

/** An amount that the schedule asks for. */
export interface Due {
  readonly day: CivilDate;
  readonly component: Component;
  readonly by: Money;
}

/** Inner doings, which move no money and are many. */
const UNTOLD: ReadonlySet<TransactionType> = new Set<TransactionType>([
  'accrual',
  'accrualActivity',
  'reAge',
  'reAmortize',
]);

/** `before` null = the loan is made. Told transactions may be reversed, but never go missing. */
export function flowsOf(before: Loan | null, after: Loan): Flow[] {
  const flows: Flow[] = [];
  for (const [at, now] of after.transactions.entries()) {
    const earlier = before === null ? undefined : knownBefore(before, now, at);
    if (earlier === now) continue;
    if (earlier) addFigures(flows, earlier, -1n);
    addFigures(flows, now, 1n);
  }
  return flows;
}

function addFigures(flows: Flow[], transaction: LoanTransaction, sign: 1n | -1n): void {
  const { date: day, type, amount, portions, overpaid, reversal } = transaction;
  if (reversal !== 'none' || UNTOLD.has(type)) return;
  const add = (figure: FlowFigure, value: Money): void => {
    if (value !== 0n) flows.push({ day, type, figure, by: sign * value });
  };
  add('count', 1n);
  add('amount', amount);
  for (const component of COMPONENTS) add(component, portions[component]);
  add('overpaid', overpaid);
}

/**
 * What a change does to the amounts that fall due; nothing with most payments. `before` null = the loan is
 * made.
 */
export function duesOf(before: Loan | null, after: Loan): Due[] {
  if (before !== null && isAskedAlike(before, after)) return [];
  return [...(before === null ? [] : askedOf(before, -1n)), ...askedOf(after, 1n)];
}

/** Nothing is asked for before the money is out. */
const isAsked = (loan: Loan): boolean => loan.disbursedOn !== null;

function isAskedAlike(before: Loan, after: Loan): boolean {
  if (isAsked(before) !== isAsked(after)) return false;
  if (before.installments === after.installments) return true;
  return (
    before.installments.length === after.installments.length &&
    after.installments.every((row, index) => {
      const earlier = before.installments[index];
      return (
        earlier?.due === row.due &&
        COMPONENTS.every((component) => earlier.charged[component] === row.charged[component])
      );
    })
  );
}

function askedOf(loan: Loan, sign: 1n | -1n): Due[] {
  if (!isAsked(loan)) return [];
  return loan.installments.flatMap((row) =>
    COMPONENTS.filter((component) => row.charged[component] !== 0n).map((component) => ({
      day: row.due,
      component,
      by: sign * row.charged[component],
    })),
  );
}

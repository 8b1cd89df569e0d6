/**
 * Cumulative schedules: all rows are computed up front from terms, tranches and variations. A tranche joins
 * the balance on its date; the EMI is that of all tranches together and holds for all rows.
 *
 *   5000 at 18 % a year, 4 months from 15 Jan 2025 (same as repayment), EMI 1297.22:
 *   1222.22 + 75.00, 1240.55 + 56.67, 1259.16 + 38.06, 1278.07 + 19.17
 *
 * Source: engine.md section 3 (3.2 to 3.9).
 */
import type { CivilDate } from '../date.ts';
import { type Installment, newInstallment } from '../installment.ts';
import type { Money } from '../money.ts';
import { Refusal } from '../refusal.ts';
import { type DueDateWalk, newWalk } from './dueDates.ts';
import type { BalanceChange } from './interest.ts';
import type { Plan, ScheduleInput } from './plan.ts';
import { dueDateOfRow, nextRow, startPlan } from './rows.ts';
import { type Drawdown, downPaymentRow } from './tranches.ts';
import { applyVariations } from './variations.ts';

export type { ScheduleInput } from './plan.ts';

interface Run {
  readonly plan: Plan;
  readonly walk: DueDateWalk;
  readonly rows: Installment[];
  /** Index of the first drawdown that has not joined. */
  nextDrawdown: number;
  from: CivilDate;
  row: number;
  balance: Money;
  joined: Money;
  principalSoFar: Money;
  interestSoFar: Money;
}

/**
 * The installments of a loan whose payments do not change its interest: down payment and normal rows, charges
 * left out.
 */
export function generateCumulativeSchedule(input: ScheduleInput): Installment[] {
  const plan = startPlan(input);
  const start = plan.dueRule.start;
  const run: Run = {
    plan,
    walk: newWalk(),
    rows: [],
    nextDrawdown: 0,
    from: start,
    row: 1,
    balance: 0n,
    joined: 0n,
    principalSoFar: 0n,
    interestSoFar: 0n,
  };
  run.balance = joinDrawdowns(run, start);
  while (run.balance !== 0n || run.nextDrawdown < plan.drawn.length) addRow(run);
  chargeGraceInterestLeft(run);
  return run.rows;
}

/**
 * Lets the drawdowns up to `date` join: their down payment rows come first; answers what they add to the
 * balance.
 */
function joinDrawdowns(run: Run, date: CivilDate, changes?: BalanceChange[]): Money {
  const { drawn, terms } = run.plan;
  let added = 0n;
  for (let next = drawn[run.nextDrawdown]; next && next.on <= date; next = drawn[run.nextDrawdown]) {
    if (run.nextDrawdown > 0) requireRoom(next, run.balance + added, terms.maxOutstandingBalance);
    if (next.downPayment > 0n) run.rows.push(downPaymentRow(next, run.rows.length + 1));
    changes?.push({ on: next.on, amount: next.scheduled });
    added += next.scheduled;
    run.nextDrawdown += 1;
  }
  run.joined += added;
  return added;
}

function requireRoom(drawn: Drawdown, balance: Money, most: Money | null): void {
  if (most === null || balance + drawn.amount <= most) return;
  const message = 'the tranche takes the balance above the maximum outstanding loan balance';
  throw new Refusal('invalid_argument', 'outstanding_balance_above_maximum', message, 'amount');
}

const NO_CHANGES: readonly BalanceChange[] = [];

function addRow(run: Run): void {
  const { plan, row, from, principalSoFar, interestSoFar, balance } = run;
  const due = dueDateOfRow(plan, run.walk, { row, from });
  if (plan.pending.length > 0) {
    applyVariations(plan, due, { row, principalSoFar, interestSoFar, balance });
  }
  const changes = hasDrawdownBy(run, due) ? joinAndList(run, due) : NO_CHANGES;
  const { joined } = run;
  const amounts = nextRow(plan, {
    row,
    principalSoFar,
    interestSoFar,
    balance,
    from,
    due,
    joined,
    changes,
  });
  const made = newInstallment({ number: run.rows.length + 1, kind: 'normal', from, due });
  made.charged.principal = amounts.principal;
  made.charged.interest = amounts.interest;
  run.rows.push(made);
  run.balance -= amounts.principal;
  run.principalSoFar += amounts.principal;
  run.interestSoFar += amounts.interest;
  run.from = due;
  run.row += 1;
}

const hasDrawdownBy = (run: Run, date: CivilDate): boolean => {
  const next = run.plan.drawn[run.nextDrawdown];
  return next !== undefined && next.on <= date;
};

function joinAndList(run: Run, due: CivilDate): BalanceChange[] {
  const changes: BalanceChange[] = [];
  run.balance += joinDrawdowns(run, due, changes);
  return changes;
}

/** Interest put off by grace that no row has taken goes to the last one. */
function chargeGraceInterestLeft(run: Run): void {
  const last = run.rows.at(-1);
  if (last) last.charged.interest += run.plan.graceInterest;
  run.plan.graceInterest = 0n;
}

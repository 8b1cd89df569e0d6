/**
 * What of a loan is overdue on business date D, and since when. A row that is not met and was due before D is
 * overdue with all it owes, since its due date. A chargeback counts from its own date: where the chargebacks
 * of a row's period exceed what was paid on the row, the row is overdue from then on, and a row not yet due
 * is overdue by that shortfall.
 *
 *   row due 15 Feb, 100 open, D = 20 Feb                         -> 100 since 15 Feb
 *   row 16 Feb - 15 Mar with 30 paid, chargeback of 70 on 1 Mar, D = 5 Mar -> 40 since 1 Mar
 *
 * Source: engine.md sections 9.1 and 9.2.
 */

import { totalOf } from '../components.ts';
import type { CivilDate } from '../date.ts';
import { byDateThenSequence } from '../history/history.ts';
import { type Installment, isMet, totalOutstanding } from '../installment.ts';
import type { Loan } from '../loan.ts';
import type { Money } from '../money.ts';
import { isActive, type LoanTransaction } from '../transaction.ts';

export interface Overdue {
  readonly amount: Money;
  /** Null when nothing is overdue. */
  readonly since: CivilDate | null;
}

type History = Pick<Loan, 'installments' | 'transactions'>;

const NOTHING: Overdue = { amount: 0n, since: null };

/** The whole loan: all overdue rows, and of the rows not yet due the first one. */
export function overdueOf(loan: History, businessDate: CivilDate): Overdue {
  let amount = 0n;
  let first: Overdue | undefined;
  let next: Installment | undefined;
  for (const row of loan.installments) {
    if (isMet(row)) continue;
    if (row.due >= businessDate) next ??= row;
    else {
      const past = overdueRow(row, loan);
      first ??= past;
      amount += past.amount;
    }
  }
  const upcoming = next ? upcomingRow(next, loan, businessDate) : NOTHING;
  return { amount: amount + upcoming.amount, since: first?.since ?? upcoming.since };
}

/** One row by itself. */
export function overdueOfRow(row: Installment, loan: History, businessDate: CivilDate): Overdue {
  if (isMet(row)) return NOTHING;
  return row.due < businessDate ? overdueRow(row, loan) : upcomingRow(row, loan, businessDate);
}

function overdueRow(row: Installment, loan: History): Overdue {
  let available = totalOf(row.paid);
  let since = row.due;
  for (const chargeback of chargebacksIn(row, loan)) {
    available -= chargeback.amount;
    if (available >= 0n) continue;
    since = chargeback.date;
    break;
  }
  return { amount: totalOutstanding(row), since };
}

function upcomingRow(row: Installment, loan: History, businessDate: CivilDate): Overdue {
  let available = totalOf(row.paid);
  let since: CivilDate | null = null;
  for (const chargeback of chargebacksIn(row, loan)) {
    if (chargeback.date >= businessDate) continue;
    available -= chargeback.amount;
    since = chargeback.date;
  }
  return available < 0n ? { amount: -available, since } : NOTHING;
}

/**
 * Chargebacks dated from the row's from date to the day before its due date, oldest first. One of the due
 * date itself moves nothing: an unpaid row is overdue since then anyway.
 */
function chargebacksIn(row: Installment, loan: History): LoanTransaction[] {
  return loan.transactions
    .filter((one) => one.type === 'chargeback' && isActive(one) && row.from <= one.date && one.date < row.due)
    .sort(byDateThenSequence);
}

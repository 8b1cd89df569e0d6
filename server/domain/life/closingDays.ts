/**
 * Which days of a loan a run of close of business closes: on business date D the last one is D - 1.
 *
 *   last closed 8 Aug, D = 10 Aug:  inline 9 Aug;  nightly 9 Aug
 *   last closed 8 Aug, D = 12 Aug:  inline 9, 10, 11 Aug;  nightly nothing (more than one day behind)
 *
 * A loan never closed before closes only D - 1. Inline runs and the catch-up job close day by day. Only
 * pending, approved and active loans are closed. Source: engine.md section 7.5.
 */
import { addDays, type CivilDate } from '../date.ts';
import type { Loan, LoanStatus } from '../loan.ts';

export type ClosingScope = 'loan' | 'all' | 'catch-up';

const CLOSED_DAILY: readonly LoanStatus[] = ['pending', 'approved', 'active'];

/** The days to close now, oldest first. */
export function daysToClose(loan: Loan, businessDate: CivilDate, scope: ClosingScope): CivilDate[] {
  const lastDay = addDays(businessDate, -1);
  const closed = loan.lastClosedBusinessDate;
  if (!CLOSED_DAILY.includes(loan.status)) return [];
  if (closed === null) return [lastDay];
  if (scope === 'all' && addDays(closed, 1) !== lastDay) return [];
  const days: CivilDate[] = [];
  for (let day = addDays(closed, 1); day <= lastDay; day = addDays(day, 1)) days.push(day);
  return days;
}

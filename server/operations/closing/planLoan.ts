/** With every change of a loan: up to which day it counts as closed, and when it has something to do next. */
import { closedTillOf, planClosing } from '../../domain/closing/plan.ts';
import { addDays, type CivilDate } from '../../domain/date.ts';
import { nextId, nextSequence } from '../../domain/history/history.ts';
import type { Loan } from '../../domain/loan.ts';
import { NEVER_CLOSED, type StoredClosing } from '../../store/loans/closing.ts';
import type { ClosingRules } from './steps.ts';

export interface LoanPlanning {
  /** What was known when the loan was read; null = nothing. */
  readonly known: StoredClosing | null;
  readonly bookClosedTill: CivilDate | null;
  readonly businessDate: CivilDate;
  readonly rules: ClosingRules;
  /** Number of the loan's last journal entry. */
  readonly lastEntry: number;
}

export function plannedLoan(
  loan: Loan,
  { known, bookClosedTill, businessDate, rules, lastEntry }: LoanPlanning,
): { readonly state: Loan; readonly closing: StoredClosing } {
  const closedTill = closedTillOf(loan, known, bookClosedTill);
  const state =
    closedTill === loan.lastClosedBusinessDate ? loan : { ...loan, lastClosedBusinessDate: closedTill };
  const openFrom = addDays(businessDate, -1);
  const { steps, settings } = rules;
  const { nextWorkDate, accrual } = planClosing(state, { closedTill, openFrom, steps, settings });
  const closing = {
    nextWorkDate,
    bookedTill: accrual === null ? null : (closedTill ?? NEVER_CLOSED),
    accrual,
    lastTransaction: nextId(loan) - 1,
    lastSequence: nextSequence(loan) - 1,
    lastEntry,
  };
  return { state, closing };
}

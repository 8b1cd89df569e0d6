/**
 * Closing days of one loan, each as the domain decides it, all in one transaction and one version of the
 * loan. A run closes what has something to do; the loan's own call closes every day that is open.
 */
import { closedTillOf, planClosing } from '../../domain/closing/plan.ts';
import { addDays, type CivilDate } from '../../domain/date.ts';
import { type CloseOfBusinessStep, type Decision, decide } from '../../domain/decide.ts';
import { daysToClose } from '../../domain/life/closingDays.ts';
import type { Loan } from '../../domain/loan.ts';
import { readBookClosedTill } from '../../store/closing/closedDays.ts';
import type { Tx } from '../../store/database.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import { withWholeHistory } from '../../store/loans/quietTransactions.ts';
import type { Book } from '../book.ts';
import { requireLoan, requireWholeLoan, storeDecisions } from '../loans/changeLoan.ts';
import { readBusinessDate } from '../readBusinessDate.ts';
import { type ClosingRules, closingRulesOf } from './steps.ts';

export interface DayOfLoan {
  readonly loanId: bigint;
  readonly day: CivilDate;
  readonly steps: readonly CloseOfBusinessStep[];
}

/** Closes what the loan has to do up to and with the day; a loan that has no more to do stays as it is. */
export async function closeLoan(tx: Tx, book: Book, { loanId, day, steps }: DayOfLoan): Promise<BookedLoan> {
  const loan = await requireLoanToClose(tx, loanId);
  const closedTill = closedTillOf(loan.state, loan.closing, await readBookClosedTill(tx));
  const rules = { steps, settings: book.config.engineSettings };
  const decisions = decisionsThrough({ ...loan.state, lastClosedBusinessDate: closedTill }, day, rules);
  const isPlanned = loan.closing !== null && (loan.closing.nextWorkDate ?? LAST_DAY) > day;
  if (decisions.length === 0 && isPlanned) return loan;
  return storeDecisions(tx, book, { loan, decisions, businessDate: addDays(day, 1) });
}

/** Its quiet accruals matter only where closing a day may lay the history over the schedule again. */
async function requireLoanToClose(tx: Tx, loanId: bigint): Promise<BookedLoan> {
  const loan = await requireLoan(tx, loanId);
  const { interestRecalculation, overdueCharges = [] } = loan.state.terms;
  const mayReplay = interestRecalculation !== null || overdueCharges.length > 0;
  return mayReplay ? withWholeHistory(tx, loan) : loan;
}

const LAST_DAY = '9999-12-31' as CivilDate;

function decisionsThrough(loan: Loan, last: CivilDate, rules: ClosingRules): Decision[] {
  const decisions: Decision[] = [];
  for (let state = loan; ; ) {
    const day = nextDay(state, last, rules);
    if (day === null || day > last) return decisions;
    const decision = closed(state, day, rules);
    decisions.push(decision);
    state = decision.loan;
    if (state.lastClosedBusinessDate !== day) return decisions;
  }
}

/**
 * A loan never closed before begins with the last day; one that accrues closes them all, others what
 * matters.
 */
function nextDay(loan: Loan, last: CivilDate, rules: ClosingRules): CivilDate | null {
  const closedTill = loan.lastClosedBusinessDate;
  if (closedTill === null) return daysToClose(loan, addDays(last, 1), 'catch-up')[0] ?? null;
  const plan = planClosing(loan, { closedTill, openFrom: last, ...rules });
  return plan.accrual === null ? plan.nextWorkDate : addDays(closedTill, 1);
}

const closed = (loan: Loan, day: CivilDate, { steps, settings }: ClosingRules): Decision =>
  decide(loan, { kind: 'closeBusinessDay', day, steps }, { businessDate: addDays(day, 1), settings });

/** Every open day of one loan up to yesterday, whether there is something to do or not. */
export async function catchUpLoan(tx: Tx, book: Book, loanId: bigint): Promise<BookedLoan> {
  const loan = await requireWholeLoan(tx, loanId);
  const businessDate = await readBusinessDate(tx, book);
  const rules = closingRulesOf(book.config);
  const closedTill = closedTillOf(loan.state, loan.closing, await readBookClosedTill(tx));
  const decisions: Decision[] = [];
  let state: Loan = { ...loan.state, lastClosedBusinessDate: closedTill };
  for (const day of daysToClose(state, businessDate, 'loan')) {
    const decision = closed(state, day, rules);
    decisions.push(decision);
    state = decision.loan;
  }
  if (decisions.length === 0) return loan;
  return storeDecisions(tx, book, { loan, decisions, businessDate });
}

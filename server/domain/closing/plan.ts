/**
 * When a loan has something to do at close of business: the first day, after those that are closed, on which
 * closing it does more than move on and accrue quietly. Never too late; now and then too early, which costs a
 * look and changes nothing.
 *
 *   installment due 15 Feb, ranges from 1 day, reminder 1 day before, all closed up to 20 Jan:
 *     14 Feb (reminder), then 15 Feb (accrued in full, and past due from the 16th on), then 17 Feb (overdue)
 *
 * A loan whose plan says 14 Feb is not touched until then. Source: engine.md sections 6.5, 7 and 9.
 */
import { dueIncomeOf, unrecognisedInterestIn } from '../accrual/dueIncome.ts';
import { isDueAtDisbursement } from '../charges/landing.ts';
import { totalOf } from '../components.ts';
import { addDays, type CivilDate, dayNumber, earlier, fromDayNumber, later } from '../date.ts';
import type { CloseOfBusinessStep } from '../decision.ts';
import { assessNonPerforming } from '../delinquency/arrears.ts';
import { effectivePauses, pausedDays } from '../delinquency/pauses.ts';
import { type Installment, isMet } from '../installment.ts';
import { nextPenaltyDays } from '../life/overduePenalties.ts';
import type { Loan } from '../loan.ts';
import type { DelinquencyBucket, EngineSettings } from '../terms.ts';
import { isActive } from '../transaction.ts';
import type { QuietAccrual } from './quietAccrual.ts';

/** What close of business does every day, in this order. */
export const STANDARD_STEPS: readonly CloseOfBusinessStep[] = [
  'APPLY_CHARGE_TO_OVERDUE_LOANS',
  'LOAN_DELINQUENCY_CLASSIFICATION',
  'CHECK_LOAN_REPAYMENT_DUE',
  'CHECK_LOAN_REPAYMENT_OVERDUE',
  'UPDATE_LOAN_ARREARS_AGING',
  'ADD_PERIODIC_ACCRUAL_ENTRIES',
];

/** What a deployment may add. */
export const OPTIONAL_STEPS: readonly CloseOfBusinessStep[] = [
  'CHECK_DUE_INSTALLMENTS',
  'ACCRUAL_ACTIVITY_POSTING',
  'LOAN_INTEREST_RECALCULATION',
];

export interface ClosingPlan {
  /** Null: never, as long as nobody changes the loan. */
  readonly nextWorkDate: CivilDate | null;
  /** Accrues every day until then; null = nothing to accrue. */
  readonly accrual: QuietAccrual | null;
}

export interface Planning {
  /** The last day that counts as closed; null = none yet: then the first run closes its own day only. */
  readonly closedTill: CivilDate | null;
  /** The first day that a run may still close: matters to loans that were never closed. */
  readonly openFrom: CivilDate;
  readonly steps: readonly CloseOfBusinessStep[];
  readonly settings: EngineSettings;
}

/**
 * Up to which day a loan counts as closed. One without work on days that the book has closed was not touched
 * on them; one that accrues quietly has every day written down.
 */
export function closedTillOf(
  loan: Loan,
  known: ClosingPlan | null,
  bookClosedTill: CivilDate | null,
): CivilDate | null {
  const explicit = loan.lastClosedBusinessDate;
  if (explicit === null || known === null || known.accrual !== null || bookClosedTill === null)
    return explicit;
  const { nextWorkDate } = known;
  const quietTill =
    nextWorkDate === null ? bookClosedTill : earlier(addDays(nextWorkDate, -1), bookClosedTill);
  return later(explicit, quietTill);
}

const NOTHING: ClosingPlan = { nextWorkDate: null, accrual: null };

export function planClosing(loan: Loan, planning: Planning): ClosingPlan {
  if (loan.status !== 'active') return NOTHING;
  const { closedTill, openFrom } = planning;
  const next = closedTill === null ? openFrom : addDays(closedTill, 1);
  const accrual = quietAccrualOf(loan, next, planning);
  if (accrual === 'work') return { nextWorkDate: next, accrual: null };
  const first = firstWork(loan, next, planning);
  const nextWorkDate = first === null ? null : fromDayNumber(first);
  return { nextWorkDate, accrual: nextWorkDate === next ? null : accrual };
}

/** Day numbers, because a change of a loan looks at hundreds of days. */
function firstWork(loan: Loan, next: CivilDate, { steps, settings }: Planning): number | null {
  const from = dayNumber(next);
  const open: number[] = [];
  for (const row of loan.installments) if (!isMet(row)) open.push(dayNumber(row.due));
  let first: number | null = null;
  // Called for hundreds of days with every change of a loan, so they are not listed first.
  const found = (day: number): void => {
    if (day >= from && (first === null || day < first)) first = day;
  };
  const subject = { loan, next, settings, open, found };
  for (const step of steps) WORK[step](subject);
  return first;
}

interface Subject {
  readonly loan: Loan;
  /** The first day that is not closed. */
  readonly next: CivilDate;
  readonly settings: EngineSettings;
  /** Due dates of the installments that are not met. */
  readonly open: readonly number[];
  /** Hears of each day with work, also of days that are closed. */
  readonly found: (day: number) => void;
}

const WORK: Readonly<Record<CloseOfBusinessStep, (subject: Subject) => void>> = {
  APPLY_CHARGE_TO_OVERDUE_LOANS: ({ loan, next, settings, found }) => {
    for (const day of nextPenaltyDays(loan, settings)) found(dayNumber(later(day, next)));
  },
  LOAN_DELINQUENCY_CLASSIFICATION: findClassifications,
  CHECK_LOAN_REPAYMENT_DUE: ({ loan, settings, open, found }) => {
    const before = loan.terms.daysBeforeRepaymentIsDue ?? settings.daysBeforeRepaymentIsDue;
    for (const due of open) found(due - before);
  },
  CHECK_LOAN_REPAYMENT_OVERDUE: ({ loan, settings, open, found }) => {
    const after = loan.terms.daysAfterRepaymentIsOverdue ?? settings.daysAfterRepaymentIsOverdue;
    for (const due of open) found(due + after);
  },
  UPDATE_LOAN_ARREARS_AGING: findNonPerforming,
  ADD_PERIODIC_ACCRUAL_ENTRIES: findAccrual,
  CHECK_DUE_INSTALLMENTS: ({ open, found }) => open.forEach(found),
  ACCRUAL_ACTIVITY_POSTING: ({ loan, found }) => {
    for (const { due } of loan.installments) found(dayNumber(due));
  },
  LOAN_INTEREST_RECALCULATION: ({ loan, next, found }) => {
    if (loan.terms.interestRecalculation !== null) found(dayNumber(next));
  },
};

/**
 * Days on which the range of the loan or of an installment may change: closing day d looks from d + 1, so so
 * many days past due are reached on the due date and so many days, less one. Paused days put it off; a pause
 * that runs on does so further, and the look then comes too early.
 */
function findClassifications(subject: Subject): void {
  const { loan, open, found } = subject;
  if (loan.terms.delinquencyBucket === null) return;
  for (const { end } of effectivePauses(loan.delinquencyActions)) found(dayNumber(end));
  for (const start of open) findRanges(subject, loan.terms.delinquencyBucket, start);
  for (const each of loan.transactions)
    if (each.type === 'chargeback' && isActive(each))
      findRanges(subject, loan.terms.delinquencyBucket, dayNumber(each.date));
}

/** Of an amount that is overdue since `start`. */
function findRanges({ loan, next, found }: Subject, bucket: DelinquencyBucket, start: number): void {
  const { graceOnArrearsAgeing: grace, installmentLevelDelinquency } = loan.terms;
  const paused = loan.delinquencyActions.length === 0 ? 0 : pausedDays(loan, addDays(next, 1));
  for (const reached of daysReached(bucket)) {
    const day = start + reached - 1;
    found(day + grace);
    found(day + grace + paused);
    if (!installmentLevelDelinquency) continue;
    found(day);
    found(day + paused);
  }
}

/** Days past due that begin a range, or follow one of which the next is not the neighbour. */
function daysReached(bucket: DelinquencyBucket): readonly number[] {
  const known = REACHED.get(bucket);
  if (known) return known;
  const ends = bucket.ranges.flatMap(({ maxDays }) => (maxDays === null ? [] : [maxDays + 1]));
  const reached = [...new Set([1, ...bucket.ranges.map(({ minDays }) => minDays), ...ends])];
  REACHED.set(bucket, reached);
  return reached;
}

/** Many loans share a bucket, and every change of each asks. */
const REACHED = new WeakMap<DelinquencyBucket, readonly number[]>();

function findNonPerforming({ loan, next, open, found }: Subject): void {
  const { overdueDaysForNonPerforming: days } = loan.terms;
  if (days === null) return;
  const [due] = open;
  if (assessNonPerforming(loan, addDays(next, 1)) !== loan) found(dayNumber(next));
  else if (!loan.isNonPerforming && due !== undefined) found(due + days);
}

/** Where another installment begins to run, is earned in full, or a charge falls due. */
function findAccrual({ loan, next, found }: Subject): void {
  if (!accruesIncome(loan)) return;
  let first: CivilDate | null = null;
  const look = (day: CivilDate): void => {
    if (day >= next && (first === null || day < first)) first = day;
  };
  for (const row of loan.installments) {
    if (!isRunningOn(row, next)) look(row.from);
    look(row.due);
  }
  for (const charge of loan.charges) {
    if (!charge.active || isDueAtDisbursement(charge)) continue;
    look(charge.submittedOn);
    if (charge.dueDate !== null) look(charge.dueDate);
  }
  if (first !== null) found(dayNumber(first));
}

const accruesIncome = (loan: Loan): boolean =>
  loan.terms.accounting.method === 'ACCRUAL_PERIODIC' && loan.chargedOffOn === null && !loan.isNonPerforming;

/** Whether closing `next` accrues nothing, quietly, or in a way that needs the whole loan. */
function quietAccrualOf(loan: Loan, next: CivilDate, planning: Planning): QuietAccrual | 'work' | null {
  const { steps, settings } = planning;
  if (!steps.includes('ADD_PERIODIC_ACCRUAL_ENTRIES') || !accruesIncome(loan)) return null;
  const running = loan.installments.filter((row) => isRunningOn(row, next));
  const [row] = running;
  if (running.length > 1 || hasOtherIncome(loan, next, settings)) return 'work';
  if (row === undefined || row.charged.interest === 0n) return null;
  const { interestReceivable: receivable, interestIncome: income } = loan.terms.accounting.accounts;
  const { interestChargedFrom } = loan.terms;
  return {
    installment: row.number,
    interest: row.charged.interest - unrecognisedInterestIn(row, loan),
    from: interestChargedFrom ? later(row.from, interestChargedFrom) : row.from,
    due: row.due,
    accrued: row.accrued.interest,
    receivable,
    income,
  };
}

const isRunningOn = (row: Installment, day: CivilDate): boolean =>
  day < row.due && (row.from < day || (row.number === 1 && row.from === day));

/** Income of the day besides the interest of the running installment. */
function hasOtherIncome(loan: Loan, till: CivilDate, { chargeAccrualDate }: EngineSettings): boolean {
  const run = { till, chargeAccrualDate, runningInterestDone: false };
  const isPlain = loan.charges.length === 0;
  return loan.installments.some((row) => {
    const isRunning = isRunningOn(row, till);
    // Most rows of most loans: accrued in full, or not begun.
    if (isPlain && (isRunning || row.from >= till)) return false;
    if (isPlain && row.accrued.interest >= row.charged.interest) return false;
    const { portions } = dueIncomeOf(row, loan, run);
    return isRunning ? portions.fees + portions.penalties > 0n : totalOf(portions) > 0n;
  });
}

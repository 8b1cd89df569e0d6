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
  const open = loan.installments.filter((row) => !isMet(row)).map(({ due }) => dayNumber(due));
  let first: number | null = null;
  for (const step of steps)
    for (const day of WORK[step]({ loan, next, settings, open }))
      if (day >= from && (first === null || day < first)) first = day;
  return first;
}

interface Subject {
  readonly loan: Loan;
  /** The first day that is not closed. */
  readonly next: CivilDate;
  readonly settings: EngineSettings;
  /** Due dates of the installments that are not met. */
  readonly open: readonly number[];
}

const WORK: Readonly<Record<CloseOfBusinessStep, (subject: Subject) => readonly number[]>> = {
  APPLY_CHARGE_TO_OVERDUE_LOANS: ({ loan, next, settings }) =>
    nextPenaltyDays(loan, settings).map((day) => dayNumber(later(day, next))),
  LOAN_DELINQUENCY_CLASSIFICATION: classificationDays,
  CHECK_LOAN_REPAYMENT_DUE: ({ loan, settings, open }) => {
    const before = loan.terms.daysBeforeRepaymentIsDue ?? settings.daysBeforeRepaymentIsDue;
    return open.map((due) => due - before);
  },
  CHECK_LOAN_REPAYMENT_OVERDUE: ({ loan, settings, open }) => {
    const after = loan.terms.daysAfterRepaymentIsOverdue ?? settings.daysAfterRepaymentIsOverdue;
    return open.map((due) => due + after);
  },
  UPDATE_LOAN_ARREARS_AGING: nonPerformingDays,
  ADD_PERIODIC_ACCRUAL_ENTRIES: accrualDays,
  CHECK_DUE_INSTALLMENTS: ({ open }) => open,
  ACCRUAL_ACTIVITY_POSTING: ({ loan }) => loan.installments.map(({ due }) => dayNumber(due)),
  LOAN_INTEREST_RECALCULATION: ({ loan, next }) =>
    loan.terms.interestRecalculation === null ? [] : [dayNumber(next)],
};

/**
 * Days on which the range of the loan or of an installment may change: closing day d looks from d + 1, so so
 * many days past due are reached on the due date and so many days, less one. Paused days put it off; a pause
 * that runs on does so further, and the look then comes too early.
 */
function classificationDays({ loan, next, open }: Subject): number[] {
  const { delinquencyBucket, graceOnArrearsAgeing: grace, installmentLevelDelinquency } = loan.terms;
  if (delinquencyBucket === null) return [];
  const paused = pausedDays(loan, addDays(next, 1));
  const graces = installmentLevelDelinquency ? [0, grace] : [grace];
  const days = effectivePauses(loan.delinquencyActions).map(({ end }) => dayNumber(end));
  for (const start of [...open, ...chargebackDays(loan)])
    for (const reached of daysReached(delinquencyBucket))
      for (const each of graces) {
        days.push(start + reached - 1 + each);
        if (paused > 0) days.push(start + reached - 1 + each + paused);
      }
  return days;
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

const chargebackDays = (loan: Loan): number[] =>
  loan.transactions
    .filter((each) => each.type === 'chargeback' && isActive(each))
    .map(({ date }) => dayNumber(date));

function nonPerformingDays({ loan, next, open }: Subject): number[] {
  const { overdueDaysForNonPerforming: days } = loan.terms;
  if (days === null) return [];
  if (assessNonPerforming(loan, addDays(next, 1)) !== loan) return [dayNumber(next)];
  return loan.isNonPerforming ? [] : open.slice(0, 1).map((due) => due + days);
}

/** Where another installment begins to run, is earned in full, or a charge falls due. */
function accrualDays({ loan, next }: Subject): number[] {
  if (!accruesIncome(loan)) return [];
  const rows = loan.installments.flatMap((row) => (isRunningOn(row, next) ? [row.due] : [row.from, row.due]));
  const charges = loan.charges
    .filter((charge) => charge.active && !isDueAtDisbursement(charge))
    .flatMap(({ dueDate, submittedOn }) => (dueDate === null ? [submittedOn] : [dueDate, submittedOn]));
  const first = [...rows, ...charges].reduce<CivilDate | null>(
    (known, day) => (day >= next && (known === null || day < known) ? day : known),
    null,
  );
  return first === null ? [] : [dayNumber(first)];
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

/**
 * One run of a progressive loan's history: the schedule as far as it has been built, charges that have
 * entered it, what payments have left over, and how money is laid into the rows. On loans that recalculate
 * interest every payment goes through the interest model, and the rows follow it.
 *
 *   overpayment of 30 and a new disbursement of 100: the rows take the 30 at once by the default rules
 *
 * Source: engine.md sections 4.4, 5.3 (progressive) and 5.5.
 */
import { noteWhetherMet, type PaymentInHand, payComponent, unpayComponent } from '../allocation/settle.ts';
import { assert } from '../assert.ts';
import type { LoanCharge } from '../charge.ts';
import { isInSchedule } from '../charges/landing.ts';
import { payCharges, unpayCharges } from '../charges/settleCharges.ts';
import { noPortions } from '../components.ts';
import { type CivilDate, earlier } from '../date.ts';
import type { Installment } from '../installment.ts';
import { type Money, minimum } from '../money.ts';
import type { AllocationRule, InterestRecalculation, LoanTerms } from '../terms.ts';
import type { ChargePayment } from '../transaction.ts';
import {
  allocate,
  type Distribution,
  defaultRule,
  type Processing,
  type Settle,
  type Target,
  takeBack,
} from './allocation.ts';
import { type InterestModel, payInterest, payPrincipal } from './interestModel.ts';
import { correctOverdue, type OverdueProgress } from './overdueCorrection.ts';
import { payableOn } from './payable.ts';
import { type ProgressiveSchedule, settleRows } from './schedule.ts';

export interface ProgressiveRun extends ProgressiveSchedule {
  readonly terms: LoanTerms;
  readonly rows: Installment[];
  /** All charges of the loan; those that have entered the schedule are in `entered`. */
  readonly charges: LoanCharge[];
  readonly entered: Set<LoanCharge>;
  /** What payments have left over and nothing has consumed yet. */
  overpaid: Money;
  /** Interest follows the payments; null when the schedule is fixed by the disbursements. */
  readonly recalculation: Recalculation | null;
}

export interface Recalculation {
  readonly model: InterestModel;
  readonly rule: InterestRecalculation;
  readonly progress: OverdueProgress;
  /** Non-performing loans bear no interest on what is overdue. */
  readonly chargesOverdue: boolean;
  /** Day of the charge-off or write-off: overdue principal bears no interest after it. */
  overdueUntil: CivilDate | null;
}

export function recalculationOf(
  schedule: ProgressiveSchedule,
  overdue: Pick<Recalculation, 'chargesOverdue' | 'overdueUntil'>,
): ProgressiveRun['recalculation'] {
  const rule = schedule.terms.interestRecalculation;
  if (!rule || !schedule.model) return null;
  return { model: schedule.model, rule, progress: { chargedUntil: null }, ...overdue };
}

/** Money that is being laid into the rows, and the charges it has settled so far. */
export interface Payment extends PaymentInHand {
  readonly chargesPaid: ChargePayment[];
}

export const paymentOf = ({ date, amount }: { date: CivilDate; amount: Money }): Payment => ({
  date,
  left: amount,
  portions: noPortions(),
  chargesPaid: [],
});

/** Brings interest on overdue principal up to `on`. */
export function bringInterestTo(run: ProgressiveRun, on: CivilDate): void {
  const { recalculation } = run;
  if (!recalculation?.chargesOverdue) return;
  const { model, progress, rule, overdueUntil } = recalculation;
  const until = overdueUntil === null ? on : earlier(on, overdueUntil);
  if (correctOverdue(model, progress, { on: until, rest: rule.restFrequency })) settleRows(run, on);
}

/** Lays the payment over the rows by a rule; what is left in it is overpayment. */
export function layOver(run: ProgressiveRun, payment: Payment, rule: AllocationRule): void {
  allocate(distributionOf(run, payment, rule), processingOf(run));
  // A row that was looked at but took nothing goes back to what the model says.
  if (run.recalculation) settleRows(run, payment.date);
}

/** Interest of a future row depends on its principal being paid: such rows are settled one by one. */
function processingOf({ recalculation, terms }: ProgressiveRun): Processing {
  return recalculation && terms.scheduleProcessing === 'VERTICAL'
    ? 'VERTICAL_UNTIL_DUE'
    : terms.scheduleProcessing;
}

/** Takes a cash refund back out of the rows. */
export function takeOut(run: ProgressiveRun, refund: Payment, rule: AllocationRule): void {
  takeBack({ ...distributionOf(run, refund, rule), settle: unpayOut(run, refund) });
}

function distributionOf(run: ProgressiveRun, payment: Payment, rule: AllocationRule): Distribution {
  const { rows, terms } = run;
  return { rows, payment, rule, currency: terms.currency, settle: payInto(run, payment) };
}

/** Everything that is overpaid goes to the rows by the default rules; answers how it was laid. */
export function useOverpayment(run: ProgressiveRun, on: CivilDate): Payment {
  const payment = paymentOf({ date: on, amount: run.overpaid });
  if (run.overpaid > 0n) layOver(run, payment, defaultRule(run.terms.allocationRules));
  run.overpaid = payment.left;
  return payment;
}

function payInto(run: ProgressiveRun, payment: Payment): Settle {
  return (target, limit) => {
    const payDate = setPayable(run, target, payment.date);
    const paid = payComponent(payment, target, limit);
    if (paid > 0n) {
      followInModel(run, target, { on: payDate, amount: paid });
      noteChargesPaid(run, payment, { target, paid });
    }
    noteWhetherMet(target.row, payment.date);
    if (paid > 0n && run.recalculation) settleRows(run, payment.date);
    return paid;
  };
}

/** A row paid before its time owes interest up to the pay date only; answers that date. */
function setPayable(run: ProgressiveRun, { row, component, dueType }: Target, on: CivilDate): CivilDate {
  const { recalculation } = run;
  if (!recalculation || dueType !== 'IN_ADVANCE' || row.kind !== 'normal') return on;
  const payDate = payDateOf(recalculation, on);
  const payable = payableOn(recalculation.model, indexOf(run, row), payDate);
  if (component === 'interest') row.charged.interest = payable.interest;
  if (component === 'principal') row.charged.principal = payable.principal + row.credited.principal;
  return payDate;
}

/**
 * The date up to which an early payment bears interest: its own, or the next rest date; that too where
 * overdue principal is being charged until then.
 */
export function payDateOf(recalculation: Recalculation, on: CivilDate): CivilDate {
  const { model, rule, progress } = recalculation;
  const isChargedOn = progress.chargedUntil !== null && progress.chargedUntil > on;
  if (rule.preCloseRule === 'TILL_PRE_CLOSE_DATE' && !isChargedOn) return on;
  return model.periods.find(({ from, due }) => from < on && on <= due)?.due ?? on;
}

const indexOf = ({ rows }: ProgressiveRun, row: Installment): number =>
  rows.filter(({ kind }) => kind === 'normal').indexOf(row);

/** Repeats in the model what happened to a row; credited principal is none of the model's business. */
function followInModel(
  { recalculation, rows }: ProgressiveRun,
  { row, component }: Target,
  payment: { on: CivilDate; amount: Money },
): void {
  if (!recalculation || row.kind !== 'normal') return;
  const { model } = recalculation;
  const index = rows.filter(({ kind }) => kind === 'normal').indexOf(row);
  const period = model.periods[index];
  assert(period, `row ${row.number} has no repayment period`);
  if (component === 'interest') payInterest(model, index, payment.amount);
  if (component !== 'principal') return;
  const room = row.charged.principal - row.credited.principal - period.paidPrincipal;
  payPrincipal(model, index, { ...payment, amount: minimum(payment.amount, room) });
}

function unpayOut(run: ProgressiveRun, refund: Payment): Settle {
  return (target, limit) => {
    const capped = { ...refund, left: minimum(refund.left, limit) };
    const taken = unpayComponent(capped, target);
    refund.left -= taken;
    if (taken === 0n) return 0n;
    const on = payDateOfRefund(target, refund.date);
    if (run.recalculation) followInModel(run, target, { on, amount: -taken });
    noteChargesPaid(run, refund, { target, paid: -taken });
    noteWhetherMet(target.row, refund.date);
    if (run.recalculation) settleRows(run, refund.date);
    return taken;
  };
}

/** Principal taken back bears interest again from the refund on. */
const payDateOfRefund = ({ row }: Target, on: CivilDate): CivilDate => (on < row.from ? row.from : on);

interface SettledPart {
  readonly target: Target;
  readonly paid: Money;
}

/** Fees and penalties of a row are those of its charges, the earliest due date first. */
function noteChargesPaid(run: ProgressiveRun, payment: Payment, { target, paid }: SettledPart): void {
  const { row, component } = target;
  if (component !== 'fees' && component !== 'penalties') return;
  const book = { charges: chargesOf(run, row), rows: run.rows, currency: run.terms.currency };
  const pieces = paid > 0n ? payCharges(book, component, paid) : unpayCharges(book, component, -paid);
  for (const piece of pieces) addPiece(payment.chargesPaid, piece);
}

function addPiece(pieces: ChargePayment[], piece: ChargePayment): void {
  const index = pieces.findIndex(({ chargeId }) => chargeId === piece.chargeId);
  const before = pieces[index];
  if (!before) pieces.push(piece);
  else pieces[index] = { chargeId: piece.chargeId, amount: before.amount + piece.amount };
}

/** Charges of the row's own days, though re-aged rows may lie inside an additional one. */
function chargesOf({ rows, entered }: ProgressiveRun, row: Installment): LoanCharge[] {
  const first = rows.find(({ kind }) => kind === 'normal');
  return [...entered].filter((charge) => {
    const { dueDate } = charge;
    if (!isInSchedule(charge) || dueDate === null || dueDate > row.due) return false;
    return dueDate > row.from || row === first;
  });
}

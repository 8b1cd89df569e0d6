/**
 * Replay of a progressive loan: the schedule is built anew from the disbursements while transactions and
 * charges take their turns in one merged order. A charge enters when its turn comes; a payment before that
 * cannot pay it, but what earlier payments left over can.
 *
 *   330 paid on 15 Feb on a loan of 300, a fee of 12 added on 20 Feb, due 1 Mar:
 *   the repayment becomes P 300, F 12, overpaid 18
 *
 * Source: engine.md sections 5.3 (progressive) and 11.
 */
import { finish, firstDisbursement, unpaid } from '../allocation/cumulativeReplay.ts';
import { noteWhetherMet } from '../allocation/settle.ts';
import { chargeOutstanding, type LoanCharge } from '../charge.ts';
import { landCharge } from '../charges/landing.ts';
import { addPortions, noPortions, samePortions } from '../components.ts';
import { type CivilDate, earlier } from '../date.ts';
import { byDateThenSequence } from '../history/history.ts';
import type { Installment } from '../installment.ts';
import { minimum } from '../money.ts';
import type { Replay, ReplayInput, ReplayResult } from '../replayResult.ts';
import { type LoanTransaction, PAYMENTS } from '../transaction.ts';
import { defaultRule } from './allocation.ts';
import { mergedHistory } from './history.ts';
import { lay, type Outcome } from './layTransaction.ts';
import { bringInterestTo, layOver, type ProgressiveRun, paymentOf, recalculationOf } from './run.ts';
import { addDisbursement, emptySchedule } from './schedule.ts';

export const replayProgressive: Replay = (input) => {
  const { run, outcomes } = runHistory(input);
  bringInterestTo(run, input.businessDate);
  finish(run.rows, input);
  carryAccruedOver(run.rows, input.installments);
  return {
    installments: run.rows,
    charges: run.charges,
    overpaid: run.overpaid,
    ...bookedAgain(input, outcomes),
  };
};

type Outcomes = Map<number, { transaction: LoanTransaction; outcome: Outcome }>;

/** Everything that has happened, laid over a fresh schedule. */
export function runHistory(input: ReplayInput): { run: ProgressiveRun; outcomes: Outcomes } {
  const run = startRun(input);
  const outcomes: Outcomes = new Map();
  if (!input.transactions.some(({ type }) => type === 'disbursement')) layExpected(run, input);
  for (const step of mergedHistory(input.transactions, run.charges)) {
    if (step.kind === 'charge') enterCharge({ run, outcomes }, step.charge, input);
    else {
      const outcome = lay({ run, outcomes }, step.transaction);
      if (outcome) outcomes.set(step.transaction.id, { transaction: step.transaction, outcome });
    }
  }
  return { run, outcomes };
}

function startRun(input: ReplayInput): ProgressiveRun {
  const { terms, submittedOn, variations, settings } = input;
  const dates = { disbursedOn: startDate(input), submittedOn, variations, precision: settings.precision };
  const schedule = emptySchedule(terms, dates);
  const overdue = { chargesOverdue: !input.isNonPerforming, overdueUntil: input.chargedOffOn };
  return {
    ...schedule,
    charges: input.charges.map(unpaid),
    entered: new Set(),
    overpaid: 0n,
    recalculation: recalculationOf(schedule, overdue),
  };
}

/** The first disbursement, or the first expected one. */
function startDate(input: ReplayInput): CivilDate {
  if (input.transactions.some(({ type }) => type === 'disbursement')) return firstDisbursement(input);
  return input.tranches
    .map(({ expectedOn }) => expectedOn)
    .reduce(earlier, input.tranches[0]?.expectedOn ?? input.terms.expectedDisbursementDate);
}

/** Before the first disbursement the schedule is that of the expected ones. */
function layExpected(run: ProgressiveRun, { terms, tranches }: ReplayInput): void {
  if (tranches.length === 0) addDisbursement(run, terms.expectedDisbursementDate, terms.principal);
  for (const { expectedOn, amount } of tranches) addDisbursement(run, expectedOn, amount);
}

/** A charge's turn: it stands in its row from now on, and what is overpaid may settle it. */
function enterCharge(
  { run, outcomes }: { run: ProgressiveRun; outcomes: Outcomes },
  charge: LoanCharge,
  input: ReplayInput,
): void {
  landCharge(run.rows, charge, run.terms.currency);
  run.entered.add(charge);
  const disbursedOn = firstDisbursement(input);
  for (const row of run.rows) noteWhetherMet(row, disbursedOn);
  if (chargeOutstanding(charge) <= 0n) return;
  for (const [id, { transaction, outcome }] of outcomes)
    if (PAYMENTS.has(transaction.type) && outcome.overpaid > 0n)
      outcomes.set(id, { transaction, outcome: reused(run, transaction, outcome) });
}

/** The overpaid part of an earlier payment, as far as it is still there, goes to the rows. */
function reused(run: ProgressiveRun, { date }: LoanTransaction, outcome: Outcome): Outcome {
  const amount = minimum(run.overpaid, outcome.overpaid);
  const payment = paymentOf({ date, amount });
  layOver(run, payment, defaultRule(run.terms.allocationRules));
  const used = amount - payment.left;
  run.overpaid -= used;
  return {
    ...outcome,
    portions: addPortions(outcome.portions, payment.portions),
    overpaid: outcome.overpaid - used,
    chargesPaid: [...outcome.chargesPaid, ...payment.chargesPaid],
  };
}

/**
 * A stored transaction whose split changed is booked again, and so is every later one of its date, to keep
 * their order.
 */
function bookedAgain(
  input: ReplayInput,
  outcomes: Outcomes,
): Pick<ReplayResult, 'transactions' | 'changed' | 'nextSequence'> {
  const { newTransactionIds } = input;
  const changed: number[] = [];
  const dates = new Set<CivilDate>();
  const now = new Map<number, LoanTransaction>();
  let nextSequence = input.nextSequence;
  for (const { transaction, outcome } of outcomes.values()) {
    const { id, date } = transaction;
    const isNew = newTransactionIds?.has(id) ?? false;
    const again = dates.has(date) || (!isNew && !sameOutcome(transaction, outcome));
    if (again) {
      if (!isNew) changed.push(id);
      dates.add(date);
    }
    const moved = again ? { sequence: nextSequence++, laidAs: transaction.sequence } : {};
    // What an overpayment settled at once is told by the outcome alone: it may be gone.
    const { settledAtOnce: _before, ...kept } = transaction;
    now.set(id, { ...kept, ...outcome, ...moved });
  }
  const transactions = input.transactions.map((transaction) => now.get(transaction.id) ?? transaction);
  return { transactions: transactions.sort(byDateThenSequence), changed, nextSequence };
}

function sameOutcome(transaction: LoanTransaction, outcome: Outcome): boolean {
  return (
    samePortions(transaction.portions, outcome.portions) &&
    transaction.overpaid === outcome.overpaid &&
    (outcome.amount === undefined || transaction.amount === outcome.amount) &&
    samePortions(transaction.settledAtOnce ?? noPortions(), outcome.settledAtOnce ?? noPortions())
  );
}

/** Recognised income stays with its row: normal rows by their place, others by kind and date. */
function carryAccruedOver(rows: readonly Installment[], before: readonly Installment[]): void {
  const normalBefore = before.filter(({ kind }) => kind === 'normal');
  let place = 0;
  for (const row of rows) {
    const same =
      row.kind === 'normal'
        ? normalBefore[place++]
        : before.find(({ kind, due }) => kind === row.kind && (kind === 'additional' || due === row.due));
    if (same) row.accrued = { ...same.accrued };
  }
}

/**
 * Bringing a loan's schedule up to date with its history. `replayed` lays the whole history over the
 * schedule again; `regenerated` first computes the schedule anew from terms, tranches and variations (after
 * a disbursement, a reschedule, an undone disbursal). Cumulative loans do both separately, progressive ones
 * always rebuild inside the replay.
 *
 * Source: engine.md sections 0 (two families), 5.2 and 5.3.
 */
import { replayCumulative } from '../allocation/cumulativeReplay.ts';
import { chargeAmount } from '../charges/amount.ts';
import { isDueAtDisbursement } from '../charges/landing.ts';
import type { DecisionContext } from '../decision.ts';
import type { Installment } from '../installment.ts';
import type { Loan, Tranche } from '../loan.ts';
import { sum } from '../money.ts';
import { replayProgressive } from '../progressive/replay.ts';
import type { ReplayInput } from '../replayResult.ts';
import { generateCumulativeSchedule } from '../schedule/cumulative.ts';
import { activeTransactions, nextSequence, withReplaced } from './history.ts';

/** Tranches that the schedule is made of: once money is out, expected ones no longer stand in for it. */
export function countingTranches(loan: Loan): readonly Tranche[] {
  const disbursed = loan.tranches.filter((tranche) => tranche.disbursedOn !== null);
  const { multiDisburse, disallowExpectedDisbursements } = loan.terms;
  const expectsMore = multiDisburse && !disallowExpectedDisbursements;
  return disbursed.length === 0 || expectsMore ? loan.tranches : disbursed;
}

/** The loan with the schedule of its terms, tranches and variations, and its history laid over it. */
export function regenerated(loan: Loan, context: DecisionContext): Loan {
  if (loan.terms.scheduleType === 'PROGRESSIVE') return replayed(repriced(loan), context);
  const fresh = generateCumulativeSchedule({ ...scheduleInput(loan), ...context });
  const rows = fresh.map((row) => withAccruedOf(loan.installments, row));
  return replayed(repriced({ ...loan, installments: rows }), context);
}

const scheduleInput = (loan: Loan) => ({
  terms: loan.terms,
  submittedOn: loan.submittedOn,
  tranches: countingTranches(loan),
  variations: loan.variations,
});

function withAccruedOf(before: readonly Installment[], row: Installment): Installment {
  const old = before.find((each) => each.number === row.number && each.kind === row.kind);
  return old ? { ...row, accrued: { ...old.accrued } } : row;
}

/** Percent charges follow the schedule; waived ones and overdue penalties keep their amount. */
function repriced(loan: Loan): Loan {
  const charges = loan.charges.map((charge) => {
    const fixed = charge.isWaived || !charge.active || charge.definition.time === 'OVERDUE';
    const taken = isDueAtDisbursement(charge) && charge.paid > 0n;
    if (fixed || taken || charge.definition.calculation === 'FLAT') return charge;
    return { ...charge, amount: chargeAmount(charge, chargeBases(loan)) };
  });
  return { ...loan, charges };
}

export function chargeBases(loan: Loan) {
  const tranches = countingTranches(loan).map(({ expectedOn, disbursedOn, amount }) => ({
    date: disbursedOn ?? expectedOn,
    amount,
  }));
  return {
    currency: loan.terms.currency,
    principal: sum(tranches.map(({ amount }) => amount)),
    approvedPrincipal: loan.approvedPrincipal,
    multiDisburse: loan.terms.multiDisburse,
    tranches,
    installments: loan.installments,
  };
}

/** The loan with its whole history laid over its schedule again. */
export function replayed(loan: Loan, context: DecisionContext): Loan {
  const replay = loan.terms.scheduleType === 'PROGRESSIVE' ? replayProgressive : replayCumulative;
  const result = replay(replayInput(loan, context));
  const { installments, charges } = result;
  return { ...withReplaced(loan, result.transactions), installments, charges };
}

const replayInput = (loan: Loan, context: DecisionContext): ReplayInput => ({
  ...scheduleInput(loan),
  ...context,
  charges: loan.charges,
  transactions: activeTransactions(loan),
  installments: loan.installments,
  chargedOffOn: loan.chargedOffOn,
  isNonPerforming: loan.isNonPerforming,
  nextSequence: nextSequence(loan),
  newTransactionIds: newIds(loan, context),
});

const newIds = (loan: Loan, { newFrom = 1 }: DecisionContext): ReadonlySet<number> =>
  new Set(loan.transactions.map(({ id }) => id).filter((id) => id >= newFrom));

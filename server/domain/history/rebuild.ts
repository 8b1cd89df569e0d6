/**
 * A loan is a fold of its history: everything derived (installments, what of charges is paid, splits and
 * balances of transactions, overpayment, status) follows from terms, tranches, variations, charges and the
 * transactions that are not reversed. `rebuildLoan` works it all out anew; what is stored must equal it, or
 * it is a defect.
 *
 * Two things are history of their own and are taken over: what was accrued per installment, and the dates on
 * which the loan changed status. Where interest is recalculated, installments before the last payment are
 * kept as they stood (engine.md section 3.10): they are made again from what the loan notes of how they came
 * about (`regenerations.ts`); a loan of before this was noted has them taken over. Source: engine.md sections
 * 5.3 and 5.7.
 */
import { withoutWaiver, withWaiver } from '../charges/waiver.ts';
import type { DecisionContext } from '../decision.ts';
import type { Loan, LoanStatus } from '../loan.ts';
import { isActive, type LoanTransaction } from '../transaction.ts';
import { asLaid, lastUserTransactionDate, withBalances, withReplaced } from './history.ts';
import { rowsMadeAgain } from './regenerations.ts';
import {
  isProgressive,
  replayed,
  rowsTakenOver,
  scheduled,
  withLatestLaid,
  withMaturity,
} from './replaying.ts';
import { settled } from './settlement.ts';

const SETTLED_BY_PAYMENTS: readonly LoanStatus[] = ['active', 'closed', 'overpaid'];

export function rebuildLoan(loan: Loan, { businessDate, settings }: DecisionContext): Loan {
  const context = { businessDate: loan.laidOn ?? businessDate, settings };
  const rebuilt = withBalances(withStoredPlaces(loan, foldedAsStored(loan, context)));
  if (!SETTLED_BY_PAYMENTS.includes(loan.status)) return rebuilt;
  const { status, overpaid } = settled(rebuilt, lastUserTransactionDate(loan));
  return { ...rebuilt, status, overpaid };
}

/**
 * What is laid over the schedule after the last replay: waivers taken back, and what came last by its date.
 */
type Afterthought = { readonly at: number } & (
  | { readonly lifted: LoanTransaction }
  | { readonly latest: LoanTransaction }
);

/** Everything in the order in which it took effect on the stored state. */
function foldedAsStored(loan: Loan, context: DecisionContext): Loan {
  const transactions = asLaid(loan.transactions);
  const lifted = transactions.filter((each) => each.lifted !== undefined);
  const from = Math.min(...lifted.map(liftedAt));
  const known = transactions.filter(({ sequence }) => sequence < from);
  const replayedState = lifted.reduce(standing, { ...loan, transactions: known });
  const base = refolded(withRowsMadeAgain(replayedState, loan, context), context);
  const afterthoughts: Afterthought[] = [
    ...lifted.map((each) => ({ at: liftedAt(each), lifted: each })),
    ...transactions
      .filter((each) => each.sequence >= from)
      .map((each) => ({ at: each.sequence, latest: each })),
  ];
  return afterthoughts.sort((a, b) => a.at - b.at).reduce(withAfterthought, base);
}

/** A schedule that follows the payments is made as it was made; where nobody noted how, it is taken over. */
function withRowsMadeAgain(loan: Loan, stored: Loan, { settings }: DecisionContext): Loan {
  const rows = rowsMadeAgain(stored, settings);
  return rows ? { ...loan, installments: rowsTakenOver(loan, rows) } : loan;
}

/** Charges on schedules that follow the payments were priced when those were made. */
const refolded = (loan: Loan, context: DecisionContext): Loan =>
  loan.terms.interestRecalculation !== null && (isProgressive(loan) || loan.disbursedOn !== null)
    ? withMaturity(replayed(loan, context))
    : scheduled(loan, context);

const liftedAt = ({ lifted }: LoanTransaction): number => (lifted?.sequence ?? 0) - 0.5;

/** The loan as it was while the waiver stood. */
const standing = (loan: Loan, waiver: LoanTransaction): Loan =>
  withReplaced(withWaiver(loan, waiver), [{ ...waiver, reversal: 'none' }]);

function withAfterthought(loan: Loan, afterthought: Afterthought): Loan {
  if ('lifted' in afterthought) return withoutWaiver(loan, afterthought.lifted);
  const { latest } = afterthought;
  const booked: Loan = { ...loan, transactions: [...loan.transactions, latest] };
  return isActive(latest) ? withLatestLaid(booked, latest) : booked;
}

/** Where transactions stand in lists and in the next replay is history of its own, as is what was lifted. */
function withStoredPlaces(stored: Loan, rebuilt: Loan): Loan {
  const splits = new Map(rebuilt.transactions.map((each) => [each.id, each]));
  const transactions = stored.transactions.map((each) => {
    if (!isActive(each)) return each;
    const { laidAs: _laidAs, ...laid } = splits.get(each.id) ?? each;
    const { sequence, laidAs } = each;
    return { ...laid, sequence, ...(laidAs === undefined ? {} : { laidAs }) };
  });
  return { ...rebuilt, transactions };
}

/** What differs between a loan and its rebuilt self, in the words of its fields; empty = nothing. */
export function differencesFromRebuilt(loan: Loan, context: DecisionContext): string[] {
  const rebuilt = rebuildLoan(loan, context);
  const differing = (['installments', 'charges', 'transactions'] as const).flatMap((list) =>
    unequalMembers(list, loan[list], rebuilt[list]),
  );
  if (loan.status !== rebuilt.status) differing.push(`status: ${loan.status}, rebuilt ${rebuilt.status}`);
  if (loan.overpaid !== rebuilt.overpaid)
    differing.push(`overpaid: ${loan.overpaid}, rebuilt ${rebuilt.overpaid}`);
  return differing;
}

function unequalMembers(list: string, stored: readonly unknown[], rebuilt: readonly unknown[]): string[] {
  const count = Math.max(stored.length, rebuilt.length);
  return Array.from({ length: count }, (_, index) => [text(stored[index]), text(rebuilt[index])] as const)
    .map(([was, is], index) => (was === is ? '' : `${list} ${index + 1}: ${was}, rebuilt ${is}`))
    .filter((difference) => difference !== '');
}

/** The order of fields does not matter. */
const text = (value: unknown): string =>
  JSON.stringify(value, (_key, part) => {
    if (typeof part === 'bigint') return `${part}n`;
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  }) ?? 'nothing';

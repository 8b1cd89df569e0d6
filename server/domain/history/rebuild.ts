/**
 * A loan is a fold of its history: everything derived (installments, what of charges is paid, splits and
 * balances of transactions, overpayment, status) follows from terms, tranches, variations, charges and the
 * transactions that are not reversed. `rebuildLoan` works it all out anew; what is stored must equal it, or
 * it is a defect.
 *
 * Two things are history of their own and are taken over: what was accrued per installment, and the dates on
 * which the loan changed status. Where interest is recalculated, installments before the last payment are
 * kept as they stood (engine.md section 3.10), so that their interest is history as well. Source: engine.md
 * sections 5.3 and 5.7.
 */
import type { DecisionContext } from '../decision.ts';
import type { Loan, LoanStatus } from '../loan.ts';
import { lastUserTransactionDate, withBalances } from './history.ts';
import { recalculatesSchedule, replayed, scheduled } from './replaying.ts';
import { settled } from './settlement.ts';

const SETTLED_BY_PAYMENTS: readonly LoanStatus[] = ['active', 'closed', 'overpaid'];

export function rebuildLoan(loan: Loan, context: DecisionContext): Loan {
  const relaid = recalculatesSchedule(loan) ? replayed(loan, context) : scheduled(loan, context);
  const rebuilt = withBalances(relaid);
  if (!SETTLED_BY_PAYMENTS.includes(loan.status)) return rebuilt;
  const { status, overpaid } = settled(rebuilt, lastUserTransactionDate(loan));
  return { ...rebuilt, status, overpaid };
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

/**
 * The end of every decision: running balances, the ledger entries and the events follow from the difference
 * between the loan before and the loan after, so no verb can forget them.
 *
 * Source: engine.md sections 5.14 and 8; event names as in the conformance vectors.
 */
import type { Decision, LoanEvent } from '../decision.ts';
import type { Loan } from '../loan.ts';
import { postChanges } from '../posting/posting.ts';
import { isActive, type LoanTransaction } from '../transaction.ts';
import { withBalances } from './history.ts';
import { withTakenBackNoted } from './regenerations.ts';

export function concluded(before: Loan, after: Loan, raised: readonly LoanEvent[] = []): Decision {
  const { loan, entries } = postChanges(before, withTakenBackNoted(before, withBalances(after)));
  const earlier = new Map(before.transactions.map((each) => [each.id, each]));
  const changed = loan.transactions.filter((each) => earlier.get(each.id) !== each);
  const events = [
    ...raised,
    ...transactionEvents(changed, earlier),
    ...statusEvents(before, loan),
    ...rangeEvents(before, loan),
  ];
  return { loan, changed, entries, events };
}

function statusEvents(before: Loan, after: Loan): LoanEvent[] {
  if (before.status === after.status) return [];
  return [{ name: 'loan-status-changed', transactionId: null, status: after.status }];
}

function rangeEvents(before: Loan, after: Loan): LoanEvent[] {
  const same =
    before.delinquencyTags === after.delinquencyTags && before.installmentTags === after.installmentTags;
  return same ? [] : [{ name: 'delinquency-range-changed', transactionId: null }];
}

type Known = ReadonlyMap<number, LoanTransaction>;

/** `repayment-created`, `accrual-created`, `charge-off-reversed` ... */
function transactionEvents(changed: readonly LoanTransaction[], earlier: Known): LoanEvent[] {
  return changed.flatMap((transaction) => {
    const happened = whatHappened(earlier.get(transaction.id), transaction);
    const restructured = happened === 'created' ? RESTRUCTURED[transaction.type] : undefined;
    if (restructured) return [{ name: restructured, transactionId: transaction.id }];
    return happened
      ? [{ name: `${kebab(transaction.type)}-${happened}`, transactionId: transaction.id }]
      : [];
  });
}

const RESTRUCTURED: Readonly<Partial<Record<LoanTransaction['type'], string>>> = {
  reAge: 'loan-re-aged',
  reAmortize: 'loan-re-amortized',
};

function whatHappened(before: LoanTransaction | undefined, now: LoanTransaction): string | null {
  if (!isActive(now)) return before && isActive(before) ? 'reversed' : null;
  if (!before) return 'created';
  return before.sequence === now.sequence ? null : 'replayed';
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

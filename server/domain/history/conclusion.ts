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
import { knownBefore, withBalances } from './history.ts';
import { withTakenBackNoted } from './regenerations.ts';

export function concluded(before: Loan, after: Loan, raised: readonly LoanEvent[] = []): Decision {
  const { loan, entries } = postChanges(before, withTakenBackNoted(before, withBalances(after)));
  const changed: LoanTransaction[] = [];
  const events = [...raised];
  for (const [at, now] of loan.transactions.entries()) {
    const earlier = knownBefore(before, now, at);
    if (earlier === now) continue;
    changed.push(now);
    const name = transactionEvent(earlier, now);
    if (name !== null) events.push({ name, transactionId: now.id });
  }
  if (before.status !== loan.status)
    events.push({ name: 'loan-status-changed', transactionId: null, status: loan.status });
  if (before.delinquencyTags !== loan.delinquencyTags || before.installmentTags !== loan.installmentTags)
    events.push({ name: 'delinquency-range-changed', transactionId: null });
  return { loan, changed, entries, events };
}

/** `repayment-created`, `accrual-created`, `charge-off-reversed` ... */
function transactionEvent(earlier: LoanTransaction | undefined, now: LoanTransaction): string | null {
  const happened = whatHappened(earlier, now);
  const restructured = happened === 'created' ? RESTRUCTURED[now.type] : undefined;
  return restructured ?? (happened && `${kebab(now.type)}-${happened}`);
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

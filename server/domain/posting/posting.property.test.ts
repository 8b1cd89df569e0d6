import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoanCharge } from '../charge.ts';
import { noPortions, totalOf } from '../components.ts';
import { date } from '../date.ts';
import { assertBalanced, type JournalEntry } from '../ledger.ts';
import type { Loan } from '../loan.ts';
import type { AccountRole, LoanTerms } from '../terms.ts';
import type { LoanTransaction, TransactionType } from '../transaction.ts';
import { linesFor, postChanges } from './posting.ts';
import { ACCRUAL_RULES } from './rules.ts';

const accounts = new Proxy({}, { get: (_, role) => role }) as Record<AccountRole, string>;
const TYPES = Object.keys(ACCRUAL_RULES) as TransactionType[];

const cents = fc.bigInt({ min: 0n, max: 1_000_000n });
const portions = fc.record({ principal: cents, interest: cents, fees: cents, penalties: cents });

/** A transaction of any type whose parts make up its amount, booked before or after a charge-off. */
const transaction = (id: number): fc.Arbitrary<LoanTransaction> =>
  fc
    .record({
      type: fc.constantFrom(...TYPES),
      portions,
      overpaid: cents,
      bookedAs: fc.constantFrom('performing', 'chargedOff', 'chargedOffFraud'),
      relatedChargeId: fc.constantFrom(1, 2),
      reversal: fc.constantFrom('none', 'none', 'byHand', 'bySystem'),
      sequence: fc.constantFrom(id, id + 100),
      paymentType: fc.constantFrom(null, 'CHEQUE'),
    })
    .map(({ portions: parts, ...rest }) => {
      // What goes back to the customer out of an overpayment is at most principal.
      const onlyPrincipal = { ...noPortions(), principal: parts.principal };
      const drawn = { ...rest, portions: rest.type === 'creditBalanceRefund' ? onlyPrincipal : parts };
      const sums = totalOf(drawn.portions) + drawn.overpaid;
      return { ...drawn, id, amount: sums, date: date('2025-03-01') } as unknown as LoanTransaction;
    });

/** A chargeback by a credit allocation rule: the overpaid part pays some of its portions at once. */
const splitChargeback: fc.Arbitrary<LoanTransaction> = fc
  .record({ portions, settledAtOnce: portions, base: transaction(1) })
  .map(({ base, settledAtOnce, ...split }) => ({
    ...base,
    ...split,
    settledAtOnce,
    type: 'chargeback',
    amount: totalOf(split.portions),
    overpaid: totalOf(settledAtOnce),
  }));

const loanOf = (method: 'ACCRUAL_PERIODIC' | 'CASH', transactions: readonly LoanTransaction[]): Loan => {
  const charges = [1, 2].map((id) => ({ id, definition: { penalty: id === 2 } }) as LoanCharge);
  const accounting = { method, accounts, fundSourceByPaymentType: { CHEQUE: 'chequesInTransit' } };
  const terms = { accounting } as unknown as LoanTerms;
  return { terms, charges, chargedOffOn: null, isFraud: false, transactions } as unknown as Loan;
};

const method = fc.constantFrom('ACCRUAL_PERIODIC' as const, 'CASH' as const);

function net(entries: readonly JournalEntry[]): Record<string, string> {
  const sums = new Map<string, bigint>();
  for (const { account, side, amount } of entries.flatMap(({ lines }) => lines))
    sums.set(account, (sums.get(account) ?? 0n) + (side === 'debit' ? amount : -amount));
  return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0n).map(([key, sum]) => [key, `${sum}`]));
}

describe('whatever is posted', () => {
  it('balances, by every rule, before and after a charge-off, on accrual and on cash', () => {
    fc.assert(
      fc.property(fc.oneof(transaction(1), splitChargeback), method, (one, by) => {
        const entry = linesFor(one, loanOf(by, [one]));
        assertBalanced(entry);
        expect(new Set(entry.lines.map(({ account, side }) => account + side)).size).toBe(entry.lines.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves the ledger as if only what stands now had ever been posted', () => {
    const history = fc.tuple(transaction(1), transaction(2), transaction(3));
    fc.assert(
      fc.property(history, history, method, (drawn, redrawn, by) => {
        const first = postChanges(loanOf(by, []), loanOf(by, drawn));
        const second = postChanges(first.loan, loanOf(by, redrawn));
        const standing = second.loan.transactions.filter(({ reversal }) => reversal === 'none');
        const expected = standing.map((one) => linesFor(one, second.loan));
        expect(net([...first.entries, ...second.entries])).toEqual(net(expected));
      }),
      { numRuns: 1000 },
    );
  });
});

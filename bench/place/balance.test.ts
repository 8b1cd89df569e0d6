import { describe, expect, it } from 'vitest';
import { balanceFaults, type LedgerState } from './balance.ts';

const begun: LedgerState = { fundDebit: 100n, fundCredit: 500n, totalDebit: 900n, totalCredit: 900n };
const sure = (amount: bigint) => ({ sure: amount, unknown: 0n });
const nothing = sure(0n);

const moved = (repaid: bigint, lent: bigint, error = 0n): LedgerState => ({
  fundDebit: begun.fundDebit + repaid,
  fundCredit: begun.fundCredit + lent,
  totalDebit: begun.totalDebit + repaid + lent + error,
  totalCredit: begun.totalCredit + repaid + lent,
});

describe('the balance of a run', () => {
  it.each<[string, LedgerState, { repaid: bigint; lent: bigint; unknown?: bigint }]>([
    ['nothing happened', moved(0n, 0n), { repaid: 0n, lent: 0n }],
    ['everything is there', moved(70n, 20n), { repaid: 70n, lent: 20n }],
    ['an unanswered repayment is there', moved(75n, 0n), { repaid: 70n, lent: 0n, unknown: 5n }],
    ['an unanswered repayment is not there', moved(70n, 0n), { repaid: 70n, lent: 0n, unknown: 5n }],
  ])('holds when %s', (_what, state, { repaid, lent, unknown = 0n }) => {
    const expected = { repaid: { sure: repaid, unknown }, lent: sure(lent) };
    expect(balanceFaults(begun, state, expected)).toEqual([]);
  });

  it.each<[string, LedgerState, RegExp]>([
    ['a repayment is lost', moved(69n, 0n), /^repaid: the ledger moved 69, answered were 70/],
    ['a repayment is there twice', moved(71n, 0n), /^repaid: the ledger moved 71/],
    ['a loan is lost', moved(70n, -1n), /^lent: the ledger moved -1/],
    ['debits and credits differ', moved(70n, 0n, 3n), /out by 3 minor units/],
  ])('fails when %s', (_what, state, fault) => {
    const faults = balanceFaults(begun, state, { repaid: sure(70n), lent: nothing });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });
});

import { describe, expect, it } from 'vitest';
import { assert, BrokenInvariant, present } from './assert.ts';
import {
  addPortions,
  copyPortions,
  noPortions,
  samePortions,
  subtractPortions,
  totalOf,
} from './components.ts';
import { date } from './date.ts';
import {
  copyInstallment,
  isMet,
  newInstallment,
  outstandingOf,
  outstandingPortions,
  totalOutstanding,
} from './installment.ts';

const portions = (principal: bigint, interest: bigint, fees: bigint, penalties: bigint) => ({
  principal,
  interest,
  fees,
  penalties,
});

describe('the four components', () => {
  const owed = portions(1000n, 200n, 30n, 4n);
  const paid = portions(100n, 50n, 7n, 1n);

  it('are added and taken away one by one', () => {
    expect(addPortions(owed, paid)).toEqual(portions(1100n, 250n, 37n, 5n));
    expect(subtractPortions(owed, paid)).toEqual(portions(900n, 150n, 23n, 3n));
  });

  it('make one total', () => {
    expect(totalOf(owed)).toBe(1234n);
    expect(totalOf(noPortions())).toBe(0n);
  });

  it('are the same only if all four are', () => {
    expect(samePortions(owed, copyPortions(owed))).toBe(true);
    for (const component of ['principal', 'interest', 'fees', 'penalties'] as const)
      expect(samePortions(owed, { ...owed, [component]: 1n })).toBe(false);
  });
});

describe('an installment', () => {
  const row = newInstallment({
    number: 3,
    kind: 'normal',
    from: date('2025-01-15'),
    due: date('2025-02-15'),
  });
  row.charged = portions(1000n, 200n, 30n, 4n);
  row.paid = portions(100n, 50n, 7n, 1n);
  row.waived = portions(0n, 20n, 3n, 1n);
  row.writtenOff = portions(300n, 30n, 10n, 1n);
  row.accrued = portions(0n, 90n, 8n, 2n);
  row.credited = portions(60n, 0n, 0n, 0n);
  row.inAdvance = 11n;
  row.late = 12n;

  it('owes what is charged and neither paid, waived nor written off', () => {
    expect(outstandingPortions(row)).toEqual(portions(600n, 100n, 10n, 1n));
    expect(outstandingOf(row, 'interest')).toBe(100n);
    expect(totalOutstanding(row)).toBe(711n);
  });

  it('is met from the day that left nothing outstanding', () => {
    expect(isMet(row)).toBe(false);
    expect(isMet({ ...row, metOn: date('2025-02-20') })).toBe(true);
  });

  it('is copied whole, and the copy changes alone', () => {
    const copy = copyInstallment(row);
    expect(copy).toEqual(row);
    for (const part of ['charged', 'paid', 'waived', 'writtenOff', 'accrued', 'credited'] as const)
      expect(copy[part]).not.toBe(row[part]);
  });

  it('starts empty', () => {
    const fresh = newInstallment({ number: 1, kind: 'additional', from: row.from, due: row.due });
    expect(fresh).toEqual({
      number: 1,
      kind: 'additional',
      from: '2025-01-15',
      due: '2025-02-15',
      charged: noPortions(),
      paid: noPortions(),
      waived: noPortions(),
      writtenOff: noPortions(),
      credited: noPortions(),
      accrued: noPortions(),
      inAdvance: 0n,
      late: 0n,
      metOn: null,
    });
  });
});

describe('an invariant', () => {
  it('that holds says nothing, a broken one stops the work', () => {
    expect(() => assert(1n > 0n, 'money is money')).not.toThrow();
    expect(() => assert(1n < 0n, 'balance is negative')).toThrow(new BrokenInvariant('balance is negative'));
  });

  it('is also that something is there', () => {
    expect(present(0, 'rate')).toBe(0);
    expect(() => present(null, 'due date')).toThrow('due date is missing');
    expect(() => present(undefined, 'due date')).toThrow(BrokenInvariant);
  });
});

/**
 * A delinquency bucket is sound when its ranges follow each other upwards without touching: each begins after
 * the one before it has ended, only the last may be open, and no two have the same code.
 *
 *   1-30, 31-60, 61-open   sound          1-30, 30-60   30 days would lie in two
 *
 * Source: engine.md section 9.1 (the range that holds so many days).
 */
import { requireRule } from '../refusal.ts';
import type { DelinquencyRange } from '../terms.ts';

export function requireSoundRanges(ranges: readonly DelinquencyRange[]): void {
  const codes = new Set<string>();
  let before: DelinquencyRange | undefined;
  for (const [index, range] of ranges.entries()) {
    requireRange(!codes.has(range.code), index, `has the code ${range.code} of another range`);
    codes.add(range.code);
    const { minDays, maxDays } = range;
    requireRange(maxDays === null || minDays <= maxDays, index, 'ends before it begins');
    requireRange(before?.maxDays !== null, index, 'comes after a range without an end');
    requireRange(minDays > (before?.maxDays ?? 0), index, 'begins before the range before it has ended');
    before = range;
  }
}

const requireRange = (holds: boolean, index: number, message: string): void =>
  requireRule(holds, {
    kind: 'invalid_argument',
    code: 'delinquency_range_unsound',
    message,
    field: `ranges/${index}`,
  });

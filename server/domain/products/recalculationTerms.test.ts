/** Which compounding a product may have. */
import { describe, expect, it } from 'vitest';
import { exampleTerms, recalculation } from '../schedule/exampleLoan.ts';
import type { InterestRecalculation } from '../terms.ts';
import { recalculationFaults } from './recalculationTerms.ts';

const faults = (own: Partial<InterestRecalculation>): string[] =>
  recalculationFaults(exampleTerms({ interestRecalculation: recalculation(own) })).map(
    ({ field, error }) => `${field.replace('interestRecalculation.', '')} ${error}`,
  );

const INTEREST = { compounding: 'INTEREST' } as const;

describe('compounding', () => {
  it.each<[string, Partial<InterestRecalculation>, string[]]>([
    ['monthly on a day', { ...INTEREST, compoundingDay: 31 }, []],
    ['monthly without a day', INTEREST, ['compoundingDay is required with compounding']],
    [
      'monthly on the 32nd',
      { ...INTEREST, compoundingDay: 32 },
      ['compoundingDay must be a day of the month, 1 to 31'],
    ],
    ['weekly on Sunday', { ...INTEREST, compoundingFrequency: 'WEEKLY', compoundingDay: 7 }, []],
    [
      'weekly on an eighth day',
      { ...INTEREST, compoundingFrequency: 'WEEKLY', compoundingDay: 8 },
      ['compoundingDay must be a day of the week, 1 (Monday) to 7'],
    ],
    ['daily', { ...INTEREST, compoundingFrequency: 'DAILY', compoundingInterval: 2 }, []],
    [
      'daily on a day',
      { ...INTEREST, compoundingFrequency: 'DAILY', compoundingDay: 1 },
      ['compoundingDay goes with monthly and weekly compounding only'],
    ],
    [
      'every 0 months',
      { ...INTEREST, compoundingDay: 1, compoundingInterval: 0 },
      ['compoundingInterval must be at least 1'],
    ],
    ['none with a day', { compoundingDay: 1 }, ['compoundingDay goes with compounding only']],
    [
      'none with a frequency',
      { compoundingFrequency: 'WEEKLY' },
      ['compoundingFrequency goes with compounding only'],
    ],
  ])('%s', (_, own, expected) => {
    expect(faults(own)).toEqual(expected);
  });
});

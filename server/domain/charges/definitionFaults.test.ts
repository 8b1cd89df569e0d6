import { describe, expect, it } from 'vitest';
import type { ChargeDefinition } from '../charge.ts';
import { definitionFaults } from './definitionFaults.ts';

const fee: ChargeDefinition = {
  code: 'FEE',
  name: 'Fee',
  time: 'SPECIFIED_DUE_DATE',
  calculation: 'FLAT',
  amountOrPercentage: '12.50',
  minCap: null,
  maxCap: null,
  penalty: false,
  feeFrequency: null,
};
const weekly = { every: 1, unit: 'WEEKS' } as const;
const percent = 'PERCENT_OF_AMOUNT' as const;

describe('the definition of a charge', () => {
  it.each<[string, Partial<ChargeDefinition>]>([
    ['a flat fee', {}],
    ['a share within caps', { calculation: percent, minCap: 1_00n, maxCap: 1_00n }],
    ['a penalty that comes again', { time: 'OVERDUE', penalty: true, feeFrequency: weekly }],
    ['a share of each tranche', { time: 'TRANCHE_DISBURSEMENT', calculation: 'PERCENT_OF_DISBURSEMENT' }],
    ['ten times the amount', { calculation: percent, amountOrPercentage: '1000' }],
  ])('makes sense: %s', (_what, differences) => {
    expect(definitionFaults({ ...fee, ...differences })).toEqual([]);
  });

  it.each<[string, Partial<ChargeDefinition>]>([
    ['amount: must be greater than 0', { amountOrPercentage: '0' }],
    ['amount: must be at most 1000 percent', { calculation: percent, amountOrPercentage: '1000.01' }],
    ['minCap: goes with percentages only', { minCap: 1n }],
    ['maxCap: goes with percentages only', { maxCap: 1n }],
    ['maxCap: must be at least minCap', { calculation: percent, minCap: 2n, maxCap: 1n }],
    ['penalty: must be true for a charge on overdue installments', { time: 'OVERDUE' }],
    ['penalty: must be false for a charge at disbursement', { time: 'DISBURSEMENT', penalty: true }],
    [
      'chargeCalculationType: a share of the disbursement goes with tranche disbursements only',
      { calculation: 'PERCENT_OF_DISBURSEMENT' },
    ],
    ['feeInterval: goes with overdue charges only', { feeFrequency: weekly }],
  ])('%s', (fault, differences) => {
    const found = definitionFaults({ ...fee, ...differences });
    expect(found.map(({ field, error }) => `${field}: ${error}`)).toEqual([fault]);
  });
});

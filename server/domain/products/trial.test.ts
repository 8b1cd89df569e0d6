import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { type Installment, newInstallment } from '../installment.ts';
import { fee } from '../life/story.ts';
import { type Differences, faultLines, productWith } from './exampleProduct.ts';
import { flawOf, trialFaults } from './trial.ts';

const faults = (differences: Differences): string[] =>
  faultLines(trialFaults(productWith(differences), date('2025-01-15')));

const TOO_SMALL =
  'no schedule can be made with it: fixedInstallmentAmount ' +
  'the installment amount must be above the interest of every period';

describe('a trial', () => {
  /** In multiples of 100: at 2 % a month, 1200 in 12 are installments of 100; 600 would be rounded to 0. */
  const coarse = { installmentAmountInMultiplesOf: 100 };
  const principal = { standard: 1_200_00n, least: null, most: null };
  it.each<[what: string, differences: Differences, faults: string[]]>([
    ['finds nothing wrong with the standard terms', {}, []],
    [
      'names the least principal, of which no installment would be left',
      { terms: coarse, limits: { principal: { ...principal, least: 1_00n } } },
      [`minPrincipal: ${TOO_SMALL}`],
    ],
    [
      'names the most repayments, each of which would come to nothing',
      { terms: coarse, limits: { principal, numberOfRepayments: { least: null, most: 60 } } },
      [`maxNumberOfRepayments: ${TOO_SMALL}`],
    ],
    [
      'names the highest rate, whose interest is above what installments are rounded to',
      {
        terms: { ...coarse, numberOfRepayments: 60, interestRatePerPeriod: '5' },
        limits: { principal, interestRatePerPeriod: { least: null, most: '11.9' } },
      },
      [`maxInterestRatePerPeriod: ${TOO_SMALL}`],
    ],
    [
      'tries a fixed length with the standard number of repayments only',
      {
        terms: { ...coarse, fixedLength: 12 },
        limits: { principal, numberOfRepayments: { least: null, most: 60 } },
      },
      [],
    ],
    [
      'says of standard terms without a schedule nothing but that',
      { terms: coarse, limits: { principal: { standard: 1_00n, least: 50n, most: 2_00n } } },
      [`principal: ${TOO_SMALL}`],
    ],
  ])('%s', (_what, differences, found) => {
    expect(faults(differences)).toEqual(found);
  });

  it('takes the fees of the product along', () => {
    const charges = [fee(2_000, { time: 'DISBURSEMENT' })];
    expect(faults({ rest: { charges } })).toEqual([]);
  });
});

describe('a schedule of 300', () => {
  const row = (principal: bigint, own: Partial<Installment> = {}): Installment => {
    const made = newInstallment({
      number: 1,
      kind: 'normal',
      from: date('2025-01-15'),
      due: date('2025-02-15'),
    });
    return { ...made, charged: { ...made.charged, principal }, ...own };
  };
  const { charged } = row(0n);
  const backwards = { from: date('2025-02-16') };
  const sameDay = { from: date('2025-02-15') };
  const short = 'the installments do not pay back the principal';
  it.each<[what: string, rows: Installment[], flaw: string | null]>([
    ['that pays it back', [row(100n), row(200n)], null],
    ['with a row of nothing', [row(0n), row(300n)], null],
    ['with a down payment, due on the day it begins', [row(100n, sameDay), row(200n)], null],
    ['short of a cent', [row(100n), row(199n)], short],
    ['with a cent too much', [row(301n)], short],
    ['with a row that takes principal back', [row(400n), row(-100n)], 'an installment would be negative'],
    [
      'with a row of negative interest',
      [row(100n), row(200n, { charged: { ...charged, principal: 200n, interest: -1n } })],
      'an installment would be negative',
    ],
    [
      'with a row that falls due before it begins',
      [row(100n), row(200n, backwards)],
      'an installment would fall due before it begins',
    ],
  ])('%s', (_what, rows, flaw) => {
    expect(flawOf(rows, 300n)).toBe(flaw);
  });

  it('without rows pays nothing back, not even of a loan of nothing', () => {
    expect(flawOf([], 0n)).toBe(short);
  });
});

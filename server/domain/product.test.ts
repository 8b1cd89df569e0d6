import { describe, expect, it } from 'vitest';
import { termLoan, walletLoan } from '../operations/seed/products.ts';
import { date } from './date.ts';
import { type ChosenTerms, type LoanProduct, termsOfLoan } from './product.ts';

const TZS = { code: 'TZS', decimals: 2, inMultiplesOf: 0 };
const wallet = walletLoan(TZS);
const term = termLoan(TZS);

const made = (product: LoanProduct, principal: bigint, chosen: ChosenTerms = {}) =>
  termsOfLoan(product, { principal, expectedDisbursementDate: date('2025-01-31'), chosen });

const refusalOf = (product: LoanProduct, principal: bigint, chosen: ChosenTerms = {}): string => {
  try {
    made(product, principal, chosen);
    return 'none';
  } catch (error) {
    const { code, field, message } = error as { code: string; field: string; message: string };
    return `${code} ${field}: ${message}`;
  }
};

describe('the terms of a loan', () => {
  it('are those of the product, with what the loan brings along', () => {
    expect(made(term, 500_000_00n, { numberOfRepayments: 6 })).toMatchObject({
      principal: 500_000_00n,
      numberOfRepayments: 6,
      termFrequency: 6,
      termFrequencyUnit: 'MONTHS',
      interestRatePerPeriod: '2',
      strategy: term.terms.strategy,
      expectedDisbursementDate: '2025-01-31',
      firstRepaymentDate: null,
    });
    expect(made(wallet, 5_000_00n)).toMatchObject({ termFrequency: 30, termFrequencyUnit: 'DAYS' });
  });

  it('reach exactly to the limits', () => {
    for (const principal of [1_000_00n, 100_000_000_00n]) expect(refusalOf(term, principal)).toBe('none');
    expect(refusalOf(term, 5_000_00n, { interestRatePerPeriod: '10' })).toBe('none');
    expect(refusalOf(term, 5_000_00n, { interestRatePerPeriod: '0' })).toBe('none');
  });
});

const REFUSED: readonly [string, LoanProduct, bigint, ChosenTerms, string][] = [
  ['too little', term, 999_99n, {}, 'outside_product_limits principal: must be between 1000.00 and '],
  ['too much', wallet, 5_000_000_01n, {}, 'outside_product_limits principal'],
  [
    'too many repayments',
    term,
    5_000_00n,
    { numberOfRepayments: 37 },
    'outside_product_limits numberOfRepayments',
  ],
  [
    'too high a rate, compared as decimals',
    term,
    5_000_00n,
    { interestRatePerPeriod: '10.000001' },
    'outside_product_limits interestRatePerPeriod',
  ],
  [
    'a term that the product fixes',
    wallet,
    5_000_00n,
    { repaymentEvery: 7 },
    'term_fixed_by_product repaymentEvery',
  ],
  [
    'a first repayment on the day of disbursement',
    term,
    5_000_00n,
    { firstRepaymentDate: date('2025-01-31') },
    'first_repayment_too_early firstRepaymentDate',
  ],
  [
    'interest before disbursement',
    term,
    5_000_00n,
    { interestChargedFrom: date('2025-01-30') },
    'interest_before_disbursement interestChargedFromDate',
  ],
];

describe('an application', () => {
  it.each(REFUSED)('is refused: %s', (_case, product, principal, chosen, refusal) => {
    expect(refusalOf(product, principal, chosen)).toContain(refusal);
  });

  it('may repeat what the product fixes', () => {
    expect(refusalOf(wallet, 5_000_00n, { repaymentEvery: 30, numberOfRepayments: 1 })).toBe('none');
  });
});

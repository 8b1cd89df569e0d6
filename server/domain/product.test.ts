import { describe, expect, it } from 'vitest';
import { termLoan, walletLoan } from '../operations/seed/products.ts';
import type { ChargeDefinition } from './charge.ts';
import { date } from './date.ts';
import { answerTo, fee, penalty } from './life/story.ts';
import {
  type Bounds,
  type ChosenTerms,
  datedChargesOf,
  firstChargesOf,
  type LoanProduct,
  type ProductLimits,
  requireDatedCharges,
  requireOffered,
  termsOfLoan,
} from './product.ts';

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

describe('the limits of a product', () => {
  type OwnLimits = Partial<Omit<ProductLimits, 'principal'> & { principal: Bounds<bigint> }>;
  const limited = ({ principal, ...own }: OwnLimits): LoanProduct => ({
    ...term,
    limits: { ...term.limits, ...own, principal: { ...term.limits.principal, ...principal } },
  });
  const asked = (own: OwnLimits, chosen: ChosenTerms = {}) =>
    answerTo(() => made(limited(own), 5_000_00n, chosen));
  const BEYOND = 'invalid_argument outside_product_limits: must be';

  it.each<[string, OwnLimits, ChosenTerms, string]>([
    [
      'from both sides',
      { principal: { least: 5_000_01n, most: 6_000_00n } },
      {},
      `${BEYOND} between 5000.01 and 6000.00 for this product [principal]`,
    ],
    [
      'from below',
      { principal: { least: 5_000_01n, most: null } },
      {},
      `${BEYOND} at least 5000.01 for this product [principal]`,
    ],
    [
      'from above',
      { principal: { least: null, most: 4_999_99n } },
      {},
      `${BEYOND} at most 4999.99 for this product [principal]`,
    ],
    ['reached from below', { principal: { least: 5_000_00n, most: null } }, {}, 'accepted'],
    ['reached from above', { principal: { least: null, most: 5_000_00n } }, {}, 'accepted'],
    ['that are none', { principal: { least: null, most: null } }, {}, 'accepted'],
    [
      'of installments',
      { numberOfRepayments: { least: 3, most: 6 } },
      { numberOfRepayments: 2 },
      `${BEYOND} between 3 and 6 for this product [numberOfRepayments]`,
    ],
    [
      'of the rate, which is a decimal: 9.5 is below 10',
      { interestRatePerPeriod: { least: '2', most: '10' } },
      { interestRatePerPeriod: '9.5' },
      'accepted',
    ],
    [
      'of the rate',
      { interestRatePerPeriod: { least: '2', most: '10' } },
      { interestRatePerPeriod: '1.99' },
      `${BEYOND} between 2 and 10 for this product [interestRatePerPeriod]`,
    ],
  ])('%s', (_, own, chosen, answer) => {
    expect(asked(own, chosen)).toBe(answer);
  });
});

describe('what a loan may choose', () => {
  it.each<[string, LoanProduct, ChosenTerms, string]>([
    [
      'what the product fixes',
      wallet,
      { repaymentEvery: 7 },
      'invalid_argument term_fixed_by_product: is fixed by the product [repaymentEvery]',
    ],
    [
      'a first repayment on the day of disbursement',
      term,
      { firstRepaymentDate: date('2025-01-31') },
      'invalid_argument first_repayment_too_early: must be after the disbursement [firstRepaymentDate]',
    ],
    ['the day after', term, { firstRepaymentDate: date('2025-02-01') }, 'accepted'],
    [
      'interest from before the disbursement',
      term,
      { interestChargedFrom: date('2025-01-30') },
      'invalid_argument interest_before_disbursement: must not be before the disbursement [interestChargedFromDate]',
    ],
    ['interest from the disbursement', term, { interestChargedFrom: date('2025-01-31') }, 'accepted'],
  ])('%s', (_, product, chosen, answer) => {
    expect(answerTo(() => made(product, 5_000_00n, chosen))).toBe(answer);
  });

  it('leaves what is not given as the product has it', () => {
    const chosen = { numberOfRepayments: undefined } as unknown as ChosenTerms;
    expect(made(term, 5_000_00n, chosen).numberOfRepayments).toBe(term.terms.numberOfRepayments);
  });
});

describe('the charges of a product', () => {
  const late: ChargeDefinition = { ...penalty(5), time: 'OVERDUE' };
  const charging: LoanProduct = { ...term, charges: [fee(3, { time: 'DISBURSEMENT' }), late, fee(2)] };

  it('stand in the loan from its beginning, but for those that close of business raises or that need a day', () => {
    expect(firstChargesOf(charging).map(({ definition }) => definition.time)).toEqual(['DISBURSEMENT']);
    expect(datedChargesOf(charging)).toEqual([fee(2)]);
    expect(made(charging, 5_000_00n).overdueCharges).toEqual([late]);
  });

  it('that need a day are to be named by the application, all of them', () => {
    const both: LoanProduct = { ...term, charges: [fee(2, { code: 'VISIT' }), fee(3, { code: 'TOWING' })] };
    const answer = (named: readonly string[]) => answerTo(() => requireDatedCharges(both, named));
    expect(answer(['VISIT', 'TOWING', 'OTHER'])).toBe('accepted');
    expect(answer(['TOWING'])).toContain('every loan of the product has VISIT, due on a day of its own');
    expect(answer([])).toContain('VISIT, TOWING');
    expect(answerTo(() => requireDatedCharges(term, []))).toBe('accepted');
  });

  it('may be none', () => {
    expect(firstChargesOf(term)).toEqual([]);
    expect(made(term, 5_000_00n)).not.toHaveProperty('overdueCharges');
    expect(made({ ...term, charges: [fee(2)] }, 5_000_00n)).not.toHaveProperty('overdueCharges');
  });
});

describe('a product is offered', () => {
  const between = (least: string | null, most: string | null): LoanProduct => ({
    ...term,
    offered: { least: least === null ? null : date(least), most: most === null ? null : date(most) },
  });
  const REFUSED_ON = (day: string) =>
    `permission_denied product_not_offered: Loan product is not offered on ${day}: the day must be`;

  it.each<[string, LoanProduct, string, string]>([
    ['always', term, '2025-01-31', 'accepted'],
    ['from its first day', between('2025-01-31', '2025-02-10'), '2025-01-31', 'accepted'],
    ['to its last', between('2025-01-31', '2025-02-10'), '2025-02-10', 'accepted'],
    [
      'not before',
      between('2025-01-31', '2025-02-10'),
      '2025-01-30',
      `${REFUSED_ON('2025-01-30')} between 2025-01-31 and 2025-02-10`,
    ],
    [
      'not after',
      between(null, '2025-02-10'),
      '2025-02-11',
      `${REFUSED_ON('2025-02-11')} at most 2025-02-10`,
    ],
    ['not yet', between('2025-01-31', null), '2025-01-30', `${REFUSED_ON('2025-01-30')} at least 2025-01-31`],
  ])('%s', (_, product, day, answer) => {
    expect(answerTo(() => requireOffered(product, date(day)))).toBe(answer);
  });
});

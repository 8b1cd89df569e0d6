import type { Currency } from '../../domain/money.ts';
import type { ChoosableTerm, LoanProduct, ProductTerms } from '../../domain/product.ts';
import { STANDARD_TERMS } from '../../domain/products/standardTerms.ts';
import type { DelinquencyBucket } from '../../domain/terms.ts';
import { STANDARD_ACCOUNTING } from './chartOfAccounts.ts';

export const DELINQUENCY: DelinquencyBucket = {
  code: 'STANDARD',
  ranges: [
    { code: 'DAYS_1_30', name: '1 to 30 days past due', minDays: 1, maxDays: 30 },
    { code: 'DAYS_31_60', name: '31 to 60 days past due', minDays: 31, maxDays: 60 },
    { code: 'DAYS_61_90', name: '61 to 90 days past due', minDays: 61, maxDays: 90 },
    { code: 'DAYS_91_MORE', name: 'more than 90 days past due', minDays: 91, maxDays: null },
  ],
};

const standardTerms = (currency: Currency): ProductTerms => ({
  currency,
  ...STANDARD_TERMS,
  delinquencyBucket: DELINQUENCY,
  accounting: STANDARD_ACCOUNTING,
});

const DATES: readonly ChoosableTerm[] = ['firstRepaymentDate', 'interestChargedFrom'];

/** One installment after 30 days, 10 % for the 30 days. */
export function walletLoan(currency: Currency): LoanProduct {
  const unit = 10n ** BigInt(currency.decimals);
  return {
    id: 1n,
    name: 'Wallet loan, 30 days',
    shortName: 'WL30',
    description: 'Small loan into the mobile wallet, paid back in one installment after 30 days',
    status: 'active',
    version: 1,
    terms: {
      ...standardTerms(currency),
      numberOfRepayments: 1,
      repaymentEvery: 30,
      repaymentFrequencyUnit: 'DAYS',
      interestRatePerPeriod: '10',
    },
    limits: {
      principal: { standard: 50_000n * unit, least: 1_000n * unit, most: 5_000_000n * unit },
      numberOfRepayments: { least: 1, most: 1 },
      interestRatePerPeriod: { least: '0', most: '20' },
    },
    choosable: ['interestRatePerPeriod', ...DATES],
  };
}

/** Twelve equal monthly installments, 2 % a month on what is owed. */
export function termLoan(currency: Currency): LoanProduct {
  const unit = 10n ** BigInt(currency.decimals);
  return {
    id: 2n,
    name: 'Term loan, 12 months',
    shortName: 'TL12',
    description: 'Loan paid back in equal monthly installments, usually over 12 months',
    status: 'active',
    version: 1,
    terms: standardTerms(currency),
    limits: {
      principal: { standard: 1_200_000n * unit, least: 1_000n * unit, most: 100_000_000n * unit },
      numberOfRepayments: { least: 1, most: 36 },
      interestRatePerPeriod: { least: '0', most: '10' },
    },
    choosable: [
      'numberOfRepayments',
      'interestRatePerPeriod',
      'graceOnPrincipal',
      'graceOnInterest',
      ...DATES,
    ],
  };
}

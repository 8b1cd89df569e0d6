/**
 * The product that tables of tests differ from: 1,200.00 over 12 months at 2 % a month, equal installments.
 *
 *   loan of the standard terms: 12 installments of 113.47
 *
 * Source: contract "Loan products" (the seeded 12-month loan, in smaller figures).
 */
import type { ProductDefinition, ProductLimits, ProductTerms } from '../product.ts';
import { DEFAULT_RULE } from '../progressive/allocation.ts';
import type { FieldFault } from '../refusal.ts';
import type { AccountRole } from '../terms.ts';
import { STANDARD_TERMS } from './standardTerms.ts';

const ACCOUNTS: Readonly<Record<AccountRole, string>> = {
  fundSource: '1000',
  loanPortfolio: '1000',
  transfersInSuspense: '1000',
  interestReceivable: '1000',
  feeReceivable: '1000',
  penaltyReceivable: '1000',
  interestIncome: '4000',
  feeIncome: '4000',
  penaltyIncome: '4000',
  recoveryIncome: '4000',
  writeOff: '4000',
  overpayment: '2000',
  goodwillCredit: '4000',
  goodwillInterest: '4000',
  goodwillFee: '4000',
  goodwillPenalty: '4000',
  chargeOffExpense: '4000',
  chargeOffFraudExpense: '4000',
  chargeOffInterest: '4000',
  chargeOffFee: '4000',
  chargeOffPenalty: '4000',
};

export const standardProduct = (): ProductDefinition => ({
  terms: {
    currency: { code: 'TZS', decimals: 2, inMultiplesOf: 0 },
    ...STANDARD_TERMS,
    delinquencyBucket: null,
    accounting: { method: 'ACCRUAL_PERIODIC', accounts: ACCOUNTS, fundSourceByPaymentType: {} },
  },
  limits: {
    principal: { standard: 1_200_00n, least: null, most: 5_000_00n },
    numberOfRepayments: { least: null, most: null },
    interestRatePerPeriod: { least: null, most: null },
  },
  choosable: [],
});

/** In what a product differs from the standard one. */
export interface Differences {
  readonly terms?: Partial<ProductTerms>;
  readonly limits?: Partial<ProductLimits>;
  readonly rest?: Partial<ProductDefinition>;
}

export function productWith({ terms = {}, limits = {}, rest = {} }: Differences): ProductDefinition {
  const standard = standardProduct();
  return {
    ...standard,
    ...rest,
    terms: { ...standard.terms, ...terms },
    limits: { ...standard.limits, ...limits },
  };
}

export const faultLines = (faults: readonly FieldFault[]): string[] =>
  faults.map(({ field, error }) => `${field}: ${error}`);

/** Terms of a product with a progressive schedule. */
export const PROGRESSIVE = {
  scheduleType: 'PROGRESSIVE',
  strategy: 'advanced-payment-allocation-strategy',
  allocationRules: [DEFAULT_RULE],
} as const satisfies Partial<ProductTerms>;

/**
 * The products of the conformance folder, with all that they name, as a configuration document of the API;
 * and the terms of a loan at the defaults of a product, as its vectors would give them.
 */
import type { ConfigurationDocument } from '../../sdk/client.ts';
import type { ConformanceFolder, ProductJson, TermsJson } from './format.ts';

interface Bounded {
  readonly min: number;
  readonly default: number;
  readonly max: number;
}

/** What a product has beside what vectors repeat in their terms. */
interface WholeProductJson extends ProductJson {
  readonly currency: string;
  readonly decimals: number;
  readonly inMultiplesOf: number;
  readonly installmentAmountInMultiplesOf: number | null;
  readonly principal: Bounded;
  readonly numberOfRepayments: Bounded;
  readonly repaymentEvery: number;
  readonly repaymentFrequency: string;
  readonly repaymentStartDateType: string;
  readonly interestRatePerPeriod: Bounded & { readonly unit: string };
  readonly interestType: string;
  readonly amortization: string;
  readonly interestCalculationPeriod: string;
  readonly allowPartialPeriodInterest: boolean;
  readonly daysInYear: string;
  readonly daysInMonth: string;
  readonly strategy: string;
  readonly scheduleType: string;
  readonly scheduleProcessing: string;
  readonly creditAllocation: TermsJson['creditAllocation'];
  readonly downPayment: TermsJson['downPayment'];
  readonly multiDisburse: ProductJson['multiDisburse'] & {
    readonly enabled: boolean;
    readonly maxOutstandingBalance: number | null;
  };
  readonly interestRecalculation: TermsJson['interestRecalculation'];
  readonly graceOnPrincipal: number;
  readonly graceOnInterest: number;
  readonly graceInterestFree: number;
  readonly graceOnArrearsAgeing: number;
  readonly principalThresholdForLastInstallment: number;
  readonly fixedLength: number | null;
}

/** `SAME_AS_REPAYMENT_PERIOD` -> `Same as repayment period`. */
const sentence = (word: string): string => {
  const text = word.toLowerCase().replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};
const RATE_LABELS: Readonly<Record<string, string>> = {
  DAY: 'Per day',
  WEEK: 'Per week',
  MONTH: 'Per month',
  YEAR: 'Per year',
};
const CALCULATION_LABELS: Readonly<Record<string, string>> = {
  FLAT: 'Flat',
  PERCENT_OF_AMOUNT: '% of amount',
  PERCENT_OF_AMOUNT_AND_INTEREST: '% of amount and interest',
  PERCENT_OF_INTEREST: '% of interest',
  PERCENT_OF_DISBURSEMENT: '% of disbursement',
};
const TIME_LABELS: Readonly<Record<string, string>> = {
  INSTALLMENT: 'Installment fee',
  OVERDUE: 'Overdue installment',
};
const COMPONENT_LABELS: Readonly<Record<string, string>> = { PENALTY: 'penalties', FEE: 'fees' };
const days = (count: string): string => (count === 'ACTUAL' ? 'Actual' : `${count} days`);
const component = (word: string): string => COMPONENT_LABELS[word] ?? word.toLowerCase();

/** `IN_ADVANCE_FEE` -> `In advance fees`. */
function step(word: string): string {
  const at = word.lastIndexOf('_');
  return `${sentence(word.slice(0, at))} ${component(word.slice(at + 1))}`;
}

export const productsOf = (folder: ConformanceFolder): readonly WholeProductJson[] =>
  Object.values(folder.products) as WholeProductJson[];

export function configurationOf(folder: ConformanceFolder): ConfigurationDocument {
  const document = {
    glAccounts: accountsOf(folder),
    paymentTypes: paymentTypesOf(folder),
    delinquencyBuckets: bucketsOf(folder),
    charges: chargesOf(folder),
    loanProducts: productsOf(folder).map(productOf),
  };
  // Its words are built from those of the folder; the API judges them.
  return document as unknown as ConfigurationDocument;
}

function accountsOf(folder: ConformanceFolder) {
  const named = productsOf(folder).flatMap(({ accounting }) => [
    ...Object.values(accounting.accounts),
    ...Object.values(accounting.fundSourceByPaymentType ?? {}),
  ]);
  const all = new Map([...folder.accounts.values(), ...named].map((account) => [account.glCode, account]));
  return [...all.values()].map(({ glCode, name, type }) => ({ glCode, name, type: type.toLowerCase() }));
}

function paymentTypesOf(folder: ConformanceFolder) {
  const shortNames = productsOf(folder).flatMap(({ accounting }) =>
    Object.keys(accounting.fundSourceByPaymentType ?? {}),
  );
  return [...new Set(shortNames)].map((shortName) => ({ shortName, name: sentence(shortName) }));
}

const bucketsOf = ({ delinquency }: ConformanceFolder) =>
  delinquency.buckets.map((bucket) => ({
    code: bucket.code,
    name: sentence(bucket.code),
    ranges: delinquency.ranges
      .filter(({ code }) => bucket.ranges.includes(code))
      .sort((a, b) => a.minDays - b.minDays)
      .map(({ code, name, minDays, maxDays }) => ({ code, name, minDays, ...(maxDays && { maxDays }) })),
  }));

/** Charges of clients are no part of Loanbook. */
const chargesOf = (folder: ConformanceFolder) =>
  [...folder.charges.values()]
    .filter((charge) => Reflect.get(charge, 'appliesTo') === 'LOAN')
    .map(({ code, name, timeType, calculation, amount, penalty }) => ({
      code,
      name,
      chargeTimeType: TIME_LABELS[timeType] ?? sentence(timeType),
      chargeCalculationType: CALCULATION_LABELS[calculation],
      amount,
      penalty,
      currencyCode: 'EUR',
    }));

function productOf(product: WholeProductJson) {
  const given = {
    name: product.code,
    shortName: product.code,
    ...amounts(product),
    ...interest(product),
    ...allocation(product),
    ...monitoring(product),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

const amounts = (product: WholeProductJson) => ({
  currencyCode: product.currency,
  currencyDecimals: product.decimals,
  currencyInMultiplesOf: product.inMultiplesOf,
  installmentAmountInMultiplesOf: product.installmentAmountInMultiplesOf,
  principal: product.principal.default,
  minPrincipal: product.principal.min,
  maxPrincipal: product.principal.max,
  numberOfRepayments: product.numberOfRepayments.default,
  minNumberOfRepayments: product.numberOfRepayments.min,
  maxNumberOfRepayments: product.numberOfRepayments.max,
  repaymentEvery: product.repaymentEvery,
  repaymentFrequencyType: sentence(product.repaymentFrequency),
  fixedLength: product.fixedLength,
  downPaymentEnabled: product.downPayment.enabled,
  downPaymentPercentage: product.downPayment.percentage,
  downPaymentAutomatic: product.downPayment.auto,
  multiDisburse: product.multiDisburse.enabled,
  maxTrancheCount: product.multiDisburse.maxTrancheCount,
  maxOutstandingBalance: product.multiDisburse.maxOutstandingBalance,
  disallowExpectedDisbursements: product.multiDisburse.disallowExpectedDisbursements,
  overAppliedPercentage: product.overAppliedAmount.allowed ? product.overAppliedAmount.number : null,
});

const interest = (product: WholeProductJson) => ({
  interestRatePerPeriod: product.interestRatePerPeriod.default,
  minInterestRatePerPeriod: product.interestRatePerPeriod.min,
  maxInterestRatePerPeriod: product.interestRatePerPeriod.max,
  interestRateFrequencyType: RATE_LABELS[product.interestRatePerPeriod.unit],
  interestType: product.interestType === 'FLAT' ? 'Flat' : 'Declining Balance',
  amortizationType: sentence(product.amortization),
  interestCalculationPeriodType: sentence(product.interestCalculationPeriod),
  allowPartialPeriodInterest: product.allowPartialPeriodInterest,
  daysInYearType: days(product.daysInYear),
  daysInMonthType: days(product.daysInMonth),
  interestRecalculation: product.interestRecalculation && recalculation(product.interestRecalculation),
  graceOnPrincipalPayment: product.graceOnPrincipal,
  graceOnInterestPayment: product.graceOnInterest,
  graceOnInterestCharged: product.graceInterestFree,
});

const recalculation = (terms: NonNullable<TermsJson['interestRecalculation']>) => ({
  restFrequency: terms.restFrequency === 'DAILY' ? 'Daily' : 'Same as repayment period',
  rescheduleStrategy: sentence(terms.rescheduleStrategy).replace('emi', 'installment'),
  preCloseRule: sentence(terms.preCloseInterestRule).replace('pre close', 'pre-close'),
  compounding: sentence(terms.compounding),
  ...(terms.compoundingOnDay !== null && { compoundingDay: terms.compoundingOnDay }),
});

const allocation = (product: WholeProductJson) => ({
  transactionProcessingStrategy: product.strategy,
  scheduleType: sentence(product.scheduleType),
  scheduleProcessingType: sentence(product.scheduleProcessing),
  allocationRules: (product.paymentAllocation ?? []).map((rule) => ({
    transactionType: sentence(rule.transactionType),
    order: rule.order.map(step),
    futureInstallments: sentence(rule.futureInstallmentAllocationRule),
  })),
  creditAllocationRules: (product.creditAllocation ?? []).map((rule) => ({
    transactionType: sentence(rule.transactionType),
    order: rule.order.map((word) => sentence(component(word))),
  })),
});

const monitoring = (product: WholeProductJson) => ({
  graceOnArrearsAgeing: product.graceOnArrearsAgeing,
  installmentLevelDelinquency: product.installmentLevelDelinquency,
  overdueDaysForNonPerforming: product.overdueDaysForNPA,
  leavesNonPerformingOnlyWhenArrearsCleared: product.accountMovesOutOfNPAOnlyOnArrearsCompletion,
  daysBeforeRepaymentIsDue: product.dueDaysForRepaymentEvent,
  daysAfterRepaymentIsOverdue: product.overdueDaysForRepaymentEvent,
  delinquencyBucket: product.delinquencyBucket,
  principalThresholdForLastInstallment: product.principalThresholdForLastInstallment,
  charges: product.charges,
  accounts: glCodes(product.accounting.accounts),
  fundSourceByPaymentType: glCodes(product.accounting.fundSourceByPaymentType ?? {}),
});

const glCodes = (accounts: Readonly<Record<string, { readonly glCode: string }>>) =>
  Object.fromEntries(Object.entries(accounts).map(([role, { glCode }]) => [role, glCode]));

/** Terms of a loan that chooses nothing. */
export const standardTermsOf = (product: WholeProductJson, expectedDisbursementDate: string): TermsJson => ({
  ...product,
  principal: product.principal.default,
  expectedDisbursementDate,
  loanTermFrequency: product.numberOfRepayments.default * product.repaymentEvery,
  loanTermFrequencyUnit: product.repaymentFrequency,
  numberOfRepayments: product.numberOfRepayments.default,
  repaymentFrequencyUnit: product.repaymentFrequency,
  interestRatePerPeriod: product.interestRatePerPeriod.default,
  interestRateUnit: product.interestRatePerPeriod.unit,
  futureInstallmentAllocation: null,
  multiDisburse: product.multiDisburse.enabled,
  maxOutstandingBalance: product.multiDisburse.maxOutstandingBalance,
  fixedEmiAmount: null,
});

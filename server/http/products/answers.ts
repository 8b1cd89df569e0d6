/** A loan product as it goes out, with every term that the engine knows (contract "Loan products"). */
import type { Money } from '../../domain/money.ts';
import type { LoanProduct, ProductDefinition } from '../../domain/product.ts';
import { withoutAbsent, writeMoney } from '../values.ts';
import type { ProductAnswer, StatedProduct } from './fields.ts';
import {
  AccountingWords,
  AmortizationWords,
  CalculationWords,
  ComponentWords,
  CompoundingFrequencyWords,
  CompoundingWords,
  CreditRuleWords,
  FrequencyWords,
  FutureWords,
  InterestWords,
  MonthWords,
  PreCloseWords,
  ProcessingWords,
  RateWords,
  RefundWords,
  RescheduleWords,
  RestWords,
  RuleWords,
  ScheduleWords,
  StartDateWords,
  StrategyWords,
  stepLabel,
  YearWords,
} from './words.ts';

export function productOut(product: LoanProduct): ProductAnswer {
  const { id, status, version } = product;
  const ranges = product.terms.delinquencyBucket?.ranges.map((range) => withoutAbsent({ ...range }));
  return {
    id: id.toString(),
    status,
    version,
    ...statedProduct(product),
    ...(ranges && { delinquencyRanges: ranges }),
  } as ProductAnswer;
}

/** All that a product says, in the words in which it may be sent back. */
export function statedProduct(
  product: ProductDefinition & Pick<LoanProduct, 'name' | 'shortName' | 'description'>,
): StatedProduct {
  const { name, shortName, description, choosable, charges = [], offered } = product;
  return withoutAbsent({
    name,
    shortName,
    description,
    ...limitedTerms(product),
    offeredFromDate: offered?.least,
    offeredUntilDate: offered?.most,
    ...interestTerms(product),
    ...allocationTerms(product),
    ...disbursementTerms(product),
    ...monitoringTerms(product),
    charges: charges.map(({ code }) => code),
    overridableTerms: choosable.map((term) => TERM_NAMES[term] ?? term),
  }) as StatedProduct;
}

/** Names of choosable terms over HTTP where they differ. */
export const TERM_NAMES: Readonly<Record<string, string>> = {
  repaymentFrequencyUnit: 'repaymentFrequencyType',
  amortization: 'amortizationType',
  interestCalculationPeriod: 'interestCalculationPeriodType',
  graceOnPrincipal: 'graceOnPrincipalPayment',
  graceOnInterest: 'graceOnInterestPayment',
  graceInterestFree: 'graceOnInterestCharged',
  interestChargedFrom: 'interestChargedFromDate',
};

const numberOf = (text: string | null): number | null => (text === null ? null : Number(text));

function limitedTerms({ terms, limits }: ProductDefinition) {
  const { principal, numberOfRepayments, interestRatePerPeriod } = limits;
  const money = (amount: Money | null) => (amount === null ? null : writeMoney(amount, terms.currency));
  return {
    currencyCode: terms.currency.code,
    currencyDecimals: terms.currency.decimals,
    currencyInMultiplesOf: terms.currency.inMultiplesOf,
    principal: writeMoney(principal.standard, terms.currency),
    minPrincipal: money(principal.least),
    maxPrincipal: money(principal.most),
    numberOfRepayments: terms.numberOfRepayments,
    minNumberOfRepayments: numberOfRepayments.least,
    maxNumberOfRepayments: numberOfRepayments.most,
    repaymentEvery: terms.repaymentEvery,
    repaymentFrequencyType: FrequencyWords.labelOf(terms.repaymentFrequencyUnit),
    repaymentStartDateType: StartDateWords.labelOf(terms.repaymentStartDateType),
    interestRatePerPeriod: Number(terms.interestRatePerPeriod),
    minInterestRatePerPeriod: numberOf(interestRatePerPeriod.least),
    maxInterestRatePerPeriod: numberOf(interestRatePerPeriod.most),
    interestRateFrequencyType: RateWords.labelOf(terms.interestRateUnit),
  };
}

function interestTerms({ terms }: ProductDefinition) {
  return {
    amortizationType: AmortizationWords.labelOf(terms.amortization),
    interestType: InterestWords.labelOf(terms.interestType),
    interestCalculationPeriodType: CalculationWords.labelOf(terms.interestCalculationPeriod),
    allowPartialPeriodInterest: terms.allowPartialPeriodInterest,
    daysInYearType: YearWords.labelOf(terms.daysInYear),
    daysInMonthType: MonthWords.labelOf(terms.daysInMonth),
    interestRecalculation: recalculation(terms),
    graceOnPrincipalPayment: terms.graceOnPrincipal,
    graceOnInterestPayment: terms.graceOnInterest,
    graceOnInterestCharged: terms.graceInterestFree,
    graceOnArrearsAgeing: terms.graceOnArrearsAgeing,
  };
}

function recalculation({ interestRecalculation: terms }: ProductDefinition['terms']) {
  return (
    terms &&
    withoutAbsent({
      restFrequency: RestWords.labelOf(terms.restFrequency),
      rescheduleStrategy: RescheduleWords.labelOf(terms.rescheduleStrategy),
      preCloseRule: PreCloseWords.labelOf(terms.preCloseRule),
      compounding: CompoundingWords.labelOf(terms.compounding),
      compoundingFrequency:
        terms.compoundingFrequency && CompoundingFrequencyWords.labelOf(terms.compoundingFrequency),
      compoundingInterval: terms.compoundingInterval,
      compoundingDay: terms.compoundingDay,
      arrearsBasedOnOriginalSchedule: terms.arrearsBasedOnOriginalSchedule,
    })
  );
}

type RuleKey = Parameters<typeof RuleWords.labelOf>[0];

function allocationTerms({ terms }: ProductDefinition) {
  return {
    transactionProcessingStrategy: StrategyWords.labelOf(terms.strategy),
    scheduleType: ScheduleWords.labelOf(terms.scheduleType),
    scheduleProcessingType: ProcessingWords.labelOf(terms.scheduleProcessing),
    allocationRules: terms.allocationRules.map(({ transactionType, order, futureInstallments }) => ({
      transactionType: RuleWords.labelOf(transactionType as RuleKey),
      order: order.map(stepLabel),
      futureInstallments: FutureWords.labelOf(futureInstallments),
    })),
    creditAllocationRules: terms.creditAllocationRules.map(({ order }) => ({
      transactionType: CreditRuleWords.labelOf('CHARGEBACK'),
      order: order.map(ComponentWords.labelOf),
    })),
    installmentAmountInMultiplesOf: terms.installmentAmountInMultiplesOf,
    fixedLength: terms.fixedLength,
    fixedPrincipalPercentagePerInstallment: numberOf(terms.fixedPrincipalPercentagePerInstallment),
    principalThresholdForLastInstallment: Number(terms.principalThresholdForLastInstallment),
  };
}

function disbursementTerms({ terms }: ProductDefinition) {
  const { downPayment, maxOutstandingBalance, currency } = terms;
  return {
    downPaymentEnabled: downPayment.enabled,
    downPaymentPercentage: numberOf(downPayment.percentage),
    downPaymentAutomatic: downPayment.automatic,
    multiDisburse: terms.multiDisburse,
    maxTrancheCount: terms.maxTrancheCount,
    maxOutstandingBalance:
      maxOutstandingBalance === null ? null : writeMoney(maxOutstandingBalance, currency),
    disallowExpectedDisbursements: terms.disallowExpectedDisbursements,
    overAppliedPercentage: numberOf(terms.overAppliedPercentage),
  };
}

function monitoringTerms({ terms }: ProductDefinition) {
  const { closingTolerance, currency } = terms;
  const { method, accounts, fundSourceByPaymentType } = terms.accounting;
  return {
    installmentLevelDelinquency: terms.installmentLevelDelinquency,
    overdueDaysForNonPerforming: terms.overdueDaysForNonPerforming,
    leavesNonPerformingOnlyWhenArrearsCleared: terms.leavesNonPerformingOnlyWhenArrearsCleared,
    interestRefundFor: (terms.interestRefundFor ?? []).map(RefundWords.labelOf),
    closingTolerance: closingTolerance === undefined ? null : writeMoney(closingTolerance, currency),
    statesAccrualActivity: terms.statesAccrualActivity,
    daysBeforeRepaymentIsDue: terms.daysBeforeRepaymentIsDue,
    daysAfterRepaymentIsOverdue: terms.daysAfterRepaymentIsOverdue,
    delinquencyBucket: terms.delinquencyBucket?.code,
    accountingMethod: AccountingWords.labelOf(method),
    accounts: { ...accounts },
    fundSourceByPaymentType: { ...fundSourceByPaymentType },
  };
}

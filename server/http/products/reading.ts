/**
 * A loan product as it came in: labels and codes become terms, numbers exact amounts and decimal texts. What
 * the product names (accounts, bucket, charges) is looked up later.
 */
import type { CivilDate } from '../../domain/date.ts';
import type { Currency, Money } from '../../domain/money.ts';
import { CHOOSABLE_TERMS, type ChoosableTerm, type ProductLimits } from '../../domain/product.ts';
import { DEFAULT_RULE } from '../../domain/progressive/allocation.ts';
import { type FieldFault, Refusal, requireNoFaults } from '../../domain/refusal.ts';
import type { AllocationRule, InterestRecalculation } from '../../domain/terms.ts';
import { currencyNamed } from '../../operations/currency.ts';
import type { ProductDraft } from '../../operations/products/draft.ts';
import { decimalOf } from '../loans/terms.ts';
import { readDate, readMoney } from '../values.ts';
import { TERM_NAMES } from './answers.ts';
import type { GivenProduct, GivenTerms } from './fields.ts';
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
  stepOf,
  type Words,
  YearWords,
} from './words.ts';

/** Collects what cannot be read, so that all of it is told at once. */
interface Reading {
  readonly currency: Currency;
  readonly faults: FieldFault[];
}

/** The product that was described; `currency` is the deployment's. */
export function readProduct(given: GivenProduct, currency: string): ProductDraft {
  const reading: Reading = { currency: currencyOf(given, currency), faults: [] };
  const draft = {
    name: given.name,
    shortName: given.shortName,
    description: given.description ?? '',
    terms: {
      currency: reading.currency,
      ...timeTerms(given),
      ...interestTerms(given, reading),
      ...allocationTerms(given),
      ...disbursementTerms(given, reading),
      ...monitoringTerms(given, reading),
    },
    limits: limitsOf(given, reading),
    choosable: choosableOf(given, reading),
    offered: {
      least: dateOf(given, 'offeredFromDate', reading),
      most: dateOf(given, 'offeredUntilDate', reading),
    },
    accounting: {
      method: wordOf(AccountingWords, given.accountingMethod, 'ACCRUAL_PERIODIC'),
      accounts: given.accounts ?? {},
      fundSourceByPaymentType: given.fundSourceByPaymentType ?? {},
    },
    delinquencyBucket: given.delinquencyBucket ?? null,
    charges: given.charges ?? [],
  };
  requireNoFaults(reading.faults, 'product_malformed');
  return draft;
}

function currencyOf(
  { currencyCode, currencyDecimals, currencyInMultiplesOf }: GivenTerms,
  usual: string,
): Currency {
  const named = currencyNamed(currencyCode ?? usual);
  return {
    ...named,
    decimals: currencyDecimals ?? named.decimals,
    inMultiplesOf: currencyInMultiplesOf ?? named.inMultiplesOf,
  };
}

/** The value of a word, or what holds without one. */
const wordOf = <Key extends string>(
  words: Words<Key>,
  given: string | number | undefined,
  usual: Key,
): Key => (given === undefined ? usual : words.keyOf(given));

/** Runs a reader of one field and keeps its refusal. */
function read<Value>(reading: Reading, field: string, reader: () => Value): Value | undefined {
  try {
    return reader();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    reading.faults.push({ field, error: error.message });
    return undefined;
  }
}

type AmountField =
  | 'principal'
  | 'minPrincipal'
  | 'maxPrincipal'
  | 'maxOutstandingBalance'
  | 'closingTolerance';

function moneyOf(given: GivenTerms, field: AmountField, reading: Reading): Money | null {
  const value = given[field];
  return value === undefined
    ? null
    : (read(reading, field, () => readMoney(value, reading.currency, field)) ?? null);
}

type PercentField = {
  [Field in keyof GivenTerms]-?: number extends NonNullable<GivenTerms[Field]> ? Field : never;
}[keyof GivenTerms];

function percentOf(given: GivenTerms, field: PercentField, reading: Reading): string | null {
  const value = given[field];
  return typeof value === 'number' ? (read(reading, field, () => decimalOf(value, field)) ?? null) : null;
}

function dateOf(
  given: GivenTerms,
  field: 'offeredFromDate' | 'offeredUntilDate',
  reading: Reading,
): CivilDate | null {
  const value = given[field];
  return value === undefined ? null : (read(reading, field, () => readDate(value, field)) ?? null);
}

function limitsOf(given: GivenTerms, reading: Reading): ProductLimits {
  return {
    principal: {
      standard: moneyOf(given, 'principal', reading) ?? 0n,
      least: moneyOf(given, 'minPrincipal', reading),
      most: moneyOf(given, 'maxPrincipal', reading),
    },
    numberOfRepayments: {
      least: given.minNumberOfRepayments ?? null,
      most: given.maxNumberOfRepayments ?? null,
    },
    interestRatePerPeriod: {
      least: percentOf(given, 'minInterestRatePerPeriod', reading),
      most: percentOf(given, 'maxInterestRatePerPeriod', reading),
    },
  };
}

const timeTerms = (given: GivenTerms) => ({
  numberOfRepayments: given.numberOfRepayments,
  repaymentEvery: given.repaymentEvery,
  repaymentFrequencyUnit: FrequencyWords.keyOf(given.repaymentFrequencyType),
  repaymentStartDateType: wordOf(StartDateWords, given.repaymentStartDateType, 'DISBURSEMENT_DATE'),
  graceOnPrincipal: given.graceOnPrincipalPayment ?? 0,
  graceOnInterest: given.graceOnInterestPayment ?? 0,
  graceInterestFree: given.graceOnInterestCharged ?? 0,
  graceOnArrearsAgeing: given.graceOnArrearsAgeing ?? 0,
  fixedLength: given.fixedLength ?? null,
});

const interestTerms = (given: GivenTerms, reading: Reading) => ({
  interestRatePerPeriod: percentOf(given, 'interestRatePerPeriod', reading) ?? '0',
  interestRateUnit: RateWords.keyOf(given.interestRateFrequencyType),
  interestType: wordOf(InterestWords, given.interestType, 'DECLINING_BALANCE'),
  amortization: wordOf(AmortizationWords, given.amortizationType, 'EQUAL_INSTALLMENTS'),
  interestCalculationPeriod: wordOf(
    CalculationWords,
    given.interestCalculationPeriodType,
    'SAME_AS_REPAYMENT_PERIOD',
  ),
  allowPartialPeriodInterest: given.allowPartialPeriodInterest ?? false,
  daysInYear: wordOf(YearWords, given.daysInYearType, 'ACTUAL'),
  daysInMonth: wordOf(MonthWords, given.daysInMonthType, 'ACTUAL'),
  interestRecalculation: recalculationOf(given),
});

function recalculationOf({ interestRecalculation: given }: GivenTerms): InterestRecalculation | null {
  if (given === undefined) return null;
  return {
    restFrequency: RestWords.keyOf(given.restFrequency),
    rescheduleStrategy: RescheduleWords.keyOf(given.rescheduleStrategy),
    preCloseRule: PreCloseWords.keyOf(given.preCloseRule),
    compounding: CompoundingWords.keyOf(given.compounding),
    ...(given.compoundingFrequency === undefined
      ? {}
      : { compoundingFrequency: CompoundingFrequencyWords.keyOf(given.compoundingFrequency) }),
    ...(given.compoundingInterval === undefined ? {} : { compoundingInterval: given.compoundingInterval }),
    compoundingDay: given.compoundingDay ?? null,
    arrearsBasedOnOriginalSchedule: given.arrearsBasedOnOriginalSchedule ?? false,
  };
}

function allocationTerms(given: GivenTerms) {
  const scheduleType = wordOf(ScheduleWords, given.scheduleType, 'CUMULATIVE');
  const isProgressive = scheduleType === 'PROGRESSIVE';
  return {
    scheduleType,
    strategy: wordOf(
      StrategyWords,
      given.transactionProcessingStrategy,
      isProgressive ? 'advanced-payment-allocation-strategy' : 'mifos-standard-strategy',
    ),
    scheduleProcessing: wordOf(ProcessingWords, given.scheduleProcessingType, 'HORIZONTAL'),
    allocationRules: given.allocationRules?.map(ruleOf) ?? (isProgressive ? [DEFAULT_RULE] : []),
    creditAllocationRules: (given.creditAllocationRules ?? []).map(({ transactionType, order }) => ({
      transactionType: CreditRuleWords.keyOf(transactionType),
      order: order.map(ComponentWords.keyOf),
    })),
  };
}

const ruleOf = (given: NonNullable<GivenTerms['allocationRules']>[number]): AllocationRule => ({
  transactionType: RuleWords.keyOf(given.transactionType),
  order: given.order.map(stepOf),
  futureInstallments: FutureWords.keyOf(given.futureInstallments),
});

const disbursementTerms = (given: GivenTerms, reading: Reading) => ({
  installmentAmountInMultiplesOf: given.installmentAmountInMultiplesOf ?? null,
  downPayment: {
    enabled: given.downPaymentEnabled ?? false,
    percentage: percentOf(given, 'downPaymentPercentage', reading),
    automatic: given.downPaymentAutomatic ?? false,
  },
  multiDisburse: given.multiDisburse ?? false,
  disallowExpectedDisbursements: given.disallowExpectedDisbursements ?? false,
  maxTrancheCount: given.maxTrancheCount ?? null,
  maxOutstandingBalance: moneyOf(given, 'maxOutstandingBalance', reading),
  overAppliedPercentage: percentOf(given, 'overAppliedPercentage', reading),
  principalThresholdForLastInstallment:
    percentOf(given, 'principalThresholdForLastInstallment', reading) ?? '50',
  fixedPrincipalPercentagePerInstallment: percentOf(given, 'fixedPrincipalPercentagePerInstallment', reading),
});

const monitoringTerms = (given: GivenTerms, reading: Reading) => ({
  ...closingTerms(given, reading),
  installmentLevelDelinquency: given.installmentLevelDelinquency ?? false,
  overdueDaysForNonPerforming: given.overdueDaysForNonPerforming ?? null,
  leavesNonPerformingOnlyWhenArrearsCleared: given.leavesNonPerformingOnlyWhenArrearsCleared ?? false,
  ...(given.daysBeforeRepaymentIsDue !== undefined && {
    daysBeforeRepaymentIsDue: given.daysBeforeRepaymentIsDue,
  }),
  ...(given.daysAfterRepaymentIsOverdue !== undefined && {
    daysAfterRepaymentIsOverdue: given.daysAfterRepaymentIsOverdue,
  }),
});

/** Absent where nothing was said: the deployment's way holds. */
function closingTerms(given: GivenTerms, reading: Reading) {
  const { statesAccrualActivity, interestRefundFor = [] } = given;
  const closingTolerance = moneyOf(given, 'closingTolerance', reading);
  return {
    ...(closingTolerance !== null && { closingTolerance }),
    ...(statesAccrualActivity !== undefined && { statesAccrualActivity }),
    ...(interestRefundFor.length > 0 && { interestRefundFor: interestRefundFor.map(RefundWords.keyOf) }),
  };
}

function choosableOf({ overridableTerms = [] }: GivenTerms, reading: Reading): ChoosableTerm[] {
  return overridableTerms.flatMap((name, index) => {
    const term = CHOOSABLE_TERMS.find((each) => (TERM_NAMES[each] ?? each) === name);
    if (term !== undefined) return [term];
    const error = `must be one of ${CHOOSABLE_TERMS.map((each) => TERM_NAMES[each] ?? each).join(', ')}`;
    reading.faults.push({ field: `overridableTerms.${index}`, error });
    return [];
  });
}

/**
 * From the words of the conformance folder to those of the engine: terms and product to loan terms, charge
 * definitions, delinquency bucket, settings, names of transactions. Values that the engine does not know are
 * an error, never a guess.
 */
import type { ChargeCalculation, ChargeDefinition, ChargeTime } from '../../server/domain/charge.ts';
import type { Component } from '../../server/domain/components.ts';
import { type PeriodUnit, parseDate } from '../../server/domain/date.ts';
import type { LoanStatus } from '../../server/domain/loan.ts';
import { type Currency, parseMoney } from '../../server/domain/money.ts';
import { requireRule } from '../../server/domain/refusal.ts';
import {
  type AccountingMethod,
  type AccountingRule,
  type AccountRole,
  type AllocationRule,
  type AllocationStep,
  type AllocationStrategy,
  type Amortization,
  type CompoundingFrequency,
  type DaysInMonth,
  type DaysInYear,
  DEFAULT_SETTINGS,
  type DelinquencyBucket,
  type DueType,
  type EngineSettings,
  type FutureInstallmentRule,
  type InterestCalculationPeriod,
  type InterestRateUnit,
  type InterestRecalculation,
  type InterestType,
  type LoanTerms,
  type PreCloseRule,
  type RescheduleStrategy,
  type ScheduleType,
} from '../../server/domain/terms.ts';
import type { TransactionType } from '../../server/domain/transaction.ts';
import type {
  ChargeJson,
  ConfigValue,
  ConformanceFolder,
  GlAccountJson,
  InterestRecalculationJson,
  PaymentAllocationJson,
  ProductJson,
  TermsJson,
} from './format.ts';

export class Untranslatable extends Error {
  override readonly name = 'Untranslatable';
}

/** The entry of a table, or a clear error. */
function known<T>(table: Readonly<Record<string, T>>, key: string, what: string): T {
  const value = table[key];
  if (value === undefined) throw new Untranslatable(`${what} "${key}" is not known`);
  return value;
}

/** `value` as one of the words that the engine uses for it as well. */
function oneOf<T extends string>(words: readonly T[], value: string, what: string): T {
  const word = words.find((each) => each === value);
  if (word === undefined) throw new Untranslatable(`${what} "${value}" is not known`);
  return word;
}

const UNITS: readonly PeriodUnit[] = ['DAYS', 'WEEKS', 'MONTHS', 'YEARS'];
const STRATEGIES: readonly AllocationStrategy[] = [
  'mifos-standard-strategy',
  'creocore-strategy',
  'interest-principal-penalties-fees-order-strategy',
  'principal-interest-penalties-fees-order-strategy',
  'early-repayment-strategy',
  'heavensfamily-strategy',
  'rbi-india-strategy',
  'due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy',
  'due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy',
  'advanced-payment-allocation-strategy',
];
const COMPONENT_OF: Readonly<Record<string, Component>> = {
  PRINCIPAL: 'principal',
  INTEREST: 'interest',
  FEE: 'fees',
  PENALTY: 'penalties',
};

export const currencyOf = (terms: TermsJson): Currency => ({
  code: terms.currency,
  decimals: terms.decimals,
  inMultiplesOf: terms.inMultiplesOf,
});

export function loanTermsOf(json: TermsJson, productCode: string, folder: ConformanceFolder): LoanTerms {
  const product = known(folder.products, productCode, 'product');
  requireWithinLimits(json, product);
  return {
    ...amountTerms(json, product),
    ...timeTerms(json),
    ...interestTerms(json),
    ...allocationTerms(json, product),
    ...arrearsTerms(json, product, folder),
    accounting: accountingOf(product),
  };
}

/** What a loan of the product may choose. */
function requireWithinLimits(json: TermsJson, product: ProductJson): void {
  for (const name of ['principal', 'numberOfRepayments', 'interestRatePerPeriod'] as const) {
    const { min, max } = product[name];
    const within = json[name] >= (min ?? json[name]) && json[name] <= (max ?? json[name]);
    const message = `${name} is not within the limits of the product`;
    requireRule(within, { kind: 'invalid_argument', code: 'outside_product_limits', message, field: name });
  }
}

function amountTerms(json: TermsJson, product: ProductJson) {
  const currency = currencyOf(json);
  const money = (value: number | null) => (value === null ? null : parseMoney(value, currency));
  const { percentage, enabled, auto } = json.downPayment;
  const { allowed, number } = product.overAppliedAmount;
  return {
    currency,
    principal: parseMoney(json.principal, currency),
    installmentAmountInMultiplesOf: json.installmentAmountInMultiplesOf,
    downPayment: { enabled, percentage: percentage === null ? null : String(percentage), automatic: auto },
    multiDisburse: json.multiDisburse,
    disallowExpectedDisbursements: product.multiDisburse.disallowExpectedDisbursements,
    maxTrancheCount: product.multiDisburse.maxTrancheCount,
    maxOutstandingBalance: money(json.maxOutstandingBalance),
    overAppliedPercentage: allowed && number !== null ? String(number) : null,
    principalThresholdForLastInstallment: String(json.principalThresholdForLastInstallment),
    fixedLength: json.fixedLength,
    fixedInstallmentAmount: money(json.fixedEmiAmount),
    fixedPrincipalPercentagePerInstallment: null,
  };
}

const timeTerms = (json: TermsJson) => ({
  expectedDisbursementDate: parseDate(json.expectedDisbursementDate),
  firstRepaymentDate: null,
  termFrequency: json.loanTermFrequency,
  termFrequencyUnit: oneOf(UNITS, json.loanTermFrequencyUnit, 'period unit'),
  numberOfRepayments: json.numberOfRepayments,
  repaymentEvery: json.repaymentEvery,
  repaymentFrequencyUnit: oneOf(UNITS, json.repaymentFrequencyUnit, 'period unit'),
  repaymentStartDateType: oneOf(
    ['DISBURSEMENT_DATE', 'SUBMITTED_ON_DATE'] as const,
    json.repaymentStartDateType,
    'repayment start date type',
  ),
  graceOnPrincipal: json.graceOnPrincipal,
  graceOnInterest: json.graceOnInterest,
  graceInterestFree: json.graceInterestFree,
});

const RATE_UNITS: readonly InterestRateUnit[] = ['DAY', 'WEEK', 'MONTH', 'YEAR', 'WHOLE_TERM'];
const INTEREST_TYPES: readonly InterestType[] = ['FLAT', 'DECLINING_BALANCE'];
const AMORTIZATIONS: readonly Amortization[] = ['EQUAL_INSTALLMENTS', 'EQUAL_PRINCIPAL_PAYMENTS'];
const CALCULATION_PERIODS: readonly InterestCalculationPeriod[] = ['DAILY', 'SAME_AS_REPAYMENT_PERIOD'];
const DAYS_IN_YEAR: readonly DaysInYear[] = ['ACTUAL', '360', '364', '365'];
const DAYS_IN_MONTH: readonly DaysInMonth[] = ['ACTUAL', '30'];

const interestTerms = (json: TermsJson) => ({
  interestRatePerPeriod: String(json.interestRatePerPeriod),
  interestRateUnit: oneOf(RATE_UNITS, json.interestRateUnit, 'interest rate unit'),
  interestType: oneOf(INTEREST_TYPES, json.interestType, 'interest type'),
  amortization: oneOf(AMORTIZATIONS, json.amortization, 'amortization'),
  interestCalculationPeriod: oneOf(CALCULATION_PERIODS, json.interestCalculationPeriod, 'calculation period'),
  allowPartialPeriodInterest: json.allowPartialPeriodInterest,
  daysInYear: oneOf(DAYS_IN_YEAR, json.daysInYear, 'days in year'),
  daysInMonth: oneOf(DAYS_IN_MONTH, json.daysInMonth, 'days in month'),
  interestChargedFrom: null,
  interestRecalculation: json.interestRecalculation && recalculationOf(json.interestRecalculation),
});

const COMPOUNDINGS: readonly InterestRecalculation['compounding'][] = [
  'NONE',
  'INTEREST',
  'FEE',
  'INTEREST_AND_FEE',
];
const RESCHEDULE_STRATEGIES: readonly RescheduleStrategy[] = [
  'REDUCE_EMI_AMOUNT',
  'REDUCE_NUMBER_OF_INSTALLMENTS',
  'RESCHEDULE_NEXT_REPAYMENTS',
  'ADJUST_LAST_UNPAID_PERIOD',
];
const PRE_CLOSE_RULES: readonly PreCloseRule[] = ['TILL_PRE_CLOSE_DATE', 'TILL_REST_FREQUENCY_DATE'];
const REST_FREQUENCIES: Readonly<Record<string, InterestRecalculation['restFrequency']>> = {
  DAILY: 'DAILY',
  SAME_AS_REPAYMENT: 'SAME_AS_REPAYMENT_PERIOD',
  SAME_AS_REPAYMENT_PERIOD: 'SAME_AS_REPAYMENT_PERIOD',
};

const COMPOUNDING_FREQUENCIES: Readonly<Record<string, CompoundingFrequency>> = {
  DAILY: 'DAILY',
  WEEKLY: 'WEEKLY',
  MONTHLY: 'MONTHLY',
  SAME_AS_REPAYMENT: 'SAME_AS_REPAYMENT_PERIOD',
  SAME_AS_REPAYMENT_PERIOD: 'SAME_AS_REPAYMENT_PERIOD',
};

function compoundingOf({ compoundingFrequency, compoundingInterval }: InterestRecalculationJson) {
  if (compoundingFrequency === null) return {};
  return {
    compoundingFrequency: known(COMPOUNDING_FREQUENCIES, compoundingFrequency, 'compounding frequency'),
    compoundingInterval: compoundingInterval ?? 1,
  };
}

const recalculationOf = (json: InterestRecalculationJson): InterestRecalculation => ({
  ...compoundingOf(json),
  restFrequency: known(REST_FREQUENCIES, json.restFrequency, 'rest frequency'),
  rescheduleStrategy: oneOf(RESCHEDULE_STRATEGIES, json.rescheduleStrategy, 'reschedule strategy'),
  preCloseRule: oneOf(PRE_CLOSE_RULES, json.preCloseInterestRule, 'pre-close rule'),
  compounding: oneOf(COMPOUNDINGS, json.compounding, 'compounding'),
  compoundingDay: json.compoundingOnDay,
  arrearsBasedOnOriginalSchedule: false,
});

const SCHEDULE_TYPES: readonly ScheduleType[] = ['CUMULATIVE', 'PROGRESSIVE'];

const allocationTerms = (json: TermsJson, product: ProductJson) => ({
  strategy: oneOf(STRATEGIES, json.strategy, 'strategy'),
  scheduleType: oneOf(SCHEDULE_TYPES, json.scheduleType, 'schedule type'),
  scheduleProcessing: oneOf(
    ['HORIZONTAL', 'VERTICAL'] as const,
    json.scheduleProcessing,
    'schedule processing',
  ),
  allocationRules: allocationRulesOf(json, product.paymentAllocation ?? []),
  creditAllocationRules: (json.creditAllocation ?? []).map((rule) => ({
    transactionType: rule.transactionType,
    order: rule.order.map((component) => known(COMPONENT_OF, component, 'component')),
  })),
});

/**
 * Only the advanced allocation has rules; the rule for money beyond what is due is that of the day the loan
 * was made.
 */
function allocationRulesOf(json: TermsJson, rules: readonly PaymentAllocationJson[]): AllocationRule[] {
  if (json.strategy !== 'advanced-payment-allocation-strategy') return [];
  return rules.map((rule) => ({
    transactionType: rule.transactionType,
    order: rule.order.map(allocationStepOf),
    futureInstallments: futureRuleOf(
      json.futureInstallmentAllocation?.[rule.transactionType] ?? rule.futureInstallmentAllocationRule,
    ),
  }));
}

const FUTURE_RULES: readonly FutureInstallmentRule[] = [
  'NEXT_INSTALLMENT',
  'LAST_INSTALLMENT',
  'REAMORTIZATION',
];
const futureRuleOf = (name: string): FutureInstallmentRule =>
  oneOf(FUTURE_RULES, name, 'future installment rule');

const DUE_TYPES: readonly DueType[] = ['PAST_DUE', 'DUE', 'IN_ADVANCE'];

function allocationStepOf(name: string): AllocationStep {
  const component = name.slice(name.lastIndexOf('_') + 1);
  return {
    dueType: oneOf(DUE_TYPES, name.slice(0, name.lastIndexOf('_')), 'due type'),
    component: known(COMPONENT_OF, component, 'component'),
  };
}

function arrearsTerms(json: TermsJson, product: ProductJson, folder: ConformanceFolder) {
  const overdue = product.charges
    .map((code) => chargeDefinitionOf(folder, code))
    .filter((definition) => definition.time === 'OVERDUE');
  const { dueDaysForRepaymentEvent: before, overdueDaysForRepaymentEvent: after } = product;
  return {
    graceOnArrearsAgeing: json.graceOnArrearsAgeing,
    installmentLevelDelinquency: product.installmentLevelDelinquency,
    overdueDaysForNonPerforming: product.overdueDaysForNPA,
    leavesNonPerformingOnlyWhenArrearsCleared: product.accountMovesOutOfNPAOnlyOnArrearsCompletion,
    delinquencyBucket: bucketOf(folder, product.delinquencyBucket),
    overdueCharges: overdue,
    ...(before === null ? {} : { daysBeforeRepaymentIsDue: before }),
    ...(after === null ? {} : { daysAfterRepaymentIsOverdue: after }),
  };
}

export function bucketOf(folder: ConformanceFolder, code: string | null): DelinquencyBucket | null {
  const bucket = folder.delinquency.buckets.find((each) => each.code === code);
  if (!bucket) return null;
  const ranges = folder.delinquency.ranges.filter((range) => bucket.ranges.includes(range.code));
  return { code: bucket.code, ranges: [...ranges].sort((a, b) => a.minDays - b.minDays) };
}

const METHODS: readonly AccountingMethod[] = ['NONE', 'CASH', 'ACCRUAL_PERIODIC'];

function accountingOf({ accounting }: ProductJson): AccountingRule {
  const codes = (accounts: Readonly<Record<string, GlAccountJson>>) =>
    Object.fromEntries(Object.entries(accounts).map(([role, account]) => [role, account.glCode]));
  return {
    method: oneOf(METHODS, accounting.rule, 'accounting rule'),
    accounts: codes(accounting.accounts) as Record<AccountRole, string>,
    fundSourceByPaymentType: codes(accounting.fundSourceByPaymentType ?? {}),
  };
}

const CHARGE_TIMES: readonly ChargeTime[] = [
  'DISBURSEMENT',
  'TRANCHE_DISBURSEMENT',
  'SPECIFIED_DUE_DATE',
  'INSTALLMENT',
  'OVERDUE',
];
const CALCULATIONS: readonly ChargeCalculation[] = [
  'FLAT',
  'PERCENT_OF_AMOUNT',
  'PERCENT_OF_AMOUNT_AND_INTEREST',
  'PERCENT_OF_INTEREST',
  'PERCENT_OF_DISBURSEMENT',
];

export function chargeDefinitionOf(folder: ConformanceFolder, code: string): ChargeDefinition {
  const json = folder.charges.get(code);
  if (!json) throw new Untranslatable(`charge "${code}" is not known`);
  return { ...definitionOf(json), code: json.code, name: json.name, feeFrequency: null };
}

function definitionOf(json: ChargeJson) {
  const cap = (value: number | null | undefined) => (value == null ? null : BigInt(Math.round(value * 100)));
  return {
    time: oneOf(CHARGE_TIMES, json.timeType, 'charge time'),
    calculation: oneOf(CALCULATIONS, json.calculation, 'charge calculation'),
    amountOrPercentage: String(json.amount),
    minCap: cap(json.minCap),
    maxCap: cap(json.maxCap),
    penalty: json.penalty,
  };
}

/** The global settings that the engine obeys, by their keys; the others mean nothing to a loan. */
export function engineSettingsOf(
  config: Readonly<Record<string, ConfigValue>>,
  precision: number,
): EngineSettings {
  const number = (key: string, standard: number) => Number(config[key] ?? standard);
  const flag = (key: string) => (config[key] === undefined ? undefined : Boolean(config[key]));
  const defaults = DEFAULT_SETTINGS;
  return {
    precision,
    chargeAccrualDate: oneOf(
      ['due-date', 'submitted-date'] as const,
      String(config['charge-accrual-date'] ?? defaults.chargeAccrualDate),
      'charge accrual date',
    ),
    nextPaymentDueDate: oneOf(
      ['earliest-unpaid-date', 'next-unpaid-due-date'] as const,
      String(config['next-payment-due-date'] ?? defaults.nextPaymentDueDate),
      'next payment due date',
    ),
    interestChargedFromSameAsDisbursal:
      flag('interest-charged-from-date-same-as-disbursal-date') ??
      defaults.interestChargedFromSameAsDisbursal,
    interestRecoveredFirstWhenAboveInstallment:
      flag('is-interest-to-be-recovered-first-when-greater-than-emi') ??
      defaults.interestRecoveredFirstWhenAboveInstallment,
    penaltyWaitPeriod: number('penalty-wait-period', defaults.penaltyWaitPeriod),
    graceOnPenaltyPosting: number('grace-on-penalty-posting', defaults.graceOnPenaltyPosting),
    backdatePenalties: flag('backdate-penalties-enabled') ?? defaults.backdatePenalties,
    daysBeforeRepaymentIsDue: number('days-before-repayment-is-due', defaults.daysBeforeRepaymentIsDue),
    daysAfterRepaymentIsOverdue: number(
      'days-after-repayment-is-overdue',
      defaults.daysAfterRepaymentIsOverdue,
    ),
  };
}

export const TYPE_NAMES: Readonly<Record<TransactionType, string>> = {
  disbursement: 'Disbursement',
  repaymentAtDisbursement: 'Repayment (at time of disbursement)',
  repayment: 'Repayment',
  downPayment: 'Down Payment',
  merchantIssuedRefund: 'Merchant Issued Refund',
  payoutRefund: 'Payout Refund',
  goodwillCredit: 'Goodwill Credit',
  interestPaymentWaiver: 'Interest Payment Waiver',
  interestRefund: 'Interest Refund',
  chargeRefund: 'Charge Refund',
  chargeAdjustment: 'Charge Adjustment',
  chargePayment: 'Charge Payment',
  waiveInterest: 'Waive interest',
  waiveCharges: 'Waive loan charges',
  refund: 'Refund',
  creditBalanceRefund: 'Credit Balance Refund',
  chargeback: 'Chargeback',
  recoveryRepayment: 'Repayment (after write-off)',
  writeOff: 'Close (as written-off)',
  chargeOff: 'Charge-off',
  accrual: 'Accrual',
  accrualActivity: 'Accrual Activity',
  reAge: 'Re-age',
  reAmortize: 'Re-amortize',
};

export const STATUS_NAMES: Readonly<Record<LoanStatus, string>> = {
  pending: 'SUBMITTED_AND_PENDING_APPROVAL',
  approved: 'APPROVED',
  active: 'ACTIVE',
  closed: 'CLOSED_OBLIGATIONS_MET',
  writtenOff: 'CLOSED_WRITTEN_OFF',
  overpaid: 'OVERPAID',
  rejected: 'REJECTED',
  withdrawn: 'WITHDRAWN_BY_CLIENT',
};

/**
 * The enumerated terms of a product as callers read and write them: a label goes out, a label or its integer
 * code comes in. Codes are those of the reference where it has them.
 */
import type { Component } from '../../domain/components.ts';
import { Refusal } from '../../domain/refusal.ts';
import type {
  AccountingMethod,
  AllocationStep,
  AllocationStrategy,
  CompoundingFrequency,
  DaysInMonth,
  DaysInYear,
  DueType,
  FutureInstallmentRule,
  InterestRecalculation,
  LoanTerms,
  PreCloseRule,
  RescheduleStrategy,
  RestFrequency,
  ScheduleType,
} from '../../domain/terms.ts';
import {
  AMORTIZATION_LABELS,
  AmortizationType,
  CALCULATION_LABELS,
  CalculationPeriod,
  FREQUENCY_LABELS,
  Frequency,
  INTEREST_LABELS,
  InterestKind,
  RATE_LABELS,
  RateFrequency,
} from '../loans/terms.ts';
import { type Enumeration, enumeration } from '../values.ts';

/** A term's values and what they are called. */
export interface Words<Key extends string> {
  readonly out: Enumeration<string>['out'];
  readonly in: Enumeration<string>['in'];
  labelOf(key: Key): string;
  /** Of a label or code that the schema has let in. */
  keyOf(word: string | number): Key;
}

function wordsFor<Key extends string>(
  labels: Readonly<Record<Key, string>>,
  known: Enumeration<string>,
): Words<Key> {
  return {
    out: known.out,
    in: known.in,
    labelOf: (key) => labels[key],
    keyOf: (word) => {
      const label = known.read(word);
      const key = (Object.keys(labels) as Key[]).find((each) => labels[each] === label);
      if (key === undefined) throw new Refusal('invalid_argument', 'label_unknown', 'unknown value');
      return key;
    },
  };
}

/** `words({ DAILY: ['Daily', 1] })`: the label and the code of each value. */
export function words<Key extends string>(
  table: Readonly<Record<Key, readonly [label: string, code: number]>>,
): Words<Key> {
  const keys = Object.keys(table) as Key[];
  const labels = Object.fromEntries(keys.map((key) => [key, table[key][0]])) as Record<Key, string>;
  const codes = Object.fromEntries(keys.map((key) => table[key]));
  return wordsFor(labels, enumeration<string>(codes));
}

export const FrequencyWords = wordsFor(FREQUENCY_LABELS, Frequency as unknown as Enumeration<string>);
export const RateWords = wordsFor(RATE_LABELS, RateFrequency as unknown as Enumeration<string>);
export const AmortizationWords = wordsFor(
  AMORTIZATION_LABELS,
  AmortizationType as unknown as Enumeration<string>,
);
export const InterestWords = wordsFor(INTEREST_LABELS, InterestKind as unknown as Enumeration<string>);
export const CalculationWords = wordsFor(
  CALCULATION_LABELS,
  CalculationPeriod as unknown as Enumeration<string>,
);

export const StartDateWords = words<LoanTerms['repaymentStartDateType']>({
  DISBURSEMENT_DATE: ['Disbursement date', 1],
  SUBMITTED_ON_DATE: ['Submission date', 2],
});
export const YearWords = words<DaysInYear>({
  ACTUAL: ['Actual', 1],
  '360': ['360 days', 360],
  '364': ['364 days', 364],
  '365': ['365 days', 365],
});
export const MonthWords = words<DaysInMonth>({ ACTUAL: ['Actual', 1], '30': ['30 days', 30] });
export const ScheduleWords = words<ScheduleType>({
  CUMULATIVE: ['Cumulative', 1],
  PROGRESSIVE: ['Progressive', 2],
});
export const ProcessingWords = words<LoanTerms['scheduleProcessing']>({
  HORIZONTAL: ['Horizontal', 1],
  VERTICAL: ['Vertical', 2],
});
export const RestWords = words<RestFrequency>({
  SAME_AS_REPAYMENT_PERIOD: ['Same as repayment period', 1],
  DAILY: ['Daily', 2],
});
export const RescheduleWords = words<RescheduleStrategy>({
  RESCHEDULE_NEXT_REPAYMENTS: ['Reschedule next repayments', 1],
  REDUCE_NUMBER_OF_INSTALLMENTS: ['Reduce number of installments', 2],
  REDUCE_EMI_AMOUNT: ['Reduce installment amount', 3],
  ADJUST_LAST_UNPAID_PERIOD: ['Adjust last unpaid period', 4],
});
export const PreCloseWords = words<PreCloseRule>({
  TILL_PRE_CLOSE_DATE: ['Till pre-close date', 1],
  TILL_REST_FREQUENCY_DATE: ['Till rest frequency date', 2],
});
export const CompoundingWords = words<InterestRecalculation['compounding']>({
  NONE: ['None', 0],
  INTEREST: ['Interest', 1],
  FEE: ['Fee', 2],
  INTEREST_AND_FEE: ['Interest and fee', 3],
});
export const CompoundingFrequencyWords = words<CompoundingFrequency>({
  SAME_AS_REPAYMENT_PERIOD: ['Same as repayment period', 1],
  DAILY: ['Daily', 2],
  WEEKLY: ['Weekly', 3],
  MONTHLY: ['Monthly', 4],
});
export const FutureWords = words<FutureInstallmentRule>({
  NEXT_INSTALLMENT: ['Next installment', 1],
  LAST_INSTALLMENT: ['Last installment', 2],
  REAMORTIZATION: ['Reamortization', 3],
});
export const AccountingWords = words<AccountingMethod>({
  NONE: ['None', 1],
  CASH: ['Cash', 2],
  ACCRUAL_PERIODIC: ['Accrual (periodic)', 3],
});

/** Strategies are known by their codes everywhere. */
export const StrategyWords = words<AllocationStrategy>({
  'mifos-standard-strategy': ['mifos-standard-strategy', 1],
  'heavensfamily-strategy': ['heavensfamily-strategy', 2],
  'creocore-strategy': ['creocore-strategy', 3],
  'rbi-india-strategy': ['rbi-india-strategy', 4],
  'principal-interest-penalties-fees-order-strategy': ['principal-interest-penalties-fees-order-strategy', 5],
  'interest-principal-penalties-fees-order-strategy': ['interest-principal-penalties-fees-order-strategy', 6],
  'early-repayment-strategy': ['early-repayment-strategy', 7],
  'due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy': [
    'due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy',
    8,
  ],
  'due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy': [
    'due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy',
    9,
  ],
  'advanced-payment-allocation-strategy': ['advanced-payment-allocation-strategy', 10],
});

export const RuleWords = words({
  DEFAULT: ['Default', 0],
  REPAYMENT: ['Repayment', 1],
  DOWN_PAYMENT: ['Down payment', 2],
  MERCHANT_ISSUED_REFUND: ['Merchant issued refund', 3],
  PAYOUT_REFUND: ['Payout refund', 4],
  GOODWILL_CREDIT: ['Goodwill credit', 5],
  CHARGE_REFUND: ['Charge refund', 6],
  CHARGE_ADJUSTMENT: ['Charge adjustment', 7],
  WAIVE_INTEREST: ['Waive interest', 8],
  CHARGE_PAYMENT: ['Charge payment', 9],
  REFUND_BY_CASH: ['Cash refund', 10],
  INTEREST_PAYMENT_WAIVER: ['Interest payment waiver', 11],
  INTEREST_REFUND: ['Interest refund', 12],
});
export const RefundWords = words<'merchantIssuedRefund' | 'payoutRefund'>({
  merchantIssuedRefund: ['Merchant issued refund', 1],
  payoutRefund: ['Payout refund', 2],
});
export const CreditRuleWords = words({ CHARGEBACK: ['Chargeback', 1] });

const COMPONENTS: Readonly<Record<Component, readonly [string, number]>> = {
  penalties: ['Penalties', 1],
  fees: ['Fees', 2],
  principal: ['Principal', 3],
  interest: ['Interest', 4],
};
export const ComponentWords = words<Component>(COMPONENTS);

const DUE_TYPES: Readonly<Record<DueType, string>> = {
  PAST_DUE: 'Past due',
  DUE: 'Due',
  IN_ADVANCE: 'In advance',
};

type StepKey = `${DueType}.${Component}`;

/** `Past due penalties` 1, `Past due fees` 2 ... `In advance interest` 12. */
const STEPS = Object.fromEntries(
  (Object.keys(DUE_TYPES) as DueType[]).flatMap((dueType, group) =>
    (Object.keys(COMPONENTS) as Component[]).map((component, place) => [
      `${dueType}.${component}`,
      [`${DUE_TYPES[dueType]} ${component}`, group * 4 + place + 1],
    ]),
  ),
) as unknown as Readonly<Record<StepKey, readonly [string, number]>>;
export const StepWords = words<StepKey>(STEPS);

export const stepLabel = ({ dueType, component }: AllocationStep): string =>
  StepWords.labelOf(`${dueType}.${component}`);

export function stepOf(word: string | number): AllocationStep {
  const [dueType, component] = StepWords.keyOf(word).split('.') as [DueType, Component];
  return { dueType, component };
}

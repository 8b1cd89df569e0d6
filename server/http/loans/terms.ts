/**
 * Terms over HTTP: the labels and codes of enumerated terms, and reading those that an application may
 * choose.
 */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { PeriodUnit } from '../../domain/date.ts';
import type { ChosenTerms } from '../../domain/product.ts';
import { Refusal } from '../../domain/refusal.ts';
import type {
  Amortization,
  InterestCalculationPeriod,
  InterestRateUnit,
  InterestType,
} from '../../domain/terms.ts';
import { DateIn, enumeration, readDate } from '../values.ts';

export const FREQUENCY_LABELS: Readonly<Record<PeriodUnit, FrequencyLabel>> = {
  DAYS: 'Days',
  WEEKS: 'Weeks',
  MONTHS: 'Months',
  YEARS: 'Years',
};
type FrequencyLabel = 'Days' | 'Weeks' | 'Months' | 'Years';
export const Frequency = enumeration<FrequencyLabel>({ Days: 0, Weeks: 1, Months: 2, Years: 3 });

export const RATE_LABELS: Readonly<Record<InterestRateUnit, RateLabel>> = {
  DAY: 'Per day',
  WEEK: 'Per week',
  MONTH: 'Per month',
  YEAR: 'Per year',
  WHOLE_TERM: 'Whole term',
};
type RateLabel = 'Per day' | 'Per week' | 'Per month' | 'Per year' | 'Whole term';
export const RateFrequency = enumeration<RateLabel>({
  'Per day': 0,
  'Per week': 1,
  'Per month': 2,
  'Per year': 3,
  'Whole term': 4,
});

export const AMORTIZATION_LABELS: Readonly<Record<Amortization, AmortizationLabel>> = {
  EQUAL_PRINCIPAL_PAYMENTS: 'Equal principal payments',
  EQUAL_INSTALLMENTS: 'Equal installments',
};
type AmortizationLabel = 'Equal principal payments' | 'Equal installments';
export const AmortizationType = enumeration<AmortizationLabel>({
  'Equal principal payments': 0,
  'Equal installments': 1,
});

export const INTEREST_LABELS: Readonly<Record<InterestType, InterestLabel>> = {
  DECLINING_BALANCE: 'Declining Balance',
  FLAT: 'Flat',
};
type InterestLabel = 'Declining Balance' | 'Flat';
export const InterestKind = enumeration<InterestLabel>({ 'Declining Balance': 0, Flat: 1 });

export const CALCULATION_LABELS: Readonly<Record<InterestCalculationPeriod, CalculationLabel>> = {
  DAILY: 'Daily',
  SAME_AS_REPAYMENT_PERIOD: 'Same as repayment period',
};
type CalculationLabel = 'Daily' | 'Same as repayment period';
export const CalculationPeriod = enumeration<CalculationLabel>({ Daily: 0, 'Same as repayment period': 1 });

/** The key of a label; labels differ from each other. */
function keyOf<Key extends string, Label>(labels: Readonly<Record<Key, Label>>, label: Label): Key {
  const key = (Object.keys(labels) as Key[]).find((each) => labels[each] === label);
  if (key === undefined) throw new Refusal('invalid_argument', 'label_unknown', 'unknown value');
  return key;
}

const Count = (description: string) => Type.Integer({ minimum: 0, maximum: 1000, description });

/** Terms that an application may bring along, as far as the product allows. */
export const chosenTermFields = {
  numberOfRepayments: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, examples: [12] })),
  repaymentEvery: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, examples: [1] })),
  repaymentFrequencyType: Type.Optional(Frequency.in),
  interestRatePerPeriod: Type.Optional(
    Type.Number({ minimum: 0, maximum: 10_000, description: 'Percent', examples: [2] }),
  ),
  interestType: Type.Optional(InterestKind.in),
  amortizationType: Type.Optional(AmortizationType.in),
  interestCalculationPeriodType: Type.Optional(CalculationPeriod.in),
  graceOnPrincipalPayment: Type.Optional(Count('Installments at the start without principal')),
  graceOnInterestPayment: Type.Optional(Count('Installments at the start whose interest is collected later')),
  graceOnInterestCharged: Type.Optional(Count('Installments at the start free of interest')),
  firstRepaymentDate: Type.Optional(DateIn),
  interestChargedFromDate: Type.Optional(DateIn),
};
const ChosenTermsIn = Type.Object(chosenTermFields);

export function readChosenTerms(body: Static<typeof ChosenTermsIn>): ChosenTerms {
  const { firstRepaymentDate, interestChargedFromDate, interestRatePerPeriod } = body;
  return {
    numberOfRepayments: body.numberOfRepayments,
    repaymentEvery: body.repaymentEvery,
    interestRatePerPeriod: interestRatePerPeriod === undefined ? undefined : readRate(interestRatePerPeriod),
    graceOnPrincipal: body.graceOnPrincipalPayment,
    graceOnInterest: body.graceOnInterestPayment,
    graceInterestFree: body.graceOnInterestCharged,
    firstRepaymentDate: firstRepaymentDate && readDate(firstRepaymentDate, 'firstRepaymentDate'),
    interestChargedFrom:
      interestChargedFromDate && readDate(interestChargedFromDate, 'interestChargedFromDate'),
    ...readEnumerated(body),
  } as ChosenTerms;
}

function readEnumerated(body: Static<typeof ChosenTermsIn>): ChosenTerms {
  const { repaymentFrequencyType, interestType, amortizationType, interestCalculationPeriodType } = body;
  return {
    repaymentFrequencyUnit:
      repaymentFrequencyType === undefined
        ? undefined
        : keyOf(FREQUENCY_LABELS, Frequency.read(repaymentFrequencyType)),
    interestType:
      interestType === undefined ? undefined : keyOf(INTEREST_LABELS, InterestKind.read(interestType)),
    amortization:
      amortizationType === undefined
        ? undefined
        : keyOf(AMORTIZATION_LABELS, AmortizationType.read(amortizationType)),
    interestCalculationPeriod:
      interestCalculationPeriodType === undefined
        ? undefined
        : keyOf(CALCULATION_LABELS, CalculationPeriod.read(interestCalculationPeriodType)),
  };
}

/** A rate as decimal text: `0.000001` and never `1e-6`. */
export const readRate = (rate: number): string => decimalOf(rate, 'interestRatePerPeriod');

/** A percentage or rate as decimal text, with no more decimals than are kept. */
export function decimalOf(value: number, field: string): string {
  const text = value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 });
  if (Number(text) === value && (text.split('.')[1] ?? '').length <= MOST_RATE_DECIMALS) return text;
  const message = `must not have more than ${MOST_RATE_DECIMALS} decimals`;
  throw new Refusal('invalid_argument', 'rate_too_many_decimals', message, field);
}

const MOST_RATE_DECIMALS = 6;

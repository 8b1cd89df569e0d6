/**
 * Whether the terms of a product fit together: every fault is found, none hides another. What the terms alone
 * cannot tell (an amount too small for its number of installments) is found by the trial schedules.
 *
 *   minPrincipal 500, principal 300: `principal must be at least minPrincipal`
 *   a progressive schedule with grace: `graceOnPrincipalPayment: progressive schedules know no grace`
 *
 * Fields are named as callers write them. Source: engine.md sections 0, 3, 4, 5.5 and 10 (create).
 */
import { Decimal } from 'decimal.js';
import type { PeriodUnit } from '../date.ts';
import type { Bounds, ChoosableTerm, ProductDefinition, ProductTerms } from '../product.ts';
import type { FieldFault } from '../refusal.ts';
import { allocationFaults } from './allocationRules.ts';
import { unless } from './faults.ts';
import { recalculationFaults } from './recalculationTerms.ts';

export function termFaults(product: ProductDefinition): FieldFault[] {
  const { terms } = product;
  return [
    ...limitFaults(product),
    ...timeFaults(product),
    ...graceFaults(product),
    ...progressiveFaults(product),
    ...allocationFaults(terms),
    ...recalculationFaults(terms),
    ...downPaymentFaults(terms),
    ...trancheFaults(product),
    ...shareFaults(terms),
    ...monitoringFaults(terms),
    ...chargeFaults(product),
  ];
}

function limitFaults({ terms, limits, offered }: ProductDefinition): FieldFault[] {
  const { principal, numberOfRepayments, interestRatePerPeriod } = limits;
  const amounts = { ...principal, standard: principal.standard };
  const counts = { ...numberOfRepayments, standard: terms.numberOfRepayments };
  const rates = decimals({ ...interestRatePerPeriod, standard: terms.interestRatePerPeriod });
  const { least = null, most = null } = offered ?? {};
  return [
    ...orderFaults(amounts, { standard: 'principal', least: 'minPrincipal', most: 'maxPrincipal' }),
    ...orderFaults(counts, {
      standard: 'numberOfRepayments',
      least: 'minNumberOfRepayments',
      most: 'maxNumberOfRepayments',
    }),
    ...orderFaults(rates, {
      standard: 'interestRatePerPeriod',
      least: 'minInterestRatePerPeriod',
      most: 'maxInterestRatePerPeriod',
    }),
    ...unless(amounts.standard > 0n, 'principal', 'must be greater than 0'),
    ...unless(amounts.least !== 0n, 'minPrincipal', 'must be greater than 0'),
    ...unless(
      least === null || most === null || least <= most,
      'offeredUntilDate',
      'must not be before offeredFromDate',
    ),
  ];
}

type Limited<Value> = Bounds<Value> & { readonly standard: Value };

/** Rates are compared as whole millionths. */
const decimals = ({ least, standard, most }: Limited<string>): Limited<bigint> => {
  const millionths = (text: string) => BigInt(new Decimal(text).mul(1_000_000).round().toFixed());
  return {
    least: least === null ? null : millionths(least),
    standard: millionths(standard),
    most: most === null ? null : millionths(most),
  };
};

function orderFaults<Value extends bigint | number>(
  { least, standard, most }: Limited<Value>,
  names: { readonly least: string; readonly standard: string; readonly most: string },
): FieldFault[] {
  if (least !== null && most !== null && least > most)
    return [{ field: names.most, error: `must be at least ${names.least}` }];
  return [
    ...unless(least === null || standard >= least, names.standard, `must be at least ${names.least}`),
    ...unless(most === null || standard <= most, names.standard, `must be at most ${names.most}`),
  ];
}

const DAYS: Readonly<Record<PeriodUnit, number>> = { DAYS: 1, WEEKS: 7, MONTHS: 31, YEARS: 366 };
const LONGEST_DAYS = 36_600;

function timeFaults({ terms, limits }: ProductDefinition): FieldFault[] {
  const { numberOfRepayments, repaymentEvery, repaymentFrequencyUnit: unit, fixedLength } = terms;
  const most = Math.max(numberOfRepayments, limits.numberOfRepayments.most ?? 0);
  const days = most * repaymentEvery * DAYS[unit];
  const field = most > numberOfRepayments ? 'maxNumberOfRepayments' : 'numberOfRepayments';
  return [
    ...unless(days <= LONGEST_DAYS, field, 'makes a loan run longer than 100 years'),
    ...unless(
      fixedLength === null || fixedLength >= (numberOfRepayments - 1) * repaymentEvery + 1,
      'fixedLength',
      'must reach beyond the last but one installment',
    ),
  ];
}

/** Of the fewest installments that a loan may have, at least one must carry what grace puts off. */
function graceFaults({ terms, limits }: ProductDefinition): FieldFault[] {
  const fewest = limits.numberOfRepayments.least ?? terms.numberOfRepayments;
  const graces = [
    ['graceOnPrincipalPayment', terms.graceOnPrincipal],
    ['graceOnInterestPayment', terms.graceOnInterest],
    ['graceOnInterestCharged', terms.graceInterestFree],
  ] as const;
  return graces.flatMap(([field, grace]) => [
    ...unless(
      grace === 0 || grace < fewest,
      field,
      `must be less than the fewest repayments that are allowed (${fewest})`,
    ),
    ...unless(
      grace === 0 || terms.scheduleType === 'CUMULATIVE',
      field,
      'progressive schedules know no grace',
    ),
  ]);
}

/** What the progressive engine does not compute is refused instead of being passed over. */
function progressiveFaults({ terms, choosable }: ProductDefinition): FieldFault[] {
  if (terms.scheduleType === 'CUMULATIVE') return [];
  const bearsInterest = new Decimal(terms.interestRatePerPeriod).greaterThan(0);
  return [
    ...unless(
      terms.interestType === 'DECLINING_BALANCE',
      'interestType',
      'progressive schedules know declining balance only',
    ),
    ...unless(
      terms.amortization === 'EQUAL_INSTALLMENTS',
      'amortizationType',
      'progressive schedules know equal installments only',
    ),
    ...unless(
      !bearsInterest || terms.repaymentFrequencyUnit !== 'YEARS',
      'repaymentFrequencyType',
      'progressive schedules with interest know days, weeks and months',
    ),
    ...choosable.flatMap((term) =>
      unless(
        CUMULATIVE_CHOICES[term] === undefined,
        'overridableTerms',
        `progressive schedules leave no choice of ${CUMULATIVE_CHOICES[term]}`,
      ),
    ),
  ];
}

/** What only loans with cumulative schedules may choose, as callers call it. */
const CUMULATIVE_CHOICES: Readonly<Partial<Record<ChoosableTerm, string>>> = {
  interestType: 'interestType',
  amortization: 'amortizationType',
  graceOnPrincipal: 'graceOnPrincipalPayment',
  graceOnInterest: 'graceOnInterestPayment',
  graceInterestFree: 'graceOnInterestCharged',
};

function downPaymentFaults({ downPayment }: ProductTerms): FieldFault[] {
  const { enabled, percentage, automatic } = downPayment;
  const field = 'downPaymentPercentage';
  if (!enabled)
    return [
      ...unless(percentage === null, field, 'needs downPaymentEnabled'),
      ...unless(!automatic, 'downPaymentAutomatic', 'needs downPaymentEnabled'),
    ];
  if (percentage === null) return [{ field, error: 'is required with downPaymentEnabled' }];
  return unless(isBetween(percentage, 0, 100), field, 'must be greater than 0 and less than 100');
}

function trancheFaults({ terms, limits }: ProductDefinition): FieldFault[] {
  const { multiDisburse, maxTrancheCount, maxOutstandingBalance, disallowExpectedDisbursements } = terms;
  const most = limits.principal.most ?? limits.principal.standard;
  const balance = 'maxOutstandingBalance';
  return [
    ...unless(multiDisburse || maxTrancheCount === null, 'maxTrancheCount', 'needs multiDisburse'),
    ...unless(multiDisburse || maxOutstandingBalance === null, balance, 'needs multiDisburse'),
    ...unless(
      multiDisburse || !disallowExpectedDisbursements,
      'disallowExpectedDisbursements',
      'needs multiDisburse',
    ),
    ...unless(
      maxOutstandingBalance === null || maxOutstandingBalance >= most,
      balance,
      'must not be below the largest principal',
    ),
  ];
}

function shareFaults(terms: ProductTerms): FieldFault[] {
  const { fixedPrincipalPercentagePerInstallment: fixed, principalThresholdForLastInstallment } = terms;
  const field = 'fixedPrincipalPercentagePerInstallment';
  return [
    ...unless(
      fixed === null ||
        (terms.amortization === 'EQUAL_PRINCIPAL_PAYMENTS' && terms.scheduleType === 'CUMULATIVE'),
      field,
      'goes with equal principal payments on cumulative schedules',
    ),
    ...unless(fixed === null || isBetween(fixed, 0, 100), field, 'must be greater than 0 and less than 100'),
    ...unless(
      new Decimal(principalThresholdForLastInstallment).lessThanOrEqualTo(100),
      'principalThresholdForLastInstallment',
      'must be at most 100',
    ),
  ];
}

const isBetween = (percent: string, least: number, most: number): boolean =>
  new Decimal(percent).greaterThan(least) && new Decimal(percent).lessThan(most);

function monitoringFaults(terms: ProductTerms): FieldFault[] {
  return unless(
    !terms.installmentLevelDelinquency || terms.delinquencyBucket !== null,
    'installmentLevelDelinquency',
    'needs a delinquencyBucket',
  );
}

function chargeFaults({ terms, charges = [] }: ProductDefinition): FieldFault[] {
  return charges.flatMap(({ code, time, penalty }) => [
    ...unless(
      time !== 'OVERDUE' || penalty,
      'charges',
      `${code} is raised on overdue loans: make it a penalty`,
    ),
    ...unless(
      time !== 'INSTALLMENT' || terms.scheduleType === 'CUMULATIVE',
      'charges',
      `${code}: progressive schedules know no installment fees`,
    ),
  ]);
}

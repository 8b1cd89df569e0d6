/**
 * Trial schedules: a product is sound when loans at its standard terms and at its bounds can be made, and
 * their schedules pay back exactly what was lent.
 *
 *   principal 0.05 to 100, 12 installments in multiples of 1: the loan of 0.05 has installments of nothing,
 *   then one of 0.05, which is odd but sound; an installment below the interest of its period is a fault
 *
 * Source: contract "Loan products"; engine.md section 10 (create).
 */
import type { CivilDate } from '../date.ts';
import type { Installment } from '../installment.ts';
import { originateLoan } from '../life/preview.ts';
import type { Loan } from '../loan.ts';
import { type Money, sum } from '../money.ts';
import { datedChargesOf, firstChargesOf, type ProductDefinition, termsOfLoan } from '../product.ts';
import { type FieldFault, Refusal } from '../refusal.ts';
import { DEFAULT_SETTINGS } from '../terms.ts';

/** One loan of the product, and the field that makes it differ from the standard one. */
interface Trial {
  readonly field: string;
  readonly principal: Money;
  readonly numberOfRepayments: number;
  readonly interestRatePerPeriod: string;
}

/** Faults of the schedules that loans made on `day` would have; none = all can be made. */
export function trialFaults(product: ProductDefinition, day: CivilDate): FieldFault[] {
  const [standard, ...bounds] = trialsOf(product);
  const fault = standard && faultOf(product, standard, day);
  if (fault) return [fault];
  const faults = bounds.map((trial) => faultOf(product, trial, day));
  return faults.filter((each) => each !== undefined);
}

function trialsOf({ terms, limits }: ProductDefinition): Trial[] {
  const { principal, numberOfRepayments, interestRatePerPeriod } = limits;
  const standard = {
    field: 'principal',
    principal: principal.standard,
    numberOfRepayments: terms.numberOfRepayments,
    interestRatePerPeriod: terms.interestRatePerPeriod,
  };
  const varied = <Name extends keyof Trial>(
    name: Name,
    values: Readonly<Record<string, Trial[Name] | null>>,
  ) =>
    Object.entries(values).flatMap(([field, value]) =>
      value === null || value === standard[name] ? [] : [{ ...standard, [name]: value, field }],
    );
  const { least, most } = numberOfRepayments;
  return [
    standard,
    ...varied('principal', { minPrincipal: principal.least, maxPrincipal: principal.most }),
    // A fixed length was laid out for the standard number of repayments.
    ...(terms.fixedLength === null
      ? varied('numberOfRepayments', { minNumberOfRepayments: least, maxNumberOfRepayments: most })
      : []),
    ...varied('interestRatePerPeriod', {
      minInterestRatePerPeriod: interestRatePerPeriod.least,
      maxInterestRatePerPeriod: interestRatePerPeriod.most,
    }),
  ];
}

function faultOf(product: ProductDefinition, trial: Trial, day: CivilDate): FieldFault | undefined {
  try {
    const flaw = flawOf(trialLoan(product, trial, day).installments, trial.principal);
    return flaw === null ? undefined : noSchedule(trial, flaw);
  } catch (error) {
    if (!(error instanceof Refusal)) return noSchedule(trial, 'the terms do not fit together');
    const { field, message } = error;
    return noSchedule(trial, field === undefined ? message : `${field} ${message}`);
  }
}

const noSchedule = ({ field }: Trial, reason: string): FieldFault => ({
  field,
  error: `no schedule can be made with it: ${reason}`,
});

/** Disbursed in full on the day it is applied for, whatever a loan may choose. */
function trialLoan(product: ProductDefinition, trial: Trial, day: CivilDate): Loan {
  const { field: _field, principal, ...chosen } = trial;
  const free: ProductDefinition = {
    ...product,
    choosable: ['numberOfRepayments', 'interestRatePerPeriod'],
  };
  const terms = termsOfLoan(free, { principal, expectedDisbursementDate: day, chosen });
  const dated = datedChargesOf(product).map((definition) => ({ definition, dueDate: day }));
  const application = { terms, submittedOn: day, charges: [...firstChargesOf(product), ...dated] };
  return originateLoan(application, { businessDate: day, settings: DEFAULT_SETTINGS }).loan;
}

/** What is wrong with a schedule of so much principal; null = nothing. */
export function flawOf(installments: readonly Installment[], principal: Money): string | null {
  const repaid = sum(installments.map(({ charged }) => charged.principal));
  if (installments.length === 0 || repaid !== principal)
    return 'the installments do not pay back the principal';
  const isNegative = installments.some(({ charged }) => charged.principal < 0n || charged.interest < 0n);
  if (isNegative) return 'an installment would be negative';
  const isOrdered = installments.every(({ from, due }) => from <= due);
  return isOrdered ? null : 'an installment would fall due before it begins';
}

/**
 * The conformance folder as it lies on disk: products, charge definitions, accounts, delinquency ranges,
 * settings, and the vectors, one array per feature file. Nothing is interpreted here. Format: README.md of
 * the folder.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface InterestRecalculationJson {
  readonly compounding: string;
  readonly compoundingOnDay: number | null;
  readonly compoundingFrequency: string | null;
  readonly compoundingInterval: number | null;
  readonly restFrequency: string;
  readonly rescheduleStrategy: string;
  readonly preCloseInterestRule: string;
}

export interface PaymentAllocationJson {
  readonly transactionType: string;
  readonly order: readonly string[];
  readonly futureInstallmentAllocationRule: string;
}

export interface CreditAllocationJson {
  readonly transactionType: string;
  readonly order: readonly string[];
}

export interface GlAccountJson {
  readonly glCode: string;
  readonly name: string;
  readonly type: string;
}

export interface LimitsJson {
  readonly min: number | null;
  readonly max: number | null;
}

export interface ProductJson {
  readonly code: string;
  readonly principal: LimitsJson;
  readonly numberOfRepayments: LimitsJson;
  readonly interestRatePerPeriod: LimitsJson;
  readonly paymentAllocation: readonly PaymentAllocationJson[] | null;
  readonly multiDisburse: {
    readonly maxTrancheCount: number | null;
    readonly disallowExpectedDisbursements: boolean;
  };
  readonly overAppliedAmount: {
    readonly allowed: boolean;
    readonly calculation: string | null;
    readonly number: number | null;
  };
  readonly overdueDaysForNPA: number | null;
  readonly accountMovesOutOfNPAOnlyOnArrearsCompletion: boolean;
  readonly delinquencyBucket: string | null;
  readonly installmentLevelDelinquency: boolean;
  readonly dueDaysForRepaymentEvent: number | null;
  readonly overdueDaysForRepaymentEvent: number | null;
  readonly charges: readonly string[];
  readonly accounting: {
    readonly rule: string;
    readonly accounts: Readonly<Record<string, GlAccountJson>>;
    readonly fundSourceByPaymentType?: Readonly<Record<string, GlAccountJson>>;
  };
}

/** Terms of one loan, product defaults already merged in. */
export interface TermsJson {
  readonly principal: number;
  readonly currency: string;
  readonly decimals: number;
  readonly inMultiplesOf: number;
  readonly installmentAmountInMultiplesOf: number | null;
  readonly expectedDisbursementDate: string;
  readonly loanTermFrequency: number;
  readonly loanTermFrequencyUnit: string;
  readonly numberOfRepayments: number;
  readonly repaymentEvery: number;
  readonly repaymentFrequencyUnit: string;
  readonly repaymentStartDateType: string;
  readonly interestRatePerPeriod: number;
  readonly interestRateUnit: string;
  readonly interestType: string;
  readonly amortization: string;
  readonly interestCalculationPeriod: string;
  readonly allowPartialPeriodInterest: boolean;
  readonly daysInYear: string;
  readonly daysInMonth: string;
  readonly interestRecalculation: InterestRecalculationJson | null;
  readonly graceOnPrincipal: number;
  readonly graceOnInterest: number;
  readonly graceInterestFree: number;
  readonly graceOnArrearsAgeing: number;
  readonly strategy: string;
  readonly scheduleType: string;
  readonly scheduleProcessing: string;
  readonly futureInstallmentAllocation: Readonly<Record<string, string>> | null;
  readonly creditAllocation: readonly CreditAllocationJson[] | null;
  readonly downPayment: {
    readonly enabled: boolean;
    readonly percentage: number | null;
    readonly auto: boolean;
  };
  readonly multiDisburse: boolean;
  readonly maxOutstandingBalance: number | null;
  readonly principalThresholdForLastInstallment: number;
  readonly fixedLength: number | null;
  readonly fixedEmiAmount: number | null;
}

export interface ChargeJson {
  readonly code: string;
  readonly name: string;
  readonly timeType: string;
  readonly calculation: string;
  readonly amount: number;
  readonly penalty: boolean;
  readonly minCap?: number | null;
  readonly maxCap?: number | null;
}

export interface DelinquencyJson {
  readonly buckets: readonly { readonly code: string; readonly ranges: readonly string[] }[];
  readonly noDelinquency: string;
  readonly ranges: readonly {
    readonly rangeId: number;
    readonly code: string;
    readonly name: string;
    readonly minDays: number;
    readonly maxDays: number | null;
  }[];
}

export type ConfigValue = string | number | boolean;

export interface SettingsJson {
  readonly rounding: { readonly mathPrecision: number };
  readonly config: Readonly<Record<string, ConfigValue>>;
  readonly cobSteps: readonly string[];
}

/** A value as it stands in a step or a table row. */
export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** One step: something to do (`op`) or to look at (`expect`); the other fields depend on which. */
export interface Step {
  readonly op?: string;
  readonly expect?: string;
  readonly [field: string]: unknown;
}

export interface Vector {
  readonly id: string;
  readonly title: string;
  readonly requires: readonly string[];
  readonly steps: readonly Step[];
}

export interface VectorFile {
  readonly name: string;
  readonly vectors: readonly Vector[];
}

export interface ConformanceFolder {
  readonly products: Readonly<Record<string, ProductJson>>;
  readonly charges: ReadonlyMap<string, ChargeJson>;
  readonly accounts: ReadonlyMap<string, GlAccountJson>;
  readonly delinquency: DelinquencyJson;
  readonly settings: SettingsJson;
  readonly files: readonly VectorFile[];
}

export const isConformanceFolder = (directory: string): boolean =>
  existsSync(join(directory, 'products.json'));

export function readConformanceFolder(directory: string): ConformanceFolder {
  const read = <T>(...path: string[]) => JSON.parse(readFileSync(join(directory, ...path), 'utf8')) as T;
  const names = readdirSync(join(directory, 'vectors')).filter((name) => name.endsWith('.json'));
  return {
    products: read('products.json'),
    charges: new Map(read<ChargeJson[]>('charges.json').map((charge) => [charge.code, charge])),
    accounts: new Map(read<GlAccountJson[]>('glaccounts.json').map((account) => [account.glCode, account])),
    delinquency: read('delinquency.json'),
    settings: read('settings.json'),
    files: names.sort().map((name) => ({ name, vectors: read<Vector[]>('vectors', name) })),
  };
}

/** Loan products over HTTP: every term that the engine knows (contract "Loan products"). */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { Money } from '../domain/money.ts';
import type { LoanProduct } from '../domain/product.ts';
import { Refusal } from '../domain/refusal.ts';
import { findProduct, listProducts } from '../store/loanProducts.ts';
import { requirePartner } from './auth.ts';
import type { App, AppContext } from './context.ts';
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
} from './loans/terms.ts';
import { endpoint } from './openapi.ts';
import { IdOut, IdPath, MoneyOut, noun, readId, withoutAbsent, writeMoney } from './values.ts';

const Percent = Type.Number({ examples: [2] });
const Count = Type.Integer({ examples: [0] });
const Code = (examples: readonly string[]) => Type.String({ examples: [...examples] });

const AllocationRuleOut = Type.Object({
  transactionType: Type.String(),
  order: Type.Array(Type.Object({ dueType: Type.String(), component: Type.String() })),
  futureInstallments: Type.String(),
});

const ProductOut = noun('LoanProduct', {
  id: IdOut,
  name: Type.String({ examples: ['Term loan, 12 months'] }),
  shortName: Type.String({ examples: ['TL12'] }),
  description: Type.String(),
  status: Type.Unsafe<'active' | 'inactive'>({ type: 'string', enum: ['active', 'inactive'] }),
  currencyCode: Type.String({ examples: ['TZS'] }),
  currencyDecimals: Count,
  principal: MoneyOut,
  minPrincipal: Type.Optional(MoneyOut),
  maxPrincipal: Type.Optional(MoneyOut),
  numberOfRepayments: Count,
  minNumberOfRepayments: Type.Optional(Count),
  maxNumberOfRepayments: Type.Optional(Count),
  repaymentEvery: Count,
  repaymentFrequencyType: Frequency.out,
  repaymentStartDateType: Code(['DISBURSEMENT_DATE']),
  interestRatePerPeriod: Percent,
  minInterestRatePerPeriod: Type.Optional(Percent),
  maxInterestRatePerPeriod: Type.Optional(Percent),
  interestRateFrequencyType: RateFrequency.out,
  amortizationType: AmortizationType.out,
  interestType: InterestKind.out,
  interestCalculationPeriodType: CalculationPeriod.out,
  allowPartialPeriodInterest: Type.Boolean(),
  daysInYearType: Code(['360', '364', '365', 'ACTUAL']),
  daysInMonthType: Code(['30', 'ACTUAL']),
  interestRecalculation: Type.Optional(
    Type.Object({
      restFrequency: Type.String(),
      rescheduleStrategy: Type.String(),
      preCloseRule: Type.String(),
      compounding: Type.String(),
      compoundingDay: Type.Optional(Count),
      arrearsBasedOnOriginalSchedule: Type.Boolean(),
    }),
  ),
  graceOnPrincipalPayment: Count,
  graceOnInterestPayment: Count,
  graceOnInterestCharged: Count,
  graceOnArrearsAgeing: Count,
  transactionProcessingStrategy: Code(['mifos-standard-strategy']),
  scheduleType: Code(['CUMULATIVE', 'PROGRESSIVE']),
  scheduleProcessingType: Code(['HORIZONTAL', 'VERTICAL']),
  allocationRules: Type.Array(AllocationRuleOut),
  creditAllocationRules: Type.Array(
    Type.Object({ transactionType: Type.String(), order: Type.Array(Type.String()) }),
  ),
  installmentAmountInMultiplesOf: Type.Optional(Count),
  fixedLength: Type.Optional(Count),
  fixedPrincipalPercentagePerInstallment: Type.Optional(Percent),
  principalThresholdForLastInstallment: Percent,
  downPaymentEnabled: Type.Boolean(),
  downPaymentPercentage: Type.Optional(Percent),
  downPaymentAutomatic: Type.Boolean(),
  multiDisburse: Type.Boolean(),
  maxTrancheCount: Type.Optional(Count),
  maxOutstandingBalance: Type.Optional(MoneyOut),
  disallowExpectedDisbursements: Type.Boolean(),
  overAppliedPercentage: Type.Optional(Percent),
  installmentLevelDelinquency: Type.Boolean(),
  overdueDaysForNonPerforming: Type.Optional(Count),
  leavesNonPerformingOnlyWhenArrearsCleared: Type.Boolean(),
  delinquencyRanges: Type.Optional(
    Type.Array(
      Type.Object({
        code: Type.String(),
        name: Type.String(),
        minDays: Count,
        maxDays: Type.Optional(Count),
      }),
    ),
  ),
  accountingMethod: Code(['NONE', 'CASH', 'ACCRUAL_PERIODIC']),
  accounts: Type.Record(Type.String(), Type.String(), { description: 'GL code by role' }),
  overridableTerms: Type.Array(Type.String(), { description: 'Terms that a loan may choose' }),
});

export async function loanProductRoutes(app: App, context: AppContext): Promise<void> {
  const onRequest = requirePartner(context);
  const listSchema = {
    ...endpoint({
      id: 'listLoanProducts',
      tag: 'Loan products',
      summary: 'List all loan products',
      caller: 'partner',
    }),
    response: { 200: Type.Object({ items: Type.Array(ProductOut) }) },
  };
  app.get('/v1/loan-products', { onRequest, schema: listSchema }, async () => {
    return { items: (await listProducts(context.db.read)).map(productOut) };
  });
  const getSchema = {
    ...endpoint({
      id: 'getLoanProduct',
      tag: 'Loan products',
      summary: 'Get a loan product',
      caller: 'partner',
      errors: ['not_found'],
    }),
    params: Type.Object({ product_id: IdPath }),
    response: { 200: ProductOut },
  };
  app.get('/v1/loan-products/:product_id', { onRequest, schema: getSchema }, async (request) => {
    const id = readId(request.params.product_id, 'product_id');
    const product = await findProduct(context.db.read, id);
    if (product) return productOut(product);
    throw new Refusal('not_found', 'product_unknown', `loan product ${id} does not exist`);
  });
}

function productOut(product: LoanProduct): Static<typeof ProductOut> {
  const { id, name, shortName, description, status, choosable } = product;
  return withoutAbsent({
    id: id.toString(),
    name,
    shortName,
    description,
    status,
    ...limitedTermsOut(product),
    ...interestTermsOut(product),
    ...allocationTermsOut(product),
    ...disbursementTermsOut(product),
    ...monitoringTermsOut(product),
    overridableTerms: choosable.map((term) => NAMES[term] ?? term),
  });
}

/** Names of terms over HTTP where they differ. */
const NAMES: Readonly<Record<string, string>> = {
  repaymentFrequencyUnit: 'repaymentFrequencyType',
  amortization: 'amortizationType',
  interestCalculationPeriod: 'interestCalculationPeriodType',
  graceOnPrincipal: 'graceOnPrincipalPayment',
  graceOnInterest: 'graceOnInterestPayment',
  graceInterestFree: 'graceOnInterestCharged',
  interestChargedFrom: 'interestChargedFromDate',
};

const numberOf = (text: string | null): number | null => (text === null ? null : Number(text));

function limitedTermsOut({ terms, limits }: LoanProduct) {
  const { principal, numberOfRepayments, interestRatePerPeriod } = limits;
  const money = (amount: Money | null) => (amount === null ? null : writeMoney(amount, terms.currency));
  return {
    currencyCode: terms.currency.code,
    currencyDecimals: terms.currency.decimals,
    principal: writeMoney(principal.standard, terms.currency),
    minPrincipal: money(principal.least),
    maxPrincipal: money(principal.most),
    numberOfRepayments: terms.numberOfRepayments,
    minNumberOfRepayments: numberOfRepayments.least,
    maxNumberOfRepayments: numberOfRepayments.most,
    repaymentEvery: terms.repaymentEvery,
    repaymentFrequencyType: FREQUENCY_LABELS[terms.repaymentFrequencyUnit],
    repaymentStartDateType: terms.repaymentStartDateType,
    interestRatePerPeriod: Number(terms.interestRatePerPeriod),
    minInterestRatePerPeriod: numberOf(interestRatePerPeriod.least),
    maxInterestRatePerPeriod: numberOf(interestRatePerPeriod.most),
    interestRateFrequencyType: RATE_LABELS[terms.interestRateUnit],
  };
}

function interestTermsOut({ terms }: LoanProduct) {
  const { interestRecalculation } = terms;
  return {
    amortizationType: AMORTIZATION_LABELS[terms.amortization],
    interestType: INTEREST_LABELS[terms.interestType],
    interestCalculationPeriodType: CALCULATION_LABELS[terms.interestCalculationPeriod],
    allowPartialPeriodInterest: terms.allowPartialPeriodInterest,
    daysInYearType: terms.daysInYear,
    daysInMonthType: terms.daysInMonth,
    interestRecalculation: interestRecalculation && withoutAbsent({ ...interestRecalculation }),
    graceOnPrincipalPayment: terms.graceOnPrincipal,
    graceOnInterestPayment: terms.graceOnInterest,
    graceOnInterestCharged: terms.graceInterestFree,
    graceOnArrearsAgeing: terms.graceOnArrearsAgeing,
  };
}

function allocationTermsOut({ terms }: LoanProduct) {
  return {
    transactionProcessingStrategy: terms.strategy,
    scheduleType: terms.scheduleType,
    scheduleProcessingType: terms.scheduleProcessing,
    allocationRules: terms.allocationRules.map((rule) => ({ ...rule, order: [...rule.order] })),
    creditAllocationRules: terms.creditAllocationRules.map((rule) => ({ ...rule, order: [...rule.order] })),
    installmentAmountInMultiplesOf: terms.installmentAmountInMultiplesOf,
    fixedLength: terms.fixedLength,
    fixedPrincipalPercentagePerInstallment: numberOf(terms.fixedPrincipalPercentagePerInstallment),
    principalThresholdForLastInstallment: Number(terms.principalThresholdForLastInstallment),
  };
}

function disbursementTermsOut({ terms }: LoanProduct) {
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

function monitoringTermsOut({ terms }: LoanProduct) {
  return {
    installmentLevelDelinquency: terms.installmentLevelDelinquency,
    overdueDaysForNonPerforming: terms.overdueDaysForNonPerforming,
    leavesNonPerformingOnlyWhenArrearsCleared: terms.leavesNonPerformingOnlyWhenArrearsCleared,
    delinquencyRanges: terms.delinquencyBucket?.ranges.map((range) => withoutAbsent({ ...range })),
    accountingMethod: terms.accounting.method,
    accounts: { ...terms.accounting.accounts },
  };
}

/**
 * The fields of a loan product: the same names on the way in and on the way out, so that what was read can be
 * changed and sent back. Of a new product a few are required, the others have defaults; a change names what
 * is to change, and `null` takes a value back to its default.
 */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { TObject, TProperties, TSchema, TUnsafe } from 'typebox';
import type { AccountRole } from '../../domain/terms.ts';
import { DateOut, IdOut, noun } from '../values.ts';
import { PRODUCT_EXAMPLE } from './examples.ts';
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
  StepWords,
  StrategyWords,
  type Words,
  YearWords,
} from './words.ts';

type Side = 'in' | 'out';

const MOST_COUNT = 1000;
const Count = (description: string, example = 0) =>
  Type.Integer({ minimum: 0, maximum: MOST_COUNT, description, examples: [example] });
const Positive = (description: string, example = 1) =>
  Type.Integer({ minimum: 1, maximum: MOST_COUNT, description, examples: [example] });
const Percent = (description: string, example = 2) =>
  Type.Number({ minimum: 0, maximum: 10_000, description, examples: [example] });
const Amount = (description: string, example = 50_000) =>
  Type.Number({ minimum: 0, description, examples: [example] });
const Flag = (description: string) => Type.Boolean({ description, examples: [false] });
/** An enumerated field: labels out, labels or codes in. */
export const word = <Key extends string>(side: Side, of: Words<Key>, description: string) => {
  const schema = of[side] as TSchema & { description?: string };
  return Type.Unsafe<string | number>({
    ...schema,
    description: [description, schema.description].filter((each) => each).join('. '),
  });
};

/** `{ additionalProperties: false }` also where the object may be null. */
const part = <Fields extends TProperties>(fields: Fields, description: string) =>
  Type.Object(fields, { additionalProperties: false, description });

/** Short names are what configuration files know things by. */
export const ShortName = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$',
  description: '1 to 128 letters, digits, dots, dashes or underscores; unique',
  examples: ['TL12'],
});

const namingFields = {
  name: Type.String({ minLength: 1, maxLength: 200, examples: ['Term loan, 12 months'] }),
  shortName: ShortName,
};

const requiredTerms = (side: Side) => ({
  principal: Amount('What a loan is usually for', 1_200_000),
  numberOfRepayments: Positive('Usual number of repayments', 12),
  repaymentEvery: Positive('Every so many days, weeks ...', 1),
  repaymentFrequencyType: word(side, FrequencyWords, 'Unit of repaymentEvery'),
  interestRatePerPeriod: Percent('Usual interest rate in percent, at most 6 decimals'),
  interestRateFrequencyType: word(side, RateWords, 'What the rate is for'),
});

/** Terms that always have a value. */
const settledTerms = (side: Side) => ({
  description: Type.String({ maxLength: 2000, examples: ['Paid back in equal monthly installments'] }),
  currencyCode: Type.String({ pattern: '^[A-Z]{3}$', examples: ['TZS'] }),
  currencyDecimals: Type.Integer({
    minimum: 0,
    maximum: 6,
    description: 'Default: by ISO 4217',
    examples: [2],
  }),
  currencyInMultiplesOf: Count('Currencies without decimals: amounts are multiples of this; 0 = any'),
  repaymentStartDateType: word(side, StartDateWords, 'From when due dates are counted'),
  amortizationType: word(side, AmortizationWords, 'How principal is spread'),
  interestType: word(side, InterestWords, 'What interest is computed on'),
  interestCalculationPeriodType: word(side, CalculationWords, 'How interest is counted'),
  allowPartialPeriodInterest: Flag('Parts of a repayment period bear a part of its interest'),
  daysInYearType: word(side, YearWords, 'Day count'),
  daysInMonthType: word(side, MonthWords, 'Day count'),
  graceOnPrincipalPayment: Count('Installments at the start without principal'),
  graceOnInterestPayment: Count('Installments at the start whose interest is collected later'),
  graceOnInterestCharged: Count('Installments at the start free of interest'),
  graceOnArrearsAgeing: Count('Days past due before a loan is delinquent'),
  transactionProcessingStrategy: word(side, StrategyWords, 'How payments are allocated'),
  scheduleType: word(side, ScheduleWords, 'Computed up front, or anew with every transaction'),
  scheduleProcessingType: word(side, ProcessingWords, 'Progressive: row by row, or step by step'),
  principalThresholdForLastInstallment: Percent(
    'With an agreed installment: when the last two are joined',
    50,
  ),
  downPaymentEnabled: Flag('Part of each disbursement is due at once'),
  downPaymentAutomatic: Flag('The down payment is booked with the disbursement'),
  multiDisburse: Flag('Paid out in several tranches'),
  disallowExpectedDisbursements: Flag('Tranches are not planned beforehand'),
  installmentLevelDelinquency: Flag('Each installment is classified by itself'),
  leavesNonPerformingOnlyWhenArrearsCleared: Flag('Non-performing until nothing is overdue'),
  accountingMethod: word(side, AccountingWords, 'What the ledger is told'),
});

const allocationFields = (side: Side) => ({
  allocationRules: Type.Array(
    part(
      {
        transactionType: word(side, RuleWords, 'Which payments it is for'),
        order: Type.Array(word(side, StepWords, 'Step'), { minItems: 12, maxItems: 12 }),
        futureInstallments: word(side, FutureWords, 'Where money beyond what is due goes'),
      },
      'Order in which a kind of payment settles what is open',
    ),
    { maxItems: 20, description: 'Advanced allocation only' },
  ),
  creditAllocationRules: Type.Array(
    part(
      {
        transactionType: word(side, CreditRuleWords, 'Which transactions it is for'),
        order: Type.Array(word(side, ComponentWords, 'Component'), { minItems: 4, maxItems: 4 }),
      },
      'Order in which components are charged again',
    ),
    { maxItems: 5, description: 'Advanced allocation only' },
  ),
});

export const ACCOUNT_ROLES: readonly AccountRole[] = [
  'fundSource',
  'loanPortfolio',
  'transfersInSuspense',
  'interestReceivable',
  'feeReceivable',
  'penaltyReceivable',
  'interestIncome',
  'feeIncome',
  'penaltyIncome',
  'recoveryIncome',
  'writeOff',
  'overpayment',
  'goodwillCredit',
  'goodwillInterest',
  'goodwillFee',
  'goodwillPenalty',
  'chargeOffExpense',
  'chargeOffFraudExpense',
  'chargeOffInterest',
  'chargeOffFee',
  'chargeOffPenalty',
];
const Code = Type.String({ minLength: 1, maxLength: 32, examples: ['1000'] });
const accounts = Object.fromEntries(ACCOUNT_ROLES.map((role) => [role, Type.Optional(Code)]));

/** Lists and maps: empty where nothing was said. */
const gatheredTerms = (side: Side) => ({
  ...allocationFields(side),
  accounts: part(
    accounts,
    'GL code by role; a role left out takes the account of the seeded chart',
  ) as unknown as TUnsafe<Partial<Record<AccountRole, string>>>,
  fundSourceByPaymentType: Type.Record(Type.String({ maxLength: 128 }), Code, {
    description: 'GL code of the fund source by short name of a payment type, where it differs',
    examples: [{}],
  }),
  interestRefundFor: Type.Array(word(side, RefundWords, 'Kind of refund'), {
    maxItems: 2,
    description: 'Refunds that bring back the interest on the refunded amount as well',
    examples: [[]],
  }),
  charges: Type.Array(ShortName, {
    maxItems: 50,
    description:
      'Codes of the charges of every loan: fees that it begins with, overdue penalties, and charges that fall due on ' +
      'a specified date, which each application then has to name in its own `charges`',
    examples: [[]],
  }),
  overridableTerms: Type.Array(Type.String({ maxLength: 64 }), {
    maxItems: 50,
    description: 'Terms that a loan may choose',
    examples: [['numberOfRepayments']],
  }),
});

/** Terms without a value are left out. */
const openTerms = (side: Side) => ({
  minPrincipal: Amount('Least principal of a loan', 1_000),
  maxPrincipal: Amount('Largest principal of a loan', 5_000_000),
  minNumberOfRepayments: Positive('Fewest repayments', 1),
  maxNumberOfRepayments: Positive('Most repayments', 36),
  minInterestRatePerPeriod: Percent('Lowest rate', 0),
  maxInterestRatePerPeriod: Percent('Highest rate', 10),
  offeredFromDate: DateOut,
  offeredUntilDate: DateOut,
  interestRecalculation: part(
    {
      restFrequency: word(side, RestWords, 'When payments begin to count'),
      rescheduleStrategy: word(side, RescheduleWords, 'What an early payment changes'),
      preCloseRule: word(side, PreCloseWords, 'Until when a payoff bears interest'),
      compounding: word(side, CompoundingWords, 'What bears interest itself'),
      compoundingFrequency: Type.Optional(
        word(side, CompoundingFrequencyWords, 'When it compounds; monthly when absent'),
      ),
      compoundingInterval: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 99,
          description: 'Every so many days, weeks or months',
          examples: [1],
        }),
      ),
      compoundingDay: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 31,
          description: 'Day of the month; by the week its day, 1 = Monday',
          examples: [1],
        }),
      ),
      arrearsBasedOnOriginalSchedule: Type.Optional(Flag('Arrears by the first schedule')),
    },
    'Interest follows the actual payments',
  ),
  installmentAmountInMultiplesOf: Positive('Installments are multiples of so many currency units', 1),
  fixedLength: Positive('Length of the loan in units of repaymentFrequencyType', 90),
  fixedPrincipalPercentagePerInstallment: Percent('Equal principal payments: share of each', 5),
  downPaymentPercentage: Percent('Share of a disbursement that is due at once', 25),
  maxTrancheCount: Positive('Most disbursements', 10),
  maxOutstandingBalance: Amount('Largest principal outstanding after a tranche', 10_000_000),
  overAppliedPercentage: Percent('By how much more may be approved than was applied for', 50),
  overdueDaysForNonPerforming: Count('Days in arrears after which a loan is non-performing', 90),
  closingTolerance: Amount('So much may be open, or overpaid, when a loan is closed by hand', 100),
  statesAccrualActivity: Flag('Accrued income is stated by transactions of its own'),
  daysBeforeRepaymentIsDue: Count('Days before a due date at which the reminder is raised', 1),
  daysAfterRepaymentIsOverdue: Count('Days after a due date at which the overdue event is raised', 2),
  delinquencyBucket: Type.String({ maxLength: 64, description: 'Code of a bucket', examples: ['STANDARD'] }),
});

const optional = (fields: TProperties): TProperties =>
  Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, Type.Optional(schema)]));

/** The same schema, which also lets null in. */
function orNull(schema: TSchema): TSchema {
  const { type, enum: values } = schema as { type?: string | string[]; enum?: unknown[] };
  return Type.Unsafe({
    ...schema,
    type: [type ?? 'object', 'null'].flat(),
    ...(values && { enum: [...values, null] }),
  });
}

const nullable = (fields: TProperties): TProperties =>
  Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, orNull(schema)]));

const OPTIONAL_IN = { ...settledTerms('in'), ...gatheredTerms('in'), ...openTerms('in') };

type Fields<Of extends (side: Side) => TProperties> = Static<TObject<ReturnType<Of>>>;

/** What a new product must say of its terms, and all that it may say. Checked by schema. */
export type GivenTerms = Fields<typeof requiredTerms> &
  Partial<Fields<typeof settledTerms> & Fields<typeof gatheredTerms> & Fields<typeof openTerms>>;
export type GivenProduct = GivenTerms & { readonly name: string; readonly shortName: string };
/** What a product says of itself, every settled term included. */
export type StatedProduct = Fields<typeof requiredTerms> &
  Fields<typeof settledTerms> &
  Fields<typeof gatheredTerms> &
  Partial<Fields<typeof openTerms>> & { readonly name: string; readonly shortName: string };

export const ProductTermsIn = Type.Object({
  ...requiredTerms('in'),
  ...optional(OPTIONAL_IN),
});
export const ProductIn = Type.Object(
  { ...namingFields, ...requiredTerms('in'), ...optional(OPTIONAL_IN) },
  { examples: [PRODUCT_EXAMPLE] },
);
export const ProductChange = Type.Object(
  optional({ ...namingFields, ...requiredTerms('in'), ...nullable(OPTIONAL_IN) }),
  { minProperties: 1, examples: [{ maxPrincipal: 6_000_000 }] },
);

export const ProductStatus = Type.Unsafe<'active' | 'inactive'>({
  type: 'string',
  enum: ['active', 'inactive'],
});

const RangeOut = Type.Object({
  code: Type.String({ examples: ['DAYS_1_30'] }),
  name: Type.String({ examples: ['1 to 30 days past due'] }),
  minDays: Type.Integer({ examples: [1] }),
  maxDays: Type.Optional(Type.Integer({ examples: [30] })),
});

export const ProductOut = noun('LoanProduct', {
  id: IdOut,
  status: ProductStatus,
  version: Type.Integer({ description: 'Grows with every change of the terms', examples: [1] }),
  ...namingFields,
  ...requiredTerms('out'),
  ...settledTerms('out'),
  ...gatheredTerms('out'),
  ...optional(openTerms('out')),
  delinquencyRanges: Type.Optional(Type.Array(RangeOut, { description: 'Of the delinquencyBucket' })),
});
export type ProductAnswer = Static<typeof ProductOut>;

/** Loans as they go out: the loan with its figures, its schedule and its repayments (contract "Loans"). */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { CivilDate } from '../../domain/date.ts';
import { currentTag } from '../../domain/delinquency/classification.ts';
import { expectedDisbursementOf, type Loan, type LoanStatus } from '../../domain/loan.ts';
import type { Money } from '../../domain/money.ts';
import { annualPercentageRate, paymentsOf } from '../../domain/schedule/apr.ts';
import { type LoanSummary, type ScheduleRow, summarizeLoan } from '../../domain/statement/summary.ts';
import type { EngineSettings } from '../../domain/terms.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import {
  accountNoOf,
  answerOf,
  DateOut,
  IdOut,
  MoneyOut,
  noun,
  type Undefinable,
  writeMoney,
} from '../values.ts';
import { LISTED_LOAN_EXAMPLE, LOAN_EXAMPLE, PREVIEW_EXAMPLE } from './examples.ts';
import { customerRepaymentsOf, RepaymentOut, repaymentOut } from './repaymentAnswers.ts';
import { FREQUENCY_LABELS, Frequency, RATE_LABELS, RateFrequency } from './terms.ts';

export const STATUS_LABELS = {
  pending: 'Submitted and pending approval',
  approved: 'Approved',
  active: 'Active',
  closed: 'Closed (obligations met)',
  writtenOff: 'Closed (written off)',
  overpaid: 'Overpaid',
  rejected: 'Rejected',
  withdrawn: 'Withdrawn by applicant',
} as const satisfies Record<LoanStatus, string>;

/** Figures of a loan by component, named as they go out. */
const FIGURES = [
  'principalDisbursed',
  'principalPaid',
  'principalWrittenOff',
  'principalOutstanding',
  'principalOverdue',
  'interestCharged',
  'interestPaid',
  'interestWaived',
  'interestWrittenOff',
  'interestOutstanding',
  'interestOverdue',
  'feesCharged',
  'feesPaid',
  'feesWaived',
  'feesWrittenOff',
  'feesOutstanding',
  'feesOverdue',
  'penaltiesCharged',
  'penaltiesPaid',
  'penaltiesWaived',
  'penaltiesWrittenOff',
  'penaltiesOutstanding',
  'penaltiesOverdue',
  'totalRepayment',
  'totalOverdue',
  'totalOverpaid',
  'totalOutstanding',
] as const satisfies readonly (keyof LoanSummary)[];
type Figure = (typeof FIGURES)[number];

const figureFields = Object.fromEntries(FIGURES.map((name) => [name, MoneyOut])) as Record<
  Figure,
  typeof MoneyOut
>;

const termFields = {
  loanProductId: IdOut,
  loanProductName: Type.String({ examples: ['Term loan, 12 months'] }),
  status: Type.Unsafe<string>({ type: 'string', enum: Object.values(STATUS_LABELS), examples: ['Active'] }),
  principal: MoneyOut,
  approvedPrincipal: Type.Optional(MoneyOut),
  currencyCode: Type.String({ examples: ['TZS'] }),
  termFrequency: Type.Integer({ examples: [12] }),
  termFrequencyType: Frequency.out,
  numberOfRepayments: Type.Integer({ examples: [12] }),
  repaymentEvery: Type.Integer({ examples: [1] }),
  repaymentFrequencyType: Frequency.out,
  interestRatePerPeriod: Type.Number({ examples: [2] }),
  interestRateFrequencyType: RateFrequency.out,
  submittedDate: DateOut,
  approvedDate: Type.Optional(DateOut),
  expectedDisbursementDate: DateOut,
  disbursedDate: Type.Optional(DateOut),
  maturityDate: Type.Optional(DateOut),
  closedDate: Type.Optional(DateOut),
  chargedOff: Type.Boolean(),
  chargedOffDate: Type.Optional(DateOut),
  actualMaturityDate: Type.Optional({
    ...DateOut,
    description: 'Moves with the last installment; of a closed loan when it closed',
  }),
  fraud: Type.Optional(Type.Boolean({ description: 'true: marked as fraud' })),
  ...figureFields,
  nextDueDate: Type.Optional(DateOut),
  nextDueAmount: Type.Optional(MoneyOut),
  daysPastDue: Type.Integer({ examples: [0] }),
  delinquencyRange: Type.Optional(
    Type.String({ description: 'Code of the range of days past due that it is in', examples: ['DAYS_1_30'] }),
  ),
  nonPerforming: Type.Boolean({ examples: [false] }),
};

const identityFields = {
  id: IdOut,
  accountNo: Type.String({ examples: ['000000042'] }),
  externalId: Type.Optional(Type.String()),
  customerId: IdOut,
  customerExternalId: Type.String(),
  customerName: Type.String(),
};

const Identified = Type.Object(identityFields);

const ScheduleRowOut = noun('ScheduleRow', {
  period: Type.Integer({ description: '0 = a disbursement' }),
  fromDate: Type.Optional(DateOut),
  dueDate: DateOut,
  days: Type.Optional(Type.Integer()),
  principalDisbursed: Type.Optional(MoneyOut),
  principalDue: MoneyOut,
  interestDue: MoneyOut,
  feesDue: MoneyOut,
  penaltiesDue: MoneyOut,
  totalDue: MoneyOut,
  principalPaid: MoneyOut,
  interestPaid: MoneyOut,
  feesPaid: MoneyOut,
  penaltiesPaid: MoneyOut,
  totalPaid: MoneyOut,
  paidInAdvance: MoneyOut,
  paidLate: MoneyOut,
  totalOutstanding: MoneyOut,
  principalBalance: MoneyOut,
  complete: Type.Boolean(),
  paidDate: Type.Optional(DateOut),
});

const schedule = Type.Array(ScheduleRowOut);

const AnnualRate = Type.Optional(
  Type.Number({ description: 'What the loan costs in a year, in percent', examples: [26.82] }),
);

/** As lists show it. */
export const ListedLoanOut = noun('ListedLoan', { ...identityFields, ...termFields }, LISTED_LOAN_EXAMPLE);
export const LoanOut = noun(
  'Loan',
  {
    ...identityFields,
    ...termFields,
    annualPercentageRate: AnnualRate,
    repaymentSchedule: schedule,
    repaymentHistory: Type.Array(RepaymentOut),
  },
  LOAN_EXAMPLE,
);
export const PreviewOut = noun(
  'LoanPreview',
  {
    ...termFields,
    annualPercentageRate: AnnualRate,
    repaymentSchedule: schedule,
  },
  PREVIEW_EXAMPLE,
);

/** What is said of a loan beside its own state. */
export interface Setting {
  readonly productId: bigint;
  readonly productName: string;
  readonly businessDate: CivilDate;
  /** Which open installment is the next one due. */
  readonly nextDue: EngineSettings['nextPaymentDueDate'];
}

export function listedLoanOut(loan: BookedLoan, setting: Setting): Static<typeof ListedLoanOut> {
  const { state } = loan;
  const [money, summary] = [moneyOf(state), summaryOf(state, setting)];
  return fieldsOut({ state, identity: identityOut(loan), setting, summary, money, details: NO_DETAILS });
}

/** Their names are not in the schema of what is shown without them. */
const NO_DETAILS: Details = { annualPercentageRate: undefined, repaymentSchedule: [], repaymentHistory: [] };

const summaryOf = (state: Loan, { businessDate, nextDue }: Setting): LoanSummary =>
  summarizeLoan(state, businessDate, nextDue);

type WriteMoney = (amount: Money) => number;

const moneyOf =
  ({ terms: { currency } }: Loan): WriteMoney =>
  (amount) =>
    writeMoney(amount, currency);

export function loanOut(loan: BookedLoan, setting: Setting): Static<typeof LoanOut> {
  const { state } = loan;
  const [money, summary] = [moneyOf(state), summaryOf(state, setting)];
  const { currency } = state.terms;
  const details = {
    annualPercentageRate: annualRateOf(state),
    repaymentSchedule: summary.schedule.map((row) => rowOut(row, money)),
    repaymentHistory: customerRepaymentsOf(loan).map((each) =>
      repaymentOut(each, { loanId: loan.id, currency }),
    ),
  };
  return fieldsOut({ state, identity: identityOut(loan), setting, summary, money, details });
}

export function previewOut(state: Loan, setting: Setting): Static<typeof PreviewOut> {
  const [money, summary] = [moneyOf(state), summaryOf(state, setting)];
  const details = {
    annualPercentageRate: annualRateOf(state),
    repaymentSchedule: summary.schedule.map((row) => rowOut(row, money)),
    repaymentHistory: [],
  };
  return fieldsOut({ state, identity: NOBODY, setting, summary, money, details });
}

/** What the customer gets against what the customer pays; undefined when nothing is paid out yet. */
function annualRateOf({ terms, tranches, installments }: Loan): number | undefined {
  const advances = tranches.map((tranche) => ({
    on: tranche.disbursedOn ?? tranche.expectedOn,
    amount: tranche.amount,
  }));
  const payments = paymentsOf(installments);
  if (advances.length === 0 || payments.length === 0) return undefined;
  const rate = annualPercentageRate({
    advances,
    payments,
    every: terms.repaymentEvery,
    unit: terms.repaymentFrequencyUnit,
  });
  return Number(rate.toFixed(2));
}

type Identity = Undefinable<Static<typeof Identified>>;

const identityOut = (loan: BookedLoan): Identity => ({
  id: loan.id.toString(),
  accountNo: accountNoOf(loan.id),
  externalId: loan.externalId ?? undefined,
  customerId: loan.customerId.toString(),
  customerExternalId: loan.customerExternalId,
  customerName: loan.customerName,
});

/** Of a preview, whose schema does not ask whose loan it is. */
const NOBODY: Identity = { id: '', accountNo: '', customerId: '', customerExternalId: '', customerName: '' };

type Details = Undefinable<
  Pick<Static<typeof LoanOut>, 'annualPercentageRate' | 'repaymentSchedule' | 'repaymentHistory'>
>;

/** A loan with the figures, which are made once for all that is said of it. */
interface Shown {
  readonly state: Loan;
  readonly identity: Identity;
  readonly setting: Setting;
  readonly summary: LoanSummary;
  readonly money: WriteMoney;
  readonly details: Details;
}

/** All in one piece: put together from parts, it took as long as everything else about the answer. */
function fieldsOut({ state, identity, setting, summary, money, details }: Shown): Static<typeof LoanOut> {
  const { terms } = state;
  return answerOf<Static<typeof LoanOut>>({
    id: identity.id,
    accountNo: identity.accountNo,
    externalId: identity.externalId,
    customerId: identity.customerId,
    customerExternalId: identity.customerExternalId,
    customerName: identity.customerName,
    loanProductId: setting.productId.toString(),
    loanProductName: setting.productName,
    status: STATUS_LABELS[state.status],
    principal: money(terms.principal),
    approvedPrincipal: state.approvedOn === null ? undefined : money(state.approvedPrincipal),
    currencyCode: terms.currency.code,
    termFrequency: terms.termFrequency,
    termFrequencyType: FREQUENCY_LABELS[terms.termFrequencyUnit],
    numberOfRepayments: terms.numberOfRepayments,
    repaymentEvery: terms.repaymentEvery,
    repaymentFrequencyType: FREQUENCY_LABELS[terms.repaymentFrequencyUnit],
    interestRatePerPeriod: Number(terms.interestRatePerPeriod),
    interestRateFrequencyType: RATE_LABELS[terms.interestRateUnit],
    nextDueDate: summary.nextDueDate ?? undefined,
    nextDueAmount: summary.nextDueAmount === null ? undefined : money(summary.nextDueAmount),
    daysPastDue: summary.daysPastDue,
    delinquencyRange: currentTag(state)?.rangeCode,
    nonPerforming: state.isNonPerforming,
    submittedDate: state.submittedOn,
    approvedDate: state.approvedOn ?? undefined,
    expectedDisbursementDate: expectedDisbursementOf(state),
    disbursedDate: state.disbursedOn ?? undefined,
    maturityDate: state.expectedMaturity ?? undefined,
    closedDate: state.closedOn ?? undefined,
    chargedOff: state.chargedOffOn !== null,
    chargedOffDate: state.chargedOffOn ?? undefined,
    actualMaturityDate: state.actualMaturity ?? undefined,
    fraud: state.isFraud ? true : undefined,
    principalDisbursed: money(summary.principalDisbursed),
    principalPaid: money(summary.principalPaid),
    principalWrittenOff: money(summary.principalWrittenOff),
    principalOutstanding: money(summary.principalOutstanding),
    principalOverdue: money(summary.principalOverdue),
    interestCharged: money(summary.interestCharged),
    interestPaid: money(summary.interestPaid),
    interestWaived: money(summary.interestWaived),
    interestWrittenOff: money(summary.interestWrittenOff),
    interestOutstanding: money(summary.interestOutstanding),
    interestOverdue: money(summary.interestOverdue),
    feesCharged: money(summary.feesCharged),
    feesPaid: money(summary.feesPaid),
    feesWaived: money(summary.feesWaived),
    feesWrittenOff: money(summary.feesWrittenOff),
    feesOutstanding: money(summary.feesOutstanding),
    feesOverdue: money(summary.feesOverdue),
    penaltiesCharged: money(summary.penaltiesCharged),
    penaltiesPaid: money(summary.penaltiesPaid),
    penaltiesWaived: money(summary.penaltiesWaived),
    penaltiesWrittenOff: money(summary.penaltiesWrittenOff),
    penaltiesOutstanding: money(summary.penaltiesOutstanding),
    penaltiesOverdue: money(summary.penaltiesOverdue),
    totalRepayment: money(summary.totalRepayment),
    totalOverdue: money(summary.totalOverdue),
    totalOverpaid: money(summary.totalOverpaid),
    totalOutstanding: money(summary.totalOutstanding),
    annualPercentageRate: details.annualPercentageRate,
    repaymentSchedule: details.repaymentSchedule,
    repaymentHistory: details.repaymentHistory,
  });
}

const rowOut = (row: ScheduleRow, money: WriteMoney): Static<typeof ScheduleRowOut> =>
  answerOf<Static<typeof ScheduleRowOut>>({
    period: row.period,
    fromDate: row.fromDate ?? undefined,
    dueDate: row.dueDate,
    days: row.days ?? undefined,
    principalDisbursed: row.kind === 'disbursement' ? money(row.principalDisbursed) : undefined,
    principalDue: money(row.principalDue),
    interestDue: money(row.interestDue),
    feesDue: money(row.feesDue),
    penaltiesDue: money(row.penaltiesDue),
    totalDue: money(row.totalDue),
    principalPaid: money(row.principalPaid),
    interestPaid: money(row.interestPaid),
    feesPaid: money(row.feesPaid),
    penaltiesPaid: money(row.penaltiesPaid),
    totalPaid: money(row.totalPaid),
    paidInAdvance: money(row.paidInAdvance),
    paidLate: money(row.paidLate),
    totalOutstanding: money(row.totalOutstanding),
    principalBalance: money(row.principalBalance),
    complete: row.complete,
    paidDate: row.paidDate ?? undefined,
  });

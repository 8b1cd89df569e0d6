/** Loans as they go out: the loan with its figures, its schedule and its repayments (contract "Loans"). */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { CivilDate } from '../../domain/date.ts';
import { currentTag } from '../../domain/delinquency/classification.ts';
import { expectedDisbursementOf, type Loan, type LoanStatus } from '../../domain/loan.ts';
import type { Currency, Money } from '../../domain/money.ts';
import { annualPercentageRate, paymentsOf } from '../../domain/schedule/apr.ts';
import { type LoanSummary, type ScheduleRow, summarizeLoan } from '../../domain/statement/summary.ts';
import type { EngineSettings } from '../../domain/terms.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import { accountNoOf, DateOut, IdOut, MoneyOut, noun, withoutAbsent, writeMoney } from '../values.ts';
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
  return listedOut(loan, { ...setting, summary: summaryOf(loan.state, setting) });
}

const summaryOf = (state: Loan, { businessDate, nextDue }: Setting): LoanSummary =>
  summarizeLoan(state, businessDate, nextDue);

export function loanOut(loan: BookedLoan, setting: Setting): Static<typeof LoanOut> {
  const { currency } = loan.state.terms;
  const summary = summaryOf(loan.state, setting);
  return Object.assign(listedOut(loan, { ...setting, summary }), {
    ...annualRateOut(loan.state),
    repaymentSchedule: scheduleOut(summary, currency),
    repaymentHistory: customerRepaymentsOf(loan).map((each) =>
      repaymentOut(each, { loanId: loan.id, currency }),
    ),
  });
}

export function previewOut(state: Loan, setting: Setting): Static<typeof PreviewOut> {
  const summary = summaryOf(state, setting);
  return {
    ...termsOut(state, { ...setting, summary }),
    ...annualRateOut(state),
    repaymentSchedule: scheduleOut(summary, state.terms.currency),
  };
}

function annualRateOut(state: Loan): { annualPercentageRate?: number } {
  const rate = annualRateOf(state);
  return rate === null ? {} : { annualPercentageRate: rate };
}

/** What the customer gets against what the customer pays; null when nothing is paid out yet. */
function annualRateOf({ terms, tranches, installments }: Loan): number | null {
  const advances = tranches.map((tranche) => ({
    on: tranche.disbursedOn ?? tranche.expectedOn,
    amount: tranche.amount,
  }));
  const payments = paymentsOf(installments);
  if (advances.length === 0 || payments.length === 0) return null;
  const rate = annualPercentageRate({
    advances,
    payments,
    every: terms.repaymentEvery,
    unit: terms.repaymentFrequencyUnit,
  });
  return Number(rate.toFixed(2));
}

function identityOut(loan: BookedLoan) {
  return withoutAbsent({
    id: loan.id.toString(),
    accountNo: accountNoOf(loan.id),
    externalId: loan.externalId,
    customerId: loan.customerId.toString(),
    customerExternalId: loan.customerExternalId,
    customerName: loan.customerName,
  });
}

/** With the figures, which are made once for all that is said of the loan. */
interface Summarized extends Setting {
  readonly summary: LoanSummary;
}

const listedOut = (loan: BookedLoan, setting: Summarized): Static<typeof ListedLoanOut> =>
  Object.assign(identityOut(loan), termsOut(loan.state, setting));

function termsOut(loan: Loan, { productId, productName, summary }: Summarized) {
  const { terms } = loan;
  const money = (amount: Money) => writeMoney(amount, terms.currency);
  const fields = {
    loanProductId: productId.toString(),
    loanProductName: productName,
    status: STATUS_LABELS[loan.status],
    principal: money(terms.principal),
    approvedPrincipal: loan.approvedOn === null ? null : money(loan.approvedPrincipal),
    currencyCode: terms.currency.code,
    termFrequency: terms.termFrequency,
    termFrequencyType: FREQUENCY_LABELS[terms.termFrequencyUnit],
    numberOfRepayments: terms.numberOfRepayments,
    repaymentEvery: terms.repaymentEvery,
    repaymentFrequencyType: FREQUENCY_LABELS[terms.repaymentFrequencyUnit],
    interestRatePerPeriod: Number(terms.interestRatePerPeriod),
    interestRateFrequencyType: RATE_LABELS[terms.interestRateUnit],
    nextDueDate: summary.nextDueDate,
    nextDueAmount: summary.nextDueAmount === null ? null : money(summary.nextDueAmount),
    daysPastDue: summary.daysPastDue,
    delinquencyRange: currentTag(loan)?.rangeCode,
    nonPerforming: loan.isNonPerforming,
  };
  return withoutAbsent(fields, datesOut(loan), figuresOut(summary, terms.currency));
}

function datesOut(loan: Loan) {
  return {
    submittedDate: loan.submittedOn,
    approvedDate: loan.approvedOn,
    expectedDisbursementDate: expectedDisbursementOf(loan),
    disbursedDate: loan.disbursedOn,
    maturityDate: loan.expectedMaturity,
    closedDate: loan.closedOn,
    chargedOff: loan.chargedOffOn !== null,
    chargedOffDate: loan.chargedOffOn,
    actualMaturityDate: loan.actualMaturity,
    fraud: loan.isFraud ? true : null,
  };
}

function figuresOut(summary: LoanSummary, currency: Currency): Record<Figure, number> {
  const figures: Partial<Record<Figure, number>> = {};
  for (const name of FIGURES) figures[name] = writeMoney(summary[name], currency);
  return figures as Record<Figure, number>;
}

const scheduleOut = ({ schedule }: LoanSummary, currency: Currency): Static<typeof ScheduleRowOut>[] =>
  schedule.map((row) => rowOut(row, currency));

function rowOut(row: ScheduleRow, currency: Currency): Static<typeof ScheduleRowOut> {
  const money = (amount: Money) => writeMoney(amount, currency);
  return withoutAbsent({
    period: row.period,
    fromDate: row.fromDate,
    dueDate: row.dueDate,
    days: row.days,
    principalDisbursed: row.kind === 'disbursement' ? money(row.principalDisbursed) : null,
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
    paidDate: row.paidDate,
  });
}

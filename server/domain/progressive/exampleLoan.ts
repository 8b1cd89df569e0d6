/**
 * A loan of 400 (or, with interest, of 2000 at 12 %) over four months from 15 Jan 2025, told as lines of
 * type, date and amount: what the tests of this folder replay.
 */
import { present } from '../assert.ts';
import type { LoanCharge } from '../charge.ts';
import { noPortions } from '../components.ts';
import { date } from '../date.ts';
import type { Installment } from '../installment.ts';
import { formatMoney, type Money } from '../money.ts';
import type { ReplayInput, ReplayResult } from '../replayResult.ts';
import { EUR, exampleTerms, money, recalculation } from '../schedule/exampleLoan.ts';
import {
  type AllocationRule,
  DEFAULT_SETTINGS,
  type FutureInstallmentRule,
  type LoanTerms,
  type RestFrequency,
} from '../terms.ts';
import type { LoanTransaction, TransactionType } from '../transaction.ts';
import { DEFAULT_RULE } from './allocation.ts';
import { replayProgressive } from './replay.ts';

export const shown = (amount: Money): number => Number(formatMoney(amount, EUR));

export const rule = (future: FutureInstallmentRule): AllocationRule => ({
  ...DEFAULT_RULE,
  futureInstallments: future,
});

/** The example of cumulative schedules without its interest, replayed by the advanced allocation. */
export const terms = (own: Partial<LoanTerms> = {}): LoanTerms =>
  exampleTerms({
    principal: money(400),
    interestRatePerPeriod: '0',
    interestCalculationPeriod: 'DAILY',
    allowPartialPeriodInterest: false,
    daysInYear: '360',
    daysInMonth: '30',
    strategy: 'advanced-payment-allocation-strategy',
    scheduleType: 'PROGRESSIVE',
    allocationRules: [rule('NEXT_INSTALLMENT')],
    multiDisburse: true,
    ...own,
  });

export const withInterest: Partial<LoanTerms> = {
  principal: money(2000),
  interestRatePerPeriod: '12',
  interestRecalculation: recalculation({ rescheduleStrategy: 'ADJUST_LAST_UNPAID_PERIOD' }),
};

/** The same with rests every day or on the repayment dates. */
export const withRest = (restFrequency: RestFrequency): Partial<LoanTerms> => ({
  ...withInterest,
  interestRecalculation: { ...present(withInterest.interestRecalculation, 'recalculation'), restFrequency },
});

export type Line = [type: TransactionType, on: string, amount: number, extra?: Partial<LoanTransaction>];

export const transactionsOf = (lines: readonly Line[]): LoanTransaction[] =>
  lines.map(([type, on, amount, extra], index) => ({
    id: index + 1,
    sequence: 10 * (index + 1),
    type,
    date: date(on),
    submittedOn: date(on),
    amount: money(amount),
    portions: noPortions(),
    overpaid: 0n,
    unrecognised: 0n,
    chargesPaid: [],
    balance: 0n,
    reversal: 'none',
    reversedOn: null,
    relatedTransactionId: null,
    relatedChargeId: null,
    paymentType: null,
    reAge: null,
    bookedAs: 'performing',
    ...extra,
  }));

export const fee = (
  id: number,
  amount: number,
  { due, added, sequence = 15 }: { due: string; added: string; sequence?: number },
): LoanCharge => ({
  id,
  definition: {
    code: 'FEE',
    name: 'Fee',
    time: 'SPECIFIED_DUE_DATE',
    calculation: 'FLAT',
    amountOrPercentage: String(amount),
    minCap: null,
    maxCap: null,
    penalty: false,
    feeFrequency: null,
  },
  dueDate: date(due),
  submittedOn: date(added),
  sequence,
  amount: money(amount),
  paid: 0n,
  waived: 0n,
  writtenOff: 0n,
  overdueInstallment: null,
  active: true,
  isWaived: false,
});

export interface Case {
  terms?: Partial<LoanTerms>;
  lines: readonly Line[];
  charges?: readonly LoanCharge[];
  on?: string;
}

export const inputOf = ({ terms: own = {}, lines, charges = [], on = '2025-02-01' }: Case): ReplayInput => ({
  terms: terms(own),
  submittedOn: date('2025-01-15'),
  tranches: [],
  variations: [],
  charges,
  transactions: transactionsOf(lines),
  installments: [],
  businessDate: date(on),
  settings: DEFAULT_SETTINGS,
  chargedOffOn: null,
  isNonPerforming: false,
  nextSequence: 1000,
});

export const replay = (story: Case): ReplayResult => replayProgressive(inputOf(story));

export const perRow = (result: ReplayResult, figure: (row: Installment) => Money): number[] =>
  result.installments.map((row) => shown(figure(row)));

export const principals = (result: ReplayResult): number[] => perRow(result, (row) => row.charged.principal);

export const paidOf = (result: ReplayResult): string[] =>
  result.installments.map(({ paid }) => `${shown(paid.principal)}/${shown(paid.fees)}`);

export const splitOf = (result: ReplayResult, id: number): Record<string, number> => {
  const found = result.transactions.find((each) => each.id === id);
  if (!found) throw new Error(`no transaction ${id}`);
  const { principal, interest, fees, penalties } = found.portions;
  const all = { principal, interest, fees, penalties, overpaid: found.overpaid };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value ? [[name, shown(value)]] : [])),
  );
};

/**
 * Stories for tests: a loan of the example terms lives through dated commands, as a banker would tell them.
 * Every role of the ledger is played by an account of its own name. Used by tests only.
 *
 *   tell({ principal: money(300) }, [['2025-02-15', pay(106)], ['2025-02-20', { kind: 'chargeOff', on }]])
 */
import type { ChargeDefinition } from '../charge.ts';
import { noPortions } from '../components.ts';
import { date } from '../date.ts';
import { decide } from '../decide.ts';
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import type { JournalEntry } from '../ledger.ts';
import type { Loan } from '../loan.ts';
import { Refusal } from '../refusal.ts';
import { exampleTerms, money, shown } from '../schedule/exampleLoan.ts';
import { type AccountRole, DEFAULT_SETTINGS, type LoanTerms } from '../terms.ts';
import type { LoanTransaction } from '../transaction.ts';
import { submitLoan } from './origination.ts';

const ROLES = [
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
] as const satisfies readonly AccountRole[];

const accounting: LoanTerms['accounting'] = {
  method: 'ACCRUAL_PERIODIC',
  accounts: Object.fromEntries(ROLES.map((role) => [role, role])) as LoanTerms['accounting']['accounts'],
  fundSourceByPaymentType: {},
};

/**
 * 300 in 3 monthly rows from 15 Jan 2025, 24 % a year flat (100 + 6 each), as in the tables of engine.md
 * section 5.4.
 */
export const storyTerms = (own: Partial<LoanTerms> = {}): LoanTerms =>
  exampleTerms({
    principal: money(300),
    numberOfRepayments: 3,
    interestType: 'FLAT',
    interestRatePerPeriod: '24',
    accounting,
    ...own,
  });

export const on = (businessDate: string): DecisionContext => ({
  businessDate: date(businessDate),
  settings: DEFAULT_SETTINGS,
});

export const fee = (amount: number | string, own: Partial<ChargeDefinition> = {}): ChargeDefinition => ({
  code: 'FEE',
  name: 'Fee',
  time: 'SPECIFIED_DUE_DATE',
  calculation: 'FLAT',
  amountOrPercentage: String(amount),
  minCap: null,
  maxCap: null,
  penalty: false,
  feeFrequency: null,
  ...own,
});

export const penalty = (amount: number | string): ChargeDefinition =>
  fee(amount, { code: 'PENALTY', penalty: true });

/** A command, or one that is dated on the business date of its line. */
export type Line = readonly [day: string, command: LoanCommand | ((day: string) => LoanCommand)];

export const pay =
  (amount: number | string, own: Partial<Extract<LoanCommand, { kind: 'pay' }>> = {}) =>
  (day: string): LoanCommand => ({
    kind: 'pay',
    type: 'repayment',
    on: date(day),
    amount: money(amount),
    ...own,
  });

export interface Story {
  readonly loan: Loan;
  readonly entries: readonly JournalEntry[];
  readonly last: Decision;
}

/** A disbursed loan and what happens to it. */
export function tell(own: Partial<LoanTerms>, lines: readonly Line[]): Story {
  const terms = storyTerms(own);
  const start = terms.expectedDisbursementDate;
  const submitted = submitLoan({ terms, submittedOn: start }, on(start));
  const story = { loan: submitted.loan, entries: submitted.entries, last: submitted };
  const opening: Line[] = [
    [start, { kind: 'approve', on: start }],
    [start, { kind: 'disburse', on: start }],
  ];
  return continued(story, [...opening, ...lines]);
}

export const continued = (story: Story, lines: readonly Line[]): Story =>
  lines.reduce((sofar, [day, line]) => {
    const command = typeof line === 'function' ? line(day) : line;
    const last = decide(sofar.loan, command, on(day));
    return { loan: last.loan, entries: [...sofar.entries, ...last.entries], last };
  }, story);

/** A transaction before it is laid over a schedule: a repayment of 0 unless told otherwise. */
export const booked = (day: string, own: Partial<LoanTransaction> = {}): LoanTransaction => ({
  id: 1,
  sequence: own.id ?? 1,
  type: 'repayment',
  date: date(day),
  submittedOn: date(day),
  amount: 0n,
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
  ...own,
});

/** All that a refusal says, `aborted loan_must_be_active: <message> [field]`; else `accepted`. */
export function answerTo(act: () => unknown): string {
  try {
    act();
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    const { kind, code, message, field } = refusal;
    return `${kind} ${code}: ${message}${field === undefined ? '' : ` [${field}]`}`;
  }
  return 'accepted';
}

/** `P 47 I 6 F 5 N 2 O 0`, zeros left out. */
export function splitOf({ portions, overpaid }: LoanTransaction): string {
  const parts = [
    ['P', portions.principal],
    ['I', portions.interest],
    ['F', portions.fees],
    ['N', portions.penalties],
    ['O', overpaid],
  ] as const;
  return parts
    .filter(([, amount]) => amount !== 0n)
    .map(([letter, amount]) => `${letter} ${plain(shown(amount))}`)
    .join(' ');
}

/** `P 47 open 53` of every installment: what is charged and what is open of its principal. */
export const openOf = (loan: Loan): string[] =>
  loan.installments.map((row) =>
    (['principal', 'interest', 'fees', 'penalties'] as const)
      .map((part) => row.charged[part] - row.paid[part] - row.waived[part] - row.writtenOff[part])
      .map((open) => plain(shown(open)))
      .join('/'),
  );

const plain = (amount: string): string => amount.replace(/\.00$/, '');

/** Balance of every account: debits less credits. */
export function accountBalances(entries: readonly JournalEntry[]): Record<string, string> {
  const balances = new Map<string, bigint>();
  for (const { account, side, amount } of entries.flatMap((entry) => entry.lines))
    balances.set(account, (balances.get(account) ?? 0n) + (side === 'debit' ? amount : -amount));
  return Object.fromEntries(
    [...balances]
      .filter(([, amount]) => amount !== 0n)
      .map(([account, amount]) => [account, plain(shown(amount))]),
  );
}

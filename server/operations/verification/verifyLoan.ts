/** One loan against its journal, its history and its columns. */
import type { CivilDate } from '../../domain/date.ts';
import type { DecisionContext } from '../../domain/decide.ts';
import { repaymentsOf } from '../../domain/history/abridged.ts';
import { differencesFromRebuilt } from '../../domain/history/rebuild.ts';
import { linesOf, netOf } from '../../domain/ledger.ts';
import type { LeftOut, Loan } from '../../domain/loan.ts';
import { type Currency, formatMoney, type Money } from '../../domain/money.ts';
import { controlBalancesOf } from '../../domain/posting/controls.ts';
import { linesFor } from '../../domain/posting/posting.ts';
import { isActive, type LoanTransaction } from '../../domain/transaction.ts';
import type { JournalRow, LoanFacts } from '../../store/ledger/verification.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import { type ListedFacts, listedFactsOf } from '../../store/loans/stateColumns.ts';
import type { ControlSum, Finding, Rule } from './finding.ts';

/** A loan with its rows of the journal; without `loan` it has been deleted. */
export interface Subject {
  readonly facts: LoanFacts;
  readonly loan: BookedLoan | undefined;
  readonly journal: readonly JournalRow[];
}

export function verifyLoan(subject: Subject, context: DecisionContext | undefined): Finding[] {
  const { facts, loan, journal } = subject;
  const broken = [
    ...wholeness(journal, facts.lastJournalEntry),
    ...(loan ? stateFaults(loan, { journal, facts, context }) : mirrorFaults(journal)),
  ];
  return broken.map(([rule, message]) => ({ rule, where: `loan ${facts.id}`, message }));
}

type Fault = readonly [rule: Rule, message: string];

interface Surroundings {
  readonly journal: readonly JournalRow[];
  readonly facts: LoanFacts;
  readonly context: DecisionContext | undefined;
}

function stateFaults(loan: BookedLoan, { journal, facts, context }: Surroundings): Fault[] {
  return [
    ...attempt('journal_follows_history', () => postingFaults(loan, journal)),
    ...attempt('control_accounts_hold_the_loans', () => controlFaults(loan, journal)),
    ...attempt('columns_follow_document', () => columnFaults(loan.state, facts.listed)),
    ...attempt('columns_follow_document', () => repaymentFaults(loan.state, facts.repaid)),
    ...(context ? attempt('loan_follows_history', () => historyFaults(loan.state, context)) : []),
  ];
}

/** Damage may be beyond reading or replaying; that is a finding like any other. */
function attempt(rule: Rule, look: () => Fault[]): Fault[] {
  try {
    return look();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [[rule, `what is stored makes no sense: ${why}`]];
  }
}

/** A row that was taken away leaves a gap, or the last entry behind the loan's count. */
function wholeness(journal: readonly JournalRow[], lastEntry: number): Fault[] {
  const faults: string[] = [];
  const lines = new Map<number, number>();
  for (const { entry, line, amount } of journal) {
    const before = lines.get(entry) ?? 0;
    if (line !== before + 1) faults.push(`entry ${entry} lacks line ${before + 1}`);
    if (amount <= 0n) faults.push(`entry ${entry}, line ${line} moves ${amount}`);
    lines.set(entry, line);
  }
  for (let entry = 1; entry <= lastEntry; entry += 1)
    if (!lines.has(entry)) faults.push(`entry ${entry} of ${lastEntry} is missing`);
  for (const entry of lines.keys())
    if (entry > lastEntry) faults.push(`entry ${entry} is one more than the loan counts`);
  return faults.map((message) => ['journal_is_whole', message]);
}

function postingFaults({ state, transactions }: BookedLoan, journal: readonly JournalRow[]): Fault[] {
  const rule = 'journal_follows_history';
  const posted = byTransaction(journal);
  const known = new Set(transactions.map((each) => each.transaction.id));
  const strays = [...posted.keys()].filter((number) => !known.has(number));
  const faults = transactions.flatMap(({ id, transaction }) => {
    const named = `transaction ${id} (${transaction.type} of ${transaction.date})`;
    const rows = posted.get(transaction.id) ?? [];
    const found = attempt(rule, () => transactionFaults(transaction, state, rows));
    return found.map(([, message]): Fault => [rule, `${named}: ${message}`]);
  });
  const stray = (number: number): Fault => [
    'nothing_is_orphaned',
    `entries name transaction number ${number}, which is missing`,
  ];
  return [...faults, ...strays.map(stray)];
}

function transactionFaults(transaction: LoanTransaction, state: Loan, rows: readonly JournalRow[]): Fault[] {
  const due = netOf(isActive(transaction) ? linesFor(transaction, state).lines : []);
  const { currency } = state.terms;
  const faults = [...differences(netOf(linesOf(rows)), due, currency), ...misdated(rows, transaction.date)];
  return faults.map((message) => ['journal_follows_history', message]);
}

/** What stands on another day than the transaction's comes to nothing there. */
function misdated(rows: readonly JournalRow[], date: CivilDate): string[] {
  const days = [...new Set(rows.map((row) => row.date))].filter((day) => day !== date);
  return days
    .filter((day) => netOf(linesOf(rows.filter((row) => row.date === day))).size > 0)
    .map((day) => `posted on ${day}, should be on ${date}`);
}

/** What a loan that was taken back has posted comes to nothing. */
function mirrorFaults(journal: readonly JournalRow[]): Fault[] {
  return [...byTransaction(journal)].flatMap(([number, rows]) =>
    [...netOf(linesOf(rows))].map(([account, amount]): Fault => {
      const message = `the loan is deleted, but its transaction number ${number} left ${amount} on account ${account}`;
      return ['journal_follows_history', message];
    }),
  );
}

function differences(
  posted: ReadonlyMap<string, Money>,
  due: ReadonlyMap<string, Money>,
  currency: Currency,
): string[] {
  return [...new Set([...posted.keys(), ...due.keys()])]
    .sort()
    .map((account) => ({ account, is: posted.get(account) ?? 0n, shall: due.get(account) ?? 0n }))
    .filter(({ is, shall }) => is !== shall)
    .map(
      ({ account, is, shall }) =>
        `posted ${formatMoney(is, currency)} on account ${account}, should be ${formatMoney(shall, currency)}`,
    );
}

function controlFaults(loan: BookedLoan, journal: readonly JournalRow[]): Fault[] {
  const { currency } = loan.state.terms;
  return controlSumsOf(loan, journal)
    .filter(({ ledger, loans }) => ledger !== loans)
    .map(({ account, roles, ledger, loans }): Fault => {
      const figures = `${formatMoney(ledger, currency)} in the ledger, ${formatMoney(loans, currency)} in the loan`;
      return ['control_accounts_hold_the_loans', `account ${account} (${roles.join(', ')}) is ${figures}`];
    });
}

/** Nothing of a loan that makes no sense: of that a finding speaks. */
export function readableControlSums(loan: BookedLoan, journal: readonly JournalRow[]): ControlSum[] {
  try {
    return controlSumsOf(loan, journal);
  } catch {
    return [];
  }
}

function controlSumsOf(loan: BookedLoan, journal: readonly JournalRow[]): ControlSum[] {
  const net = netOf(linesOf(journal));
  return controlBalancesOf(loan.state).map(({ account, roles, amount }) => ({
    account,
    roles,
    ledger: net.get(account) ?? 0n,
    loans: amount,
  }));
}

function columnFaults(state: Loan, listed: ListedFacts): Fault[] {
  const shall = listedFactsOf(state);
  const names = Object.keys(listed) as (keyof ListedFacts)[];
  return names
    .filter((name) => listed[name] !== shall[name])
    .map((name) => ['columns_follow_document', `${name} is ${listed[name]}, should be ${shall[name]}`]);
}

/** What a repayment takes for granted of those before it. */
function repaymentFaults(state: Loan, stored: LeftOut): Fault[] {
  const shall = repaymentsOf(state);
  const names = Object.keys(shall) as (keyof LeftOut)[];
  return names
    .filter((name) => stored[name] !== shall[name])
    .map((name) => [
      'columns_follow_document',
      `repaid.${name} is ${stored[name]}, should be ${shall[name]}`,
    ]);
}

const historyFaults = (state: Loan, context: DecisionContext): Fault[] =>
  differencesFromRebuilt(state, context).map((difference) => ['loan_follows_history', difference]);

function byTransaction(journal: readonly JournalRow[]): Map<number, JournalRow[]> {
  const rows = new Map<number, JournalRow[]>();
  for (const row of journal) {
    const found = rows.get(row.transaction) ?? [];
    rows.set(row.transaction, found);
    found.push(row);
  }
  return rows;
}

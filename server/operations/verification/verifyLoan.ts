/** One loan against its journal, its history and its columns. */
import type { DecisionContext } from '../../domain/decide.ts';
import { differencesFromRebuilt } from '../../domain/history/rebuild.ts';
import { type JournalLine, linesOf, netOf } from '../../domain/ledger.ts';
import type { Loan } from '../../domain/loan.ts';
import { type Currency, formatMoney, type Money } from '../../domain/money.ts';
import { controlBalancesOf } from '../../domain/posting/controls.ts';
import { linesFor } from '../../domain/posting/posting.ts';
import { isActive } from '../../domain/transaction.ts';
import type { JournalRow, LoanFacts } from '../../store/ledger/verification.ts';
import { type BookedLoan, type ListedFacts, listedFactsOf } from '../../store/loans/loans.ts';
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
    ...(loan ? stateFaults(loan, { journal, listed: facts.listed, context }) : mirrorFaults(journal)),
  ];
  return broken.map(([rule, message]) => ({ rule, where: `loan ${facts.id}`, message }));
}

type Fault = readonly [rule: Rule, message: string];

interface Surroundings {
  readonly journal: readonly JournalRow[];
  readonly listed: ListedFacts;
  readonly context: DecisionContext | undefined;
}

/** A damaged document may be beyond reading or replaying; that is a finding like any other. */
function stateFaults(loan: BookedLoan, { journal, listed, context }: Surroundings): Fault[] {
  try {
    return [
      ...postingFaults(loan, journal),
      ...controlFaults(loan, journal),
      ...columnFaults(loan.state, listed),
      ...(context ? historyFaults(loan.state, context) : []),
    ];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [['loan_follows_history', `what is stored of it makes no sense: ${why}`]];
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
  const { currency } = state.terms;
  const posted = byTransaction(journal);
  const known = new Map(transactions.map((each) => [each.transaction.id, each]));
  const strays = [...posted.keys()].filter((number) => !known.has(number));
  const faults = transactions.flatMap(({ id, transaction }) => {
    const due = netOf(isActive(transaction) ? linesFor(transaction, state).lines : []);
    const { type, date } = transaction;
    return differences(netOf(posted.get(transaction.id) ?? []), due, currency).map(
      (difference) => `transaction ${id} (${type} of ${date}): ${difference}`,
    );
  });
  return [
    ...faults.map((message): Fault => ['journal_follows_history', message]),
    ...strays.map(
      (number): Fault => [
        'nothing_is_orphaned',
        `entries name transaction number ${number}, which is missing`,
      ],
    ),
  ];
}

/** What a loan that was taken back has posted comes to nothing. */
function mirrorFaults(journal: readonly JournalRow[]): Fault[] {
  return [...byTransaction(journal)].flatMap(([number, lines]) =>
    [...netOf(lines)].map(([account, amount]): Fault => {
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

export function controlSumsOf(loan: BookedLoan, journal: readonly JournalRow[]): ControlSum[] {
  const net = netOf([...byTransaction(journal).values()].flat());
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

const historyFaults = (state: Loan, context: DecisionContext): Fault[] =>
  differencesFromRebuilt(state, context).map((difference) => ['loan_follows_history', difference]);

function byTransaction(journal: readonly JournalRow[]): Map<number, JournalLine[]> {
  const lines = new Map<number, JournalLine[]>();
  for (const row of journal) {
    const found = lines.get(row.transaction) ?? [];
    lines.set(row.transaction, found);
    found.push(...linesOf([row]));
  }
  return lines;
}

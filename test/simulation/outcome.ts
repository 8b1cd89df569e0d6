/**
 * A book at the end of a year, read through the API: what two identical years have in common, without the
 * ids, numbers and instants in which they differ, and what of each loan the reports are reckoned from.
 */
import { createHash } from 'node:crypto';
import type { Loan, LoanTransaction, ReportName } from '../../sdk/client.ts';
import type { Seen } from '../independent.ts';
import { inParallel } from './life.ts';
import type { Place } from './place.ts';
import { dateOf, FIRST_DAY, type Plan } from './script.ts';

/** A loan, and of its transactions what reports look at: a year of accruals of many loans is a lot. */
export type Read = Seen & { readonly journal: ReadonlyMap<string, number> };

export interface Outcome {
  /** By name of the loan: a digest of everything about it. */
  readonly digests: ReadonlyMap<string, string>;
  readonly transactions: number;
  readonly read: readonly Read[];
  readonly reports: Readonly<Record<string, unknown>>;
}

const TOGETHER = 4;

export async function readOutcome(place: Place, plan: Plan): Promise<Outcome> {
  const digests = new Map<string, string>();
  const read: Read[] = [];
  let count = 0;
  const names = Array.from({ length: plan.loans }, (_, index) => `L-${index}`);
  await inParallel(names, TOGETHER, async (externalId) => {
    const { loans, loanCharges } = place.client;
    const reference = { externalId };
    const loan = await loans.get(reference);
    const transactions = await loans.transactions(reference);
    const [delinquency, charges] = [await loans.delinquency(reference), await loanCharges.list(reference)];
    digests.set(externalId, digestOf({ loan, transactions, delinquency, charges }));
    count += transactions.length;
    read.push(condensed(loan, transactions));
  });
  return { digests, transactions: count, read, reports: await readReports(place, plan) };
}

function condensed(loan: Loan, transactions: readonly LoanTransaction[]): Read {
  const journal = new Map<string, number>();
  for (const { lines } of transactions.flatMap((each) => each.journal))
    for (const { glCode, debit = 0, credit = 0 } of lines)
      journal.set(glCode, (journal.get(glCode) ?? 0) + Math.round(debit * 100) - Math.round(credit * 100));
  const { repaymentHistory: _history, ...rest } = loan;
  const looked = transactions.filter(({ type }) => type !== 'Accrual');
  return {
    loan: rest as Loan,
    transactions: looked.map(({ journal: _journal, ...each }) => each as LoanTransaction),
    journal,
  };
}

/** Names and numbers that a process gives out in blocks, and the instants of this machine. */
const PASSING = new Set([
  ...['id', 'loanId', 'customerId', 'accountNo', 'loanChargeId', 'chargeId', 'transactionId', 'entryId'],
  ...['createdAt', 'updatedAt', 'recordedAt', 'reversedAt', 'idempotencyKey', 'reversalOf', 'replacedBy'],
]);

const lasting = (key: string, value: unknown): unknown => (PASSING.has(key) ? undefined : value);

export const lastingText = (thing: unknown): string => JSON.stringify(thing, lasting);

const digestOf = (thing: unknown): string =>
  createHash('sha256').update(lastingText(thing)).digest('base64url');

/** The last day that is closed. */
export const lastDayOf = ({ days }: Plan): string => dateOf(days - 1);

async function readReports({ client }: Place, plan: Plan): Promise<Record<string, unknown>> {
  const date = lastDayOf(plan);
  const [from, to, far] = [FIRST_DAY, date, dateOf(plan.days + 400)];
  const asked: readonly (readonly [ReportName, object])[] = [
    ['portfolio-summary', { date }],
    ['portfolio-at-risk', { from, to }],
    ['ageing', { date }],
    ['vintages', { date }],
    ['collections', { from, to: far }],
    ['disbursements', { from, to }],
    ['losses', { from, to }],
    ['trial-balance', { date: dateOf(plan.days) }],
    ['income-statement', { from, to }],
    ['balance-sheet', { date: dateOf(plan.days) }],
  ];
  const reports: Record<string, unknown> = {};
  for (const [name, query] of asked) {
    const report: unknown = await client.reports.read(name, query as never);
    reports[name] = (report as { readonly items: unknown }).items;
  }
  const { items } = await client.trialBalance.get();
  return { ...reports, 'trial balance': items };
}

/** In words; empty when the two books are the same. */
export function differencesOf(one: Outcome, other: Outcome): string[] {
  const loans = [...one.digests].filter(([name, digest]) => other.digests.get(name) !== digest);
  const reports = Object.keys(one.reports).filter(
    (name) => lastingText(one.reports[name]) !== lastingText(other.reports[name]),
  );
  return [
    ...(one.digests.size === other.digests.size ? [] : ['not the same number of loans']),
    ...loans.map(([name]) => `loan ${name} differs`),
    ...reports.map((name) => `report ${name} differs`),
    ...(one.transactions === other.transactions
      ? []
      : [`${one.transactions} transactions, ${other.transactions} in the other`]),
  ];
}

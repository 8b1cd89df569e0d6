/**
 * A book at the end of a year: what two identical years have in common, without the ids, numbers and instants
 * in which they differ, and what of each loan the reports are reckoned from.
 */
import { createHash } from 'node:crypto';
import type { Loan, ReportName } from '../../sdk/client.ts';
import { inParallel } from './life.ts';
import type { Place } from './place.ts';
import { type Movement, type RowsOfLoan, readBalances, readRows } from './rows.ts';
import { dateOf, FIRST_DAY, type Plan } from './script.ts';

/** Of a loan what reports look at. */
export interface Read {
  readonly loan: Loan;
  readonly movements: readonly Movement[];
}

type Part = 'answer' | keyof RowsOfLoan['digests'];

export interface Outcome {
  /** By name of the loan and part of it: a digest. */
  readonly digests: ReadonlyMap<string, Readonly<Record<Part, string>>>;
  readonly transactions: number;
  readonly read: readonly Read[];
  /** Of the ledger's accounts by the entries of the loans, in cents. */
  readonly balances: ReadonlyMap<string, number>;
  readonly reports: Readonly<Record<string, unknown>>;
}

const TOGETHER = 16;

export async function readOutcome(place: Place, plan: Plan): Promise<Outcome> {
  const digests = new Map<string, Readonly<Record<Part, string>>>();
  const read: Read[] = [];
  let transactions = 0;
  const rows: RowsOfLoan[] = [];
  for await (const each of readRows(place.db)) rows.push(each);
  await inParallel(rows, TOGETHER, async (each) => {
    const loan = await place.client.loans.get({ externalId: each.name });
    digests.set(each.name, { answer: digestOf(loan), ...each.digests });
    transactions += each.transactions;
    read.push({ loan: condensed(loan), movements: each.movements });
  });
  const [balances, reports] = [await readBalances(place.db), await readReports(place, plan)];
  return { digests, transactions, read, balances, reports };
}

/** Of many loans at once: only what is looked at. */
function condensed(loan: Loan): Loan {
  const { loanProductName, status, chargedOff, repaymentSchedule = [] } = loan;
  const { principalOutstanding, interestOutstanding, feesOutstanding } = loan;
  const { penaltiesOutstanding, totalOutstanding } = loan;
  const rows = repaymentSchedule.map((row) => ({
    ...{ period: row.period, dueDate: row.dueDate, principalDue: row.principalDue },
    ...{ totalDue: row.totalDue, totalOutstanding: row.totalOutstanding },
  }));
  return {
    ...{ loanProductName, status, chargedOff, principalOutstanding, interestOutstanding, feesOutstanding },
    ...{ penaltiesOutstanding, totalOutstanding, repaymentSchedule: rows },
  } as unknown as Loan;
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
  const loans = [...one.digests].flatMap(([name, parts]) => {
    const differing = Object.entries(parts)
      .filter(([part, digest]) => other.digests.get(name)?.[part as Part] !== digest)
      .map(([part]) => part);
    return differing.length === 0 ? [] : [`loan ${name} differs: ${differing.join(', ')}`];
  });
  const reports = Object.keys(one.reports).filter(
    (name) => lastingText(one.reports[name]) !== lastingText(other.reports[name]),
  );
  return [
    ...(one.digests.size === other.digests.size ? [] : ['not the same number of loans']),
    ...loans,
    ...reports.map((name) => `report ${name} differs`),
    ...(one.transactions === other.transactions
      ? []
      : [`${one.transactions} transactions, ${other.transactions} in the other`]),
  ];
}

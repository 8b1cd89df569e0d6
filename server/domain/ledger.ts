/**
 * The ledger's words: a journal entry is a balanced set of lines, append-only, one per account and side of a
 * transaction. A correction never edits: the mirror is posted. Source: engine.md section 8.
 */
import { BrokenInvariant } from './assert.ts';
import type { CivilDate } from './date.ts';
import { type Money, minimum, sum } from './money.ts';

export type Side = 'debit' | 'credit';

export interface JournalLine {
  /** GL code of the account. */
  readonly account: string;
  readonly side: Side;
  /** Always above zero. */
  readonly amount: Money;
}

/**
 * The lines that one booking of a loan transaction posts. A replay posts the mirror of the old lines, then
 * the new ones.
 */
export interface JournalEntry {
  readonly transactionId: number;
  readonly date: CivilDate;
  readonly lines: readonly JournalLine[];
}

/** Debits less credits. */
export const imbalanceOf = (lines: readonly JournalLine[]): Money =>
  sum(lines.map(({ side, amount }) => (side === 'debit' ? amount : -amount)));

/** Debits equal credits and no line is empty; anything else is a defect. */
export function assertBalanced({ lines }: Pick<JournalEntry, 'lines'>): void {
  let imbalance = 0n;
  for (const { account, side, amount } of lines) {
    if (amount <= 0n) throw new BrokenInvariant(`journal line on ${account} is not above zero`);
    imbalance += side === 'debit' ? amount : -amount;
  }
  if (imbalance === 0n) return;
  const named = lines.map(({ account, side, amount }) => `${side} ${account} ${amount}`).join(', ');
  throw new BrokenInvariant(`journal entry is out of balance by ${imbalance}: ${named}`);
}

/** Debit less credit by account; accounts that come to nothing are left out. */
export function netOf(lines: readonly JournalLine[]): Map<string, Money> {
  const net = new Map<string, Money>();
  for (const { account, side, amount } of lines)
    net.set(account, (net.get(account) ?? 0n) + (side === 'debit' ? amount : -amount));
  return new Map([...net].filter(([, amount]) => amount !== 0n));
}

/** The entry that takes another one back. */
export function mirrored(entry: JournalEntry, date: CivilDate = entry.date): JournalEntry {
  return { ...entry, date, lines: mirroredLines(entry.lines) };
}

export const mirroredLines = (lines: readonly JournalLine[]): JournalLine[] =>
  lines.map((line) => ({ ...line, side: line.side === 'debit' ? 'credit' : 'debit' }));

export type GlAccountType = 'asset' | 'liability' | 'equity' | 'income' | 'expense';

/** An account of the chart. */
export interface GlAccount {
  readonly code: string;
  readonly name: string;
  readonly type: GlAccountType;
}

/** Moves `amount` from the account it credits to the account it debits: balanced by itself. */
export interface Movement {
  readonly debit: string;
  readonly credit: string;
  readonly amount: Money;
}

/**
 * Cuts an entry into movements: the largest open debit meets the largest open credit (on a tie the lower
 * code), until nothing is open. Which debit meets which credit means nothing; readers put the lines together
 * again (`linesOf`).
 *
 *   debit 10 cash, credit 9 portfolio, credit 1 interest  ->  cash <- portfolio 9, cash <- interest 1
 */
export function movementsOf(entry: Pick<JournalEntry, 'lines'>): Movement[] {
  assertBalanced(entry);
  const debits: OpenLine[] = [];
  const credits: OpenLine[] = [];
  for (const { account, side, amount } of entry.lines)
    (side === 'debit' ? debits : credits).push({ account, amount });
  const movements: Movement[] = [];
  for (let debit = largest(debits); debit.amount > 0n; debit = largest(debits)) {
    const credit = largest(credits);
    const amount = minimum(debit.amount, credit.amount);
    movements.push({ debit: debit.account, credit: credit.account, amount });
    debit.amount -= amount;
    credit.amount -= amount;
  }
  return movements;
}

type OpenLine = { account: string; amount: Money };

function largest(lines: readonly OpenLine[]): OpenLine {
  let most = lines[0] ?? { account: '', amount: 0n };
  for (const line of lines) if (isAhead(line, most)) most = line;
  return most;
}

const isAhead = (a: OpenLine, b: OpenLine): boolean =>
  a.amount > b.amount || (a.amount === b.amount && a.account < b.account);

/** The lines of movements, one per account and side, debits first, by code. */
export function linesOf(movements: readonly Movement[]): JournalLine[] {
  const totals = new Map<string, JournalLine>();
  const add = (account: string, side: Side, amount: Money): void => {
    const key = `${side === 'debit' ? 0 : 1} ${account}`;
    totals.set(key, { account, side, amount: amount + (totals.get(key)?.amount ?? 0n) });
  };
  for (const { debit, credit, amount } of movements) {
    add(debit, 'debit', amount);
    add(credit, 'credit', amount);
  }
  return [...totals.keys()].sort().flatMap((key) => totals.get(key) ?? []);
}

/**
 * The ledger's words: a journal entry is a balanced set of lines, append-only, one per account and side of a
 * transaction. A correction never edits: the mirror is posted. Source: engine.md section 8.
 */
import { assert } from './assert.ts';
import type { CivilDate } from './date.ts';
import type { Money } from './money.ts';

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

/** Debits equal credits and no line is empty; anything else is a defect. */
export function assertBalanced(entry: JournalEntry): void {
  let balance = 0n;
  for (const line of entry.lines) {
    assert(line.amount > 0n, `journal line on ${line.account} is not above zero`);
    balance += line.side === 'debit' ? line.amount : -line.amount;
  }
  assert(
    balance === 0n,
    `journal entry of transaction ${entry.transactionId} is out of balance by ${balance}`,
  );
}

/** The entry that takes another one back. */
export function mirrored(entry: JournalEntry, date: CivilDate = entry.date): JournalEntry {
  const lines = entry.lines.map(
    (line) => ({ ...line, side: line.side === 'debit' ? 'credit' : 'debit' }) as const,
  );
  return { ...entry, date, lines };
}

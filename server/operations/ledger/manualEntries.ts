/** Entries made by hand, for what no loan stands behind: rent, capital, corrections of such entries. */
import type { CivilDate } from '../../domain/date.ts';
import { imbalanceOf, type JournalLine, mirroredLines } from '../../domain/ledger.ts';
import { type Currency, formatMoney } from '../../domain/money.ts';
import { controlAccountsOf } from '../../domain/posting/controls.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../store/database.ts';
import { findClosedUntil } from '../../store/ledger/closures.ts';
import { type ChartAccount, listGlAccounts } from '../../store/ledger/glAccounts.ts';
import {
  findManualEntries,
  insertManualEntry,
  type ManualEntry,
  markReversed,
} from '../../store/ledger/manualEntries.ts';
import { listProducts } from '../../store/loanProducts.ts';
import { noteChange } from '../audit/trail.ts';
import type { Book } from '../book.ts';
import { currencyNamed } from '../currency.ts';
import { readBusinessDate } from '../readBusinessDate.ts';
import { requireOpenPeriod } from './closedPeriod.ts';

export interface ManualPosting {
  readonly date: CivilDate;
  readonly reason: string;
  readonly madeBy: string;
  readonly lines: readonly JournalLine[];
}

export async function postManualEntry(tx: Tx, book: Book, posting: ManualPosting): Promise<ManualEntry> {
  requireBalance(posting.lines, currencyNamed(book.config.currency));
  await requireUsableAccounts(tx, posting.lines);
  return post(tx, book, { ...posting, reverses: null });
}

export interface ManualReversal {
  readonly id: bigint;
  /** Absent = today. */
  readonly date: CivilDate | undefined;
  readonly reason: string;
  readonly madeBy: string;
}

/** Takes an entry back by its mirror; at most once. */
export async function reverseManualEntry(tx: Tx, book: Book, asked: ManualReversal): Promise<ManualEntry> {
  const { id, reason, madeBy } = asked;
  const [entry] = await findManualEntries(tx, [id]);
  if (!entry) throw new Refusal('not_found', 'entry_unknown', `journal entry ${id} does not exist`);
  const date = asked.date ?? (await readBusinessDate(tx, book));
  if (date < entry.date)
    throw new Refusal(
      'permission_denied',
      'date_before_entry',
      `The date ${date} is before that of the entry (${entry.date})`,
    );
  const lines = mirroredLines(entry.lines);
  const reversal = await post(tx, book, { date, reason, madeBy, lines, reverses: id });
  if (!(await markReversed(tx, { id, reversedBy: reversal.id })))
    throw new Refusal('aborted', 'entry_reversed_before', 'Journal entry is reversed already');
  return reversal;
}

async function post(
  tx: Tx,
  book: Book,
  posting: ManualPosting & { readonly reverses: bigint | null },
): Promise<ManualEntry> {
  requireNotFuture(posting.date, await readBusinessDate(tx, book));
  const id = await book.identity.next(tx, 'entry');
  const entry = { ...posting, id, reversedBy: null, recordedAt: book.clock.now() };
  const [, closedUntil] = await Promise.all([insertManualEntry(tx, entry), findClosedUntil(tx)]);
  requireOpenPeriod([entry], closedUntil);
  const { date, reason, reverses, lines } = entry;
  const told = lines.map(({ account, side, amount }) => ({ account, side, amount: String(amount) }));
  const after = { date, reason, lines: told, ...(reverses !== null && { reverses: String(reverses) }) };
  noteChange(tx, { kind: 'journalEntry', id, before: null, after });
  return entry;
}

export function requireNotFuture(date: CivilDate, businessDate: CivilDate): void {
  if (date <= businessDate) return;
  throw new Refusal(
    'permission_denied',
    'date_in_future',
    `The date ${date} is in the future (today is ${businessDate})`,
  );
}

function requireBalance(lines: readonly JournalLine[], currency: Currency): void {
  const imbalance = imbalanceOf(lines);
  if (imbalance === 0n) return;
  const amount = formatMoney(imbalance < 0n ? -imbalance : imbalance, currency);
  const larger = imbalance < 0n ? 'credits exceed debits' : 'debits exceed credits';
  throw new Refusal('invalid_argument', 'entry_unbalanced', `${larger} by ${amount}`, 'lines');
}

async function requireUsableAccounts(tx: Tx, lines: readonly JournalLine[]): Promise<void> {
  const [chart, products] = await Promise.all([listGlAccounts(tx), listProducts(tx)]);
  const known = new Map(chart.map((account) => [account.code, account]));
  const controls = new Set(products.flatMap(({ terms }) => controlAccountsOf(terms.accounting)));
  for (const [index, { account }] of lines.entries()) {
    const found = known.get(account);
    if (!found)
      throw new Refusal('invalid_argument', 'gl_account_unknown', 'no such account', `lines.${index}.glCode`);
    requireUsable(found, controls);
  }
}

/** What a control account holds is the sum of its loans. */
function requireUsable({ code, name, active }: ChartAccount, controls: ReadonlySet<string>): void {
  if (!active) throw new Refusal('aborted', 'gl_account_inactive', `GL account ${code} is not active`);
  if (controls.has(code))
    throw new Refusal(
      'aborted',
      'gl_account_is_control',
      `GL account ${code} (${name}) is moved by loans only: correct the loan instead`,
    );
}

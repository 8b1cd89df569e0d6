/**
 * The one way in which a loan changes: load it with its history, let the domain decide, store what follows.
 * Transactions go in first under (loan, number): a writer that saw an older loan takes a number that exists
 * and starts again from the load.
 */
import type { CivilDate } from '../../domain/date.ts';
import {
  type Decision,
  type DecisionContext,
  decide,
  type LoanCommand,
  type PaymentType,
} from '../../domain/decide.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { LoanTransaction } from '../../domain/transaction.ts';
import { allWritten } from '../../store/batch/member.ts';
import { readClosedDays } from '../../store/closing/closedDays.ts';
import type { Tx } from '../../store/database.ts';
import { saveClosing } from '../../store/loans/closing.ts';
import { insertLoanEvents } from '../../store/loans/events.ts';
import { type BookedLoan, findLoan, updateLoan } from '../../store/loans/loans.ts';
import { insertLoanNote } from '../../store/loans/notes.ts';
import { withWholeHistory } from '../../store/loans/quietTransactions.ts';
import {
  type BookedTransaction,
  insertTransactions,
  NO_REMARKS,
  type TransactionRemarks,
  updateTransactions,
} from '../../store/loans/transactions.ts';
import { noteChange } from '../audit/trail.ts';
import type { Book } from '../book.ts';
import { plannedLoan } from '../closing/planLoan.ts';
import { closingRulesOf } from '../closing/steps.ts';
import { isAlwaysOpen, requireOpenDays } from '../configuration/lenderCalendar.ts';
import { postEntries, requireOpenPeriod } from '../ledger/closedPeriod.ts';
import { readBusinessDate } from '../readBusinessDate.ts';
import { storedEventsOf } from './tellEvents.ts';

/** What somebody wants of a loan, decided once the loan is known. */
export interface Wish {
  readonly loan: BookedLoan;
  readonly commands: readonly LoanCommand[];
  /** Kept with the first transaction that the commands book; a note also without one. */
  readonly remarks?: TransactionRemarks;
  /** Where it is known already. */
  readonly businessDate?: CivilDate;
  /** A new name that the caller gives the loan. */
  readonly externalId?: string;
}

/** Decides and stores; answers the loan as it now stands. */
export async function changeLoan(tx: Tx, book: Book, wish: Wish): Promise<BookedLoan> {
  const { commands, businessDate = await readBusinessDate(tx, book) } = wish;
  const context = contextOn(book, businessDate);
  if (!isAlwaysOpen(book)) await requireOpenDays(tx, book, { customerId: wish.loan.customerId, commands });
  const isPaid = commands.every((command) => isPlainPayment(command, wish.loan.state));
  const loan = isPaid ? wish.loan : await withWholeHistory(tx, wish.loan);
  const decisions: Decision[] = [];
  let { state } = loan;
  for (const command of commands) {
    const decision = decide(state, command, context);
    decisions.push(decision);
    state = decision.loan;
  }
  // A loan that ends takes its whole history into account.
  const isCutShort = loan.state.leftOut !== undefined && state.status !== 'active';
  if (isCutShort) return changeLoan(tx, book, { ...wish, loan: await requireLoan(tx, loan.id) });
  const { remarks = NO_REMARKS, externalId = loan.externalId } = wish;
  return storeDecisions(tx, book, { loan, decisions, businessDate, remarks, externalId });
}

const PLAIN_PAYMENTS: readonly PaymentType[] = [
  'repayment',
  'merchantIssuedRefund',
  'payoutRefund',
  'goodwillCredit',
];

/** Asks for nothing that was accrued quietly; where interest is recalculated, every payment may. */
const isPlainPayment = (command: LoanCommand, { terms }: BookedLoan['state']): boolean =>
  command.kind === 'pay' &&
  PLAIN_PAYMENTS.includes(command.type) &&
  terms.interestRecalculation === null &&
  (terms.overdueCharges ?? []).length === 0;

/** With every transaction, also those that payments are spared. */
export const requireWholeLoan = async (tx: Tx, id: bigint): Promise<BookedLoan> =>
  withWholeHistory(tx, await requireLoan(tx, id));

export async function requireLoan(tx: Tx, id: bigint): Promise<BookedLoan> {
  const loan = await findLoan(tx, id);
  if (loan) return loan;
  throw new Refusal('not_found', 'loan_unknown', `loan ${id} does not exist`);
}

/** A date that the caller may leave to "today". */
export async function decisionContext(
  tx: Tx,
  book: Pick<Book, 'config' | 'clock'>,
): Promise<DecisionContext> {
  return contextOn(book, await readBusinessDate(tx, book));
}

export const contextOn = ({ config }: Pick<Book, 'config'>, businessDate: CivilDate): DecisionContext => ({
  businessDate,
  settings: config.engineSettings,
});

export interface Decided extends Omit<Wish, 'commands' | 'externalId'> {
  readonly externalId?: string | null;
  readonly decisions: readonly Decision[];
  readonly businessDate: CivilDate;
}

/** Stores what was decided, all of it as one version of the loan. */
export async function storeDecisions(tx: Tx, book: Book, decided: Decided): Promise<BookedLoan> {
  const { loan, decisions } = decided;
  const now = book.clock.now();
  const { businessDate, remarks = NO_REMARKS, externalId = loan.externalId } = decided;
  const entries = decisions.flatMap((decision) => decision.entries);
  const closed = await readClosedDays(tx);
  requireOpenPeriod(entries, closed.books);
  const lastJournalEntry = loan.lastJournalEntry + entries.length;
  const { state, closing } = plannedLoan(decisions.at(-1)?.loan ?? loan.state, {
    known: loan.closing,
    bookClosedTill: closed.business,
    businessDate,
    rules: closingRulesOf(book.config),
    lastEntry: lastJournalEntry,
  });
  const { added, altered } = differences(loan, state.transactions);
  const transactions = await numbered(tx, book, { added, remarks });
  const version = loan.version + 1;
  const whole = joined(loan, state, transactions);
  const after = { ...loan, version, state, closing, externalId, lastJournalEntry, transactions: whole };
  const events = storedEventsOf({
    loanId: loan.id,
    version,
    before: loan.state,
    decisions,
    transactions: whole,
    businessDate,
    now,
  });
  // Sent at once; the first one settles whether this writer came too late.
  const writes = [
    insertTransactions(tx, loan.id, { transactions, now }),
    saveClosing(tx, { loanId: loan.id, read: loan.closing, ...closing }),
    updateLoan(tx, { before: loan, after, now }),
    updateTransactions(tx, loan.id, altered),
    postEntries(tx, { loanId: loan.id, after: loan.lastJournalEntry, entries, now }),
    insertLoanEvents(tx, events),
  ];
  const { note } = remarks;
  if (added.length === 0 && note) writes.push(insertLoanNote(tx, loan.id, { version, note, now }));
  await allWritten(writes);
  noteChange(tx, {
    kind: 'loan',
    id: loan.id,
    version,
    before: { version: loan.version, status: loan.state.status },
    after: { version, status: state.status },
  });
  return after;
}

/** What is new since the loan was read, and what a replay or an undo altered. */
function differences(loan: BookedLoan, transactions: readonly LoanTransaction[]) {
  const added: LoanTransaction[] = [];
  const altered: LoanTransaction[] = [];
  for (const [at, each] of transactions.entries()) {
    const known = bookedBefore(loan, each.id, at)?.transaction;
    if (known === undefined) added.push(each);
    else if (known !== each) altered.push(each);
  }
  return { added, altered };
}

/** Histories grow at their end, so it nearly always stands where it stood; no index over all is made. */
function bookedBefore(loan: BookedLoan, id: number, at: number): BookedTransaction | undefined {
  const same = loan.transactions[at];
  if (same?.transaction.id === id) return same;
  return loan.transactions.find((each) => each.transaction.id === id);
}

/**
 * New transactions with the numbers that the outside will know; the first one carries the caller's
 * remarks.
 */
export async function numbered(
  tx: Tx,
  book: Book,
  { added, remarks }: { added: readonly LoanTransaction[]; remarks: TransactionRemarks },
): Promise<BookedTransaction[]> {
  const transactions: BookedTransaction[] = [];
  for (const transaction of added) {
    const id = await book.identity.next(tx, 'transaction');
    transactions.push(bookedAs(id, transaction, transactions.length === 0 ? remarks : NO_REMARKS));
  }
  return transactions;
}

const bookedAs = (
  id: bigint,
  transaction: LoanTransaction,
  { externalId, idempotencyKey, paymentTypeId, receiptNumber, note }: TransactionRemarks,
): BookedTransaction => ({
  id,
  externalId,
  idempotencyKey,
  paymentTypeId,
  receiptNumber,
  note,
  transaction,
});

function joined(
  loan: BookedLoan,
  state: BookedLoan['state'],
  added: readonly BookedTransaction[],
): BookedTransaction[] {
  const all: BookedTransaction[] = [];
  for (const [at, transaction] of state.transactions.entries()) {
    const { id } = transaction;
    const booked = bookedBefore(loan, id, at) ?? added.find((each) => each.transaction.id === id);
    if (booked) all.push(booked.transaction === transaction ? booked : { ...booked, transaction });
  }
  return all;
}

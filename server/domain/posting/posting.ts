/**
 * From a loan transaction to its journal entry. The rule (`rules.ts`) says which role takes which part; the
 * loan's terms say which account plays the role; the charge-off date says which column of the rule holds.
 *
 *   before the charge-off date: regular lines; after it: charged-off lines; on that day: by order of booking
 *
 * Lines on the same account and side are merged, empty ones left out. A posted entry is only ever mirrored,
 * with the classification it was posted with (`bookedAs`). Source: engine.md section 8.
 */
import { assert } from '../assert.ts';
import { subtractPortions } from '../components.ts';
import { knownBefore } from '../history/history.ts';
import { assertBalanced, type JournalEntry, type JournalLine, mirrored, type Side } from '../ledger.ts';
import type { Loan } from '../loan.ts';
import type { Money } from '../money.ts';
import type { AccountRole } from '../terms.ts';
import { type Booking, isActive, type LoanTransaction } from '../transaction.ts';
import {
  ACCRUAL_RULES,
  CASH_RULES,
  type Part,
  type PostingRole,
  type PostingRule,
  type RuleLine,
  WITHOUT_RECEIVABLES,
} from './rules.ts';

/** What posting needs to know of the loan. */
export type PostingContext = Pick<Loan, 'terms' | 'charges' | 'chargedOffOn' | 'isFraud' | 'transactions'>;

/**
 * The balanced entry of a transaction as it is classified; without lines when it moves nothing in the ledger.
 */
export function linesFor(transaction: LoanTransaction, loan: PostingContext): JournalEntry {
  const rule = ruleFor(transaction, loan);
  const lines: JournalLine[] = [];
  if (rule) {
    const subject = { transaction, loan, amounts: partsOf(transaction) };
    addLines(lines, 'debit', { rule: rule.debit, subject });
    addLines(lines, 'credit', { rule: rule.credit, subject });
  }
  const entry = { transactionId: transaction.id, date: transaction.date, lines };
  assertBalanced(entry);
  return entry;
}

interface Subject {
  readonly transaction: LoanTransaction;
  readonly loan: PostingContext;
  readonly amounts: Readonly<Record<Part, Money>>;
}

interface Sided {
  readonly rule: readonly RuleLine[];
  readonly subject: Subject;
}

function addLines(lines: JournalLine[], side: Side, { rule, subject }: Sided): void {
  const taken: { readonly account: string; amount: Money }[] = [];
  for (const line of rule) {
    // Also of nothing: the order of an entry's lines says nothing about which parts are there.
    const amount = takenBy(line, subject.amounts);
    const account = accountOf(line[0], subject);
    const same = taken.find((each) => each.account === account);
    if (same) same.amount += amount;
    else taken.push({ account, amount });
  }
  for (const { account, amount } of taken) if (amount !== 0n) lines.push(lineOf(account, side, amount));
}

/** Not by parts taken out of the line, which would be a list for every line of every posting. */
function takenBy(line: RuleLine, amounts: Subject['amounts']): Money {
  let taken = 0n;
  for (let at = 1; at < line.length; at += 1) taken += amounts[line[at] as Part];
  return taken;
}

/**
 * A negative debit is a credit: a chargeback whose overpaid part paid more of a component than it credited.
 */
function lineOf(account: string, side: Side, amount: Money): JournalLine {
  if (amount > 0n) return { account, side, amount };
  return { account, side: side === 'debit' ? 'credit' : 'debit', amount: -amount };
}

function partsOf(transaction: LoanTransaction): Record<Part, Money> {
  const { type, amount, overpaid: O, settledAtOnce } = transaction;
  if (type === 'disbursement') return partsLent(transaction);
  const portions = settledAtOnce
    ? subtractPortions(transaction.portions, settledAtOnce)
    : transaction.portions;
  return { P: portions.principal, I: portions.interest, F: portions.fees, N: portions.penalties, O, amount };
}

/** A disbursement lends everything that did not come out of an overpayment, which may settle interest too. */
function partsLent({ amount, overpaid, portions, settledAtOnce }: LoanTransaction): Record<Part, Money> {
  const { principal, interest, fees, penalties } = settledAtOnce ?? { ...portions, principal: overpaid };
  const O = principal + interest + fees + penalties;
  return { P: amount - principal, I: interest, F: fees, N: penalties, O, amount };
}

function ruleFor(transaction: LoanTransaction, loan: PostingContext): PostingRule | null {
  const method = loan.terms.accounting.method;
  if (method === 'NONE') return null;
  const rule = (method === 'CASH' ? CASH_RULES : ACCRUAL_RULES)[transaction.type];
  if (rule === 'none') return null;
  return transaction.bookedAs === 'performing' ? rule : (rule.afterChargeOff ?? rule);
}

function accountOf(role: PostingRole, subject: Subject): string {
  const { transaction, loan } = subject;
  const { accounts, fundSourceByPaymentType, method } = loan.terms.accounting;
  const played = roleOf(role, subject);
  const booked = method === 'CASH' ? (WITHOUT_RECEIVABLES[played] ?? played) : played;
  const ownSource =
    transaction.paymentType === null ? undefined : fundSourceByPaymentType[transaction.paymentType];
  return booked === 'fundSource' && ownSource ? ownSource : accounts[booked];
}

function roleOf(role: PostingRole, { transaction, loan }: Subject): AccountRole {
  if (role === 'lossExpense')
    return transaction.bookedAs === 'chargedOffFraud' ? 'chargeOffFraudExpense' : 'chargeOffExpense';
  if (role !== 'adjustedIncome') return role;
  const charge = loan.charges.find((candidate) => candidate.id === transaction.relatedChargeId);
  assert(charge, `transaction ${transaction.id} adjusts a charge that the loan does not have`);
  return charge.definition.penalty ? 'penaltyIncome' : 'feeIncome';
}

/** Which lines a transaction takes if it is posted now. */
export function bookingOf(transaction: LoanTransaction, loan: PostingContext): Booking {
  if (!isChargedOff(transaction, loan)) return 'performing';
  return loan.isFraud ? 'chargedOffFraud' : 'chargedOff';
}

function isChargedOff(transaction: LoanTransaction, loan: PostingContext): boolean {
  if (loan.chargedOffOn === null) return false;
  if (transaction.type === 'chargeOff') return true;
  if (transaction.date !== loan.chargedOffOn) return transaction.date > loan.chargedOffOn;
  const chargeOff = loan.transactions.find(
    (candidate) => candidate.type === 'chargeOff' && isActive(candidate),
  );
  return chargeOff !== undefined && transaction.id > chargeOff.id;
}

export interface Posting {
  /** The loan with every transaction classified as it now stands in the ledger. */
  readonly loan: Loan;
  readonly entries: readonly JournalEntry[];
}

/**
 * What a change of the loan posts: the entry of every new transaction, the mirror of every reversed one, and
 * both for one that a replay booked again (it took a new sequence). Booked and reversed within the same
 * change: nothing.
 */
export function postChanges(before: Loan, after: Loan): Posting {
  const entries: JournalEntry[] = [];
  const transactions: LoanTransaction[] = [];
  for (const [index, now] of after.transactions.entries()) {
    const earlier = knownBefore(before, now, index);
    const isPosted = earlier === now || earlier?.sequence === now.sequence;
    const booked = isPosted ? now : { ...now, bookedAs: bookingOf(now, after) };
    if (earlier !== now) postBetween(entries, { earlier, now: booked, loan: after });
    transactions.push(booked);
  }
  return { loan: { ...after, transactions }, entries };
}

interface Change {
  readonly earlier: LoanTransaction | undefined;
  readonly now: LoanTransaction;
  readonly loan: Loan;
}

function postBetween(entries: JournalEntry[], { earlier, now, loan }: Change): void {
  const old = earlier && isActive(earlier) ? linesFor(earlier, loan) : undefined;
  const fresh = isActive(now) ? linesFor(now, loan) : undefined;
  if (old && fresh && sameEntry(old, fresh)) return;
  if (old && old.lines.length > 0) entries.push(mirrored(old));
  if (fresh && fresh.lines.length > 0) entries.push(fresh);
}

function sameEntry(a: JournalEntry, b: JournalEntry): boolean {
  return (
    a.date === b.date &&
    a.lines.length === b.lines.length &&
    a.lines.every((line, n) => sameLine(line, b.lines[n]))
  );
}

const sameLine = (a: JournalLine, b: JournalLine | undefined): boolean =>
  a.account === b?.account && a.side === b.side && a.amount === b.amount;

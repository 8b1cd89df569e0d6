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
  const lines = rule
    ? [
        ...sideLines('debit', rule.debit, { transaction, loan }),
        ...sideLines('credit', rule.credit, { transaction, loan }),
      ]
    : [];
  const entry = { transactionId: transaction.id, date: transaction.date, lines };
  assertBalanced(entry);
  return entry;
}

interface Subject {
  readonly transaction: LoanTransaction;
  readonly loan: PostingContext;
}

function sideLines(side: Side, rule: readonly RuleLine[], subject: Subject): JournalLine[] {
  const amounts = partsOf(subject.transaction);
  const byAccount = new Map<string, Money>();
  for (const [role, ...parts] of rule) {
    const account = accountOf(role, subject);
    const taken = parts.reduce((total, part) => total + amounts[part], byAccount.get(account) ?? 0n);
    byAccount.set(account, taken);
  }
  return [...byAccount]
    .filter(([, amount]) => amount !== 0n)
    .map(([account, amount]) => lineOf(account, side, amount));
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

function accountOf(role: PostingRole, { transaction, loan }: Subject): string {
  const { accounts, fundSourceByPaymentType, method } = loan.terms.accounting;
  const played = roleOf(role, { transaction, loan });
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
  const transactions = after.transactions.map((now, index) => {
    const candidate = before.transactions[index];
    const earlier =
      candidate?.id === now.id ? candidate : before.transactions.find(({ id }) => id === now.id);
    if (earlier === now) return now;
    const booked =
      earlier && earlier.sequence === now.sequence ? now : { ...now, bookedAs: bookingOf(now, after) };
    entries.push(...entriesBetween(earlier, booked, after));
    return booked;
  });
  return { loan: { ...after, transactions }, entries };
}

function entriesBetween(
  earlier: LoanTransaction | undefined,
  now: LoanTransaction,
  loan: Loan,
): JournalEntry[] {
  const old = earlier && isActive(earlier) ? [linesFor(earlier, loan)] : [];
  const fresh = isActive(now) ? [linesFor(now, loan)] : [];
  if (old[0] && fresh[0] && sameEntry(old[0], fresh[0])) return [];
  return [...old.map((entry) => mirrored(entry)), ...fresh].filter((entry) => entry.lines.length > 0);
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

/**
 * The history of a loan: booking a transaction gives it the next id (for ever) and the next sequence (until
 * a replay books it again); lists run by date, then sequence. What the system reversed is hidden, what was
 * reversed by hand stays listed.
 *
 *   last user transaction date = latest date of what is not reversed and not an accrual; else the
 *     disbursement date
 *
 * Source: engine.md sections 5.8, 5.14 and 11.
 */
import { noPortions } from '../components.ts';
import type { CivilDate } from '../date.ts';
import type { DecisionContext } from '../decision.ts';
import type { LeftOut, Loan } from '../loan.ts';
import type { Money } from '../money.ts';
import { Refusal } from '../refusal.ts';
import { isActive, type LoanTransaction, NON_MONETARY, type TransactionType } from '../transaction.ts';

export type TransactionDraft = Pick<LoanTransaction, 'type' | 'date' | 'amount'> & Partial<LoanTransaction>;

export function nextSequence({ transactions, unlisted }: Loan): number {
  let highest = unlisted?.sequence ?? 0;
  for (const { sequence } of transactions) if (sequence > highest) highest = sequence;
  return highest + 1;
}

export function nextId({ transactions, unlisted }: Loan): number {
  let highest = unlisted?.id ?? 0;
  for (const { id } of transactions) if (id > highest) highest = id;
  return highest + 1;
}

/**
 * The transaction as it was before a change. Histories grow at their end, so it nearly always stands at the
 * same place (`at`), and no index over all is made.
 */
export function knownBefore(
  { transactions }: Pick<Loan, 'transactions'>,
  { id }: LoanTransaction,
  at: number,
): LoanTransaction | undefined {
  const same = transactions[at];
  return same?.id === id ? same : transactions.find((each) => each.id === id);
}

/** The loan with one more transaction, still unallocated. */
export function withTransaction(loan: Loan, draft: TransactionDraft, context: DecisionContext): Loan {
  const transaction: LoanTransaction = {
    submittedOn: context.businessDate,
    portions: noPortions(),
    overpaid: 0n,
    unrecognised: 0n,
    chargesPaid: [],
    balance: 0n,
    reversal: 'none',
    reversedOn: null,
    relatedTransactionId: null,
    relatedChargeId: null,
    paymentType: null,
    reAge: null,
    bookedAs: 'performing',
    ...draft,
    id: nextId(loan),
    sequence: nextSequence(loan),
  };
  return { ...loan, transactions: [...loan.transactions, transaction] };
}

/** The loan with some transactions replaced, found by their ids. */
export function withReplaced(loan: Loan, replacements: readonly LoanTransaction[]): Loan {
  const [only] = replacements;
  if (only === undefined) return loan;
  if (replacements.length === 1)
    return { ...loan, transactions: loan.transactions.map((each) => (each.id === only.id ? only : each)) };
  const byId = new Map(replacements.map((transaction) => [transaction.id, transaction]));
  const transactions = loan.transactions.map((transaction) => byId.get(transaction.id) ?? transaction);
  return { ...loan, transactions };
}

export const byDateThenSequence = (a: LoanTransaction, b: LoanTransaction): number =>
  a.date < b.date ? -1 : a.date > b.date ? 1 : a.sequence - b.sequence;

/** The transactions numbered as the last replay took them: those it moved stand where they stood before. */
export const asLaid = (transactions: readonly LoanTransaction[]): LoanTransaction[] =>
  transactions.map((each) => (each.laidAs === undefined ? each : { ...each, sequence: each.laidAs }));

/** What lists show: everything but what the system reversed. */
export const listedTransactions = (loan: Loan): LoanTransaction[] =>
  loan.transactions.filter(({ reversal }) => reversal !== 'bySystem').sort(byDateThenSequence);

export const activeTransactions = (loan: Loan): LoanTransaction[] => loan.transactions.filter(isActive);

export const activeOfType = (loan: Loan, ...types: readonly TransactionType[]): LoanTransaction[] =>
  loan.transactions.filter((transaction) => isActive(transaction) && types.includes(transaction.type));

export function transactionOf(loan: Loan, id: number): LoanTransaction {
  const found = loan.transactions.find((transaction) => transaction.id === id);
  if (!found || found.reversal === 'bySystem')
    throw new Refusal('not_found', 'transaction_not_found', `Transaction ${id} does not exist on this loan`);
  return found;
}

const latest = (dates: readonly CivilDate[]): CivilDate | undefined =>
  dates.reduce<CivilDate | undefined>(
    (last, day) => (last === undefined || day > last ? day : last),
    undefined,
  );

export function lastUserTransactionDate(loan: Loan): CivilDate {
  const dates = loan.transactions
    .filter((transaction) => isActive(transaction) && !isAccrual(transaction))
    .map(({ date }) => date);
  return latest(dates) ?? loan.disbursedOn ?? loan.submittedOn;
}

export const isAccrual = ({ type }: LoanTransaction): boolean =>
  type === 'accrual' || type === 'accrualActivity';

/** Latest date of the active transactions of the given types. */
export const lastDateOf = (loan: Loan, types: ReadonlySet<TransactionType>): CivilDate | undefined =>
  latest(loan.transactions.filter((each) => isActive(each) && types.has(each.type)).map(({ date }) => date));

/**
 * Sets the running balance of every listed transaction: principal outstanding after it, in list order. Shown
 * as zero when it falls below, and for what moves no money. One reversed by hand keeps the balance it had.
 */
export function withBalances(loan: Loan): Loan {
  if (loan.leftOut !== undefined) return withLastBalance(loan, loan.leftOut);
  let balance = 0n;
  const changed: LoanTransaction[] = [];
  for (const transaction of listedTransactions(loan)) {
    if (!isActive(transaction)) continue;
    const moves = !NON_MONETARY.has(transaction.type);
    if (moves) balance += principalEffect(transaction);
    const shown = moves && balance > 0n ? balance : 0n;
    if (shown !== transaction.balance) changed.push({ ...transaction, balance: shown });
  }
  return withReplaced(loan, changed);
}

/** Of an abridged loan the last transaction is the only new one, and moves no balance but its own. */
function withLastBalance(loan: Loan, { principal }: LeftOut): Loan {
  const last = loan.transactions.at(-1);
  if (last === undefined || NON_MONETARY.has(last.type)) return loan;
  let balance = -principal;
  for (const each of loan.transactions)
    if (isActive(each) && !NON_MONETARY.has(each.type)) balance += principalEffect(each);
  const shown = { ...last, balance: balance > 0n ? balance : 0n };
  return { ...loan, transactions: loan.transactions.with(-1, shown) };
}

function principalEffect(transaction: LoanTransaction): Money {
  const { type, amount, overpaid, portions, settledAtOnce } = transaction;
  switch (type) {
    case 'disbursement':
      return amount - (settledAtOnce?.principal ?? overpaid);
    case 'chargeback':
    case 'creditBalanceRefund':
      return portions.principal - (settledAtOnce?.principal ?? 0n);
    case 'refund':
      return portions.principal;
    default:
      return -portions.principal;
  }
}

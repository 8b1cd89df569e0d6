/** Expectations on what was booked: transactions, journal, charges, the answers to requests, events. */
import { chargeOutstanding, type LoanCharge } from '../../server/domain/charge.ts';
import { listedTransactions } from '../../server/domain/history/history.ts';
import { sum, toJsonNumber } from '../../server/domain/money.ts';
import { isActive, type LoanTransaction, REPAYMENT_LIKE } from '../../server/domain/transaction.ts';
import { containsRows, type Outcome, sameFields, sameValue } from './comparison.ts';
import type { Cell, Row } from './format.ts';
import type { Fields } from './operations.ts';
import { type ChargeTarget, chargeAt, type TransactionTarget, transactionAt } from './targets.ts';
import { STATUS_NAMES, TYPE_NAMES } from './translation.ts';
import { type Book, bookOf, type RaisedEvent, type World } from './world.ts';

type Check = (world: World, step: Fields) => Outcome;

const numberIn = (book: Book, amount: bigint): number => toJsonNumber(amount, book.loan.terms.currency);

export const transactionTable = (book: Book): Row[] =>
  listedTransactions(book.loan).map((each) => ({
    date: each.date,
    type: TYPE_NAMES[each.type],
    amount: numberIn(book, each.amount),
    principal: numberIn(book, each.portions.principal),
    interest: numberIn(book, each.portions.interest),
    fees: numberIn(book, each.portions.fees),
    penalties: numberIn(book, each.portions.penalties),
    loanBalance: numberIn(book, each.balance),
    overpayment: numberIn(book, each.overpaid),
    reverted: !isActive(each),
  }));

const transactions: Check = (world, step) => {
  const table = transactionTable(bookOf(world, step.loan));
  const rows = step.as<Row[]>('rows');
  const missing = containsRows(rows, table);
  if (missing || !step.as<boolean>('complete') || rows.length === table.length) return missing;
  return { expected: `${rows.length} transactions`, actual: `${table.length} transactions`, table };
};

interface NamedTransaction {
  readonly type: string;
  readonly date: string;
}

const listedAs = (book: Book, { type, date }: NamedTransaction): LoanTransaction[] =>
  listedTransactions(book.loan).filter((each) => TYPE_NAMES[each.type] === type && each.date === date);

/** The ledger lines of one transaction, corrections included: a replayed one keeps its identity here. */
export function journalTable(world: World, book: Book, transactionId: number): Row[] {
  const entries = book.entries.filter((entry) => entry.transactionId === transactionId);
  return entries.flatMap((entry) =>
    entry.lines.map((line) => {
      const account = world.folder.accounts.get(line.account);
      const named = { type: account?.type ?? null, glCode: line.account, account: account?.name ?? null };
      return { ...named, [line.side]: numberIn(book, line.amount) };
    }),
  );
}

const journal: Check = (world, step) => {
  const book = bookOf(world, step.loan);
  const named = step.as<NamedTransaction>('transaction');
  const outcomes = listedAs(book, named).map((each) =>
    containsRows(step.as<Row[]>('rows'), journalTable(world, book, each.id)),
  );
  if (outcomes.length === 0)
    return { expected: named, actual: 'no such transaction', table: transactionTable(book) };
  return outcomes.includes(null) ? null : (outcomes[0] ?? null);
};

export const chargeTable = (book: Book): Row[] =>
  book.loan.charges.filter((charge) => charge.active).map((charge) => chargeRow(book, charge));

const chargeRow = (book: Book, charge: LoanCharge): Row => ({
  charge: charge.definition.code,
  name: charge.definition.name,
  penalty: charge.definition.penalty,
  timeType: charge.definition.time,
  dueAsOf: charge.dueDate,
  calculation: charge.definition.calculation,
  due: numberIn(book, charge.amount),
  paid: numberIn(book, charge.paid),
  waived: numberIn(book, charge.waived),
  outstanding: numberIn(book, chargeOutstanding(charge)),
});

const lastOf = (book: Book, wanted: (each: LoanTransaction) => boolean): LoanTransaction | undefined =>
  listedTransactions(book.loan)
    .filter((each) => isActive(each) && wanted(each))
    .at(-1);

const isRepayment = ({ type }: LoanTransaction): boolean => type === 'repayment' || type === 'downPayment';

const lastPayment: Check = (world, step) => {
  const book = bookOf(world, step.loan);
  const payment = lastOf(book, ({ type }) => REPAYMENT_LIKE.has(type));
  const repayment = lastOf(book, isRepayment);
  const actual: Row = {
    amount: payment ? numberIn(book, payment.amount) : null,
    date: payment?.date ?? null,
    repaymentAmount: repayment ? numberIn(book, repayment.amount) : null,
    repaymentDate: repayment?.date ?? null,
  };
  return sameFields(given(step, Object.keys(actual)), actual);
};

const given = (step: Fields, names: readonly string[]): Row =>
  Object.fromEntries(names.filter((name) => step.given(name)).map((name) => [name, step.as<Cell>(name)]));

const chargesPaidBy: Check = (world, step) => {
  const book = bookOf(world, step.loan);
  const { type } = step.as<TransactionTarget>('transaction');
  const paying = lastOf(book, (each) => TYPE_NAMES[each.type] === type);
  const table = (paying?.chargesPaid ?? []).map(({ chargeId, amount }): Row => {
    const charge = book.loan.charges.find((each) => each.id === chargeId);
    const { code = null, name = null } = charge?.definition ?? {};
    return { charge: code, name, amount: numberIn(book, amount) };
  });
  return containsRows(step.as<Row[]>('rows'), table);
};

/** Listed transactions of a type, on a date or at a position among them. */
function namedTransactions(book: Book, step: Fields): LoanTransaction[] {
  const ofType = listedTransactions(book.loan).filter((each) => TYPE_NAMES[each.type] === step.text('type'));
  if (step.given('date')) return ofType.filter((each) => each.date === step.text('date'));
  const position = step.as<number | 'last'>('position');
  const found = position === 'last' ? ofType.at(-1) : ofType[position - 1];
  return found ? [found] : [];
}

const reverted: Check = (world, step) => {
  const found = namedTransactions(bookOf(world, step.loan), step);
  const actual = found.map((each) => !isActive(each));
  return actual.includes(step.as<boolean>('value'))
    ? null
    : { expected: step.as('value'), actual: actual.join() };
};

/** A successful look at an event uses it up. */
function lookFor(book: Book, wanted: (event: RaisedEvent) => boolean): RaisedEvent | undefined {
  const found = book.events.find(wanted);
  if (found) book.events = book.events.filter((event) => event !== found);
  return found;
}

const names = (book: Book): string[] => book.events.map((event) => event.name);

const event: Check = (world, step) => {
  const book = bookOf(world, step.loan);
  const name = step.text('name');
  const of = step.given('transaction') ? listedAs(book, step.as<NamedTransaction>('transaction')) : null;
  const found = lookFor(
    book,
    (each) =>
      each.name === name &&
      (of === null || of.some(({ id }) => id === each.transactionId)) &&
      (!step.given('businessDate') || each.businessDate === step.text('businessDate')),
  );
  return found ? null : { expected: name, actual: names(book) };
};

const statusEvent: Check = (world, step) => {
  const book = bookOf(world, step.loan);
  const found = lookFor(
    book,
    ({ name, status }) =>
      name === 'loan-status-changed' && status !== undefined && STATUS_NAMES[status] === step.text('value'),
  );
  return found ? null : { expected: step.text('value'), actual: names(book) };
};

export const HISTORY_CHECKS: Readonly<Record<string, Check>> = {
  transactions,
  journal,
  charges: (world, step) => containsRows(step.as<Row[]>('rows'), chargeTable(bookOf(world, step.loan))),
  'charge-amount': (world, step) => {
    const book = bookOf(world, step.loan);
    const { amount } = chargeAt(world, book, step.as<ChargeTarget>('charge'));
    return sameValue(step.number('amount'), numberIn(book, amount));
  },
  'charges-paid-by': chargesPaidBy,
  'last-payment': lastPayment,
  'transaction-created': (world, step) => {
    const book = bookOf(world, step.loan);
    const found = transactionAt(world, book, step.as<TransactionTarget>('target'));
    const actual = { amount: numberIn(book, found.amount), paymentType: found.paymentType };
    return sameFields(given(step, ['amount', 'paymentType']), actual);
  },
  'transaction-reverted': reverted,
  'transaction-reversed-on': (world, step) => {
    const book = bookOf(world, step.loan);
    const dates = listedTransactions(book.loan)
      .filter((each) => TYPE_NAMES[each.type] === step.text('type'))
      .map((each) => each.reversedOn);
    return dates.some((day) => day === step.text('date'))
      ? null
      : { expected: step.text('date'), actual: dates };
  },
  'transaction-count': (world, step) => {
    const found = listedTransactions(bookOf(world, step.loan).loan);
    const count = found.filter((each) => TYPE_NAMES[each.type] === step.text('type')).length;
    return sameValue(step.number('count'), count);
  },
  'total-repayment-transactions': (world, step) => {
    const book = bookOf(world, step.loan);
    const paid = book.loan.transactions.filter((each) => isActive(each) && isRepayment(each));
    return sameValue(step.number('amount'), numberIn(book, sum(paid.map((each) => each.amount))));
  },
  'last-response': (world, step) => {
    const { lastResponse } = world;
    if (!lastResponse) return { expected: 'a response', actual: null };
    const actual: Row = { ...lastResponse };
    const fields = given(step, ['servedFromCache', 'amount', 'client']);
    return sameFields(step.given('client') ? { ...fields, loan: step.loan } : fields, actual);
  },
  event,
  'status-event': statusEvent,
  'no-event': (world, step) => {
    const book = bookOf(world, step.loan);
    const raised = names(book).includes(step.text('name'));
    return raised ? { expected: `no ${step.text('name')}`, actual: names(book) } : null;
  },
};

/** Every transaction of a loan with its split, the balance after it and its journal. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import { listedTransactions } from '../../domain/history/history.ts';
import type { LoanTransaction } from '../../domain/transaction.ts';
import { requireWholeLoan } from '../../operations/loans/changeLoan.ts';
import { listEntriesOf, type PostedEntry } from '../../store/loans/journal.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import { addressingsOf } from '../addressing.ts';
import { requirePartner } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { endpoint } from '../openapi.ts';
import { DateOut, MoneyOut, writeMoney } from '../values.ts';
import { RepaymentOut, repaymentOut } from './repaymentAnswers.ts';

const JournalLineOut = Type.Object({
  glCode: Type.String({ examples: ['1100'] }),
  debit: Type.Optional(MoneyOut),
  credit: Type.Optional(MoneyOut),
});
const TransactionOut = Type.Object({
  ...RepaymentOut.properties,
  submittedDate: DateOut,
  reversedDate: Type.Optional(DateOut),
  principalBalance: MoneyOut,
  charges: Type.Optional(
    Type.Array(
      Type.Object({ chargeId: Type.String({ examples: ['1'] }), code: Type.String(), amount: MoneyOut }),
      { description: 'What of it went to which charge of the loan; of a waiver what it forgave' },
    ),
  ),
  journal: Type.Array(Type.Object({ date: DateOut, lines: Type.Array(JournalLineOut) }), {
    description: 'One entry per posting; a replay or a reversal posts the mirror of the one before',
  }),
});
const TransactionsOut = Type.Object({ items: Type.Array(TransactionOut), total: Type.Integer() });

export async function loanTransactionRoutes(app: App, context: AppContext): Promise<void> {
  const book = bookOf(context);
  for (const form of addressingsOf('loan')) {
    const schema = {
      ...endpoint({
        id: `listTransactions${form.suffix}`,
        tag: 'Loans',
        summary: 'Every transaction of a loan, of all kinds, in order of date',
        caller: 'partner',
        errors: ['not_found'],
      }),
      params: Type.Object(form.params),
      response: { 200: TransactionsOut },
    };
    app.get(`${form.base}/transactions`, { onRequest: requirePartner(context), schema }, async (request) => {
      const loan = await requireWholeLoan(book.db.read, await form.idOf(book.db.read, request.params));
      const entries = await listEntriesOf(book.db.read, loan.id);
      const items = transactionsOut(loan, entries);
      return { items, total: items.length };
    });
  }
}

function transactionsOut(loan: BookedLoan, entries: readonly PostedEntry[]): Static<typeof TransactionOut>[] {
  const { currency } = loan.state.terms;
  const booked = new Map(loan.transactions.map((each) => [each.transaction.id, each]));
  return listedTransactions(loan.state).flatMap((transaction) => {
    const found = booked.get(transaction.id);
    if (!found) return [];
    return {
      ...repaymentOut(found, { loanId: loan.id, currency }),
      submittedDate: transaction.submittedOn,
      ...(transaction.reversedOn && { reversedDate: transaction.reversedOn }),
      principalBalance: writeMoney(transaction.balance, currency),
      ...chargesOut(transaction, loan),
      journal: entries
        .filter((entry) => entry.transactionId === transaction.id)
        .map((entry) => ({ date: entry.date, lines: linesOut(entry, currency) })),
    };
  });
}

function chargesOut({ chargesPaid }: LoanTransaction, { state }: BookedLoan) {
  if (chargesPaid.length === 0) return {};
  const codeOf = (id: number) => state.charges.find((each) => each.id === id)?.definition.code ?? '';
  const charges = chargesPaid.map(({ chargeId, amount }) => ({
    chargeId: chargeId.toString(),
    code: codeOf(chargeId),
    amount: writeMoney(amount, state.terms.currency),
  }));
  return { charges };
}

type Currency = BookedLoan['state']['terms']['currency'];

const linesOut = ({ lines }: PostedEntry, currency: Currency) =>
  lines.map(({ account, side, amount }) => ({
    glCode: account,
    ...(side === 'debit'
      ? { debit: writeMoney(amount, currency) }
      : { credit: writeMoney(amount, currency) }),
  }));

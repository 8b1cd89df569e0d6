/** The trial balance: what was debited and credited per account up to a day, by loans and by hand. */
import { Type } from '@fastify/type-provider-typebox';
import { sum } from '../../domain/money.ts';
import { currencyNamed } from '../../operations/currency.ts';
import { readBusinessDate } from '../../operations/readBusinessDate.ts';
import { readTrialBalance } from '../../store/ledger/trialBalance.ts';
import { requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { endpoint } from '../openapi.ts';
import { DateIn, DateOut, MoneyOut, readDate, writeMoney } from '../values.ts';
import { AccountType, GlCode } from './glAccounts.ts';

const TrialBalanceOut = Type.Object({
  date: DateOut,
  currencyCode: Type.String({ examples: ['TZS'] }),
  items: Type.Array(
    Type.Object({
      glCode: GlCode,
      name: Type.String({ examples: ['Loan portfolio'] }),
      type: AccountType,
      debit: MoneyOut,
      credit: MoneyOut,
    }),
  ),
  totalDebit: MoneyOut,
  totalCredit: MoneyOut,
});

export async function trialBalanceRoutes(app: App, context: AppContext): Promise<void> {
  const book = bookOf(context);
  const schema = {
    ...endpoint({
      id: 'getTrialBalance',
      tag: 'Ledger',
      summary: 'Debits and credits per account up to a day',
      caller: 'operator',
    }),
    querystring: Type.Object({ date: Type.Optional(DateIn) }),
    response: { 200: TrialBalanceOut },
  };
  app.get('/v1/trial-balance', { onRequest: requireOperator(context), schema }, async (request) => {
    const { date } = request.query;
    const day = date === undefined ? await readBusinessDate(book.db.read, book) : readDate(date, 'date');
    const lines = await readTrialBalance(book.db.read, day);
    const currency = currencyNamed(context.config.currency);
    return {
      date: day,
      currencyCode: currency.code,
      items: lines.map(({ code, name, type, debit, credit }) => ({
        glCode: code,
        name,
        type,
        debit: writeMoney(debit, currency),
        credit: writeMoney(credit, currency),
      })),
      totalDebit: writeMoney(sum(lines.map((line) => line.debit)), currency),
      totalCredit: writeMoney(sum(lines.map((line) => line.credit)), currency),
    };
  });
}

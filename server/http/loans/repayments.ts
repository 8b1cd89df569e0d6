/** Repayments over HTTP: post, list, get (contract "Repayments"). */
import { type Static, Type } from '@fastify/type-provider-typebox';
import { Refusal } from '../../domain/refusal.ts';
import { requireLoan } from '../../operations/loans/changeLoan.ts';
import { type Payment, recordPayment } from '../../operations/loans/recordPayment.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import type { BookedTransaction } from '../../store/loans/transactions.ts';
import { type Addressing, addressingsOf } from '../addressing.ts';
import { requirePartner } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { endpoint } from '../openapi.ts';
import { pageAnswer, pageFields, pageOf, pageSchema } from '../pagination.ts';
import { codeOrLabel, ExternalId, IdIn, IdPath, PositiveMoneyIn, readDate, readId } from '../values.ts';
import { addVerb, type Routes } from '../verbs.ts';
import { customerRepaymentsOf, findRepayment, RepaymentOut, repaymentOut } from './repaymentAnswers.ts';

const paymentFields = {
  transactionAmount: PositiveMoneyIn,
  transactionDate: Type.Optional(
    Type.String({ format: 'date', description: 'Value date; today when absent', examples: ['2025-01-31'] }),
  ),
  idempotencyKey: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'Names the payment within its loan: sent again, the first one is answered',
    }),
  ),
  paymentTypeId: Type.Optional(IdIn),
  receiptNumber: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  externalId: Type.Optional(ExternalId),
  note: Type.Optional(Type.String({ maxLength: 1000 })),
};

/** The body that all payments share. */
export const PaymentIn = Type.Object(paymentFields, {
  examples: [{ transactionAmount: 100, note: 'Agreed by telephone' }],
});
const RepaymentIn = Type.Object(paymentFields, {
  examples: [
    {
      transactionAmount: 60_000,
      transactionDate: '2025-02-14',
      idempotencyKey: 'MPESA-QK77810',
      paymentTypeId: '1',
      receiptNumber: 'QK77810',
    },
  ],
});

export async function repaymentRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  addPost(routes);
  for (const form of addressingsOf('loan')) {
    addList(routes, form);
    addGet(routes, form);
  }
}

function addPost(routes: Routes): void {
  const { book } = routes;
  addVerb(routes, {
    kind: 'loan',
    describe: {
      id: 'createRepayment',
      tag: 'Repayments',
      summary: 'Record a repayment',
      description:
        'Goes to penalties, fees, interest, principal. Above what is outstanding the loan becomes Overpaid.',
      errors: ['failed_precondition', 'permission_denied', 'not_found', 'aborted'],
    },
    path: '/repayments',
    body: RepaymentIn,
    answer: RepaymentOut,
    isRepayment: true,
    work: async (tx, { id }, body) => {
      const payment = readPayment('repayment', body);
      const { loan, transaction } = await recordPayment(tx, book, { loanId: id, payment });
      return repaymentOf(loan, transaction);
    },
  });
}

export function readPayment(type: Payment['type'], body: Static<typeof PaymentIn>): Payment {
  const { transactionDate, paymentTypeId, receiptNumber, externalId, idempotencyKey, note } = body;
  return {
    type,
    amount: body.transactionAmount,
    on: transactionDate === undefined ? undefined : readDate(transactionDate, 'transactionDate'),
    paymentType: paymentTypeId === undefined ? undefined : codeOrLabel(paymentTypeId, 'paymentTypeId'),
    remarks: {
      externalId: externalId ?? null,
      idempotencyKey: idempotencyKey ?? null,
      receiptNumber: receiptNumber ?? null,
      note: note ?? null,
    },
  };
}

export const repaymentOf = (loan: BookedLoan, transaction: BookedTransaction) =>
  repaymentOut(transaction, { loanId: loan.id, currency: loan.state.terms.currency });

/** A loan has few repayments: they come with the loan and are cut into pages here. */
function addList({ app, context, book }: Routes, form: Addressing): void {
  const schema = {
    ...endpoint({
      id: `listRepayments${form.suffix}`,
      tag: 'Repayments',
      summary: "List the customer's repayments, newest first",
      caller: 'partner',
      errors: ['not_found'],
    }),
    params: Type.Object(form.params),
    querystring: Type.Object(pageFields(['date'], 'DESC')),
    response: { 200: pageSchema(RepaymentOut) },
  };
  app.get(`${form.base}/repayments`, { onRequest: requirePartner(context), schema }, async (request) => {
    const id = await form.idOf(book.db.read, request.params);
    const loan = await requireLoan(book.db.read, id);
    const page = pageOf(request.query, 'date');
    return pageAnswer(page, pageOfRepayments(loan, page), (each) => repaymentOf(loan, each));
  });
}

function pageOfRepayments(loan: BookedLoan, page: ReturnType<typeof pageOf<'date'>>) {
  const newestFirst = customerRepaymentsOf(loan);
  const all = page.sortOrder === 'DESC' ? newestFirst : newestFirst.reverse();
  const { after } = page;
  const start = after
    ? all.findIndex((each) => each.id === after.id) + 1 || all.length
    : (page.page - 1) * page.rows;
  const items = all.slice(start, start + page.rows);
  const last = start + page.rows < all.length ? items.at(-1) : undefined;
  const end = last && { value: last.transaction.date, id: last.id };
  return { items, total: all.length, ...(end && { end }) };
}

function addGet({ app, context, book }: Routes, form: Addressing): void {
  const schema = {
    ...endpoint({
      id: `getRepayment${form.suffix}`,
      tag: 'Repayments',
      summary: 'Get a repayment, or another transaction of its kind',
      caller: 'partner',
      errors: ['not_found'],
    }),
    params: Type.Object({ ...form.params, transaction_id: IdPath }),
    response: { 200: RepaymentOut },
  };
  const path = `${form.base}/repayments/:transaction_id`;
  app.get(path, { onRequest: requirePartner(context), schema }, async (request) => {
    const id = await form.idOf(book.db.read, request.params);
    const transactionId = readId(String(request.params.transaction_id), 'transaction_id');
    const loan = await requireLoan(book.db.read, id);
    const found = findRepayment(loan, transactionId);
    if (found) return repaymentOf(loan, found);
    throw new Refusal(
      'not_found',
      'repayment_unknown',
      `repayment ${transactionId} does not exist on this loan`,
    );
  });
}

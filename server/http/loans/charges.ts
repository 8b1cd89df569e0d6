/** The charges of a loan over HTTP: list, add, pay, waive, adjust; while it is pending change and delete. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import { chargeOutstanding } from '../../domain/charge.ts';
import { changeInTurn } from '../../operations/answerOnce.ts';
import { requireLoan } from '../../operations/loans/changeLoan.ts';
import * as charges from '../../operations/loans/charges.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import { type Addressing, addressingsOf } from '../addressing.ts';
import { authorOf, requirePartner } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { type EndpointDescription, endpoint } from '../openapi.ts';
import { CalculationKindWords, TimeWords } from '../products/chargeFields.ts';
import {
  codeOrLabel,
  DateIn,
  DateOut,
  IdIn,
  IdOut,
  IdPath,
  MoneyOut,
  noun,
  PositiveMoneyIn,
  withoutAbsent,
  writeMoney,
} from '../values.ts';
import { addVerb, chargeIdOf, type Routes } from '../verbs.ts';
import { Note, optionalDate } from './lifecycle.ts';
import {
  ChargeAmount,
  readChargeAmount,
  readRequestedCharge,
  requestedChargeFields,
} from './requestedCharges.ts';

const LoanChargeOut = noun('LoanCharge', {
  id: Type.String({ description: 'Number within the loan', examples: ['1'] }),
  loanId: IdOut,
  code: Type.String({ examples: ['LATE_FEE'] }),
  name: Type.String({ examples: ['Late fee'] }),
  penalty: Type.Boolean(),
  chargeTimeType: TimeWords.out,
  chargeCalculationType: CalculationKindWords.out,
  amountOrPercentage: Type.Number({ description: 'An amount when flat, else percent', examples: [1.5] }),
  dueDate: Type.Optional(DateOut),
  submittedDate: DateOut,
  installment: Type.Optional(Type.Integer({ description: 'The overdue installment it was raised for' })),
  amount: MoneyOut,
  amountPaid: MoneyOut,
  amountWaived: MoneyOut,
  amountWrittenOff: MoneyOut,
  amountOutstanding: MoneyOut,
  waived: Type.Boolean(),
  transactionId: Type.Optional({ ...IdOut, description: 'What the call booked' }),
});

function chargeOut({ loan, charge, transaction }: charges.ChargedLoan): Static<typeof LoanChargeOut> {
  const { definition } = charge;
  const money = (amount: bigint) => writeMoney(amount, loan.state.terms.currency);
  return withoutAbsent({
    id: charge.id.toString(),
    loanId: loan.id.toString(),
    code: definition.code,
    name: definition.name,
    penalty: definition.penalty,
    chargeTimeType: TimeWords.labelOf(definition.time),
    chargeCalculationType: CalculationKindWords.labelOf(definition.calculation),
    amountOrPercentage: Number(definition.amountOrPercentage),
    dueDate: charge.dueDate,
    submittedDate: charge.submittedOn,
    installment: charge.overdueInstallment,
    amount: money(charge.amount),
    amountPaid: money(charge.paid),
    amountWaived: money(charge.waived),
    amountWrittenOff: money(charge.writtenOff),
    amountOutstanding: money(chargeOutstanding(charge)),
    waived: charge.isWaived,
    transactionId: transaction?.id.toString(),
  });
}

const chargesOf = (loan: BookedLoan) =>
  loan.state.charges.filter(({ active }) => active).map((charge) => chargeOut({ loan, charge }));

type Verb = Omit<EndpointDescription, 'caller' | 'tag'>;
const described = (it: Verb): Omit<EndpointDescription, 'caller'> => ({
  errors: ['permission_denied', 'not_found', 'aborted'],
  ...it,
  tag: 'Loans',
});

export async function loanChargeRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  addAddition(routes);
  addPayment(routes);
  addAdjustment(routes);
  addRefund(routes);
  addWaivers(routes);
  for (const form of addressingsOf('loan')) {
    addReads(routes, form);
    addChange(routes, form);
    addRemoval(routes, form);
  }
}

function addAddition(routes: Routes): void {
  addVerb(routes, {
    kind: 'loan',
    describe: described({
      id: 'addLoanCharge',
      summary: 'Add a charge to a loan',
      description: 'On a running loan the history is laid over the schedule again with it.',
    }),
    path: '/charges',
    body: Type.Object({ ...requestedChargeFields, note: Note }),
    answer: LoanChargeOut,
    work: async (tx, { id }, body) =>
      chargeOut(
        await charges.addLoanCharge(tx, routes.book, {
          loanId: id,
          ...readRequestedCharge(body),
          note: body.note,
        }),
      ),
  });
}

const ChargePaymentIn = Type.Object(
  {
    transactionAmount: Type.Optional({ ...PositiveMoneyIn, description: 'All that is open when absent' }),
    transactionDate: Type.Optional(DateIn),
    installment: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        description: 'Of an installment fee: the installment; the first open one when absent',
      }),
    ),
    paymentTypeId: Type.Optional(IdIn),
    receiptNumber: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    note: Note,
  },
  { examples: [{ transactionAmount: 2_500, paymentTypeId: '1', receiptNumber: 'QK77811' }] },
);

function addPayment(routes: Routes): void {
  addVerb(routes, {
    kind: 'loan',
    caller: 'operator',
    describe: described({
      id: 'payLoanCharge',
      summary: 'Pay one charge of a running loan',
      description:
        'The money goes to this charge and to no other. Reversed like a repayment, by its transactionId.',
    }),
    path: '/charges/:charge_id/pay',
    body: ChargePaymentIn,
    answer: LoanChargeOut,
    work: async (tx, { id, chargeId }, body) => {
      const { paymentTypeId, receiptNumber, installment, note } = body;
      const paid = await charges.payLoanCharge(tx, routes.book, {
        loanId: id,
        chargeId,
        on: optionalDate(body.transactionDate, 'transactionDate'),
        amount: body.transactionAmount,
        installment,
        paymentType: paymentTypeId === undefined ? undefined : codeOrLabel(paymentTypeId, 'paymentTypeId'),
        receiptNumber,
        note,
      });
      return chargeOut(paid);
    },
  });
}

function addAdjustment(routes: Routes): void {
  addVerb(routes, {
    kind: 'loan',
    describe: described({
      id: 'adjustLoanCharge',
      summary: 'Give back (a part of) a charge',
      description:
        'Booked as a payment of at most what is left of the charge; the loan’s strategy says where it goes.',
    }),
    path: '/charges/:charge_id/adjust',
    body: Type.Object({
      transactionAmount: PositiveMoneyIn,
      transactionDate: Type.Optional(DateIn),
      note: Note,
    }),
    answer: LoanChargeOut,
    work: async (tx, { id, chargeId }, body) =>
      chargeOut(
        await charges.adjustLoanCharge(tx, routes.book, {
          loanId: id,
          chargeId,
          on: optionalDate(body.transactionDate, 'transactionDate'),
          amount: body.transactionAmount,
          note: body.note,
        }),
      ),
  });
}

function addRefund(routes: Routes): void {
  addVerb(routes, {
    kind: 'loan',
    describe: described({
      id: 'refundLoanCharge',
      summary: 'Give a paid charge back',
      description: 'Pays the loan with what was paid on the charge, and takes the income of the charge back.',
    }),
    path: '/charges/:charge_id/refund',
    body: Type.Object({
      transactionAmount: Type.Optional(PositiveMoneyIn),
      transactionDate: Type.Optional(DateIn),
      note: Note,
    }),
    answer: LoanChargeOut,
    work: async (tx, { id, chargeId }, body) =>
      chargeOut(
        await charges.refundLoanCharge(tx, routes.book, {
          loanId: id,
          chargeId,
          on: optionalDate(body.transactionDate, 'transactionDate'),
          amount: body.transactionAmount,
          note: body.note,
        }),
      ),
  });
}

function addWaivers(routes: Routes): void {
  const acts = [
    ['waive', 'waiveLoanCharge', 'Forgive what is open of a charge', charges.waiveLoanCharge],
    ['undo-waiver', 'undoLoanChargeWaiver', 'Take the waiver of a charge back', charges.undoChargeWaiver],
  ] as const;
  for (const [path, id, summary, act] of acts)
    addVerb(routes, {
      kind: 'loan',
      describe: described({ id, summary }),
      path: `/charges/:charge_id/${path}`,
      body: Type.Object({ note: Note }),
      answer: LoanChargeOut,
      work: async (tx, target, { note }) =>
        chargeOut(await act(tx, routes.book, { loanId: target.id, chargeId: target.chargeId, note })),
    });
}

function addReads({ app, context, book }: Routes, form: Addressing): void {
  const onRequest = requirePartner(context);
  const listed = {
    ...endpoint({
      ...described({
        id: `listLoanCharges${form.suffix}`,
        summary: 'The charges of a loan',
        errors: ['not_found'],
      }),
      caller: 'partner',
    }),
    params: Type.Object(form.params),
    response: { 200: Type.Object({ items: Type.Array(LoanChargeOut) }) },
  };
  app.get(`${form.base}/charges`, { onRequest, schema: listed }, async (request) => {
    const loan = await requireLoan(book.db.read, await form.idOf(book.db.read, request.params));
    return { items: chargesOf(loan) };
  });
  const one = {
    ...endpoint({
      ...described({
        id: `getLoanCharge${form.suffix}`,
        summary: 'A charge of a loan',
        errors: ['not_found'],
      }),
      caller: 'partner',
    }),
    params: paramsOf(form),
    response: { 200: LoanChargeOut },
  };
  app.get(`${form.base}/charges/:charge_id`, { onRequest, schema: one }, async (request) => {
    const loan = await requireLoan(book.db.read, await form.idOf(book.db.read, request.params));
    return chargeOut({ loan, charge: charges.requireLoanCharge(loan, chargeIdOf(request.params)) });
  });
}

const paramsOf = (form: Addressing) => Type.Object({ ...form.params, charge_id: IdPath });

function addChange({ app, context, book }: Routes, form: Addressing): void {
  const schema = {
    ...endpoint({
      ...described({
        id: `updateLoanCharge${form.suffix}`,
        summary: 'Change the amount or due date of a charge of a pending loan',
      }),
      caller: 'partner',
    }),
    params: paramsOf(form),
    body: Type.Object({ amount: ChargeAmount, dueDate: Type.Optional(DateIn) }, { minProperties: 1 }),
    response: { 200: LoanChargeOut },
  };
  const onRequest = requirePartner(context);
  app.put(`${form.base}/charges/:charge_id`, { onRequest, schema }, async (request) => {
    const loanId = await form.idOf(book.db.read, request.params);
    const { amount, dueDate } = request.body;
    return changeInTurn(book, { loanId, by: authorOf(request) }, async (tx) => {
      const { currency } = (await requireLoan(tx, loanId)).state.terms;
      const changed = await charges.changeLoanCharge(tx, book, {
        loanId,
        chargeId: chargeIdOf(request.params),
        dueDate: optionalDate(dueDate, 'dueDate'),
        amount: readChargeAmount(amount, currency),
      });
      return chargeOut(changed);
    });
  });
}

function addRemoval({ app, context, book }: Routes, form: Addressing): void {
  const schema = {
    ...endpoint({
      ...described({ id: `deleteLoanCharge${form.suffix}`, summary: 'Take a charge off a pending loan' }),
      caller: 'partner',
    }),
    params: paramsOf(form),
    response: { 204: Type.Unsafe<undefined>({ type: 'null', description: 'Deleted' }) },
  };
  const onRequest = requirePartner(context);
  app.delete(`${form.base}/charges/:charge_id`, { onRequest, schema }, async (request, reply) => {
    const loanId = await form.idOf(book.db.read, request.params);
    const chargeId = chargeIdOf(request.params);
    const by = authorOf(request);
    await changeInTurn(book, { loanId, by }, (tx) =>
      charges.removeLoanCharge(tx, book, { loanId, chargeId }),
    );
    await reply.code(204).send(undefined);
  });
}

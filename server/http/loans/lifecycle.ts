/** The life of a loan over HTTP: approve, disburse, undo, write off, roll back (contract "Loans"). */
import { type Static, Type } from '@fastify/type-provider-typebox';
import { totalOf } from '../../domain/components.ts';
import type { CivilDate } from '../../domain/date.ts';
import { Refusal } from '../../domain/refusal.ts';
import { payoffQuote } from '../../domain/statement/payoff.ts';
import { changeInTurn } from '../../operations/answerOnce.ts';
import type { Book } from '../../operations/book.ts';
import { contextOn, requireLoan } from '../../operations/loans/changeLoan.ts';
import * as lifecycle from '../../operations/loans/lifecycle.ts';
import { readBusinessDate } from '../../operations/readBusinessDate.ts';
import type { Tx } from '../../store/database.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import { type Addressing, addressingsOf } from '../addressing.ts';
import { authorOf, requirePartner } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import type { ErrorCode } from '../errors.ts';
import { type EndpointDescription, endpoint } from '../openapi.ts';
import {
  codeOrLabel,
  DateIn,
  DateOut,
  ExternalId,
  IdIn,
  IdOut,
  MoneyOut,
  PositiveMoneyIn,
  readDate,
  writeMoney,
} from '../values.ts';
import { addVerb, type Routes } from '../verbs.ts';
import { LoanOut } from './answers.ts';
import { wholeLoanOut } from './loans.ts';
import { readRate } from './terms.ts';

export const Note = Type.Optional(Type.String({ maxLength: 1000, examples: ['As asked by the customer'] }));
const NoteIn = Type.Object({ note: Note });
/** `transactionDate*, note` */
export const DatedIn = Type.Object({ transactionDate: DateIn, note: Note });

const ApprovalIn = Type.Object({
  approvedOnDate: DateIn,
  approvedLoanAmount: Type.Optional(PositiveMoneyIn),
  expectedDisbursementDate: Type.Optional(DateIn),
  note: Note,
});
const DisbursementIn = Type.Object(
  {
    actualDisbursementDate: DateIn,
    transactionAmount: Type.Optional(PositiveMoneyIn),
    paymentTypeId: Type.Optional(IdIn),
    fixedInstallmentAmount: Type.Optional({
      ...PositiveMoneyIn,
      description: 'Agreed with it: what every installment from then on comes to',
    }),
    firstRepaymentDate: Type.Optional({
      ...DateIn,
      description: 'Agreed with it: when the first open installment falls due',
    }),
    note: Note,
  },
  { examples: [{ actualDisbursementDate: '2025-01-31', transactionAmount: 250_000, paymentTypeId: '1' }] },
);
const NewDateIn = Type.Object({ actualDisbursementDate: DateIn, note: Note });
const ModificationIn = Type.Object({
  principal: Type.Optional(PositiveMoneyIn),
  numberOfRepayments: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, examples: [12] })),
  interestRatePerPeriod: Type.Optional(Type.Number({ minimum: 0, maximum: 10_000, examples: [2] })),
  externalId: Type.Optional(ExternalId),
});
const RollbackOut = Type.Object({
  loanId: IdOut,
  externalId: Type.Optional(Type.String()),
  steps: Type.Array(
    Type.Unsafe<lifecycle.RollbackStep>({
      type: 'string',
      enum: ['undo-disbursal', 'undo-approval', 'delete'],
    }),
  ),
});
const PayoffOut = Type.Object({
  loanId: IdOut,
  date: DateOut,
  principal: MoneyOut,
  interest: MoneyOut,
  fees: MoneyOut,
  penalties: MoneyOut,
  total: MoneyOut,
});

export async function loanLifecycleRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  addApproval(routes);
  addDisbursement(routes);
  addDateAdjustment(routes);
  addWriteOff(routes);
  addNoted(routes);
  addRollback(routes);
  for (const form of addressingsOf('loan')) {
    addModification(routes, form);
    addRemoval(routes, form);
    addPayoff(routes, form);
  }
}

/** Of verbs that have a date, or post something: a date or a closed period may forbid it. */
const DATED = ['permission_denied', 'not_found', 'aborted'] as const;
const UNDATED = ['not_found', 'aborted'] as const;

const described = (
  id: string,
  summary: string,
  errors: readonly ErrorCode[] = DATED,
): Omit<EndpointDescription, 'caller'> => ({ id, tag: 'Loans', summary, errors });

function addApproval(routes: Routes): void {
  const { book } = routes;
  addVerb(routes, {
    kind: 'loan',
    describe: described('approveLoan', 'Approve a pending loan'),
    path: '/approve',
    body: ApprovalIn,
    answer: LoanOut,
    work: async (tx, { id }, body) => {
      const approval = {
        loanId: id,
        note: body.note,
        on: readDate(body.approvedOnDate, 'approvedOnDate'),
        amount: body.approvedLoanAmount,
        expectedDisbursementDate: optionalDate(body.expectedDisbursementDate, 'expectedDisbursementDate'),
      };
      return wholeLoanOut(tx, book, await lifecycle.approveLoan(tx, book, approval));
    },
  });
}

function addDisbursement(routes: Routes): void {
  const { book } = routes;
  addVerb(routes, {
    kind: 'loan',
    describe: described('disburseLoan', 'Pay an approved loan out'),
    path: '/disburse',
    body: DisbursementIn,
    answer: LoanOut,
    work: async (tx, { id }, body) => {
      const { paymentTypeId } = body;
      const disbursement = {
        loanId: id,
        note: body.note,
        on: readDate(body.actualDisbursementDate, 'actualDisbursementDate'),
        amount: body.transactionAmount,
        paymentType: paymentTypeId === undefined ? undefined : codeOrLabel(paymentTypeId, 'paymentTypeId'),
        fixedInstallmentAmount: body.fixedInstallmentAmount,
        firstRepaymentDate: optionalDate(body.firstRepaymentDate, 'firstRepaymentDate'),
      };
      return wholeLoanOut(tx, book, await lifecycle.disburseLoan(tx, book, disbursement));
    },
  });
}

function addDateAdjustment(routes: Routes): void {
  const { book } = routes;
  addVerb(routes, {
    kind: 'loan',
    describe: described('adjustDisbursementDate', 'Move the disbursement to another day'),
    path: '/adjust-disbursement-date',
    body: NewDateIn,
    answer: LoanOut,
    work: async (tx, { id }, body) => {
      const on = readDate(body.actualDisbursementDate, 'actualDisbursementDate');
      const asked = { loanId: id, note: body.note, on };
      return wholeLoanOut(tx, book, await lifecycle.adjustDisbursementDate(tx, book, asked));
    },
  });
}

function addWriteOff(routes: Routes): void {
  const { book } = routes;
  addVerb(routes, {
    kind: 'loan',
    describe: described('writeOffLoan', 'Give up what is outstanding'),
    path: '/writeoff',
    body: DatedIn,
    answer: LoanOut,
    work: async (tx, { id }, body) => {
      const asked = { loanId: id, note: body.note, on: readDate(body.transactionDate, 'transactionDate') };
      return wholeLoanOut(tx, book, await lifecycle.writeOffLoan(tx, book, asked));
    },
  });
}

interface NotedVerb {
  readonly path: string;
  readonly describe: Omit<EndpointDescription, 'caller'>;
  readonly act: (tx: Tx, book: Routes['book'], occasion: lifecycle.Occasion) => Promise<BookedLoan>;
}

/** Verbs that take nothing but a note. */
const NOTED: readonly NotedVerb[] = [
  {
    path: '/reject',
    describe: described('rejectLoan', 'Reject a pending loan, for good', UNDATED),
    act: lifecycle.rejectLoan,
  },
  {
    path: '/withdraw',
    describe: described('withdrawLoan', 'Withdraw a pending loan, for good', UNDATED),
    act: lifecycle.withdrawLoan,
  },
  {
    path: '/undo-disbursal',
    describe: described('undoDisbursal', 'Take the disbursement back'),
    act: lifecycle.undoDisbursal,
  },
  {
    path: '/undo-approval',
    describe: described('undoApproval', 'Take the approval back', UNDATED),
    act: lifecycle.undoApproval,
  },
];

function addNoted(routes: Routes): void {
  const { book } = routes;
  for (const { path, describe, act } of NOTED)
    addVerb(routes, {
      kind: 'loan',
      describe,
      path,
      body: NoteIn,
      answer: LoanOut,
      work: async (tx, target, body) =>
        wholeLoanOut(tx, book, await act(tx, book, { loanId: target.id, note: body.note })),
    });
}

function addRollback(routes: Routes): void {
  addVerb(routes, {
    kind: 'loan',
    describe: described('rollBackLoan', 'Undo the disbursal and the approval, and delete the loan'),
    path: '/rollback',
    body: NoteIn,
    answer: RollbackOut,
    work: async (tx, { id }, body) => {
      const { loan, steps } = await lifecycle.rollBackLoan(tx, routes.book, { loanId: id, note: body.note });
      const named = loan.externalId === null ? {} : { externalId: loan.externalId };
      return { loanId: loan.id.toString(), ...named, steps };
    },
  });
}

function addModification({ app, context, book }: Routes, form: Addressing): void {
  const schema = {
    ...endpoint({
      ...described(`updateLoan${form.suffix}`, 'Change the terms of a pending loan', UNDATED),
      caller: 'partner',
    }),
    params: Type.Object(form.params),
    body: ModificationIn,
    response: { 200: LoanOut },
  };
  app.put(form.base, { onRequest: requirePartner(context), schema }, async (request) => {
    const loanId = await form.idOf(book.db.read, request.params);
    const asked = readModification(loanId, request.body);
    return changeInTurn(book, { loanId, by: authorOf(request) }, async (tx) =>
      wholeLoanOut(tx, book, await lifecycle.modifyLoan(tx, book, asked)),
    );
  });
}

function readModification(loanId: bigint, body: Static<typeof ModificationIn>): lifecycle.Modification {
  const { principal, numberOfRepayments, interestRatePerPeriod, externalId } = body;
  return {
    loanId,
    principal,
    numberOfRepayments,
    interestRatePerPeriod: interestRatePerPeriod === undefined ? undefined : readRate(interestRatePerPeriod),
    externalId,
  };
}

function addRemoval({ app, context, book }: Routes, form: Addressing): void {
  const schema = {
    ...endpoint({
      ...described(`deleteLoan${form.suffix}`, 'Delete a pending loan', ['permission_denied', 'not_found']),
      caller: 'partner',
    }),
    params: Type.Object(form.params),
    response: { 204: Type.Unsafe<undefined>({ type: 'null', description: 'Deleted' }) },
  };
  app.delete(form.base, { onRequest: requirePartner(context), schema }, async (request, reply) => {
    const loanId = await form.idOf(book.db.read, request.params);
    const by = authorOf(request);
    await changeInTurn(book, { loanId, by }, (tx) => lifecycle.removeLoan(tx, book, loanId));
    await reply.code(204).send(undefined);
  });
}

function addPayoff({ app, context, book }: Routes, form: Addressing): void {
  const schema = {
    ...endpoint({
      ...described(`getPayoff${form.suffix}`, 'What settles the loan on a day'),
      caller: 'partner',
    }),
    params: Type.Object(form.params),
    querystring: Type.Object({ date: Type.Optional(DateIn) }),
    response: { 200: PayoffOut },
  };
  app.get(`${form.base}/payoff`, { onRequest: requirePartner(context), schema }, async (request) => {
    const loan = await requireLoan(book.db.read, await form.idOf(book.db.read, request.params));
    const today = await readBusinessDate(book.db.read, book);
    return payoffOut(book, loan, optionalDate(request.query.date, 'date') ?? today);
  });
}

function payoffOut(book: Book, { id, state }: BookedLoan, date: CivilDate): Static<typeof PayoffOut> {
  if (state.status !== 'active') throw new Refusal('aborted', 'loan_must_be_active', 'Loan must be Active');
  if (state.disbursedOn !== null && date < state.disbursedOn)
    throw new Refusal('permission_denied', 'date_before_disbursement', 'date is before the disbursement');
  const open = payoffQuote(state, date, contextOn(book, date));
  const money = (amount: bigint) => writeMoney(amount, state.terms.currency);
  return {
    loanId: id.toString(),
    date,
    principal: money(open.principal),
    interest: money(open.interest),
    fees: money(open.fees),
    penalties: money(open.penalties),
    total: money(totalOf(open)),
  };
}

export const optionalDate = (text: string | undefined, field: string): CivilDate | undefined =>
  text === undefined ? undefined : readDate(text, field);

/** What operators do to a running loan beside its payments: closing by hand, fraud, restructuring. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { TObject } from 'typebox';
import type { LoanCommand } from '../../domain/decide.ts';
import type { TermVariation } from '../../domain/loan.ts';
import { requireLoan } from '../../operations/loans/changeLoan.ts';
import { instructLoan } from '../../operations/loans/lifecycle.ts';
import { readBusinessDate } from '../../operations/readBusinessDate.ts';
import type { Tx } from '../../store/database.ts';
import { addressingsOf } from '../addressing.ts';
import { requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { endpoint } from '../openapi.ts';
import { FrequencyWords } from '../products/words.ts';
import { DateIn, DateOut, readDate, withoutAbsent } from '../values.ts';
import { addVerb, type Routes } from '../verbs.ts';
import { LoanOut } from './answers.ts';
import { DatedIn, Note, optionalDate } from './lifecycle.ts';
import { wholeLoanOut } from './loans.ts';
import { Frequency, readRate } from './terms.ts';

const NoteIn = Type.Object({ note: Note });
const Count = (description: string) =>
  Type.Integer({ minimum: 0, maximum: 1000, description, examples: [1] });
const Positive = (description: string) =>
  Type.Integer({ minimum: 1, maximum: 1000, description, examples: [3] });

const RescheduleIn = Type.Object(
  {
    rescheduleFromDate: { ...DateIn, description: 'Due date of the first installment that it concerns' },
    adjustedDueDate: Type.Optional({ ...DateIn, description: 'Where that due date moves to' }),
    graceOnPrincipalPayment: Type.Optional(Count('Installments from there without principal')),
    graceOnInterestPayment: Type.Optional(Count('Installments from there whose interest is collected later')),
    extraTerms: Type.Optional(Count('Installments that are added')),
    newInterestRate: Type.Optional(
      Type.Number({ minimum: 0, maximum: 10_000, description: 'Percent, from there on', examples: [1.5] }),
    ),
    submittedOnDate: Type.Optional({ ...DateIn, description: 'Absent: today' }),
    approvedOnDate: Type.Optional({ ...DateIn, description: 'Absent: today' }),
    note: Note,
  },
  { examples: [{ rescheduleFromDate: '2025-02-15', adjustedDueDate: '2025-03-01' }] },
);
const ReAgeIn = Type.Object(
  {
    startDate: { ...DateIn, description: 'First new due date; after the maturity' },
    frequencyNumber: Positive('Every so many days, weeks ...'),
    frequencyType: Frequency.in,
    numberOfInstallments: Positive('Over which the debt is spread'),
    note: Note,
  },
  {
    examples: [
      { startDate: '2025-06-01', frequencyNumber: 1, frequencyType: 'Months', numberOfInstallments: 3 },
    ],
  },
);
const FraudIn = Type.Object({ fraud: Type.Boolean(), note: Note });
const AccrualIn = Type.Object({
  tillDate: Type.Optional({ ...DateIn, description: 'Up to and with; absent: today' }),
  note: Note,
});

export async function loanServicingRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  addClosing(routes);
  addRestructuring(routes);
  addVariations(routes);
}

interface Instructing<Body extends TObject> {
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly path: string;
  readonly body: Body;
  readonly commandOf: (body: Static<Body>, routes: Routes, tx: Tx) => LoanCommand | Promise<LoanCommand>;
}

/** One command to the loan; its answer is the loan as it then stands. */
function addInstruction<Body extends TObject>(routes: Routes, it: Instructing<Body>): void {
  const { book } = routes;
  const { id, summary, description, path, body, commandOf } = it;
  addVerb(routes, {
    kind: 'loan',
    caller: 'operator',
    describe: {
      ...{ id, tag: 'Loans', summary, errors: ['permission_denied', 'not_found', 'aborted'] },
      ...(description !== undefined && { description }),
    },
    path,
    body,
    answer: LoanOut,
    work: async (tx, { id: loanId }, asked) => {
      const { note } = asked as { note?: string };
      const command = await commandOf(asked, routes, tx);
      return wholeLoanOut(tx, book, await instructLoan(tx, book, { loanId, note, command }));
    },
  });
}

function addClosing(routes: Routes): void {
  addInstruction(routes, {
    id: 'closeLoan',
    summary: 'Close a loan of which next to nothing is open or overpaid',
    description: 'Up to the tolerance of its product; what is open is written off, obligations are met.',
    path: '/close',
    body: DatedIn,
    commandOf: ({ transactionDate }) => ({ kind: 'close', on: readDate(transactionDate, 'transactionDate') }),
  });
  addInstruction(routes, {
    id: 'undoWriteOff',
    summary: 'Take the write-off back',
    path: '/undo-writeoff',
    body: NoteIn,
    commandOf: () => ({ kind: 'undoWriteOff' }),
  });
  addInstruction(routes, {
    id: 'undoLastDisbursal',
    summary: 'Take the last of several disbursements back',
    path: '/undo-last-disbursal',
    body: NoteIn,
    commandOf: () => ({ kind: 'undoLastDisbursal' }),
  });
  addInstruction(routes, {
    id: 'markFraud',
    summary: 'Mark a loan as fraud, or not any more',
    description: 'A charge-off of a loan so marked goes to the account for fraud.',
    path: '/fraud',
    body: FraudIn,
    commandOf: ({ fraud }) => ({ kind: 'setFraud', isFraud: fraud }),
  });
  addInstruction(routes, {
    id: 'accrueLoan',
    summary: 'Recognise the income of a loan without waiting for the close of business',
    path: '/accrue',
    body: AccrualIn,
    commandOf: async ({ tillDate }, { book }, tx) => ({
      kind: 'accrue',
      till: optionalDate(tillDate, 'tillDate') ?? (await readBusinessDate(tx, book)),
    }),
  });
}

function addRestructuring(routes: Routes): void {
  addInstruction(routes, {
    id: 'rescheduleLoan',
    summary: 'Reschedule a running loan',
    description: 'From one installment on: another due date, further terms, grace or another rate.',
    path: '/reschedule',
    body: RescheduleIn,
    commandOf: async (body, { book }, tx) => rescheduling(body, await readBusinessDate(tx, book)),
  });
  addInstruction(routes, {
    id: 'reAgeLoan',
    summary: 'Spread the debt of a matured loan over new installments',
    path: '/re-age',
    body: ReAgeIn,
    commandOf: ({ startDate, frequencyType, frequencyNumber, numberOfInstallments }) => ({
      kind: 'reAge',
      startDate: readDate(startDate, 'startDate'),
      frequencyNumber,
      frequencyUnit: FrequencyWords.keyOf(frequencyType),
      numberOfInstallments,
    }),
  });
  const plain = [
    ['undoReAge', 'Take the re-ageing back', '/undo-re-age', 'undoReAge'],
    ['reAmortizeLoan', 'Spread overdue debt over the installments to come', '/re-amortize', 'reAmortize'],
    ['undoReAmortize', 'Take the re-amortization back', '/undo-re-amortize', 'undoReAmortize'],
  ] as const;
  for (const [id, summary, path, kind] of plain)
    addInstruction(routes, { id, summary, path, body: NoteIn, commandOf: () => ({ kind }) });
}

function rescheduling(
  body: Static<typeof RescheduleIn>,
  today: ReturnType<typeof readDate>,
): Extract<LoanCommand, { kind: 'reschedule' }> {
  const { adjustedDueDate, graceOnPrincipalPayment, graceOnInterestPayment, newInterestRate } = body;
  return {
    kind: 'reschedule',
    from: readDate(body.rescheduleFromDate, 'rescheduleFromDate'),
    submittedOn: optionalDate(body.submittedOnDate, 'submittedOnDate') ?? today,
    approvedOn: optionalDate(body.approvedOnDate, 'approvedOnDate') ?? today,
    ...(adjustedDueDate !== undefined && { adjustedDueDate: readDate(adjustedDueDate, 'adjustedDueDate') }),
    ...(graceOnPrincipalPayment !== undefined && { graceOnPrincipal: graceOnPrincipalPayment }),
    ...(graceOnInterestPayment !== undefined && { graceOnInterest: graceOnInterestPayment }),
    ...(body.extraTerms !== undefined && { extraTerms: body.extraTerms }),
    ...(newInterestRate !== undefined && { newInterestRate: readRate(newInterestRate) }),
  };
}

const VARIATIONS: Readonly<Record<TermVariation['kind'], string>> = {
  dueDate: 'Due date',
  extraTerms: 'Extra terms',
  graceOnPrincipal: 'Grace on principal',
  graceOnInterest: 'Grace on interest',
  interestRate: 'Interest rate',
  installmentAmount: 'Installment amount',
};

const VariationOut = Type.Object({
  type: Type.Unsafe<string>({ type: 'string', enum: Object.values(VARIATIONS), examples: ['Due date'] }),
  applicableFrom: DateOut,
  date: Type.Optional(DateOut),
  value: Type.Optional(Type.Number({ description: 'Terms, installments, percent or amount' })),
});

function addVariations({ app, context, book }: Routes): void {
  for (const form of addressingsOf('loan')) {
    const schema = {
      ...endpoint({
        id: `listTermVariations${form.suffix}`,
        tag: 'Loans',
        summary: 'What was agreed to change on a loan, from when',
        caller: 'operator',
        errors: ['not_found'],
      }),
      params: Type.Object(form.params),
      response: { 200: Type.Object({ items: Type.Array(VariationOut) }) },
    };
    const onRequest = requireOperator(context);
    app.get(`${form.base}/term-variations`, { onRequest, schema }, async (request) => {
      const { state } = await requireLoan(book.db.read, await form.idOf(book.db.read, request.params));
      return { items: state.variations.map(variationOut) };
    });
  }
}

const variationOut = ({ kind, applicableFrom, dateValue, numberValue }: TermVariation) =>
  withoutAbsent({
    type: VARIATIONS[kind],
    applicableFrom,
    date: dateValue,
    value: numberValue === null ? null : Number(numberValue),
  });

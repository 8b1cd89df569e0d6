/** Delinquency of a loan: how late, in which range and since when, its pauses and its history. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { CivilDate } from '../../domain/date.ts';
import { arrearsOf } from '../../domain/delinquency/arrears.ts';
import { currentTag, delinquencyByRange, delinquencyOf } from '../../domain/delinquency/classification.ts';
import { effectivePauses } from '../../domain/delinquency/pauses.ts';
import type { Loan } from '../../domain/loan.ts';
import { requireLoan } from '../../operations/loans/changeLoan.ts';
import { type Instruction, instructLoan } from '../../operations/loans/lifecycle.ts';
import { readBusinessDate } from '../../operations/readBusinessDate.ts';
import type { Tx } from '../../store/database.ts';
import { addressingsOf } from '../addressing.ts';
import { requirePartner } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { endpoint } from '../openapi.ts';
import { DateIn, DateOut, MoneyOut, noun, readDate, withoutAbsent, writeMoney } from '../values.ts';
import { addVerb, type Routes } from '../verbs.ts';
import { Note, optionalDate } from './lifecycle.ts';

const RangeCode = Type.String({ examples: ['DAYS_1_30'] });
const Amounts = Type.Object({
  principal: MoneyOut,
  interest: MoneyOut,
  fees: MoneyOut,
  penalties: MoneyOut,
});
const PauseOut = Type.Object({
  startDate: DateOut,
  endDate: DateOut,
  active: Type.Boolean({ description: 'Whether the business date lies in it' }),
});

const DelinquencyOut = noun('LoanDelinquency', {
  range: Type.Optional({ ...RangeCode, description: 'As it was last classified; absent: in none' }),
  overdueAmount: MoneyOut,
  overdueSince: Type.Optional(DateOut),
  daysPastDue: Type.Integer({ examples: [5] }),
  delinquentSince: Type.Optional({ ...DateOut, description: 'Overdue since, and the days of grace' }),
  delinquentDays: Type.Integer({ description: 'Days past due less grace and pauses', examples: [2] }),
  nonPerforming: Type.Boolean(),
  arrears: Amounts,
  arrearsSince: Type.Optional(DateOut),
  installments: Type.Array(Type.Object({ range: RangeCode, amount: MoneyOut }), {
    description: 'Of products with delinquency by installment: overdue amounts by range',
  }),
  pauses: Type.Array(PauseOut),
  actions: Type.Array(
    Type.Object({
      action: Type.Unsafe<'pause' | 'resume'>({ type: 'string', enum: ['pause', 'resume'] }),
      startDate: DateOut,
      endDate: Type.Optional(DateOut),
    }),
    { description: 'What was asked for, in the order in which it was' },
  ),
  history: Type.Array(Type.Object({ range: RangeCode, addedOn: DateOut, liftedOn: Type.Optional(DateOut) }), {
    description: 'Ranges that it was in, the latest first',
  }),
});

export async function loanDelinquencyRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  addGet(routes);
  addPause(routes);
  addResume(routes);
  addClassification(routes);
}

function delinquencyOut(loan: Loan, businessDate: CivilDate): Static<typeof DelinquencyOut> {
  const money = (amount: bigint) => writeMoney(amount, loan.terms.currency);
  const state = delinquencyOf(loan, businessDate);
  const { amounts, since } = arrearsOf(loan, businessDate);
  return withoutAbsent({
    range: currentTag(loan)?.rangeCode,
    overdueAmount: money(state.overdueAmount),
    overdueSince: state.overdueSince,
    daysPastDue: state.pastDueDays,
    delinquentSince: state.delinquentDate,
    delinquentDays: state.delinquentDays,
    nonPerforming: loan.isNonPerforming,
    arrears: {
      principal: money(amounts.principal),
      interest: money(amounts.interest),
      fees: money(amounts.fees),
      penalties: money(amounts.penalties),
    },
    arrearsSince: since,
    installments: delinquencyByRange(loan).map(({ range, amount }) => ({
      range: range.code,
      amount: money(amount),
    })),
    pauses: effectivePauses(loan.delinquencyActions).map(({ start, end }) => ({
      startDate: start,
      endDate: end,
      active: start <= businessDate && businessDate <= end,
    })),
    actions: loan.delinquencyActions.map(({ action, startDate, endDate }) =>
      withoutAbsent({
        action: action === 'PAUSE' ? ('pause' as const) : ('resume' as const),
        startDate,
        endDate,
      }),
    ),
    history: [...loan.delinquencyTags]
      .reverse()
      .map(({ rangeCode, addedOn, liftedOn }) => withoutAbsent({ range: rangeCode, addedOn, liftedOn })),
  });
}

function addGet({ app, context, book }: Routes): void {
  for (const form of addressingsOf('loan')) {
    const schema = {
      ...endpoint({
        id: `getLoanDelinquency${form.suffix}`,
        tag: 'Loans',
        summary: 'How late a loan is',
        caller: 'partner',
        errors: ['not_found'],
      }),
      params: Type.Object(form.params),
      response: { 200: DelinquencyOut },
    };
    app.get(`${form.base}/delinquency`, { onRequest: requirePartner(context), schema }, async (request) => {
      const id = await form.idOf(book.db.read, request.params);
      const [loan, businessDate] = await Promise.all([
        requireLoan(book.db.read, id),
        readBusinessDate(book.db.read, book),
      ]);
      return delinquencyOut(loan.state, businessDate);
    });
  }
}

async function act(
  tx: Tx,
  { book }: Routes,
  instruction: Instruction,
): Promise<Static<typeof DelinquencyOut>> {
  const after = await instructLoan(tx, book, instruction);
  return delinquencyOut(after.state, await readBusinessDate(tx, book));
}

function addPause(routes: Routes): void {
  addVerb(routes, {
    kind: 'loan',
    describe: {
      id: 'pauseDelinquency',
      tag: 'Loans',
      summary: 'Let a loan not become more delinquent for some time',
      description: 'The days of the pause do not count; the debt stays due.',
      errors: ['not_found', 'aborted', 'failed_precondition'],
    },
    path: '/delinquency-pauses',
    body: Type.Object({ startDate: DateIn, endDate: DateIn, note: Note }),
    answer: DelinquencyOut,
    work: (tx, { id: loanId }, { startDate, endDate, note }) => {
      const command = {
        kind: 'pauseDelinquency',
        startDate: readDate(startDate, 'startDate'),
        endDate: readDate(endDate, 'endDate'),
      } as const;
      return act(tx, routes, { loanId, command, note });
    },
  });
}

function addResume(routes: Routes): void {
  addVerb(routes, {
    kind: 'loan',
    describe: {
      id: 'resumeDelinquency',
      tag: 'Loans',
      summary: 'End the pause of today',
      description:
        'A pause ends on the day that it is ended: `startDate` may say so, and `endDate` is refused.',
      errors: ['not_found', 'aborted', 'failed_precondition'],
    },
    path: '/delinquency-pauses/resume',
    body: Type.Object({ startDate: Type.Optional(DateIn), endDate: Type.Optional(DateIn), note: Note }),
    answer: DelinquencyOut,
    work: async (tx, { id: loanId }, { note, ...asked }) => {
      const endDate = optionalDate(asked.endDate, 'endDate');
      const startDate =
        optionalDate(asked.startDate, 'startDate') ?? (await readBusinessDate(tx, routes.book));
      const command = { kind: 'resumeDelinquency', startDate, ...(endDate && { endDate }) } as const;
      return act(tx, routes, { loanId, command, note });
    },
  });
}

function addClassification(routes: Routes): void {
  addVerb(routes, {
    kind: 'loan',
    caller: 'operator',
    describe: {
      id: 'classifyLoanDelinquency',
      tag: 'Loans',
      summary: 'Put a loan into its range without waiting for the close of business',
      errors: ['not_found', 'aborted'],
    },
    path: '/delinquency/classify',
    body: Type.Object({ note: Note }),
    answer: DelinquencyOut,
    work: (tx, { id: loanId }, { note }) =>
      act(tx, routes, { loanId, command: { kind: 'classifyDelinquency' }, note }),
  });
}

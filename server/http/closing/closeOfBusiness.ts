/** Close of business, for operators: start it, watch it, see which loans failed. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import { closedTillOf } from '../../domain/closing/plan.ts';
import type { Book } from '../../operations/book.ts';
import { closeOpenRuns, closingOf } from '../../operations/closing/background.ts';
import { beginRuns } from '../../operations/closing/beginRuns.ts';
import { catchUpLoan } from '../../operations/closing/closeLoan.ts';
import { requireLoan } from '../../operations/loans/changeLoan.ts';
import { readBusinessDate } from '../../operations/readBusinessDate.ts';
import { readBookClosedTill } from '../../store/closing/closedDays.ts';
import { findBookClosedTill, listRuns, type RunProgress } from '../../store/closing/runs.ts';
import { type ClosingFailure, countFailures, listFailures } from '../../store/closing/work.ts';
import type { Tx } from '../../store/database.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import { callerOf, requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { endpoint } from '../openapi.ts';
import { DateIn, DateOut, IdOut, IdPath, noun, readDate, readId, withoutAbsent } from '../values.ts';
import type { Routes } from '../verbs.ts';

const Count = Type.Integer({ minimum: 0, examples: [12] });
const Instant = Type.String({ format: 'date-time' });

const RunOut = noun('CloseOfBusinessRun', {
  date: DateOut,
  status: Type.Unsafe<'running' | 'finished'>({
    type: 'string',
    enum: ['running', 'finished'],
    examples: ['finished'],
  }),
  steps: Type.Array(Type.String({ examples: ['ADD_PERIODIC_ACCRUAL_ENTRIES'] })),
  startedAt: Instant,
  finishedAt: Type.Optional(Instant),
  chunks: Count,
  chunksFinished: Count,
  loans: { ...Count, description: 'Loans that had something to do' },
  accruals: { ...Count, description: 'Loans that only accrued' },
  findings: Type.Optional(
    Type.Array(Type.Unknown(), {
      description: 'What the verification of the ledger and of a sample of loans found; [] = nothing wrong',
    }),
  ),
});

const StatusOut = noun('CloseOfBusiness', {
  businessDate: DateOut,
  closedThrough: Type.Optional({ ...DateOut, description: 'The last day that is closed' }),
  failures: { ...Count, description: 'Loans that could not be closed' },
  runs: Type.Array(RunOut, { description: 'The latest first, at most 31' }),
});

const FailureOut = noun('CloseOfBusinessFailure', {
  loanId: IdOut,
  date: { ...DateOut, description: 'The day that was to be closed' },
  reason: Type.String({ examples: ['period_closed: The books are closed up to 2025-01-31'] }),
  attempts: Count,
  firstFailedAt: Instant,
  lastFailedAt: Instant,
});

const StartIn = Type.Object({
  through: Type.Optional({ ...DateIn, description: 'The last day to close; absent: every day that is over' }),
  wait: Type.Optional(Type.Boolean({ default: false, description: 'true: answer when it is done' })),
});

export async function closeOfBusinessRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  app.addHook('onClose', () => closingOf(routes.book, context.log).stop());
  addStatus(routes);
  addStart(routes);
  addFailures(routes);
  addLoan(routes);
  addLoanStatus(routes);
}

const MOST_RUNS = 31;

function addStatus({ app, context, book }: Routes): void {
  const schema = {
    ...describe('getCloseOfBusiness', 'See how far close of business has come'),
    response: { 200: StatusOut },
  };
  app.get('/v1/close-of-business', { onRequest: requireOperator(context), schema }, () => statusOut(book));
}

async function statusOut(book: Book): Promise<Static<typeof StatusOut>> {
  const { read } = book.db;
  const [businessDate, closedThrough, failures, runs] = await Promise.all([
    readBusinessDate(read, book),
    findBookClosedTill(read),
    countFailures(read),
    listRuns(read, { rows: MOST_RUNS }),
  ]);
  return withoutAbsent({ businessDate, closedThrough, failures, runs: runs.map(runOut) });
}

const runOut = (run: RunProgress): Static<typeof RunOut> =>
  withoutAbsent({
    date: run.day,
    status: run.finishedAt === null ? ('running' as const) : ('finished' as const),
    steps: [...run.steps],
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString(),
    chunks: run.chunks,
    chunksFinished: run.chunksFinished,
    loans: run.loans,
    accruals: run.accruals,
    findings: run.findings === null ? null : [...run.findings],
  });

function addStart({ app, context, book }: Routes): void {
  const schema = {
    ...describe('startCloseOfBusiness', 'Close every day that is over'),
    description:
      'Each day by itself, in order, in the background and by all processes together; a run that was interrupted ' +
      'goes on. The very first run closes yesterday only. Answers the days that are begun by this call.',
    headers: IdempotencyHeader,
    body: StartIn,
    response: { 200: noun('StartedCloseOfBusiness', { dates: Type.Array(DateOut) }) },
  };
  app.post('/v1/close-of-business', { onRequest: requireOperator(context), schema }, (request, reply) => {
    const { through, wait = false } = request.body;
    const asked = {
      startedBy: callerOf(request).accountId,
      through: through === undefined ? undefined : readDate(through, 'through'),
    };
    const closing = closingOf(book, context.log);
    return answerPost(request, reply, {
      book,
      path: '/v1/close-of-business',
      work: async (tx) => ({ dates: await beginRuns(tx, book, asked) }),
      afterwards: async () => {
        if (wait) await closeOpenRuns(closing);
        else closing.start();
      },
    });
  });
}

const MOST_FAILURES = 1_000;

function addFailures({ app, context, book }: Routes): void {
  const schema = {
    ...describe('listCloseOfBusinessFailures', 'List the loans that could not be closed'),
    description: `They are tried again by every run until they can. At most ${MOST_FAILURES}.`,
    response: { 200: Type.Object({ items: Type.Array(FailureOut) }) },
  };
  app.get('/v1/close-of-business/failures', { onRequest: requireOperator(context), schema }, async () => ({
    items: (await listFailures(book.db.read, MOST_FAILURES)).map(failureOut),
  }));
}

const failureOut = ({ loanId, day, reason, attempts, ...at }: ClosingFailure) => ({
  loanId: loanId.toString(),
  date: day,
  reason,
  attempts,
  firstFailedAt: at.firstFailedAt.toISOString(),
  lastFailedAt: at.lastFailedAt.toISOString(),
});

const ClosedLoanOut = noun('ClosedLoan', { loanId: IdOut, closedThrough: Type.Optional(DateOut) });

async function closedLoanOut(tx: Tx, { id, state, closing }: BookedLoan) {
  // A loan that is settled is closed no more.
  const isOpen = ['pending', 'approved', 'active'].includes(state.status);
  const closedThrough = isOpen
    ? closedTillOf(state, closing, await readBookClosedTill(tx))
    : state.lastClosedBusinessDate;
  return withoutAbsent({ loanId: id.toString(), closedThrough });
}

function addLoanStatus({ app, context, book }: Routes): void {
  const schema = {
    ...describe('getLoanClosing', 'See up to which day a loan is closed'),
    params: Type.Object({ loan_id: IdPath }),
    response: { 200: ClosedLoanOut },
  };
  const path = '/v1/loans/:loan_id/close-of-business';
  app.get(path, { onRequest: requireOperator(context), schema }, async (request) => {
    const loan = await requireLoan(book.db.read, readId(request.params.loan_id, 'loan_id'));
    return closedLoanOut(book.db.read, loan);
  });
}

function addLoan({ app, context, book }: Routes): void {
  const schema = {
    ...describe('closeLoanDays', 'Close the open days of one loan'),
    description: 'Up to yesterday, at once. A loan that was never closed begins with yesterday.',
    params: Type.Object({ loan_id: IdPath }),
    headers: IdempotencyHeader,
    body: Type.Object({}),
    response: { 200: ClosedLoanOut },
  };
  const path = '/v1/loans/:loan_id/close-of-business';
  app.post(path, { onRequest: requireOperator(context), schema }, (request, reply) => {
    const loanId = readId(request.params.loan_id, 'loan_id');
    return answerPost(request, reply, {
      book,
      path: `/v1/loans/${loanId}/close-of-business`,
      loanId,
      work: async (tx) => closedLoanOut(tx, await catchUpLoan(tx, book, loanId)),
    });
  });
}

const describe = (id: string, summary: string) =>
  endpoint({ id, tag: 'Operators', summary, caller: 'operator', errors: ['not_found', 'aborted'] });

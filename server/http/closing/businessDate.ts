/** The date that the book stands at: shown to everybody; in a sandbox moved by operators. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { Book } from '../../operations/book.ts';
import { change } from '../../operations/change.ts';
import {
  type Advance,
  advanceTo,
  MOST_DAYS,
  moveBusinessDate,
  plannedAdvance,
} from '../../operations/closing/advanceClock.ts';
import { readBusinessDate } from '../../operations/readBusinessDate.ts';
import { findBookClosedTill } from '../../store/closing/runs.ts';
import { authorOf, requireOperator, requireToken } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { endpoint } from '../openapi.ts';
import { DateIn, DateOut, noun, readDate, withoutAbsent } from '../values.ts';
import type { Routes } from '../verbs.ts';

const BusinessDateOut = noun('BusinessDate', {
  date: DateOut,
  mode: Type.Unsafe<'live' | 'sandbox'>({ type: 'string', enum: ['live', 'sandbox'], examples: ['live'] }),
  timeZone: Type.String({ examples: ['Africa/Dar_es_Salaam'] }),
  closedThrough: Type.Optional({
    ...DateOut,
    description: 'The last day that is closed; absent before the first',
  }),
});

const AdvanceIn = Type.Object({
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_DAYS, default: 1 })),
  to: Type.Optional({ ...DateIn, description: 'In place of `days`' }),
});

export async function businessDateRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  addGet(routes);
  addPut(routes);
  addAdvance(routes);
}

async function businessDateOut(book: Book): Promise<Static<typeof BusinessDateOut>> {
  const { db, config } = book;
  const [date, closedThrough] = await Promise.all([
    readBusinessDate(db.read, book),
    findBookClosedTill(db.read),
  ]);
  return withoutAbsent({ date, mode: config.mode, timeZone: config.timeZone, closedThrough });
}

function addGet({ app, context, book }: Routes): void {
  const schema = {
    ...endpoint({
      id: 'getBusinessDate',
      tag: 'Operators',
      summary: 'Get the business date',
      caller: 'token',
    }),
    response: { 200: BusinessDateOut },
  };
  app.get('/v1/business-date', { onRequest: requireToken(context), schema }, () => businessDateOut(book));
}

function addPut({ app, context, book }: Routes): void {
  const schema = {
    ...endpoint({
      id: 'setBusinessDate',
      tag: 'Operators',
      summary: 'Move the business date of a sandbox',
      description:
        'Forwards only, and without closing the days in between: `POST /v1/clock/advance` closes each on the way.',
      caller: 'operator',
      errors: ['aborted'],
    }),
    body: Type.Object({ date: DateIn }),
    response: { 200: BusinessDateOut },
  };
  app.put('/v1/business-date', { onRequest: requireOperator(context), schema }, async (request) => {
    const date = readDate(request.body.date, 'date');
    await change(book, authorOf(request), (tx) => moveBusinessDate(tx, book, date));
    return businessDateOut(book);
  });
}

function addAdvance({ app, context, book }: Routes): void {
  const schema = {
    ...endpoint({
      id: 'advanceClock',
      tag: 'Operators',
      summary: 'Let days pass in a sandbox',
      description:
        'Day by day, each closed before the next begins; answered when the last one is. With many loans go in ' +
        'small steps. Repeated under its idempotency key, a call that was interrupted goes on to the same day. ' +
        'Only in a sandbox.',
      caller: 'operator',
      errors: ['aborted'],
    }),
    headers: IdempotencyHeader,
    body: AdvanceIn,
    response: { 200: noun('ClockAdvance', { from: DateOut, to: DateOut }) },
  };
  app.post('/v1/clock/advance', { onRequest: requireOperator(context), schema }, (request, reply) => {
    const { days, to } = request.body;
    const asked = { days, to: to === undefined ? undefined : readDate(to, 'to') };
    return answerPost(request, reply, {
      book,
      path: '/v1/clock/advance',
      work: (tx) => plannedAdvance(tx, book, asked),
      // Where to go was stored before the first step: a repetition goes on from wherever a crash ended it.
      afterwards: (body) => {
        const advance = JSON.parse(body) as Advance;
        return advanceTo(book, advance, { by: authorOf(request), log: request.log });
      },
    });
  });
}

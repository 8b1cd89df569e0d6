/** Closed periods, for operators: nothing is posted on or before the latest closing date. */
import { Type } from '@fastify/type-provider-typebox';
import { change } from '../../operations/change.ts';
import { awaitRunningChanges } from '../../operations/ledger/closedPeriod.ts';
import { closePeriod, reopenPeriod } from '../../operations/ledger/closures.ts';
import { type Closure, listClosures } from '../../store/ledger/closures.ts';
import { authorOf, callerOf, requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import type { ErrorCode } from '../errors.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { endpoint } from '../openapi.ts';
import { DateIn, DateOut, noun, readDate } from '../values.ts';

const ClosureOut = noun('GlClosure', {
  id: Type.String({ examples: ['2025-01-31'] }),
  closingDate: DateOut,
  note: Type.Optional(Type.String({ examples: ['January'] })),
  createdBy: Type.String({ format: 'uuid' }),
  createdAt: Type.String({ format: 'date-time' }),
});

const NewClosure = Type.Object({
  closingDate: DateIn,
  note: Type.Optional(Type.String({ minLength: 1, maxLength: 500, examples: ['January'] })),
});

/** There is at most one of a date, so the date is its id. */
const closureOut = ({ closingDate, note, madeBy, createdAt }: Closure) => ({
  id: closingDate,
  closingDate,
  ...(note !== null && { note }),
  createdBy: madeBy,
  createdAt: createdAt.toISOString(),
});

export async function glClosureRoutes(app: App, context: AppContext): Promise<void> {
  const onRequest = requireOperator(context);
  const book = bookOf(context);

  const listed = {
    ...operator('listGlClosures', 'List closed periods, the latest first'),
    response: { 200: Type.Object({ items: Type.Array(ClosureOut) }) },
  };
  app.get('/v1/gl-closures', { onRequest, schema: listed }, async () => ({
    items: (await listClosures(book.db.read)).map(closureOut),
  }));

  const created = {
    ...operator('createGlClosure', 'Close the books up to a date', ['aborted']),
    description:
      'Once this is answered, nothing is posted on or before the date: neither by hand nor by loans, whose ' +
      'calls are then refused with `permission_denied`. The date is after the latest closure, not in the future.',
    headers: IdempotencyHeader,
    body: NewClosure,
    response: { 200: ClosureOut },
  };
  app.post('/v1/gl-closures', { onRequest, schema: created }, (request, reply) => {
    const closingDate = readDate(request.body.closingDate, 'closingDate');
    const { note = null } = request.body;
    const closure = { closingDate, note, madeBy: callerOf(request).accountId };
    return answerPost(request, reply, {
      book,
      path: '/v1/gl-closures',
      work: async (tx) => closureOut(await closePeriod(tx, book, closure)),
      afterwards: () => awaitRunningChanges(book.db),
    });
  });

  const deleted = {
    ...operator('deleteGlClosure', 'Reopen the latest closed period', ['not_found', 'aborted']),
    params: Type.Object({ closure_id: DateIn }),
    response: { 204: Type.Unsafe<undefined>({ type: 'null', description: 'Deleted' }) },
  };
  app.delete('/v1/gl-closures/:closure_id', { onRequest, schema: deleted }, async (request, reply) => {
    const closingDate = readDate(request.params.closure_id, 'closure_id');
    await change(book, authorOf(request), (tx) => reopenPeriod(tx, closingDate));
    await reply.code(204).send(undefined);
  });
}

const operator = (id: string, summary: string, errors: readonly ErrorCode[] = []) =>
  endpoint({ id, tag: 'Ledger', summary, caller: 'operator', errors });

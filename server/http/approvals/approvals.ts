/**
 * Calls that wait for a second person, for operators: look, approve, reject; and which operations need one.
 */
import { type Static, Type } from '@fastify/type-provider-typebox';
import { decideCall, requireApproval, setFourEyes } from '../../operations/approvals/approvals.ts';
import { change } from '../../operations/change.ts';
import {
  type Approval,
  type ApprovalStatus,
  listApprovals,
  listFourEyesOperations,
} from '../../store/approvals/approvals.ts';
import { authorOf, callerOf, requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { type ErrorCode, invalidArgument } from '../errors.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { endpoint } from '../openapi.ts';
import { pageAnswer, pageFields, pageOf, pageSchema } from '../pagination.ts';
import { IdOut, IdPath, noun, readId, withoutAbsent } from '../values.ts';
import { carryOut, carryOutLeftCalls, requester } from './carryOut.ts';
import { isEligible } from './fourEyes.ts';

const Status = Type.Unsafe<ApprovalStatus>({
  type: 'string',
  enum: ['pending', 'approved', 'rejected', 'expired'],
});
const Instant = Type.String({ format: 'date-time' });
const Account = Type.String({ format: 'uuid' });

const ApprovalOut = noun('Approval', {
  id: IdOut,
  operation: Type.String({ examples: ['writeOffLoan'] }),
  method: Type.String({ examples: ['POST'] }),
  path: Type.String({ examples: ['/v1/loans/42/writeoff'] }),
  body: Type.Optional(Type.Unsafe<unknown>({ description: 'As it was sent; absent once the call is over' })),
  requestedBy: Account,
  requestedAt: Instant,
  status: Status,
  decidedBy: Type.Optional(Account),
  decidedAt: Type.Optional(Instant),
  note: Type.Optional(Type.String({ examples: ['agreed with the branch'] })),
  answered: Type.Optional(
    Type.Integer({ description: 'HTTP status that the call was answered with', examples: [200] }),
  ),
  answer: Type.Optional(Type.Unsafe<unknown>({ description: 'And its body, for some weeks' })),
});

const DecisionIn = Type.Object({
  note: Type.Optional(Type.String({ maxLength: 1000, examples: ['agreed with the branch'] })),
});
const ApprovalPath = Type.Object({ approval_id: IdPath });
const Operations = Type.Object({
  operations: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
    maxItems: 200,
    description: 'By their operation ids in this document, without `ByExternalId`',
    examples: [['writeOffLoan']],
  }),
});

const answerOf = (it: Approval): Static<typeof ApprovalOut> =>
  withoutAbsent({
    id: String(it.id),
    operation: it.operation,
    method: it.method,
    path: it.path,
    body: it.body,
    requestedBy: it.requestedBy,
    requestedAt: it.requestedAt.toISOString(),
    status: it.status,
    decidedBy: it.decidedBy,
    decidedAt: it.decidedAt?.toISOString(),
    note: it.note,
    answered: it.answered,
    answer: it.answer === null || it.answer === '' ? undefined : JSON.parse(it.answer),
  }) as Static<typeof ApprovalOut>;

const operator = (id: string, summary: string, errors: readonly ErrorCode[] = []) =>
  endpoint({ id, tag: 'Operators', summary, caller: 'operator', errors });

export async function approvalRoutes(app: App, context: AppContext): Promise<void> {
  const onRequest = requireOperator(context);
  const book = bookOf(context);

  const listed = {
    ...operator('listApprovals', 'List calls that wait or waited for a second person, the newest first'),
    querystring: Type.Object({ ...pageFields(['id'], 'DESC'), status: Type.Optional(Status) }),
    response: { 200: pageSchema(ApprovalOut) },
  };
  app.get('/v1/approvals', { onRequest, schema: listed }, async (request) => {
    const page = pageOf(request.query, 'id');
    return pageAnswer(page, await listApprovals(book.db.read, request.query.status, page), answerOf);
  });

  const read = {
    ...operator('getApproval', 'Get a call that waits or waited', ['not_found']),
    params: ApprovalPath,
    response: { 200: ApprovalOut },
  };
  app.get('/v1/approvals/:approval_id', { onRequest, schema: read }, async (request) =>
    answerOf(await requireApproval(book.db.read, readId(request.params.approval_id, 'approval_id'))),
  );

  addDecisions(app, context);
  addSetting(app, context);
  carryOutLeftCalls(app, context);
}

function addDecisions(app: App, context: AppContext): void {
  const onRequest = requireOperator(context);
  const book = bookOf(context);
  for (const [id, verb, verdict, summary] of [
    [
      'approveCall',
      'approve',
      'approved',
      'Approve a call and carry it out; not by the one who asked for it',
    ],
    ['rejectCall', 'reject', 'rejected', 'Reject a call, or take back one of your own'],
  ] as const) {
    const schema = {
      ...operator(id, summary, ['not_found', 'aborted']),
      headers: IdempotencyHeader,
      params: ApprovalPath,
      body: DecisionIn,
      response: { 200: ApprovalOut },
    };
    app.post(`/v1/approvals/:approval_id/${verb}`, { onRequest, schema }, (request, reply) => {
      const decision = {
        id: readId(request.params.approval_id, 'approval_id'),
        verdict,
        by: callerOf(request).accountId,
        note: request.body.note ?? null,
      };
      return answerPost(request, reply, {
        book,
        path: `/v1/approvals/${decision.id}/${verb}`,
        work: async (tx) => {
          const approval = await decideCall(tx, book, decision);
          // Before it is stored: a call that cannot be carried out any more can still be rejected.
          if (verdict === 'approved') await requester(context, approval);
          // What is stored for a repetition of this call is kept for longer than the body may be.
          return answerOf({ ...approval, body: null });
        },
        // Stored is the verdict, before anything is carried out: a repetition goes on from there.
        ...(verdict === 'approved' && {
          lookedUp: async () => answerOf(await carryOut(app, context, decision.id)),
        }),
      });
    });
  }
}

function addSetting(app: App, context: AppContext): void {
  const onRequest = requireOperator(context);
  const book = bookOf(context);

  const read = {
    ...operator('getFourEyes', 'Which operations need a second person'),
    response: { 200: Operations },
  };
  app.get('/v1/four-eyes', { onRequest, schema: read }, async () => ({
    operations: await listFourEyesOperations(book.db.read),
  }));

  const set = {
    ...operator('setFourEyes', 'Say which operations need a second person'),
    description:
      'A call of such an operation is answered 202 and waits until another operator approves it. As soon as any ' +
      'operation needs a second person, so does this one.',
    body: Operations,
    response: { 200: Operations },
  };
  app.put('/v1/four-eyes', { onRequest, schema: set }, async (request) => {
    const unknown = request.body.operations.filter((each) => !isEligible(each));
    if (unknown.length > 0)
      throw invalidArgument({
        field: 'operations',
        error: `cannot wait for a second person: ${unknown.join(', ')}`,
      });
    const operations = await change(book, authorOf(request), (tx) =>
      setFourEyes(tx, request.body.operations),
    );
    return { operations: [...operations] };
  });
}

/** Webhook endpoints, for operators: who hears of which events. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import { LOAN_EVENT_TYPES } from '../../domain/loanEvent.ts';
import { BOOK_EVENT_TYPES, type EventType } from '../../domain/webhook.ts';
import { change } from '../../operations/change.ts';
import {
  changeEndpoint,
  createEndpoint,
  type EndpointAndSecret,
  removeEndpoint,
  requireEndpoint,
  rotateSecret,
} from '../../operations/webhooks/endpoints.ts';
import type { Tx } from '../../store/database.ts';
import { listEndpoints, type WebhookEndpoint } from '../../store/webhooks/endpoints.ts';
import { authorOf, callerOf, requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import type { ErrorCode } from '../errors.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { endpoint } from '../openapi.ts';
import { IdOut, IdPath, noun, readId, withoutAbsent } from '../values.ts';

export const EVENT_TYPES: readonly EventType[] = [...LOAN_EVENT_TYPES, ...BOOK_EVENT_TYPES];

export const EventTypeField = Type.Unsafe<EventType>({ type: 'string', enum: [...EVENT_TYPES] });

const Url = Type.String({ minLength: 1, maxLength: 2000, examples: ['https://wallet.example.com/loanbook'] });
const Description = Type.String({ minLength: 1, maxLength: 500, examples: ['Wallet backend'] });
const EventTypes = Type.Array(EventTypeField, {
  maxItems: EVENT_TYPES.length,
  description: 'What the endpoint hears of; none = everything',
  examples: [['loan.disbursed', 'loan.repaid']],
});
const Status = Type.Unsafe<'enabled' | 'disabled'>({
  type: 'string',
  enum: ['enabled', 'disabled'],
  description: 'What happens while an endpoint is disabled is not told to it afterwards',
});

const FIELDS = {
  id: IdOut,
  accountId: Type.String({ format: 'uuid', description: 'Nothing is sent while this account is disabled' }),
  url: Url,
  description: Type.Optional(Description),
  eventTypes: EventTypes,
  status: Status,
  failuresInARow: Type.Integer({ description: 'Tries that failed since the last one that was taken' }),
  restsUntil: Type.Optional(
    Type.String({ format: 'date-time', description: 'Nothing is tried before, because it failed so often' }),
  ),
  oldSecretUntil: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'Messages are signed with the old secret too until then',
    }),
  ),
  createdAt: Type.String({ format: 'date-time' }),
};

const EndpointOut = noun('WebhookEndpoint', FIELDS);

const CreatedOut = Type.Object({
  ...FIELDS,
  secret: Type.Optional(
    Type.String({
      description: 'Verifies the signatures; shown this once, not when the call is repeated',
      examples: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDI5Y5Qmlsp1Q='],
    }),
  ),
});

const NewEndpointIn = Type.Object({
  url: Url,
  description: Type.Optional(Description),
  eventTypes: Type.Optional(EventTypes),
  accountId: Type.Optional(
    Type.String({ format: 'uuid', description: "Whose it is; the caller's when absent" }),
  ),
});

const ChangeIn = Type.Partial(
  Type.Object({ url: Url, description: Description, eventTypes: EventTypes, status: Status }),
);

export const EndpointPath = Type.Object({ webhook_id: IdPath });

const answerOf = (it: WebhookEndpoint) =>
  withoutAbsent({
    id: String(it.id),
    accountId: it.accountId,
    url: it.url,
    description: it.description,
    eventTypes: [...it.eventTypes],
    status: it.status,
    failuresInARow: it.failuresInARow,
    restsUntil: it.restsUntil?.toISOString(),
    oldSecretUntil: it.oldSecretUntil?.toISOString(),
    createdAt: it.createdAt.toISOString(),
  });

export const webhookEndpoint = (id: string, summary: string, errors: readonly ErrorCode[] = []) =>
  endpoint({ id, tag: 'Webhooks', summary, caller: 'operator', errors });

export async function webhookRoutes(app: App, context: AppContext): Promise<void> {
  const onRequest = requireOperator(context);
  const book = bookOf(context);

  const listed = {
    ...webhookEndpoint('listWebhooks', 'List webhook endpoints, the oldest first'),
    response: { 200: Type.Object({ items: Type.Array(EndpointOut) }) },
  };
  app.get('/v1/webhooks', { onRequest, schema: listed }, async () => ({
    items: (await listEndpoints(book.db.read)).map(answerOf),
  }));

  const read = {
    ...webhookEndpoint('getWebhook', 'Get a webhook endpoint', ['not_found']),
    params: EndpointPath,
    response: { 200: EndpointOut },
  };
  app.get('/v1/webhooks/:webhook_id', { onRequest, schema: read }, async (request) =>
    answerOf(await requireEndpoint(book.db.read, idOf(request.params))),
  );

  const changed = {
    ...webhookEndpoint('changeWebhook', 'Change a webhook endpoint', ['not_found']),
    params: EndpointPath,
    body: ChangeIn,
    response: { 200: EndpointOut },
  };
  app.put('/v1/webhooks/:webhook_id', { onRequest, schema: changed }, async (request) => {
    const wanted = { ...request.body, id: idOf(request.params) };
    return answerOf(await change(book, authorOf(request), (tx) => changeEndpoint(tx, book, wanted)));
  });

  const deleted = {
    ...webhookEndpoint('deleteWebhook', 'Delete a webhook endpoint; what waits for it is dropped', [
      'not_found',
    ]),
    params: EndpointPath,
    response: { 204: Type.Unsafe<undefined>({ type: 'null', description: 'Deleted' }) },
  };
  app.delete('/v1/webhooks/:webhook_id', { onRequest, schema: deleted }, async (request, reply) => {
    await change(book, authorOf(request), (tx) => removeEndpoint(tx, book, idOf(request.params)));
    await reply.code(204).send(undefined);
  });

  addSecretRoutes(app, context);
}

/** The two calls that answer with a secret. */
function addSecretRoutes(app: App, context: AppContext): void {
  const onRequest = requireOperator(context);
  const book = bookOf(context);

  const created = {
    ...webhookEndpoint('createWebhook', 'Register a webhook endpoint'),
    description:
      'From now on each event goes to the URL as a signed POST (Standard Webhooks), at least once and in order ' +
      'for each loan. Answer 2xx within 15 seconds; anything else is tried again for 3 days.',
    headers: IdempotencyHeader,
    body: NewEndpointIn,
    response: { 200: CreatedOut },
  };
  app.post('/v1/webhooks', { onRequest, schema: created }, (request, reply) => {
    const wanted = newEndpointOf(request.body, callerOf(request).accountId);
    const once = showingOnce((tx) => createEndpoint(tx, book, wanted));
    return answerPost(request, reply, { book, path: '/v1/webhooks', ...once });
  });

  const rotated = {
    ...webhookEndpoint('rotateWebhookSecret', 'Sign with a new secret; the old one signs too for a day', [
      'not_found',
    ]),
    headers: IdempotencyHeader,
    params: EndpointPath,
    response: { 200: CreatedOut },
  };
  app.post('/v1/webhooks/:webhook_id/rotate-secret', { onRequest, schema: rotated }, (request, reply) => {
    const id = idOf(request.params);
    const once = showingOnce((tx) => rotateSecret(tx, book, id));
    return answerPost(request, reply, { book, path: `/v1/webhooks/${id}/rotate-secret`, ...once });
  });
}

function showingOnce(work: (tx: Tx) => Promise<EndpointAndSecret>) {
  let secret = '';
  return {
    work: async (tx: Tx) => {
      const made = await work(tx);
      secret = made.secret;
      return answerOf(made.endpoint);
    },
    shownOnce: () => ({ secret }),
  };
}

const newEndpointOf = (body: Static<typeof NewEndpointIn>, caller: string) => ({
  url: body.url,
  description: body.description ?? null,
  eventTypes: body.eventTypes ?? [],
  accountId: body.accountId ?? caller,
});

export const idOf = (params: Static<typeof EndpointPath>): bigint => readId(params.webhook_id, 'webhook_id');

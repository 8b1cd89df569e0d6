/** The delivery log of webhooks, for operators: what was sent, what became of it, and sending it again. */
import { Type } from '@fastify/type-provider-typebox';
import { requireEndpoint } from '../../operations/webhooks/endpoints.ts';
import { replayFailed, replayMessage, sendTest } from '../../operations/webhooks/messages.ts';
import { eventIdOf } from '../../operations/webhooks/signature.ts';
import type { DeliveryStatus } from '../../store/webhooks/counts.ts';
import { type Delivery, listDeliveries } from '../../store/webhooks/deliveries.ts';
import { requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { pageAnswer, pageFields, pageOf, pageSchema } from '../pagination.ts';
import { IdIn, IdOut, IdPath, noun, readFilterId, readId, withoutAbsent } from '../values.ts';
import { EndpointPath, EventTypeField, idOf, webhookEndpoint } from './endpoints.ts';

const STATUSES: readonly DeliveryStatus[] = ['pending', 'delivered', 'failed', 'cancelled'];
const Status = Type.Unsafe<DeliveryStatus>({
  type: 'string',
  enum: [...STATUSES],
  description: 'failed: given up after 3 days',
});
const Instant = Type.String({ format: 'date-time' });

const DeliveryOut = noun('WebhookDelivery', {
  id: IdOut,
  eventId: Type.String({ description: 'As in the header `webhook-id`', examples: ['evt_42_2001'] }),
  type: EventTypeField,
  loanId: Type.Optional(IdOut),
  status: Status,
  attempts: Type.Integer(),
  createdAt: Instant,
  nextTryAt: Type.Optional(Instant),
  triedAt: Type.Optional(Instant),
  answered: Type.Optional(Type.Integer({ description: 'HTTP status of the last answer', examples: [200] })),
  reason: Type.Optional(
    Type.String({ description: 'Why it was not taken', examples: ['no answer within 15 s'] }),
  ),
});

const answerOf = (it: Delivery) =>
  withoutAbsent({
    id: String(it.id),
    eventId: eventIdOf(it),
    type: it.type,
    loanId: it.loanId === 0n ? undefined : String(it.loanId),
    status: it.status,
    attempts: it.attempts,
    createdAt: it.firstDueAt.toISOString(),
    nextTryAt: it.status === 'pending' ? it.dueAt.toISOString() : undefined,
    triedAt: it.triedAt?.toISOString(),
    answered: it.answered,
    reason: it.reason,
  });

export async function webhookDeliveryRoutes(app: App, context: AppContext): Promise<void> {
  const onRequest = requireOperator(context);
  const book = bookOf(context);

  const listed = {
    ...webhookEndpoint('listWebhookDeliveries', 'List the messages of an endpoint, the newest first', [
      'not_found',
    ]),
    params: EndpointPath,
    querystring: Type.Object({
      ...pageFields(['id'], 'DESC'),
      status: Type.Optional(Status),
      loanId: Type.Optional(IdIn),
    }),
    response: { 200: pageSchema(DeliveryOut) },
  };
  app.get('/v1/webhooks/:webhook_id/deliveries', { onRequest, schema: listed }, async (request) => {
    const { id: endpointId } = await requireEndpoint(book.db.read, idOf(request.params));
    const { status, loanId } = request.query;
    const page = pageOf(request.query, 'id');
    const filter = {
      endpointId,
      status,
      loanId: loanId === undefined ? undefined : readFilterId(loanId, 'loanId'),
    };
    return pageAnswer(page, await listDeliveries(book.db.read, filter, page), answerOf);
  });

  const tested = {
    ...webhookEndpoint('testWebhook', 'Send a test message', ['not_found']),
    headers: IdempotencyHeader,
    params: EndpointPath,
    response: { 200: DeliveryOut },
  };
  app.post('/v1/webhooks/:webhook_id/test', { onRequest, schema: tested }, (request, reply) => {
    const id = idOf(request.params);
    const work = async (tx: Parameters<typeof sendTest>[0]) => answerOf(await sendTest(tx, book, id));
    return answerPost(request, reply, { book, path: `/v1/webhooks/${id}/test`, work });
  });

  addReplays(app, context);
}

function addReplays(app: App, context: AppContext): void {
  const onRequest = requireOperator(context);
  const book = bookOf(context);

  const replayed = {
    ...webhookEndpoint('replayWebhookDelivery', 'Send a message again', ['not_found']),
    headers: IdempotencyHeader,
    params: Type.Object({ ...EndpointPath.properties, delivery_id: IdPath }),
    response: { 200: DeliveryOut },
  };
  const path = '/v1/webhooks/:webhook_id/deliveries/:delivery_id/replay';
  app.post(path, { onRequest, schema: replayed }, (request, reply) => {
    const endpointId = idOf(request.params);
    const deliveryId = readId(request.params.delivery_id, 'delivery_id');
    return answerPost(request, reply, {
      book,
      path: `/v1/webhooks/${endpointId}/deliveries/${deliveryId}/replay`,
      work: async (tx) => answerOf(await replayMessage(tx, book, { endpointId, deliveryId })),
    });
  });

  const renewed = {
    ...webhookEndpoint('replayWebhook', 'Send again what was given up since an instant', ['not_found']),
    headers: IdempotencyHeader,
    params: EndpointPath,
    body: Type.Object({ since: Type.String({ format: 'date-time', examples: ['2025-01-31T00:00:00Z'] }) }),
    response: {
      200: Type.Object({
        messages: Type.Integer({ description: 'How many will be sent again' }),
        isPart: Type.Optional(
          Type.Boolean({ description: 'true: there are more, repeat the call (under another key)' }),
        ),
        keptSince: Type.Optional(
          Type.String({
            format: 'date-time',
            description:
              'What ended before is no longer kept (`LOANBOOK_WEBHOOK_LOG_DAYS`) and not sent again',
          }),
        ),
      }),
    },
  };
  app.post('/v1/webhooks/:webhook_id/replay', { onRequest, schema: renewed }, (request, reply) => {
    const endpointId = idOf(request.params);
    const since = new Date(request.body.since);
    return answerPost(request, reply, {
      book,
      path: `/v1/webhooks/${endpointId}/replay`,
      work: async (tx) => {
        const { messages, isPart, keptSince } = await replayFailed(tx, book, { endpointId, since });
        return withoutAbsent({
          messages,
          isPart: isPart || undefined,
          keptSince: keptSince?.toISOString(),
        });
      },
    });
  });
}

/** Messages asked for by hand: a test, and sending again what was sent or given up. */
import { Refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../store/database.ts';
import {
  type Delivery,
  findDelivery,
  insertDeliveries,
  renewDeliveries,
} from '../../store/webhooks/deliveries.ts';
import { insertBookEvent } from '../../store/webhooks/events.ts';
import { noteChange } from '../audit/trail.ts';
import type { Book } from '../book.ts';
import { requireEndpoint } from './endpoints.ts';

/** A message that means nothing, to this endpoint alone. */
export async function sendTest(tx: Tx, book: Book, endpointId: bigint): Promise<Delivery> {
  await requireEndpoint(tx, endpointId);
  const recordedAt = book.clock.now();
  const facts = { endpointId: String(endpointId), message: 'a test message of Loanbook' };
  const place = await insertBookEvent(tx, { type: 'webhook.test', recordedAt, facts });
  await insertDeliveries(tx, [{ ...place, endpointId, type: 'webhook.test' }], recordedAt);
  noteChange(tx, { ...subjectOf(endpointId), before: null, after: { test: 'sent' } });
  return requireDelivery(await findDelivery(tx, { endpointId, ...place }));
}

/** Sends one message again, whatever became of it; one that waits anyhow stays as it is. */
export async function replayMessage(
  tx: Tx,
  book: Book,
  { endpointId, deliveryId }: { endpointId: bigint; deliveryId: bigint },
): Promise<Delivery> {
  await requireEndpoint(tx, endpointId);
  requireDelivery(await findDelivery(tx, { endpointId, deliveryId }));
  await renewDeliveries(tx, { endpointId, deliveryId, now: book.clock.now() });
  noteChange(tx, { ...subjectOf(endpointId), before: null, after: { replayed: String(deliveryId) } });
  return requireDelivery(await findDelivery(tx, { endpointId, deliveryId }));
}

/** Sends again what came up since an instant and was given up; answers how many messages. */
export async function replayFailed(
  tx: Tx,
  book: Book,
  { endpointId, since }: { endpointId: bigint; since: Date },
): Promise<number> {
  await requireEndpoint(tx, endpointId);
  const count = await renewDeliveries(tx, { endpointId, failedSince: since, now: book.clock.now() });
  noteChange(tx, {
    ...subjectOf(endpointId),
    before: null,
    after: { replayedSince: since, messages: count },
  });
  return count;
}

function requireDelivery(delivery: Delivery | undefined): Delivery {
  if (delivery) return delivery;
  throw new Refusal('not_found', 'delivery_unknown', 'this endpoint has no such delivery');
}

const subjectOf = (endpointId: bigint) => ({ kind: 'webhookEndpoint', id: String(endpointId) });

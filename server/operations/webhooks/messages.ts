/** Messages asked for by hand: a test, and sending again what was sent or given up. */
import type { Config } from '../../config.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../store/database.ts';
import { LostVersion } from '../../store/failure.ts';
import {
  type Delivery,
  findDelivery,
  insertDeliveries,
  renewDelivery,
  renewFailed,
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
  return requireDelivery(await findDelivery(tx, { endpointId, ...place }), book);
}

/** Sends one message again, whatever became of it; one that waits anyhow stays as it is. */
export async function replayMessage(
  tx: Tx,
  book: Book,
  { endpointId, deliveryId }: { endpointId: bigint; deliveryId: bigint },
): Promise<Delivery> {
  await requireEndpoint(tx, endpointId);
  const find = async () => requireDelivery(await findDelivery(tx, { endpointId, deliveryId }), book);
  const delivery = await find();
  const isRenewed = delivery.status === 'pending' || (await renewDelivery(tx, delivery, book.clock.now()));
  if (!isRenewed) throw new LostVersion('the message was sent again or removed meanwhile');
  noteChange(tx, { ...subjectOf(endpointId), before: null, after: { replayed: String(deliveryId) } });
  return find();
}

/** More wait for the next call: no call is to keep others waiting. */
const MOST_AT_ONCE = 10_000;

export interface Replayed {
  readonly messages: number;
  /** There are more: call again. */
  readonly isPart: boolean;
  /** What came up before was removed when it was old enough; null: nothing that was asked for. */
  readonly keptSince: Date | null;
}

/** Sends again what came up since an instant and was given up. */
export async function replayFailed(
  tx: Tx,
  book: Book,
  { endpointId, since }: { endpointId: bigint; since: Date },
): Promise<Replayed> {
  await requireEndpoint(tx, endpointId);
  const now = book.clock.now();
  const messages = await renewFailed(tx, { endpointId, since, most: MOST_AT_ONCE, now });
  noteChange(tx, { ...subjectOf(endpointId), before: null, after: { replayedSince: since, messages } });
  const before = oldestKept(book);
  const keptSince = before !== null && since < before ? before : null;
  return { messages, isPart: messages === MOST_AT_ONCE, keptSince };
}

/** Messages that ended before may have been removed; null: all are kept. */
export function oldestKept({ clock, config }: Pick<Book, 'clock'> & Keeping): Date | null {
  const { webhookLogDays: days } = config;
  return days === 0 ? null : new Date(clock.now().getTime() - days * DAY_MILLISECONDS);
}

interface Keeping {
  readonly config: Pick<Config, 'webhookLogDays'>;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

function requireDelivery(delivery: Delivery | undefined, { config: { webhookLogDays } }: Keeping): Delivery {
  if (delivery) return delivery;
  const removed =
    webhookLogDays === 0 ? '' : `; messages are removed ${webhookLogDays} days after they ended`;
  throw new Refusal('not_found', 'delivery_unknown', `this endpoint has no such delivery${removed}`);
}

const subjectOf = (endpointId: bigint) => ({ kind: 'webhookEndpoint', id: String(endpointId) });

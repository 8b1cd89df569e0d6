/**
 * Sends what is due to one endpoint: several messages at a time, of each loan the first that waits. What
 * became of a try is stored before the next round begins.
 */
import type { Clock } from '../../clock.ts';
import type { Config } from '../../config.ts';
import { nextTry, restAfter } from '../../domain/webhook.ts';
import { unsealKey } from '../../operations/accounts/keySeal.ts';
import { eventIdOf, signatureHeaders } from '../../operations/webhooks/signature.ts';
import type { Database } from '../../store/database.ts';
import { type Delivery, listDue, type Tried, updateTried } from '../../store/webhooks/deliveries.ts';
import {
  type EndpointSecrets,
  updateStanding,
  type WebhookEndpoint,
} from '../../store/webhooks/endpoints.ts';
import { type EventFacts, findEvents, keyOf } from '../../store/webhooks/events.ts';
import { type Outcome, send } from './send.ts';

export type Receiver = WebhookEndpoint & EndpointSecrets;

export interface Delivering {
  readonly db: Database;
  readonly clock: Clock;
  readonly config: Pick<Config, 'keySecret' | 'webhookNetworks'>;
}

/** A receiver of more would be asked too much at once, one that is down would hold too many sockets. */
const AT_ONCE = 8;
const TIMEOUT_MILLISECONDS = 15_000;

/** One round; answers how many messages were tried. An endpoint that rests is left alone. */
export async function deliverRound(delivering: Delivering, receiver: Receiver): Promise<number> {
  const { db, clock } = delivering;
  const now = clock.now();
  if (receiver.restsUntil !== null && receiver.restsUntil > now) return 0;
  // While it is down, one probe at a time.
  const most = receiver.failuresInARow > 0 ? 1 : AT_ONCE;
  const due = await listDue(db.read, { endpointId: receiver.id, now, most });
  if (due.length === 0) return 0;
  const [events, secrets] = await Promise.all([findEvents(db.read, due), secretsOf(delivering, receiver)]);
  const outcomes = await Promise.all(
    due.map(async (delivery) => {
      const event = events.get(keyOf(delivery));
      const outcome = event ? await deliver(delivering, { receiver, secrets, event }) : LOST;
      await updateTried(db.read, delivery, triedOf(delivery, outcome, clock.now()));
      return outcome;
    }),
  );
  await updateStanding(db.read, receiver.id, standingAfter(receiver, outcomes, clock.now()));
  return due.length;
}

const LOST: Outcome = { isTaken: false, status: null, reason: 'the event is no longer stored' };

interface Sent {
  readonly receiver: Receiver;
  readonly secrets: readonly string[];
  readonly event: EventFacts;
}

function deliver({ clock, config }: Delivering, { receiver, secrets, event }: Sent): Promise<Outcome> {
  const body = bodyOf(event);
  const headers = signatureHeaders({ id: eventIdOf(event.place), sentAt: clock.now(), body }, secrets);
  const sending = { allowedNetworks: config.webhookNetworks, timeoutMilliseconds: TIMEOUT_MILLISECONDS };
  return send({ url: receiver.url, headers, body }, sending);
}

/** The same text at every try. */
const bodyOf = ({ type, recordedAt, facts }: EventFacts): string =>
  JSON.stringify({ type, timestamp: recordedAt.toISOString(), data: facts });

async function secretsOf({ config, clock }: Delivering, receiver: Receiver): Promise<string[]> {
  const { secret, oldSecret, oldSecretUntil } = receiver;
  const isOldInForce = oldSecretUntil !== null && oldSecretUntil > clock.now();
  const sealed = oldSecret !== null && isOldInForce ? [secret, oldSecret] : [secret];
  return Promise.all(sealed.map((each) => unsealKey(each, config.keySecret)));
}

function triedOf(delivery: Delivery, { isTaken, status, reason }: Outcome, now: Date): Tried {
  const attempts = delivery.attempts + 1;
  const tried = { attempts, triedAt: now, answered: status, reason };
  if (isTaken) return { ...tried, status: 'delivered', dueAt: delivery.dueAt };
  const dueAt = nextTry({ firstDueAt: delivery.firstDueAt, attempts }, now);
  if (dueAt === null) return { ...tried, status: 'failed', dueAt: delivery.dueAt };
  return { ...tried, status: 'pending', dueAt };
}

/** One that was taken proves that the endpoint lives. */
function standingAfter(receiver: Receiver, outcomes: readonly Outcome[], now: Date) {
  if (outcomes.some((outcome) => outcome.isTaken)) return { failuresInARow: 0, restsUntil: null };
  const failuresInARow = receiver.failuresInARow + 1;
  return { failuresInARow, restsUntil: restAfter(failuresInARow, now) };
}

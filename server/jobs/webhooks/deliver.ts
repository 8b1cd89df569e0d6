/** One try of one message: signed, sent, and what became of it. */
import type { Clock } from '../../clock.ts';
import type { Config } from '../../config.ts';
import { nextTry } from '../../domain/webhook.ts';
import { eventIdOf, signatureHeaders } from '../../operations/webhooks/signature.ts';
import type { Database } from '../../store/database.ts';
import type { Delivery, Tried } from '../../store/webhooks/deliveries.ts';
import type { EndpointSecrets, WebhookEndpoint } from '../../store/webhooks/endpoints.ts';
import type { EventFacts } from '../../store/webhooks/events.ts';
import type { OpenSecret } from './secrets.ts';
import { type Outcome, send } from './send.ts';

export type Receiver = WebhookEndpoint & EndpointSecrets;

export interface Delivering {
  readonly db: Database;
  readonly clock: Clock;
  readonly config: Pick<Config, 'keySecret' | 'webhookNetworks'>;
  /** How long a receiver may take to answer; absent: 15 seconds. */
  readonly timeoutMilliseconds?: number;
  /** Once it says so nobody waits for an answer any more, and what has none was not tried. */
  readonly cutShort?: AbortSignal;
}

const TIMEOUT_MILLISECONDS = 15_000;

export interface Try {
  readonly receiver: Receiver;
  readonly event: EventFacts;
  readonly openSecret: OpenSecret;
}

export async function deliver(
  { clock, config, cutShort, timeoutMilliseconds = TIMEOUT_MILLISECONDS }: Delivering,
  { receiver, event, openSecret }: Try,
): Promise<Outcome> {
  const secrets = await secretsOf(receiver, clock.now(), openSecret);
  if (secrets === undefined) return UNSIGNED;
  const body = bodyOf(event);
  const headers = signatureHeaders({ id: eventIdOf(event.place), sentAt: clock.now(), body }, secrets);
  const sending = { allowedNetworks: config.webhookNetworks, timeoutMilliseconds, cutShort };
  return send({ url: receiver.url, headers, body }, sending);
}

const UNSIGNED: Outcome = {
  isTaken: false,
  status: null,
  reason: 'not sent: LOANBOOK_KEY_SECRET does not open the secret of this endpoint; rotate the secret',
};

/** The same text at every try. */
const bodyOf = ({ type, recordedAt, facts }: EventFacts): string =>
  JSON.stringify({ type, timestamp: recordedAt.toISOString(), data: facts });

/** Undefined when the one in force cannot be opened; an old one that cannot be opened is done without. */
async function secretsOf(
  { secret, oldSecret, oldSecretUntil }: Receiver,
  now: Date,
  openSecret: OpenSecret,
): Promise<string[] | undefined> {
  const isOldInForce = oldSecretUntil !== null && oldSecretUntil > now;
  const [inForce, old] = await Promise.all([
    openSecret(secret),
    oldSecret !== null && isOldInForce ? openSecret(oldSecret) : undefined,
  ]);
  if (inForce === undefined) return undefined;
  return old === undefined ? [inForce] : [inForce, old];
}

/** How the message stands after a try. */
export function triedOf(delivery: Delivery, { isTaken, status, reason }: Outcome, now: Date): Tried {
  const attempts = delivery.attempts + 1;
  const tried = { ...delivery, attempts, triedAt: now, answered: status, reason };
  if (isTaken) return { ...tried, status: 'delivered' };
  const dueAt = nextTry({ firstDueAt: delivery.firstDueAt, attempts }, now);
  return dueAt === null ? { ...tried, status: 'failed' } : { ...tried, status: 'pending', dueAt };
}

/** A message whose event is not stored any more can never be sent. */
export const lostOf = (delivery: Delivery, now: Date): Tried => ({
  ...delivery,
  status: 'failed',
  triedAt: now,
  answered: null,
  reason: 'not sent: the event is no longer stored',
});

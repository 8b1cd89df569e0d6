/**
 * Webhook endpoints: who hears of what. A secret is shown once, when it is made; it lies in the database as
 * private signing keys do.
 */
import { Refusal } from '../../domain/refusal.ts';
import { type EventType, OLD_SECRET_SECONDS, requireEndpointUrl, shownUrl } from '../../domain/webhook.ts';
import { findAccount } from '../../store/accounts/accounts.ts';
import type { Tx } from '../../store/database.ts';
import { LostVersion } from '../../store/failure.ts';
import {
  deleteEndpoint,
  type EndpointChange,
  findEndpoint,
  insertEndpoint,
  nextEndpointId,
  updateEndpoint,
  updateSecret,
  type WebhookEndpoint,
} from '../../store/webhooks/endpoints.ts';
import { sealKey } from '../accounts/keySeal.ts';
import { noteChange } from '../audit/trail.ts';
import type { Book } from '../book.ts';
import { newSecret } from './signature.ts';

export interface NewEndpoint {
  readonly accountId: string;
  readonly url: string;
  readonly description: string | null;
  readonly eventTypes: readonly EventType[];
}

/** The endpoint, and its secret: it can be told this once only. */
export interface EndpointAndSecret {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

export async function createEndpoint(tx: Tx, book: Book, wanted: NewEndpoint): Promise<EndpointAndSecret> {
  requireUrl(book, wanted.url);
  await requireAccount(tx, wanted.accountId);
  const secret = newSecret();
  const endpoint: WebhookEndpoint = {
    id: await nextEndpointId(tx),
    ...wanted,
    eventTypes: [...new Set(wanted.eventTypes)],
    status: 'enabled',
    oldSecretUntil: null,
    version: 1,
    failuresInARow: 0,
    restsUntil: null,
    createdAt: book.clock.now(),
  };
  await insertEndpoint(tx, { ...endpoint, secret: await sealKey(secret, book.config.keySecret) });
  noteChange(tx, { ...subjectOf(endpoint), before: null, after: factsOf(endpoint) });
  return { endpoint, secret };
}

export async function requireEndpoint(tx: Tx, id: bigint): Promise<WebhookEndpoint> {
  const endpoint = await findEndpoint(tx, id);
  if (endpoint) return endpoint;
  throw new Refusal('not_found', 'endpoint_unknown', `webhook endpoint ${id} does not exist`);
}

/** A changed endpoint starts anew: what waits for it is tried at once. */
export async function changeEndpoint(
  tx: Tx,
  book: Book,
  { id, ...wanted }: Partial<EndpointChange> & { readonly id: bigint },
): Promise<WebhookEndpoint> {
  const endpoint = await requireEndpoint(tx, id);
  const changed = {
    ...endpoint,
    ...wanted,
    version: endpoint.version + 1,
    failuresInARow: 0,
    restsUntil: null,
  };
  requireUrl(book, changed.url);
  requireLatest(await updateEndpoint(tx, endpoint, { ...changed, now: book.clock.now() }));
  const isQueryNew = changed.url !== endpoint.url && shownUrl(changed.url) === shownUrl(endpoint.url);
  noteChange(tx, {
    ...subjectOf(changed),
    before: factsOf(endpoint),
    after: { ...factsOf(changed), ...(isQueryNew && { query: 'changed' }) },
  });
  return changed;
}

/**
 * Both secrets sign for a day, so that the receiver can change over without missing a message. What waits is
 * tried at once: the old secret may have been the reason why it was not taken.
 */
export async function rotateSecret(tx: Tx, book: Book, id: bigint): Promise<EndpointAndSecret> {
  const endpoint = await requireEndpoint(tx, id);
  const secret = newSecret();
  const now = book.clock.now();
  const oldSecretUntil = new Date(now.getTime() + OLD_SECRET_SECONDS * 1000);
  const sealed = await sealKey(secret, book.config.keySecret);
  requireLatest(await updateSecret(tx, endpoint, { secret: sealed, oldSecretUntil, now }));
  const changed = {
    ...endpoint,
    oldSecretUntil,
    version: endpoint.version + 1,
    failuresInARow: 0,
    restsUntil: null,
  };
  noteChange(tx, {
    ...subjectOf(changed),
    before: factsOf(endpoint),
    after: { ...factsOf(changed), rotated: true },
  });
  return { endpoint: changed, secret };
}

/** What it has not been sent yet, it is not sent any more; `forgetMessages` puts that into the log. */
export async function removeEndpoint(tx: Tx, book: Book, id: bigint): Promise<void> {
  const endpoint = await requireEndpoint(tx, id);
  requireLatest(await deleteEndpoint(tx, endpoint, book.clock.now()));
  noteChange(tx, { kind: 'webhookEndpoint', id, before: factsOf(endpoint), after: null });
}

function requireUrl({ config }: Book, url: string): void {
  requireEndpointUrl(url, { isPlainAllowed: config.webhookNetworks.length > 0 });
}

async function requireAccount(tx: Tx, id: string): Promise<void> {
  if (await findAccount(tx, id)) return;
  throw new Refusal('invalid_argument', 'account_unknown', 'no account has this id', 'accountId');
}

function requireLatest(holds: boolean): void {
  if (!holds) throw new LostVersion('the webhook endpoint was changed by another writer');
}

const subjectOf = ({ id, version }: WebhookEndpoint) => ({
  kind: 'webhookEndpoint',
  id: String(id),
  version,
});

const factsOf = ({ accountId, url, description, eventTypes, status }: WebhookEndpoint) => ({
  accountId,
  url: shownUrl(url),
  description,
  eventTypes,
  status,
});

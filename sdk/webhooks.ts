import type { Answer, Body, Host, Item, Query } from './call.ts';
import type { Page } from './pages.ts';
import type { CallOptions } from './transport.ts';

export type Webhook = Item<'listWebhooks'>;
/** With the secret that verifies the signatures: it is in this answer and nowhere else. */
export type WebhookAndSecret = Answer<'createWebhook'>;
export type WebhookDelivery = Item<'listWebhookDeliveries'>;

/** For operators. */
export interface Webhooks {
  list(options?: CallOptions): Promise<{ readonly items: readonly Webhook[] }>;
  get(webhookId: string, options?: CallOptions): Promise<Webhook>;
  create(webhook: Body<'createWebhook'>, options?: CallOptions): Promise<WebhookAndSecret>;
  change(webhookId: string, change: Body<'changeWebhook'>, options?: CallOptions): Promise<Webhook>;
  delete(webhookId: string, options?: CallOptions): Promise<void>;
  rotateSecret(webhookId: string, options?: CallOptions): Promise<WebhookAndSecret>;
  /** Sends a message that means nothing. */
  test(webhookId: string, options?: CallOptions): Promise<WebhookDelivery>;
  /** What was sent and what became of it, the newest first. */
  deliveries(
    webhookId: string,
    query?: Query<'listWebhookDeliveries'>,
    options?: CallOptions,
  ): Promise<Page<WebhookDelivery>>;
  replayDelivery(webhookId: string, deliveryId: string, options?: CallOptions): Promise<WebhookDelivery>;
  /** Sends again what was given up since an instant. */
  replay(
    webhookId: string,
    since: Body<'replayWebhook'>,
    options?: CallOptions,
  ): Promise<Answer<'replayWebhook'>>;
}

export function webhooksOf(api: Host): Webhooks {
  const path = (webhookId: string, call = ''): string =>
    `/v1/webhooks/${encodeURIComponent(webhookId)}${call}`;
  return {
    list: (options) => api.get<'listWebhooks'>('/v1/webhooks', undefined, options),
    get: (id, options) => api.get<'getWebhook'>(path(id), undefined, options),
    create: (webhook, options) => api.post<'createWebhook'>('/v1/webhooks', webhook, options),
    change: (id, change, options) => api.put<'changeWebhook'>(path(id), change, options),
    delete: (id, options) => api.remove(path(id), options),
    rotateSecret: (id, options) =>
      api.post<'rotateWebhookSecret'>(path(id, '/rotate-secret'), undefined, options),
    test: (id, options) => api.post<'testWebhook'>(path(id, '/test'), undefined, options),
    deliveries: (id, query, options) =>
      api.get<'listWebhookDeliveries'>(path(id, '/deliveries'), query, options),
    replayDelivery: (id, deliveryId, options) =>
      api.post<'replayWebhookDelivery'>(
        path(id, `/deliveries/${encodeURIComponent(deliveryId)}/replay`),
        undefined,
        options,
      ),
    replay: (id, since, options) => api.post<'replayWebhook'>(path(id, '/replay'), since, options),
  };
}

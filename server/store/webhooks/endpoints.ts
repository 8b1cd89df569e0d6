/** Webhook endpoints: few, read as a whole. */
import type { EventType } from '../../domain/webhook.ts';
import type { Tx } from '../database.ts';

export interface WebhookEndpoint {
  readonly id: bigint;
  readonly accountId: string;
  readonly url: string;
  readonly description: string | null;
  /** None = all. */
  readonly eventTypes: readonly EventType[];
  readonly status: 'enabled' | 'disabled';
  readonly oldSecretUntil: Date | null;
  readonly version: number;
  readonly failuresInARow: number;
  readonly restsUntil: Date | null;
  readonly createdAt: Date;
}

/** As stored: sealed when the deployment has a key secret. */
export interface EndpointSecrets {
  readonly secret: string;
  readonly oldSecret: string | null;
}

interface EndpointRow {
  id: bigint;
  account_id: string;
  url: string;
  description: string | null;
  event_types: EventType[];
  status: 'enabled' | 'disabled';
  secret: string;
  old_secret: string | null;
  old_secret_until: Date | null;
  version: number;
  failures_in_a_row: number;
  rests_until: Date | null;
  created_at: Date;
}

const COLUMNS = `id, account_id, url, description, event_types, status, secret, old_secret, old_secret_until,
  version, failures_in_a_row, rests_until, created_at`;

const toEndpoint = (row: EndpointRow): WebhookEndpoint => ({
  id: row.id,
  accountId: row.account_id,
  url: row.url,
  description: row.description,
  eventTypes: row.event_types,
  status: row.status,
  oldSecretUntil: row.old_secret_until,
  version: row.version,
  failuresInARow: row.failures_in_a_row,
  restsUntil: row.rests_until,
  createdAt: row.created_at,
});

/** Oldest first. */
export async function listEndpoints(tx: Tx): Promise<WebhookEndpoint[]> {
  const rows = await tx.query<EndpointRow>(
    `select ${COLUMNS} from webhook_endpoint where deleted_at is null order by id`,
  );
  return rows.map(toEndpoint);
}

export async function findEndpoint(tx: Tx, id: bigint): Promise<WebhookEndpoint | undefined> {
  const [row] = await tx.query<EndpointRow>(
    `select ${COLUMNS} from webhook_endpoint where id = $1 and deleted_at is null`,
    [id],
  );
  return row && toEndpoint(row);
}

/** Enabled ones of accounts that are enabled, with what signs their messages. */
export async function listReceivers(tx: Tx): Promise<(WebhookEndpoint & EndpointSecrets)[]> {
  const rows = await tx.query<EndpointRow>(
    `select ${COLUMNS} from webhook_endpoint
     where deleted_at is null and status = 'enabled'
       and account_id in (select id::text from account where disabled_at is null)
     order by id`,
  );
  return rows.map((row) => ({ ...toEndpoint(row), secret: row.secret, oldSecret: row.old_secret }));
}

export async function nextEndpointId(tx: Tx): Promise<bigint> {
  const [row] = await tx.query<{ id: bigint }>(`select nextval('webhook_endpoint_id') as id`);
  return row?.id ?? 0n;
}

export async function insertEndpoint(tx: Tx, endpoint: WebhookEndpoint & { secret: string }): Promise<void> {
  const { id, accountId, url, description, eventTypes, status, secret, createdAt } = endpoint;
  await tx.query(
    `insert into webhook_endpoint (id, account_id, url, description, event_types, status, secret, version,
       failures_in_a_row, created_at, updated_at)
     values ($1, $2, $3, $4, $5::jsonb, $6, $7, 1, 0, $8, $8)`,
    [id, accountId, url, description, JSON.stringify(eventTypes), status, secret, createdAt],
  );
}

export type EndpointChange = Pick<WebhookEndpoint, 'url' | 'description' | 'eventTypes' | 'status'>;

/**
 * Answers false when another writer changed it since `version` was read. A changed one has no record of
 * failures.
 */
export async function updateEndpoint(
  tx: Tx,
  { id, version }: WebhookEndpoint,
  change: EndpointChange & { readonly now: Date },
): Promise<boolean> {
  const { url, description, eventTypes, status, now } = change;
  const rows = await tx.query(
    `update webhook_endpoint set url = $3, description = $4, event_types = $5::jsonb, status = $6,
       updated_at = $7, version = version + 1, failures_in_a_row = 0, rests_until = null
     where id = $1 and version = $2 and deleted_at is null returning id`,
    [id, version, url, description, JSON.stringify(eventTypes), status, now],
  );
  return rows.length === 1;
}

export interface SecretChange {
  readonly secret: string;
  readonly oldSecretUntil: Date;
  readonly now: Date;
}

/** The secret in force becomes the old one; what waits is tried at once. */
export async function updateSecret(
  tx: Tx,
  { id, version }: WebhookEndpoint,
  { secret, oldSecretUntil, now }: SecretChange,
): Promise<boolean> {
  const rows = await tx.query(
    `update webhook_endpoint set old_secret = secret, secret = $3, old_secret_until = $4, updated_at = $5,
       version = version + 1, failures_in_a_row = 0, rests_until = null
     where id = $1 and version = $2 and deleted_at is null returning id`,
    [id, version, secret, oldSecretUntil, now],
  );
  return rows.length === 1;
}

export async function deleteEndpoint(tx: Tx, { id, version }: WebhookEndpoint, now: Date): Promise<boolean> {
  const rows = await tx.query(
    `update webhook_endpoint set deleted_at = $3, status = 'disabled', secret = '', old_secret = null,
       version = version + 1
     where id = $1 and version = $2 and deleted_at is null returning id`,
    [id, version, now],
  );
  return rows.length === 1;
}

export type Standing = Pick<WebhookEndpoint, 'id' | 'version' | 'failuresInARow' | 'restsUntil'>;

/**
 * How endpoints did lately; not a change that anybody made, so the version stays. Those that were changed
 * since `version` was read begin anew.
 */
export async function updateStandings(tx: Tx, standings: readonly Standing[]): Promise<void> {
  for (const { id, version, failuresInARow, restsUntil } of standings)
    await tx.query(
      `update webhook_endpoint set failures_in_a_row = $3, rests_until = $4 where id = $1 and version = $2`,
      [id, version, failuresInARow, restsUntil],
    );
}

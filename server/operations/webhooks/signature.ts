/**
 * Signatures by the Standard Webhooks scheme: HMAC-SHA256 over `id.timestamp.body`, base64, version `v1`.
 * While a secret is being replaced a message carries one signature for each, so receivers verify with either.
 */
import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';

/** A new secret, 32 random bytes: `whsec_` and base64. */
export const newSecret = (): string => PREFIX + randomBytes(32).toString('base64');

/** The id of an event's message, the same at every try and for every endpoint: `evt_42_2001`. */
export const eventIdOf = ({ loanId, seq }: { loanId: bigint; seq: bigint }): string => `evt_${loanId}_${seq}`;

export interface Signed {
  /** Stays the same when the message is sent again, so that receivers can tell. */
  readonly id: string;
  readonly sentAt: Date;
  readonly body: string;
}

/** The headers that go with a message; `secrets` as `newSecret` makes them, at least one. */
export function signatureHeaders(
  { id, sentAt, body }: Signed,
  secrets: readonly string[],
): Record<string, string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const sign = (secret: string): string => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  };
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map(sign).join(' '),
  };
}

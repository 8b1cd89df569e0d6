/**
 * One try of one message: POST, no redirect followed, the answer's status looked at and its body thrown
 * away. Never throws: whatever a receiver does becomes an outcome.
 */
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { allowedLookup, requireAllowedHost } from './addresses.ts';

export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Outcome {
  readonly isTaken: boolean;
  /** HTTP status, where there was an answer. */
  readonly status: number | null;
  /** Why it was not taken, in words for the delivery log. */
  readonly reason: string | null;
}

export interface Sending {
  /** Networks that are allowed besides public addresses. */
  readonly allowedNetworks: readonly string[];
  readonly timeoutMilliseconds: number;
  /** Ends the wait for an answer: the process stops. */
  readonly cutShort?: AbortSignal | undefined;
}

export async function send(message: Message, sending: Sending): Promise<Outcome> {
  try {
    const status = await statusOf(message, sending);
    if (status >= 200 && status < 300) return { isTaken: true, status, reason: null };
    const isRedirect = status >= 300 && status < 400;
    const reason = isRedirect ? 'redirects are not followed: register the final URL' : `answered ${status}`;
    return { isTaken: false, status, reason };
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    return { isTaken: false, status: null, reason: reason.slice(0, 500) };
  }
}

function statusOf({ url, headers, body }: Message, sending: Sending): Promise<number> {
  const target = new URL(url);
  requireAllowedHost(target, sending.allowedNetworks);
  const request = target.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const call = request(target, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Loanbook-Webhooks/1',
      },
      lookup: allowedLookup(sending.allowedNetworks),
      // A connection of its own: one receiver's sockets never wait for another's.
      agent: false,
      signal: AbortSignal.timeout(sending.timeoutMilliseconds),
    });
    call.on('response', (response) => {
      resolve(response.statusCode ?? 0);
      // A receiver may send for ever; nothing of it is read.
      response.destroy();
    });
    call.on('error', (error) =>
      reject(error.name === 'AbortError' || error.name === 'TimeoutError' ? timeoutOf(sending) : error),
    );
    const { cutShort } = sending;
    const hangUp = (): void => void call.destroy();
    cutShort?.addEventListener('abort', hangUp);
    call.on('close', () => cutShort?.removeEventListener('abort', hangUp));
    // The last that is heard of a call, and the only thing when a receiver wants another protocol (101).
    call.on('close', () => reject(new Error('the connection was closed without an answer')));
    call.end(body);
  });
}

const timeoutOf = ({ timeoutMilliseconds }: Sending): Error =>
  new Error(`no answer within ${timeoutMilliseconds / 1000} s`);

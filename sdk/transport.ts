/**
 * One call over HTTP: address, token, idempotency key, time limit, tries, and the answer or a
 * `LoanbookError`.
 */
import { errorOf, LoanbookError } from './errors.ts';
import { type RetryPolicy, withRetries } from './retry.ts';
import type { Send, TokenSource } from './token.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface CallOptions {
  /** Given: the call of before, sent again. Absent: every POST gets one of its own. */
  readonly idempotencyKey?: string;
  /** Milliseconds for each try. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

export interface Call {
  readonly method: Method;
  readonly url: string;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
  /** The answer is a file, not JSON. */
  readonly isFile?: true;
  readonly options?: CallOptions | undefined;
}

export interface DownloadedFile {
  /** As the server names it, if it does. */
  readonly name: string | undefined;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export type Transport = <Answer>(call: Call) => Promise<Answer>;

export interface TransportSettings {
  readonly fetch: Send;
  readonly tokens: TokenSource;
  readonly retries: RetryPolicy;
  /** Milliseconds for each try. */
  readonly timeout: number;
}

export function createTransport({ fetch, tokens, retries, timeout }: TransportSettings): Transport {
  return async <Answer>(call: Call): Promise<Answer> => {
    const send = timedSend(fetch, call.options?.timeout ?? timeout);
    const url = call.url + queryText(call.query);
    const request = requestOf(call);
    const attempt = async (): Promise<Answer> => {
      const response = await sendWithToken(tokens, (token) => {
        request.headers.set('authorization', `Bearer ${token}`);
        return send(url, { ...request, signal: call.options?.signal ?? null });
      });
      if (!response.ok) throw await errorOf(response);
      if (response.status === 202) throw pendingOf((await response.json()) as Pending);
      return (await (call.isFile ? fileOf(response) : answerOf(response))) as Answer;
    };
    // A DELETE that got lost may have worked: its repetition would answer not_found for a success.
    const isRepeatable = call.method !== 'DELETE';
    return withRetries(attempt, retries, { isRepeatable, signal: call.options?.signal });
  };
}

interface Pending {
  readonly approvalId: string;
  readonly message: string;
}

/** A call that waits for a second person has no answer yet. */
function pendingOf({ approvalId, message }: Pending): LoanbookError {
  return new LoanbookError({ code: 'approval_pending', status: 202, message, approvalId });
}

/** A refused token is renewed once; the second refusal stands. */
async function sendWithToken(
  tokens: TokenSource,
  sendWith: (token: string) => Promise<Response>,
): Promise<Response> {
  const token = await tokens.current();
  const response = await sendWith(token);
  if (response.status !== 401 || !(await tokens.renewAfter(token))) return response;
  return sendWith(await tokens.current());
}

/** Headers and body are made once per call, so that every try carries the same key and the same bytes. */
function requestOf(call: Call): { method: Method; headers: Headers; body?: string } {
  const headers = new Headers({ accept: call.isFile ? '*/*' : 'application/json' });
  if (call.method === 'POST')
    headers.set('idempotency-key', call.options?.idempotencyKey ?? crypto.randomUUID());
  if (call.body === undefined) return { method: call.method, headers };
  headers.set('content-type', 'application/json');
  return { method: call.method, headers, body: JSON.stringify(call.body) };
}

function queryText(query: Call['query']): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? '' : `?${search.toString()}`;
}

async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = 'the answer is not JSON: is this the address of the api?';
    throw new LoanbookError({ code: 'internal', status: response.status, message, cause });
  }
}

async function fileOf(response: Response): Promise<DownloadedFile> {
  const [, name] = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '') ?? [];
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { name, contentType: response.headers.get('content-type') ?? '', bytes };
}

/** `fetch` with a time limit; what goes wrong on the way becomes a `LoanbookError`. */
export function timedSend(fetch: Send, timeout: number): Send {
  return async (url, request) => {
    const limit = AbortSignal.timeout(timeout);
    const signal = request.signal ? AbortSignal.any([request.signal, limit]) : limit;
    try {
      const response = await fetch(url, { ...request, signal });
      return await inMemory(response);
    } catch (error) {
      if (request.signal?.aborted) throw error;
      const [code, what] = limit.aborted
        ? (['timeout', `no answer within ${timeout} ms`] as const)
        : (['network', 'no connection'] as const);
      throw new LoanbookError({ code, status: 0, message: `${what}: ${url}`, cause: error });
    }
  };
}

/** Reads the whole body under the time limit: a connection may also be lost in the middle of an answer. */
async function inMemory(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const bytes = await response.arrayBuffer();
  return new Response(bytes.byteLength === 0 ? null : bytes, { status, statusText, headers });
}

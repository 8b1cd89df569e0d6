/** Plain calls for contract tests: what went in and what came out, nothing in between. */
import { expect } from 'vitest';
import type { Who, World } from '../world.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers that have no type
  readonly body: any;
  readonly text: string;
}

export interface Extras {
  readonly as?: Who;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Caller {
  get(path: string, extras?: Extras): Promise<Reply>;
  post(path: string, body?: unknown, extras?: Extras): Promise<Reply>;
  put(path: string, body: unknown, extras?: Extras): Promise<Reply>;
  delete(path: string, extras?: Extras): Promise<Reply>;
}

export function callerOf(world: World): Caller {
  const send = async (method: string, path: string, rest: Extras & { body?: unknown } = {}) => {
    const { body, headers = {}, as = 'partner' } = rest;
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await world.fetch(path, {
      method,
      as,
      headers: { ...json, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return replyOf(answer);
  };
  return {
    get: (path, extras) => send('GET', path, extras),
    post: (path, body, extras) => send('POST', path, { ...extras, body }),
    put: (path, body, extras) => send('PUT', path, { ...extras, body }),
    delete: (path, extras) => send('DELETE', path, extras),
  };
}

async function replyOf(answer: Response): Promise<Reply> {
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

/** A refusal of the contract: `{code, message}` and nothing more; `field` for `invalid_argument`. */
export function expectRefusal(reply: Reply, status: number, code: string, field?: string): void {
  expect({ status: reply.status, code: reply.body?.code }, reply.text).toEqual({ status, code });
  expect(Object.keys(reply.body)).toEqual(['code', 'message']);
  if (field === undefined) return;
  const faults: { field: string }[] = JSON.parse(reply.body.message);
  expect(faults.map((fault) => fault.field)).toContain(field);
}

export function expectOk(reply: Reply): Reply {
  expect(reply.status, reply.text).toBe(200);
  return reply;
}

/** Plain calls for contract tests: what went in and what came out, nothing in between. */
import { expect } from 'vitest';
import type { Who } from '../beginning.ts';
import type { World } from '../world.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Answer;
  readonly text: string;
}

/** What tests look at in answers; an answer has some of it. */
export interface Answer {
  readonly id: string;
  readonly loanId: string;
  readonly externalId: string;
  readonly customerId: string;
  readonly displayName: string;
  readonly status: string;
  readonly code: string;
  readonly message: string;
  readonly items: readonly Answer[];
  readonly total: number;
  readonly nextCursor?: string;
  readonly principal: number;
  readonly interest: number;
  readonly interestPaid: number;
  readonly amount: number;
  readonly interestCharged: number;
  readonly totalOutstanding: number;
  readonly totalRepayment: number;
  readonly totalOverdue: number;
  readonly daysPastDue: number;
  readonly totalDebit: number;
  readonly totalCredit: number;
  readonly annualPercentageRate: number;
  readonly glCode: string;
  readonly debit: number;
  readonly credit: number;
  readonly repaymentSchedule: readonly Readonly<Record<string, number | string | boolean>>[];
  readonly repaymentHistory: readonly Answer[];
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
    body: text === '' ? {} : JSON.parse(text),
  };
}

/** `409 aborted`: `{code, message}` and nothing more; with the field at fault for `invalid_argument`. */
export function expectRefusal(reply: Reply, refusal: string, field?: string): void {
  expect(`${reply.status} ${reply.body.code}`, reply.text).toBe(refusal);
  expect(Object.keys(reply.body)).toEqual(['code', 'message']);
  if (field === undefined) return;
  const faults: { field: string }[] = JSON.parse(reply.body.message);
  expect(faults.map((fault) => fault.field)).toContain(field);
}

export function expectOk(reply: Reply): Reply {
  expect(reply.status, reply.text).toBe(200);
  return reply;
}

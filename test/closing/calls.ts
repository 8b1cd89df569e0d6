/** Short calls for the tests of the lender's day. */
import { expect } from 'vitest';
import type { World } from '../world.ts';

let customers = 0;

export interface Row {
  readonly type: string;
  readonly date: string;
  readonly amount: number;
  readonly interest: number;
  readonly journal: readonly { readonly date: string; readonly lines: readonly object[] }[];
}

async function answerOf(world: World, path: string, request: { method: string; body?: unknown }) {
  const { method, body } = request;
  const answer = await world.fetch(path, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  const text = await answer.text();
  expect(answer.status, `${method} ${path}: ${text}`).toBe(200);
  return JSON.parse(text);
}

export const post = (world: World, path: string, body: unknown = {}) =>
  answerOf(world, path, { method: 'POST', body });
export const put = (world: World, path: string, body: unknown) =>
  answerOf(world, path, { method: 'PUT', body });
export const get = (world: World, path: string) => answerOf(world, path, { method: 'GET' });

export const closedThrough = async (world: World): Promise<string | undefined> =>
  (await get(world, '/v1/close-of-business')).closedThrough;

/** A new customer with a new loan; answers its id. */
export async function loanOf(world: World, wanted: object): Promise<string> {
  customers += 1;
  const customer = await post(world, '/v1/customers', { externalId: `day-${process.pid}-${customers}` });
  const loan = await post(world, '/v1/loans', { customerId: Number(customer.id), ...wanted });
  return loan.id;
}

export const transactionsOf = async (world: World, loanId: string): Promise<readonly Row[]> =>
  (await get(world, `/v1/loans/${loanId}/transactions`)).items;

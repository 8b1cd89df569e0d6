/** What the scenarios of load have in common: a stage to play on, and calls made up one after the other. */
import { randomBytes } from 'node:crypto';
import { requestOf } from '../load/connection.ts';
import type { Shot } from '../load/tally.ts';
import type { FilledBook } from '../place/book.ts';

export interface Stage {
  readonly book: FilledBook;
  /** `Bearer ...`, as it is good right now. */
  readonly authorization: () => string;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Makes up the calls of one run. */
  readonly open: (stage: Stage) => () => Shot;
  /**
   * Also at 50 % and 80 % of the maximum; a single hot loan has one line, which an open loop would only fill.
   */
  readonly isPaced: boolean;
}

/** Minor units of a unit: the books of the bench are in TZS. */
export const MINOR = 100n;

const run = randomBytes(4).toString('hex');
let posted = 0;

export function getOf({ authorization }: Stage, path: string): Shot {
  const headers = { authorization: authorization() };
  return { request: requestOf({ method: 'GET', path, headers }), kind: 'read', amount: 0n };
}

interface Post {
  readonly path: string;
  readonly body: object;
  readonly kind: 'repayment' | 'loan';
  readonly amount: bigint;
}

/** With a key of its own, as the SDK sends every POST. */
export function postOf({ authorization }: Stage, { path, body, kind, amount }: Post): Shot {
  posted += 1;
  const headers = { authorization: authorization(), 'idempotency-key': `bench-${run}-${posted}` };
  const request = requestOf({ method: 'POST', path, headers, body: JSON.stringify(body) });
  return { request, kind, amount };
}

/** 1.00 to 9.99: small enough that no loan is ever paid off. */
export function repaymentOf(stage: Stage, loanId: string): Shot {
  const cents = 100 + Math.floor(Math.random() * 900);
  return postOf(stage, {
    path: `/v1/loans/${loanId}/repayments`,
    body: { transactionAmount: cents / 100 },
    kind: 'repayment',
    amount: BigInt(cents),
  });
}

const PRINCIPAL = 1_200_000;

/** Twelve installments, made, approved and disbursed in one call. */
export function loanOf(stage: Stage): Shot {
  const { termProduct, customerIds } = stage.book;
  const body = { customerId: Number(oneOf(customerIds)), productId: termProduct, principal: PRINCIPAL };
  return postOf(stage, { path: '/v1/loans', body, kind: 'loan', amount: BigInt(PRINCIPAL) * MINOR });
}

export const readOf = (stage: Stage, loanId: string): Shot => getOf(stage, `/v1/loans/${loanId}`);

export function oneOf<T>(all: readonly T[]): T {
  const one = all[Math.floor(Math.random() * all.length)];
  if (one === undefined) throw new Error('there is nothing to choose from');
  return one;
}

/**
 * What is done to one customer or one loan, `POST /v1/loans/{loan_id}/approve`: described once, registered
 * for both addressings, at most once under an idempotency key.
 */
import { type Static, type TSchema, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Book } from '../operations/book.ts';
import type { Tx } from '../store/database.ts';
import type { ExternalKind } from '../store/externalIds.ts';
import { type Addressing, addressingsOf } from './addressing.ts';
import { requireOperator, requirePartner } from './auth.ts';
import type { App, AppContext } from './context.ts';
import { answerPost, IdempotencyHeader, wasAnswered } from './idempotency.ts';
import { type EndpointDescription, endpoint } from './openapi.ts';
import { IdPath, readId } from './values.ts';

/** What route files work with. */
export interface Routes {
  readonly app: App;
  readonly context: AppContext;
  readonly book: Book;
}

export interface Verb<Body extends TSchema> {
  readonly kind: ExternalKind;
  readonly describe: Omit<EndpointDescription, 'caller'>;
  /** Partners when it is not said. */
  readonly caller?: 'operator';
  /** Behind the id, e.g. `/approve`; may hold `:transaction_id` or `:charge_id`. */
  readonly path: string;
  readonly body: Body;
  readonly answer: TSchema;
  /** It does nothing but repay the loan. */
  readonly isRepayment?: true;
  readonly work: (tx: Tx, target: Target, body: Static<Body>) => Promise<object>;
}

/** What the path means. */
export interface Target {
  readonly id: bigint;
  readonly transactionId: bigint;
  readonly chargeId: number;
}

export function addVerb<Body extends TSchema>(routes: Routes, verb: Verb<Body>): void {
  for (const form of addressingsOf(verb.kind)) addForm(routes, verb, form);
}

function addForm<Body extends TSchema>(routes: Routes, verb: Verb<Body>, form: Addressing): void {
  const { app, context, book } = routes;
  const { describe, path, body, answer, caller = 'partner' } = verb;
  const onTransaction = path.includes(':transaction_id');
  const onCharge = path.includes(':charge_id');
  const params = Type.Object({
    ...form.params,
    ...(onTransaction && { transaction_id: IdPath }),
    ...(onCharge && { charge_id: IdPath }),
  });
  const schema = {
    ...endpoint({ ...describe, id: `${describe.id}${form.suffix}`, caller }),
    params,
    headers: IdempotencyHeader,
    body,
    response: { 200: answer },
  };
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const transactionId = transactionIdOf(request.params);
    const chargeId = chargeIdOf(request.params);
    const canonical =
      onTransaction || onCharge
        ? path.replace(':transaction_id', String(transactionId)).replace(':charge_id', String(chargeId))
        : path;
    const placeOf = (id: bigint) => ({
      book,
      path: `/v1/${verb.kind}s/${id}${canonical}`,
      loanId: verb.kind === 'loan' ? id : undefined,
    });
    const id =
      request.headers['idempotency-key'] === undefined
        ? await form.idOf(book.db.readByKey, request.params)
        : await form.idOfRepeated(book.db.readByKey, request.params, (each) =>
            wasAnswered(request, placeOf(each)),
          );
    const { path: place, loanId } = placeOf(id);
    await answerPost(request, reply, {
      book,
      path: place,
      loanId,
      isRepayment: verb.isRepayment,
      work: (tx) => verb.work(tx, { id, transactionId, chargeId }, request.body as Static<Body>),
    });
  };
  const onRequest = caller === 'operator' ? requireOperator(context) : requirePartner(context);
  app.post(`${form.base}${path}`, { onRequest, schema }, handler);
}

function transactionIdOf(params: unknown): bigint {
  const given = (params as { transaction_id?: string }).transaction_id;
  return given === undefined ? 0n : readId(given, 'transaction_id');
}

/** Charges are numbered within their loan: a number too large for any is that of none. */
export function chargeIdOf(params: unknown): number {
  const given = (params as { charge_id?: string }).charge_id;
  const id = given === undefined ? 0n : readId(given, 'charge_id');
  return id > BigInt(Number.MAX_SAFE_INTEGER) ? 0 : Number(id);
}

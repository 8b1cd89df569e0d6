/** Charge definitions over HTTP, for operators. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { change } from '../../operations/change.ts';
import {
  addCharge,
  changeCharge,
  removeCharge,
  requireCharge,
  setChargeActive,
} from '../../operations/products/charges.ts';
import { listCharges } from '../../store/configuration/charges.ts';
import { authorOf, requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { type EndpointDescription, endpoint } from '../openapi.ts';
import { IdPath, readId, withoutAbsent } from '../values.ts';
import type { Routes } from '../verbs.ts';
import {
  ChargeChange,
  ChargeIn,
  ChargeOut,
  chargeOut,
  type GivenCharge,
  readCharge,
  statedCharge,
} from './chargeFields.ts';

const ChargePath = Type.Object({ charge_id: IdPath });
const described = (it: Omit<EndpointDescription, 'tag' | 'caller'>) =>
  endpoint({ ...it, tag: 'Loan products', caller: 'operator' });
const idOf = ({ params }: FastifyRequest): bigint =>
  readId((params as { charge_id: string }).charge_id, 'charge_id');

export async function chargeRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  addReads(routes);
  addCreate(routes);
  addUpdate(routes);
  addStatus(routes, { verb: 'activate', active: true });
  addStatus(routes, { verb: 'deactivate', active: false });
  addDelete(routes);
}

function addReads({ app, context }: Routes): void {
  const onRequest = requireOperator(context);
  const listed = {
    ...described({ id: 'listCharges', summary: 'List all charges' }),
    response: { 200: Type.Object({ items: Type.Array(ChargeOut) }) },
  };
  app.get('/v1/charges', { onRequest, schema: listed }, async () => ({
    items: (await listCharges(context.db.read)).map(chargeOut),
  }));
  const one = {
    ...described({ id: 'getCharge', summary: 'Get a charge', errors: ['not_found'] }),
    params: ChargePath,
    response: { 200: ChargeOut },
  };
  app.get('/v1/charges/:charge_id', { onRequest, schema: one }, async (request) =>
    chargeOut(await requireCharge(context.db.read, idOf(request))),
  );
}

function addCreate({ app, context, book }: Routes): void {
  const schema = {
    ...described({ id: 'createCharge', summary: 'Make a charge', errors: ['aborted'] }),
    headers: IdempotencyHeader,
    body: ChargeIn,
    response: { 200: ChargeOut },
  };
  app.post('/v1/charges', { onRequest: requireOperator(context), schema }, async (request, reply) => {
    const draft = readCharge(request.body, context.config.currency);
    await answerPost(request, reply, {
      book,
      path: '/v1/charges',
      work: async (tx) => chargeOut(await addCharge(tx, draft)),
    });
  });
}

function addUpdate({ app, context, book }: Routes): void {
  const schema = {
    ...described({
      id: 'updateCharge',
      summary: 'Change a charge',
      description:
        'What is left out stays, `null` takes a value away; the code stays. Products that have the charge get their ' +
        'next version; loans keep what they were made with.',
      errors: ['not_found', 'aborted'],
    }),
    params: ChargePath,
    body: ChargeChange,
    response: { 200: ChargeOut },
  };
  app.put('/v1/charges/:charge_id', { onRequest: requireOperator(context), schema }, async (request) => {
    const by = authorOf(request);
    return change(book, by, async (tx) => {
      const charge = await requireCharge(tx, idOf(request));
      const given: GivenCharge = withoutAbsent({ ...statedCharge(charge), ...definedOf(request.body) });
      const draft = { ...readCharge(given, context.config.currency), active: charge.active };
      return chargeOut(await changeCharge(tx, { book, by }, { charge, draft }));
    });
  });
}

/** Fields that were given, null included; a field that was left out must not hide the one that is there. */
const definedOf = (body: Static<typeof ChargeChange>): GivenCharge =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as GivenCharge;

function addStatus(
  { app, context, book }: Routes,
  { verb, active }: { readonly verb: 'activate' | 'deactivate'; readonly active: boolean },
): void {
  const schema = {
    ...described({
      id: `${verb}Charge`,
      summary: active ? 'Offer a charge again' : 'Stop offering a charge; products must let go of it first',
      errors: ['not_found', 'aborted'],
    }),
    params: ChargePath,
    headers: IdempotencyHeader,
    response: { 200: ChargeOut },
  };
  const onRequest = requireOperator(context);
  app.post(`/v1/charges/:charge_id/${verb}`, { onRequest, schema }, async (request, reply) => {
    const id = idOf(request);
    await answerPost(request, reply, {
      book,
      path: `/v1/charges/${id}/${verb}`,
      work: async (tx) =>
        chargeOut(await setChargeActive(tx, { book, by: authorOf(request) }, { id, active })),
    });
  });
}

function addDelete({ app, context, book }: Routes): void {
  const schema = {
    ...described({
      id: 'deleteCharge',
      summary: 'Delete a charge that no product has; loans keep theirs',
      errors: ['not_found', 'aborted'],
    }),
    params: ChargePath,
    response: { 204: Type.Unsafe<undefined>({ type: 'null', description: 'Deleted' }) },
  };
  const onRequest = requireOperator(context);
  app.delete('/v1/charges/:charge_id', { onRequest, schema }, async (request, reply) => {
    await change(book, authorOf(request), (tx) => removeCharge(tx, idOf(request)));
    await reply.code(204).send(undefined);
  });
}

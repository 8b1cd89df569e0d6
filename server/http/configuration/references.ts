/** Offices, payment types and closure reasons over HTTP: read by everybody, kept by operators. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { change } from '../../operations/change.ts';
import {
  addReference,
  changeReference,
  requireReference,
} from '../../operations/configuration/references.ts';
import { listReferences, type Reference, type ReferenceTable } from '../../store/configuration/references.ts';
import { authorOf, requireOperator, requireReader } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { type EndpointDescription, endpoint } from '../openapi.ts';
import { ShortName } from '../products/fields.ts';
import { IdOut, IdPath, noun, readId } from '../values.ts';
import type { Routes } from '../verbs.ts';

interface Noun {
  readonly table: ReferenceTable;
  readonly path: string;
  /** As operation ids have it: `createOffice`, `listOffices`. */
  readonly one: string;
  readonly many: string;
  readonly text: string;
  readonly name: string;
}

const NOUNS: readonly Noun[] = [
  { table: 'office', path: 'offices', one: 'Office', many: 'Offices', text: 'office', name: 'Arusha' },
  {
    table: 'payment_type',
    path: 'payment-types',
    one: 'PaymentType',
    many: 'PaymentTypes',
    text: 'payment type',
    name: 'Agent',
  },
  {
    table: 'closure_reason',
    path: 'closure-reasons',
    one: 'ClosureReason',
    many: 'ClosureReasons',
    text: 'closure reason',
    name: 'Moved abroad',
  },
];

export async function referenceRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  for (const each of NOUNS) {
    const answer = answerFor(each);
    addList(routes, each, answer);
    addCreate(routes, each, answer);
    addUpdate(routes, each, answer);
    addStatus(routes, each, { answer, active: true });
    addStatus(routes, each, { answer, active: false });
  }
}

const answerFor = ({ one, name }: Noun) =>
  noun(one, {
    id: IdOut,
    name: Type.String({ examples: [name] }),
    shortName: ShortName,
    active: Type.Boolean({ description: 'May be chosen', examples: [true] }),
  });
type Answer = ReturnType<typeof answerFor>;

const referenceOut = ({ id, name, shortName, active }: Reference): Static<Answer> => ({
  id: id.toString(),
  name,
  shortName,
  active,
});

const described = (it: Omit<EndpointDescription, 'tag'>) => endpoint({ ...it, tag: 'Operators' });
const Path = Type.Object({ reference_id: IdPath });
const idOf = ({ params }: FastifyRequest): bigint =>
  readId((params as { reference_id: string }).reference_id, 'reference_id');
const nameFor = ({ name }: Noun) => Type.String({ minLength: 1, maxLength: 200, examples: [name] });

function addList({ app, context }: Routes, { table, path, many, text }: Noun, answer: Answer): void {
  const schema = {
    ...described({ id: `list${many}`, summary: `List all ${text}s`, caller: 'token' }),
    response: { 200: Type.Object({ items: Type.Array(answer) }) },
  };
  app.get(`/v1/${path}`, { onRequest: requireReader(context), schema }, async () => ({
    items: (await listReferences(context.db.read, table)).map(referenceOut),
  }));
}

function addCreate({ app, context, book }: Routes, it: Noun, answer: Answer): void {
  const { table, path, one, text } = it;
  const schema = {
    ...described({ id: `create${one}`, summary: `Add one ${text}`, caller: 'operator', errors: ['aborted'] }),
    headers: IdempotencyHeader,
    body: Type.Object({ name: nameFor(it), shortName: ShortName }),
    response: { 200: answer },
  };
  app.post(`/v1/${path}`, { onRequest: requireOperator(context), schema }, async (request, reply) => {
    const draft = { ...request.body, active: true };
    await answerPost(request, reply, {
      book,
      path: `/v1/${path}`,
      work: async (tx) => referenceOut(await addReference(tx, table, draft)),
    });
  });
}

function addUpdate({ app, context, book }: Routes, it: Noun, answer: Answer): void {
  const { table, path, one, text } = it;
  const schema = {
    ...described({
      id: `update${one}`,
      summary: `Rename one ${text}; the short name stays`,
      caller: 'operator',
      errors: ['not_found', 'aborted'],
    }),
    params: Path,
    body: Type.Object({ name: nameFor(it) }),
    response: { 200: answer },
  };
  const onRequest = requireOperator(context);
  app.put(`/v1/${path}/:reference_id`, { onRequest, schema }, async (request) => {
    const { name } = request.body;
    return change(book, authorOf(request), async (tx) => {
      const reference = await requireReference(tx, table, idOf(request));
      return referenceOut(await changeReference(tx, table, { reference, name, active: reference.active }));
    });
  });
}

function addStatus(
  { app, context, book }: Routes,
  { table, path, one, text }: Noun,
  { answer, active }: { readonly answer: Answer; readonly active: boolean },
): void {
  const verb = active ? 'activate' : 'deactivate';
  const schema = {
    ...described({
      id: `${verb}${one}`,
      summary: active ? `Let one ${text} be chosen again` : `Let one ${text} no longer be chosen`,
      caller: 'operator',
      errors: ['not_found', 'aborted'],
    }),
    params: Path,
    headers: IdempotencyHeader,
    response: { 200: answer },
  };
  const onRequest = requireOperator(context);
  app.post(`/v1/${path}/:reference_id/${verb}`, { onRequest, schema }, async (request, reply) => {
    const id = idOf(request);
    await answerPost(request, reply, {
      book,
      path: `/v1/${path}/${id}/${verb}`,
      work: async (tx) => {
        const reference = await requireReference(tx, table, id);
        return referenceOut(await changeReference(tx, table, { reference, name: reference.name, active }));
      },
    });
  });
}

/** Delinquency buckets over HTTP, for operators. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { change } from '../../operations/change.ts';
import {
  addBucket,
  changeBucket,
  removeBucket,
  requireBucket,
} from '../../operations/configuration/delinquencyBuckets.ts';
import { listBuckets, type StoredBucket } from '../../store/configuration/delinquencyBuckets.ts';
import { authorOf, requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { type EndpointDescription, endpoint } from '../openapi.ts';
import { noun } from '../values.ts';
import type { Routes } from '../verbs.ts';

const Code = (example: string) =>
  Type.String({
    pattern: '^[A-Za-z0-9_.-]{1,64}$',
    description: 'Letters, digits, _ . -',
    examples: [example],
  });

const Range = Type.Object({
  code: Code('DAYS_1_30'),
  name: Type.String({ minLength: 1, maxLength: 100, examples: ['1 to 30 days past due'] }),
  minDays: Type.Integer({ minimum: 1, maximum: 100_000, examples: [1] }),
  maxDays: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100_000, description: 'Absent: open', examples: [30] }),
  ),
});

const bucketFields = {
  name: Type.String({ minLength: 1, maxLength: 100, examples: ['Standard'] }),
  ranges: Type.Array(Range, { minItems: 1, maxItems: 50, description: 'Upwards, without overlaps' }),
};
const BucketChange = Type.Object(bucketFields);
export const BucketIn = Type.Object({ code: Code('STANDARD'), ...bucketFields });
const BucketOut = noun('DelinquencyBucket', {
  code: Code('STANDARD'),
  ...bucketFields,
  version: Type.Integer({ examples: [1] }),
});

export const bucketOut = ({ code, name, ranges, version }: StoredBucket): Static<typeof BucketOut> => ({
  ...{ code, name, version },
  ranges: ranges.map(({ maxDays, ...range }) => ({ ...range, ...(maxDays !== null && { maxDays }) })),
});

export const rangesOf = ({ ranges }: Static<typeof BucketChange>) =>
  ranges.map(({ maxDays = null, ...range }) => ({ ...range, maxDays }));

const BucketPath = Type.Object({ bucket_code: Type.String({ minLength: 1, maxLength: 64 }) });
const codeOf = ({ params }: FastifyRequest): string => (params as { bucket_code: string }).bucket_code;
const described = (it: Omit<EndpointDescription, 'tag' | 'caller'>) =>
  endpoint({ ...it, tag: 'Operators', caller: 'operator' });

const ALL = '/v1/delinquency-buckets';
const ONE = `${ALL}/:bucket_code`;

export async function delinquencyBucketRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  addReads(routes);
  addCreate(routes);
  addUpdate(routes);
  addDelete(routes);
}

function addReads({ app, context, book }: Routes): void {
  const onRequest = requireOperator(context);
  const listed = {
    ...described({ id: 'listDelinquencyBuckets', summary: 'List delinquency buckets' }),
    response: { 200: Type.Object({ items: Type.Array(BucketOut) }) },
  };
  app.get(ALL, { onRequest, schema: listed }, async () => ({
    items: (await listBuckets(book.db.read)).map(bucketOut),
  }));
  const one = {
    ...described({ id: 'getDelinquencyBucket', summary: 'Get a delinquency bucket', errors: ['not_found'] }),
    params: BucketPath,
    response: { 200: BucketOut },
  };
  app.get(ONE, { onRequest, schema: one }, async (request) =>
    bucketOut(await requireBucket(book.db.read, codeOf(request))),
  );
}

function addCreate({ app, context, book }: Routes): void {
  const schema = {
    ...described({
      id: 'createDelinquencyBucket',
      summary: 'Make a delinquency bucket',
      errors: ['aborted'],
    }),
    headers: IdempotencyHeader,
    body: BucketIn,
    response: { 200: BucketOut },
  };
  app.post(ALL, { onRequest: requireOperator(context), schema }, (request, reply) =>
    answerPost(request, reply, {
      book,
      path: ALL,
      work: async (tx) => bucketOut(await addBucket(tx, { ...request.body, ranges: rangesOf(request.body) })),
    }),
  );
}

function addUpdate({ app, context, book }: Routes): void {
  const schema = {
    ...described({
      id: 'updateDelinquencyBucket',
      summary: 'Change a delinquency bucket',
      description: 'For loans made from now on: a loan keeps the ranges that it was made with.',
      errors: ['not_found'],
    }),
    params: BucketPath,
    body: BucketChange,
    response: { 200: BucketOut },
  };
  app.put(ONE, { onRequest: requireOperator(context), schema }, async (request) => {
    const by = authorOf(request);
    const draft = { code: codeOf(request), name: request.body.name, ranges: rangesOf(request.body) };
    return bucketOut(await change(book, by, (tx) => changeBucket(tx, { book, by }, draft)));
  });
}

function addDelete({ app, context, book }: Routes): void {
  const schema = {
    ...described({
      id: 'deleteDelinquencyBucket',
      summary: 'Delete a delinquency bucket that no product names',
      errors: ['not_found', 'aborted'],
    }),
    params: BucketPath,
    response: { 204: Type.Unsafe<undefined>({ type: 'null', description: 'Deleted' }) },
  };
  app.delete(ONE, { onRequest: requireOperator(context), schema }, async (request, reply) => {
    await change(book, authorOf(request), (tx) => removeBucket(tx, codeOf(request)));
    await reply.code(204).send(undefined);
  });
}

/** Signing keys, for operators: list, rotate, retire. Private halves never leave the server. */
import { Type } from '@fastify/type-provider-typebox';
import {
  readSigningKeys,
  retireSigningKey,
  rotateSigningKey,
} from '../../operations/accounts/signingKeys.ts';
import { inside } from '../../operations/accounts/wiring.ts';
import { requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import type { ErrorCode } from '../errors.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { endpoint } from '../openapi.ts';

type Status = 'signing' | 'published' | 'retired';

const EXAMPLE = {
  kid: 'Nl9xWb0zqg0bF1m2s0sQ9q3q5n8zv2xY7rKk1c0JtUE',
  status: 'signing',
  createdAt: '2025-01-01T08:00:00.000Z',
};

const Key = Type.Object(
  {
    kid: Type.String(),
    status: Type.Unsafe<Status>({
      type: 'string',
      enum: ['signing', 'published', 'retired'],
      description: 'signing: signs new tokens; published: still verifies; retired: no longer verifies',
    }),
    createdAt: Type.String({ format: 'date-time' }),
    retiredAt: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { title: 'SigningKey', examples: [EXAMPLE] },
);

const Keys = Type.Object({ items: Type.Array(Key) }, { examples: [{ items: [EXAMPLE] }] });
const KeyPath = Type.Object({ kid: Type.String({ minLength: 1, maxLength: 128 }) });

interface KeyFacts {
  readonly kid: string;
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
}

const answerOf = ({ kid, createdAt, retiredAt }: KeyFacts, status: Status) => ({
  kid,
  status,
  createdAt: createdAt.toISOString(),
  ...(retiredAt && { retiredAt: retiredAt.toISOString() }),
});

export async function signingKeyRoutes(app: App, context: AppContext): Promise<void> {
  const onRequest = requireOperator(context);

  app.get(
    '/v1/signing-keys',
    { onRequest, schema: { ...operator('listSigningKeys', 'List signing keys'), response: { 200: Keys } } },
    async () => ({ items: (await readSigningKeys(context)).map((key) => answerOf(key, key.status)) }),
  );

  app.post(
    '/v1/signing-keys/rotate',
    {
      onRequest,
      schema: {
        ...operator('rotateSigningKey', 'Sign with a new key from now on'),
        headers: IdempotencyHeader,
        response: { 200: Key },
      },
    },
    (request, reply) =>
      answerPost(request, reply, {
        book: bookOf(context),
        path: '/v1/signing-keys/rotate',
        work: async (tx) => answerOf(await rotateSigningKey(inside(context, tx)), 'signing'),
      }),
  );

  app.post(
    '/v1/signing-keys/:kid/retire',
    {
      onRequest,
      schema: {
        ...operator('retireSigningKey', 'Withdraw a key; its tokens stop', ['not_found', 'aborted']),
        headers: IdempotencyHeader,
        params: KeyPath,
        response: { 200: Key },
      },
    },
    async (request, reply) => {
      const { kid } = request.params;
      await answerPost(request, reply, {
        book: bookOf(context),
        path: `/v1/signing-keys/${kid}/retire`,
        work: async (tx) => answerOf(await retireSigningKey(inside(context, tx), kid), 'retired'),
      });
    },
  );
}

function operator(id: string, summary: string, errors: readonly ErrorCode[] = []) {
  return endpoint({ id, tag: 'Accounts', summary, caller: 'operator', errors });
}

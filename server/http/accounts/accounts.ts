/** Accounts, for operators; and everyone's own password. */
import { Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { type Account, PASSWORD_LENGTH, ROLES, type Role } from '../../domain/account.ts';
import {
  createAccount,
  disableAccount,
  enableAccount,
  readAccount,
  revokeTokens,
  setPassword,
  setRoles,
} from '../../operations/accounts/accounts.ts';
import { checkPassword } from '../../operations/accounts/issueToken.ts';
import { inside, onBehalfOf } from '../../operations/accounts/wiring.ts';
import { ACCOUNT_ORDERS, listAccounts } from '../../store/accounts/accounts.ts';
import { authorOf, callerOf, requireOperator, requireToken } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { type ErrorCode, permissionDenied, resourceExhausted } from '../errors.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { endpoint } from '../openapi.ts';
import { pageAnswer, pageFields, pageOf, pageSchema } from '../pagination.ts';

const Roles = Type.Array(Type.Unsafe<Role>({ type: 'string', enum: [...ROLES] }), {
  minItems: 1,
  maxItems: ROLES.length,
  examples: [['ADMIN']],
});

const Password = Type.String({
  minLength: PASSWORD_LENGTH.least,
  maxLength: PASSWORD_LENGTH.most,
  examples: ['correct horse battery staple'],
});

const ACCOUNT_FIELDS = {
  id: Type.String({ format: 'uuid' }),
  email: Type.String(),
  roles: Type.Array(Type.String()),
  status: Type.Unsafe<'enabled' | 'disabled'>({ type: 'string', enum: ['enabled', 'disabled'] }),
  disabledAt: Type.Optional(Type.String({ format: 'date-time' })),
  tokensValidFrom: Type.String({ format: 'date-time', description: 'Tokens issued before no longer count' }),
  createdAt: Type.String({ format: 'date-time' }),
};

const EXAMPLE = {
  id: '5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11',
  email: 'partner@example.com',
  roles: ['ADMIN'],
  status: 'enabled',
  tokensValidFrom: '2025-01-01T08:00:00.000Z',
  createdAt: '2025-01-01T08:00:00.000Z',
};

const AccountAnswer = Type.Object(ACCOUNT_FIELDS, { title: 'Account', examples: [EXAMPLE] });

const CreatedAnswer = Type.Object(
  {
    ...ACCOUNT_FIELDS,
    generatedPassword: Type.Optional(
      Type.String({ description: 'Present when no password was given; it is shown this once' }),
    ),
  },
  { examples: [{ ...EXAMPLE, generatedPassword: 'k7mwp-3hqsd-v9xtc-rb4ne' }] },
);

const NewAccount = Type.Object(
  { email: Type.String({ minLength: 3, maxLength: 254 }), roles: Roles, password: Type.Optional(Password) },
  { examples: [{ email: 'partner@example.com', roles: ['ADMIN'] }] },
);

const { after: _after, ...pageByNumber } = pageFields(ACCOUNT_ORDERS);
const ListQuery = Type.Object(pageByNumber);
const AccountPath = Type.Object({ account_id: Type.String({ format: 'uuid' }) });

function answerOf(account: Account) {
  return {
    id: account.id,
    email: account.email,
    roles: [...account.roles],
    status: account.disabledAt === null ? ('enabled' as const) : ('disabled' as const),
    ...(account.disabledAt && { disabledAt: account.disabledAt.toISOString() }),
    tokensValidFrom: account.tokensValidFrom.toISOString(),
    createdAt: account.createdAt.toISOString(),
  };
}

export async function accountRoutes(app: App, context: AppContext): Promise<void> {
  const onRequest = requireOperator(context);

  app.get(
    '/v1/accounts',
    {
      onRequest,
      schema: {
        ...operator('listAccounts', 'List accounts'),
        querystring: ListQuery,
        response: { 200: pageSchema(AccountAnswer) },
      },
    },
    async (request) => {
      const page = pageOf(request.query, 'email');
      return pageAnswer(page, await listAccounts(context.db.read, page), answerOf);
    },
  );

  app.post(
    '/v1/accounts',
    {
      onRequest,
      schema: {
        ...operator('createAccount', 'Create an account', ['aborted']),
        headers: IdempotencyHeader,
        body: NewAccount,
        response: { 200: CreatedAnswer },
      },
    },
    async (request, reply) => {
      let generatedPassword: string | null = null;
      await answerPost(request, reply, {
        book: bookOf(context),
        path: '/v1/accounts',
        work: async (tx) => {
          const made = await createAccount(inside(context, tx), request.body);
          generatedPassword = made.generatedPassword;
          return answerOf(made.account);
        },
        shownOnce: () => (generatedPassword === null ? {} : { generatedPassword }),
      });
    },
  );

  app.get(
    '/v1/accounts/:account_id',
    {
      onRequest,
      schema: {
        ...operator('getAccount', 'Read an account', ['not_found']),
        params: AccountPath,
        response: { 200: AccountAnswer },
      },
    },
    async (request) => answerOf(await readAccount(context, request.params.account_id)),
  );

  standingRoutes(app, context);
  passwordRoutes(app, context);
}

const STANDING_CALLS = [
  {
    path: 'disable',
    id: 'disableAccount',
    summary: 'Disable an account and end its tokens',
    call: disableAccount,
  },
  { path: 'enable', id: 'enableAccount', summary: 'Enable an account again', call: enableAccount },
  { path: 'revoke-tokens', id: 'revokeTokens', summary: 'End all tokens of an account', call: revokeTokens },
] as const;

/** What changes whether an account and its tokens count; the api honours it within seconds. */
function standingRoutes(app: App, context: AppContext): void {
  const onRequest = requireOperator(context);
  const inNameOf = (request: FastifyRequest) => onBehalfOf(context, authorOf(request));
  for (const { path, id, summary, call } of STANDING_CALLS) {
    app.post(
      `/v1/accounts/:account_id/${path}`,
      {
        onRequest,
        schema: {
          ...operator(id, summary, ['not_found', 'aborted']),
          headers: IdempotencyHeader,
          params: AccountPath,
          response: { 200: AccountAnswer },
        },
      },
      async (request, reply) => {
        const { account_id: accountId } = request.params;
        await answerPost(request, reply, {
          book: bookOf(context),
          path: `/v1/accounts/${accountId}/${path}`,
          work: async (tx) => answerOf(await call(inside(context, tx), accountId)),
        });
      },
    );
  }
  app.put(
    '/v1/accounts/:account_id/roles',
    {
      onRequest,
      schema: {
        ...operator('setAccountRoles', "Replace an account's roles", ['not_found', 'aborted']),
        params: AccountPath,
        body: Type.Object({ roles: Roles }, { examples: [{ roles: ['ADMIN', 'OPERATOR'] }] }),
        response: { 200: AccountAnswer },
      },
    },
    async (request) =>
      answerOf(await setRoles(inNameOf(request), request.params.account_id, request.body.roles)),
  );
}

function passwordRoutes(app: App, context: AppContext): void {
  const inNameOf = (request: FastifyRequest) => onBehalfOf(context, authorOf(request));
  app.put(
    '/v1/accounts/:account_id/password',
    {
      onRequest: requireOperator(context),
      schema: {
        ...operator('setAccountPassword', "Set an account's password and end its tokens", ['not_found']),
        params: AccountPath,
        body: Type.Object(
          { newPassword: Password },
          { examples: [{ newPassword: 'correct horse battery staple' }] },
        ),
        response: { 200: AccountAnswer },
      },
    },
    async (request) =>
      answerOf(await setPassword(inNameOf(request), request.params.account_id, request.body.newPassword)),
  );
  app.put(
    '/v1/accounts/me/password',
    {
      onRequest: requireToken(context),
      schema: {
        ...CHANGE_OWN_PASSWORD,
        body: OwnPassword,
        response: { 200: AccountAnswer },
      },
    },
    async (request) => {
      const { accountId } = callerOf(request);
      const { currentPassword, newPassword } = request.body;
      const { email } = await readAccount(context, accountId);
      await requireCurrentPassword(context, { email, password: currentPassword, address: request.ip });
      return answerOf(await setPassword(inNameOf(request), accountId, newPassword));
    },
  );
}

const OwnPassword = Type.Object(
  { currentPassword: Type.String({ minLength: 1, maxLength: PASSWORD_LENGTH.most }), newPassword: Password },
  { examples: [{ currentPassword: 'k7mwp-3hqsd-v9xtc-rb4ne', newPassword: 'correct horse battery staple' }] },
);

const CHANGE_OWN_PASSWORD = endpoint({
  id: 'changeOwnPassword',
  tag: 'Accounts',
  summary: "Change the caller's own password and end its tokens",
  caller: 'token',
  errors: ['permission_denied', 'resource_exhausted'],
});

/** Limited like the token endpoint, or a stolen token could try passwords without end. */
async function requireCurrentPassword(
  context: AppContext,
  attempt: { email: string; password: string; address: string },
): Promise<void> {
  const checked = await checkPassword(context, attempt);
  if (checked.outcome === 'blocked')
    throw resourceExhausted('too many attempts, try again later', checked.retryAfterSeconds);
  if (checked.outcome === 'refused') throw permissionDenied('the current password is wrong');
}

function operator(id: string, summary: string, errors: readonly ErrorCode[] = []) {
  return endpoint({ id, tag: 'Accounts', summary, caller: 'operator', errors });
}

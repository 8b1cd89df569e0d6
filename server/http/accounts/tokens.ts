/** The auth host: tokens by Basic, who a token speaks for, whether it fulfils a rule, and the public keys. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { issueToken } from '../../operations/accounts/issueToken.ts';
import { readPublicKeys } from '../../operations/accounts/signingKeys.ts';
import { callerOf, hasRole, requireToken, TOKEN_NEEDED } from '../auth.ts';
import type { App, AppContext } from '../context.ts';
import { isStorable } from '../edge/jsonBody.ts';
import { resourceExhausted, unauthenticated } from '../errors.ts';
import { endpoint } from '../openapi.ts';

const Token = Type.Object(
  { token: Type.String({ description: 'A JWT, good for a year' }) },
  { examples: [{ token: 'eyJhbGciOiJSUzI1NiIsImtpZCI6Ik5s4oCmIn0.eyJzdWIiOiLigKYifQ.c2lnbmF0dXJl' }] },
);

const Claims = Type.Object(
  {
    iss: Type.String(),
    sub: Type.String({ format: 'uuid' }),
    iat: Type.Integer(),
    exp: Type.Integer(),
    roles: Type.Array(Type.String()),
  },
  { additionalProperties: true },
);

const ACCOUNT = '5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11';

const Authenticated = Type.Object(
  { userId: Type.String({ format: 'uuid' }), claims: Claims },
  {
    examples: [
      {
        userId: ACCOUNT,
        claims: {
          iss: 'http://127.0.0.1:4001',
          sub: ACCOUNT,
          iat: 1735689600,
          exp: 1767225600,
          roles: ['ADMIN'],
        },
      },
    ],
  },
);

const Rule = Type.Object(
  { rule: Type.Unsafe<'any' | 'admin' | 'operator'>({ type: 'string', enum: ['any', 'admin', 'operator'] }) },
  { examples: [{ rule: 'admin' }] },
);

const Authorized = Type.Object({ authorized: Type.Literal(true) }, { examples: [{ authorized: true }] });

const KeySet = Type.Object(
  { keys: Type.Array(Type.Object({}, { additionalProperties: true })) },
  { examples: [{ keys: [{ kty: 'RSA', kid: 'Nl9x', alg: 'RS256', use: 'sig', n: 'xjl3', e: 'AQAB' }] }] },
);

const REFUSED = 'the email or password is wrong';
const BASIC = 'Basic realm="loanbook", charset="UTF-8"';

export async function authRoutes(app: App, context: AppContext): Promise<void> {
  app.get('/v1/auth/token', { schema: { ...GET_TOKEN, response: { 200: Token } } }, async (request) => {
    const { email, password } = basicCredentials(request);
    const answer = await issueToken(context, { email, password, address: request.ip });
    if (answer.outcome === 'issued') return { token: answer.token };
    if (answer.outcome === 'blocked')
      throw resourceExhausted('too many attempts, try again later', answer.retryAfterSeconds);
    throw unauthenticated(REFUSED, BASIC);
  });

  app.get(
    '/v1/auth/authenticate',
    { onRequest: requireToken(context), schema: { ...AUTHENTICATE, response: { 200: Authenticated } } },
    async (request) => {
      const { accountId, claims } = callerOf(request);
      return { userId: accountId, claims: claims as Static<typeof Claims> };
    },
  );

  app.post(
    '/v1/auth/authorize',
    { onRequest: requireToken(context), schema: { ...AUTHORIZE, body: Rule, response: { 200: Authorized } } },
    async (request) => {
      const { rule } = request.body;
      if (rule !== 'any' && !hasRole(callerOf(request), rule === 'admin' ? 'ADMIN' : 'OPERATOR'))
        throw unauthenticated(TOKEN_NEEDED);
      return { authorized: true as const };
    },
  );

  app.get(
    '/.well-known/jwks.json',
    { schema: { ...GET_KEYS, response: { 200: KeySet } } },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=2');
      return { keys: await readPublicKeys(context) };
    },
  );
}

/** `Authorization: Basic base64(email:password)`; the password may hold colons. */
function basicCredentials(request: FastifyRequest): { email: string; password: string } {
  const encoded = /^basic +([A-Za-z0-9+/_-]+={0,2})$/i.exec(request.headers.authorization ?? '')?.[1];
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  // No account can have such an email, so nothing is told by refusing it at once.
  const isEmail = colon >= 1 && colon <= 254 && isStorable(text);
  if (encoded === undefined || !isEmail) throw unauthenticated(REFUSED, BASIC);
  return { email: text.slice(0, colon), password: text.slice(colon + 1) };
}

const GET_TOKEN = endpoint({
  id: 'issueToken',
  tag: 'Auth',
  summary: 'Obtain a token',
  description:
    'HTTP Basic with email and password. Attempts are limited per account and per address: after some ' +
    'failures each doubles the wait. The answer never tells whether the email exists.',
  caller: 'basic',
  errors: ['resource_exhausted'],
});

const AUTHENTICATE = endpoint({
  id: 'authenticateToken',
  tag: 'Auth',
  summary: 'Who the token speaks for',
  caller: 'token',
});

const AUTHORIZE = endpoint({
  id: 'authorizeToken',
  tag: 'Auth',
  summary: 'Whether the token fulfils a rule',
  description: '401 when it does not.',
  caller: 'token',
});

const GET_KEYS = endpoint({
  id: 'getSigningKeys',
  tag: 'Auth',
  summary: 'Public keys that verify tokens (JWKS)',
  caller: 'anyone',
  errors: ['unavailable'],
});

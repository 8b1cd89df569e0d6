/**
 * The OpenAPI 3.1 document, made from the schemas that validate: routes describe themselves with `endpoint`,
 * error answers are added to each from the table in errors.ts. The document covers both hosts and is served
 * by the api.
 */
import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import type { Config } from '../config.ts';
import type { Role } from '../domain/account.ts';
import { mayWait, PENDING_RESPONSE, PENDING_SCHEMA } from './approvals/pending.ts';
import { bodyErrors, ERROR_SCHEMAS, errorResponses, type Shared } from './edge/errorAnswers.ts';
import { type Content, exampleOf, withExamples } from './edge/examples.ts';
import type { ErrorCode } from './errors.ts';

export type Tag =
  | 'Auth'
  | 'Customers'
  | 'Loan products'
  | 'Loans'
  | 'Repayments'
  | 'Ledger'
  | 'Imports'
  | 'Accounts'
  | 'Operators'
  | 'Reports'
  | 'Webhooks'
  | 'Health';

export interface EndpointDescription {
  /** Operation id, verb and noun: `createCustomer`. Generated clients name their methods by it. */
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** Who may call; the route's `onRequest` enforces it. */
  readonly caller: 'anyone' | 'basic' | 'token' | 'partner' | 'operator';
  /**
   * What it may refuse with, besides what follows from `caller`: bad input (400), bad token (401), 500 and
   * 503.
   */
  readonly errors?: readonly ErrorCode[];
}

type Described = FastifySchema & {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, string[]>[];
  'x-role'?: Role;
  'x-errors': readonly ErrorCode[];
};

/** The documenting part of a route's schema: `schema: { ...endpoint({...}), body, response }`. */
export function endpoint(it: EndpointDescription): Described {
  return {
    operationId: it.id,
    tags: [it.tag],
    summary: it.summary,
    ...(it.description !== undefined && { description: it.description }),
    security: SECURITY[it.caller],
    ...(ROLES[it.caller] !== undefined && { 'x-role': ROLES[it.caller] }),
    'x-errors': errorsOf(it),
  };
}

/** The role that the caller's account needs. */
const ROLES: Readonly<Partial<Record<EndpointDescription['caller'], Role>>> = {
  partner: 'ADMIN',
  operator: 'OPERATOR',
};

const SECURITY: Readonly<Record<EndpointDescription['caller'], Record<string, string[]>[]>> = {
  anyone: [],
  basic: [{ basic: [] }],
  token: [{ bearer: [] }],
  partner: [{ bearer: [] }],
  operator: [{ bearer: [] }],
};

function errorsOf({ caller, errors = [] }: EndpointDescription): readonly ErrorCode[] {
  const byEdge: ErrorCode[] = ['invalid_argument', 'internal', 'unavailable'];
  if (caller === 'anyone') return [...new Set([...byEdge, ...errors])];
  const byCaller: ErrorCode[] = [...byEdge, 'unauthenticated'];
  if (caller === 'operator') byCaller.push('permission_denied');
  return [...new Set([...byCaller, ...errors])];
}

/** An answer that is no JSON. */
export const plainText = (example: string) => ({
  description: 'Success',
  content: { 'text/plain': { schema: { type: 'string', examples: [example] } } },
});

/** Makes `app` write down its routes; must come before them. */
export async function recordRoutes(
  app: FastifyInstance,
  config: Pick<Config, 'apiUrl' | 'authUrl'>,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Loanbook',
        version: '1',
        description:
          'Loan management: customers, loan products, loans, repayments and their ledger. Money is a JSON ' +
          "number with the currency's decimals, dates are YYYY-MM-DD, ids are opaque strings. Every POST " +
          'honours `Idempotency-Key`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: config.apiUrl, description: 'api host' }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          basic: { type: 'http', scheme: 'basic' },
        },
      },
    },
    hideUntagged: true,
  });
}

interface Operation {
  readonly operationId?: string;
  readonly 'x-role'?: Role;
  readonly 'x-errors'?: readonly ErrorCode[];
  readonly requestBody?: Content;
  readonly responses?: Record<string, Content>;
}
type PathItem = Record<string, Operation>;
type Document = { paths?: Record<string, PathItem>; components?: Record<string, unknown> };

/** The document of both hosts: `api` and `auth` have recorded their routes and are ready. */
export function documentOf(
  api: FastifyInstance,
  auth: FastifyInstance,
  config: Pick<Config, 'authUrl'>,
): Record<string, unknown> {
  const { paths = {}, components = {}, ...rest } = api.swagger() as Document;
  const authPaths = (auth.swagger() as Document).paths ?? {};
  const shared: Shared = {
    schemas: { ...ERROR_SCHEMAS, PendingApproval: PENDING_SCHEMA },
    responses: { pending: PENDING_RESPONSE },
  };
  const merged: Record<string, unknown> = {};
  for (const [path, item] of Object.entries(authPaths))
    merged[path] = {
      ...finished(item, shared),
      servers: [{ url: config.authUrl, description: 'auth host' }],
    };
  for (const [path, item] of Object.entries(paths)) merged[path] = finished(item, shared);
  return { ...rest, paths: sorted(merged), components: { ...components, ...sharedParts(shared) } };
}

const sharedParts = ({ schemas, responses }: Shared) => ({
  schemas: sorted(schemas),
  responses: sorted(responses),
});

const sorted = (entries: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));

/**
 * The operations of a path with examples and error answers; what several share is put aside and referred to.
 */
function finished(item: PathItem, shared: Shared): Record<string, unknown> {
  const operations = Object.entries(item).map(([method, { 'x-errors': codes = [], ...operation }]) => {
    const { requestBody, responses = {} } = operation;
    const complete = {
      ...operation,
      ...(requestBody !== undefined && { requestBody: withExamples(requestBody) }),
      responses: {
        ...successes(responses, shared),
        ...(isHeld(method, operation) && { 202: { $ref: '#/components/responses/pending' } }),
        ...errorResponses(codes, shared),
        ...(method !== 'get' && bodyErrors(shared)),
      },
    };
    return [method, complete];
  });
  return Object.fromEntries(operations);
}

const isHeld = (method: string, operation: Operation): boolean =>
  operation['x-role'] !== undefined && mayWait(method, operation.operationId ?? '');

/** The generator's own text for an answer says nothing. */
function successes(responses: Record<string, Content>, shared: Shared): Record<string, unknown> {
  const described = Object.entries(responses).map(([status, response]) => [
    status,
    {
      ...(shareTitled(withExamples(response), shared) as object),
      description: status === '204' ? 'Done' : 'Success',
    },
  ]);
  return Object.fromEntries(described);
}

/** Schemas with a title (the nouns) are written once, under that name. */
function shareTitled(part: unknown, shared: Shared): unknown {
  if (Array.isArray(part)) return part.map((each) => shareTitled(each, shared));
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).map(([key, each]) => [
    key,
    key === 'example' || key === 'examples' ? each : shareTitled(each, shared),
  ]);
  const { examples, ...copy } = Object.fromEntries(entries) as Record<string, unknown>;
  if (typeof copy.title !== 'string' || copy.type !== 'object')
    return examples === undefined ? copy : { ...copy, examples };
  shared.schemas[copy.title] ??= { ...copy, examples: examples ?? [exampleOf(part)] };
  const { examples: _examples, ...bare } = shared.schemas[copy.title] as Record<string, unknown>;
  return JSON.stringify(bare) === JSON.stringify(copy)
    ? { $ref: `#/components/schemas/${copy.title}` }
    : part;
}

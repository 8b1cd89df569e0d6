/**
 * The OpenAPI 3.1 document, made from the schemas that validate: routes describe themselves with `endpoint`, error answers
 * are added to each from the table in errors.ts. The document covers both hosts and is served by the api.
 */
import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import type { Config } from '../config.ts';
import { type Content, withExamples } from './edge/examples.ts';
import { ERRORS, type ErrorCode } from './errors.ts';

export type Tag =
  | 'Auth'
  | 'Customers'
  | 'Loan products'
  | 'Loans'
  | 'Repayments'
  | 'Ledger'
  | 'Accounts'
  | 'Operators'
  | 'Health';

export interface EndpointDescription {
  /** Operation id, verb and noun: `createCustomer`. Generated clients name their methods by it. */
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** Who may call; the route's `onRequest` enforces it. */
  readonly caller: 'anyone' | 'basic' | 'token' | 'partner' | 'operator';
  /** What it may refuse with, besides what follows from `caller`: bad input (400), bad token (401), 500 and 503. */
  readonly errors?: readonly ErrorCode[];
}

type Described = FastifySchema & {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, string[]>[];
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
    'x-errors': errorsOf(it),
  };
}

const SECURITY: Readonly<Record<EndpointDescription['caller'], Record<string, string[]>[]>> = {
  anyone: [],
  basic: [{ basic: [] }],
  token: [{ bearer: [] }],
  partner: [{ bearer: [] }],
  operator: [{ bearer: [] }],
};

function errorsOf({ caller, errors = [] }: EndpointDescription): readonly ErrorCode[] {
  if (caller === 'anyone') return errors;
  const byCaller: ErrorCode[] = ['invalid_argument', 'unauthenticated', 'internal', 'unavailable'];
  if (caller === 'operator') byCaller.push('permission_denied');
  return [...new Set([...byCaller, ...errors])];
}

const EXAMPLES: Readonly<Record<ErrorCode, string>> = {
  invalid_argument: JSON.stringify([{ field: 'externalId', error: 'is required' }]),
  failed_precondition: 'Loan must be Active',
  unauthenticated: 'a valid bearer token is needed',
  permission_denied: 'the date must not be in the future',
  not_found: 'loan 42 does not exist',
  aborted: 'externalId is taken',
  resource_exhausted: 'too many attempts, try again later',
  internal: 'an unexpected error occurred',
  unavailable: 'the database is not available, try again',
};

const ERROR_SCHEMA = {
  type: 'object',
  required: ['code', 'message'],
  properties: {
    code: { type: 'string', enum: Object.keys(ERRORS) },
    message: {
      type: 'string',
      description: 'For `invalid_argument`: a JSON-encoded array of `{"field", "error"}`',
    },
  },
};

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'errors'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(ERRORS) },
    errors: { type: 'array', items: { $ref: '#/components/schemas/Fault' } },
  },
};

const FAULT_SCHEMA = {
  type: 'object',
  required: ['field', 'error'],
  properties: { field: { type: 'string' }, error: { type: 'string' } },
};

type ErrorResponse = { description: string; content: Record<string, unknown> };

/** The error answers of a route by HTTP status; codes that share a status become examples of one answer. */
function errorResponses(codes: readonly ErrorCode[]): Record<string, ErrorResponse> {
  const responses: Record<string, ErrorResponse> = {};
  for (const code of codes) {
    const same = codes.filter((each) => ERRORS[each].status === ERRORS[code].status);
    const titles = same.map((each) => ERRORS[each].title).join(', or ');
    responses[ERRORS[code].status] = errorResponse(
      titles,
      same.map((each) => [each, EXAMPLES[each]]),
    );
  }
  return responses;
}

function errorResponse(description: string, cases: readonly [ErrorCode, string][]): ErrorResponse {
  const examples = cases.map(([code, message]) => [code, { value: { code, message } }]);
  return {
    description,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Error' },
        examples: Object.fromEntries(examples),
      },
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
    },
  };
}

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
          'Loan management: customers, loan products, loans, repayments and their ledger. Money is a JSON number with the ' +
          "currency's decimals, dates are YYYY-MM-DD, ids are opaque strings. Every POST honours `Idempotency-Key`.",
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
  const authServers = [{ url: config.authUrl, description: 'auth host' }];
  const merged: Record<string, unknown> = {};
  for (const [path, item] of Object.entries(authPaths))
    merged[path] = { ...finished(item), servers: authServers };
  for (const [path, item] of Object.entries(paths)) merged[path] = finished(item);
  const ordered = Object.fromEntries(Object.entries(merged).sort(([a], [b]) => (a < b ? -1 : 1)));
  const schemas = { Error: ERROR_SCHEMA, Fault: FAULT_SCHEMA, Problem: PROBLEM_SCHEMA };
  return { ...rest, paths: ordered, components: { ...components, schemas } };
}

/** The operations of a path with examples, and their error answers written out. */
function finished(item: PathItem): Record<string, unknown> {
  const operations = Object.entries(item).map(([method, { 'x-errors': codes = [], ...operation }]) => {
    const { requestBody, responses } = operation;
    const errors = { ...errorResponses(codes), ...(requestBody !== undefined && BODY_ERRORS) };
    const complete = {
      ...operation,
      ...(requestBody !== undefined && { requestBody: withExamples(requestBody) }),
      responses: { ...successes(responses), ...errors },
    };
    return [method, complete];
  });
  return Object.fromEntries(operations);
}

/** The generator's own text for an answer says nothing. */
function successes(responses: Operation['responses'] = {}): Record<string, unknown> {
  const described = Object.entries(responses).map(([status, response]) => [
    status,
    { ...withExamples(response), description: status === '204' ? 'Done' : 'Success' },
  ]);
  return Object.fromEntries(described);
}

const BODY_ERRORS = {
  413: errorResponse('Body too large', [['invalid_argument', '[{"field":"body","error":"too large"}]']]),
  415: errorResponse('Wrong media type', [
    ['invalid_argument', '[{"field":"content-type","error":"must be application/json"}]'],
  ]),
};

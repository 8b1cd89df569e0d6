/**
 * The error answers of the document, made from the table in errors.ts; each is written once and referred to
 * by routes.
 */
import { ERRORS, type ErrorCode } from '../errors.ts';

/** Parts of the document that routes share, by name. */
export interface Shared {
  readonly schemas: Record<string, unknown>;
  readonly responses: Record<string, unknown>;
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

const CODES = Object.keys(ERRORS);

export const ERROR_SCHEMAS: Readonly<Record<string, unknown>> = {
  Error: {
    type: 'object',
    required: ['code', 'message'],
    properties: {
      code: { type: 'string', enum: CODES },
      message: {
        type: 'string',
        description: 'For `invalid_argument`: a JSON-encoded array of `{"field", "error"}`',
      },
    },
  },
  Fault: {
    type: 'object',
    required: ['field', 'error'],
    properties: { field: { type: 'string' }, error: { type: 'string' } },
  },
  Problem: {
    type: 'object',
    description: 'RFC 9457, for callers that accept it',
    required: ['type', 'title', 'status', 'detail', 'code', 'errors'],
    properties: {
      type: { type: 'string', format: 'uri' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      code: { type: 'string', enum: CODES },
      errors: { type: 'array', items: { $ref: '#/components/schemas/Fault' } },
    },
  },
};

type Case = readonly [code: ErrorCode, message: string];
type References = Record<string, { $ref: string }>;

/** References by HTTP status; codes that share a status become examples of one answer. */
export function errorResponses(codes: readonly ErrorCode[], shared: Shared): References {
  const references: References = {};
  for (const code of codes) {
    const same = codes.filter((each) => ERRORS[each].status === ERRORS[code].status);
    const description = same.map((each) => ERRORS[each].title).join(', or ');
    const cases = same.map((each): Case => [each, EXAMPLES[each]]);
    references[ERRORS[code].status] = share(shared, { name: same.join('_or_'), description, cases });
  }
  return references;
}

/** What any call with a body may be refused for. */
export function bodyErrors(shared: Shared): References {
  const fault = (field: string, error: string): Case[] => [
    ['invalid_argument', JSON.stringify([{ field, error }])],
  ];
  return {
    413: share(shared, {
      name: 'too_large',
      description: 'Body too large',
      cases: fault('body', 'too large'),
    }),
    415: share(shared, {
      name: 'wrong_media_type',
      description: 'Wrong media type',
      cases: fault('content-type', 'must be application/json'),
    }),
  };
}

function share(
  { responses }: Shared,
  { name, description, cases }: { name: string; description: string; cases: readonly Case[] },
): { $ref: string } {
  const examples = cases.map(([code, message]) => [code, { value: { code, message } }]);
  responses[name] ??= {
    description,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Error' },
        examples: Object.fromEntries(examples),
      },
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
    },
  };
  return { $ref: `#/components/responses/${name}` };
}

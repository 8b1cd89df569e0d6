/**
 * The one place where an error becomes an answer. Rules throw `Refusal`, the edge throws `HttpFault`, Fastify
 * and the database throw their own; `answerOf` is total: whatever was thrown comes out as `{code, message}`
 * of the contract.
 */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, type RefusalKind } from '../domain/refusal.ts';
import { TemporarilyUnavailable } from '../operations/accounts/unavailable.ts';
import { DatabaseUnavailable, isUnavailable, sqlState } from '../store/failure.ts';
import { type Fault, faultsOfValidation } from './edge/faults.ts';

export type ErrorCode =
  | 'invalid_argument'
  | 'failed_precondition'
  | 'unauthenticated'
  | 'permission_denied'
  | 'not_found'
  | 'aborted'
  | 'resource_exhausted'
  | 'internal'
  | 'unavailable';

/** HTTP status and title of each code of the contract. */
export const ERRORS: Readonly<Record<ErrorCode, { status: number; title: string }>> = {
  invalid_argument: { status: 400, title: 'Invalid argument' },
  failed_precondition: { status: 400, title: 'Failed precondition' },
  unauthenticated: { status: 401, title: 'Unauthenticated' },
  permission_denied: { status: 403, title: 'Permission denied' },
  not_found: { status: 404, title: 'Not found' },
  aborted: { status: 409, title: 'Conflict with the current state' },
  resource_exhausted: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
};

const CODE_OF_REFUSAL: Readonly<Record<RefusalKind, ErrorCode>> = {
  invalid_argument: 'invalid_argument',
  failed_precondition: 'failed_precondition',
  permission_denied: 'permission_denied',
  not_found: 'not_found',
  aborted: 'aborted',
};

/** What goes back to the caller. `faults` is filled for `invalid_argument` only. */
export interface Answer {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly faults: readonly Fault[];
  readonly headers: Readonly<Record<string, string>>;
}

/** An error of the edge itself: authentication, limits, malformed input. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault';
  constructor(readonly answer: Answer) {
    super(answer.message);
  }
}

type Extras = { status?: number; headers?: Record<string, string> };

function plain(code: ErrorCode, message: string, extras: Extras = {}): Answer {
  const { status = ERRORS[code].status, headers = {} } = extras;
  return { status, code, message, faults: [], headers };
}

function invalid(faults: readonly Fault[], extras: Extras = {}): Answer {
  return { ...plain('invalid_argument', JSON.stringify(faults), extras), faults };
}

export const invalidArgument = (...faults: Fault[]): HttpFault => new HttpFault(invalid(faults));

export const unauthenticated = (message: string, challenge = 'Bearer'): HttpFault =>
  new HttpFault(plain('unauthenticated', message, { headers: { 'www-authenticate': challenge } }));

export const permissionDenied = (message: string): HttpFault =>
  new HttpFault(plain('permission_denied', message));

export const notFound = (message: string): HttpFault => new HttpFault(plain('not_found', message));

export const resourceExhausted = (message: string, retryAfterSeconds: number): HttpFault =>
  new HttpFault(plain('resource_exhausted', message, retryAfter(retryAfterSeconds)));

export const unavailable = (message: string, retryAfterSeconds = 1): HttpFault =>
  new HttpFault(plain('unavailable', message, retryAfter(retryAfterSeconds)));

export const tooLarge = (error: string): HttpFault =>
  new HttpFault(invalid([{ field: 'body', error }], { status: 413 }));

export const wrongMediaType = (error: string): HttpFault =>
  new HttpFault(invalid([{ field: 'content-type', error }], { status: 415 }));

function retryAfter(seconds: number): Extras {
  return { headers: { 'retry-after': String(Math.max(1, Math.ceil(seconds))) } };
}

/** The answer to anything that was thrown. */
export function answerOf(error: unknown): Answer {
  if (error instanceof HttpFault) return error.answer;
  if (error instanceof Refusal) return answerOfRefusal(error);
  if (error instanceof TemporarilyUnavailable) return unavailable(error.message).answer;
  if (isUnavailable(error)) return unavailable(databaseMessage(error)).answer;
  return (
    answerOfDatabase(error) ?? answerOfFastify(error) ?? plain('internal', 'an unexpected error occurred')
  );
}

function answerOfRefusal(refusal: Refusal): Answer {
  const code = CODE_OF_REFUSAL[refusal.kind];
  if (code !== 'invalid_argument') return plain(code, refusal.message);
  const { field = 'request', message: error, faults } = refusal;
  return invalid(faults.length > 0 ? faults : [{ field, error }]);
}

function databaseMessage(error: unknown): string {
  const unknown = error instanceof DatabaseUnavailable && error.outcomeUnknown;
  return unknown
    ? 'the database was lost while the change was being stored: repeat the call with the same idempotency key'
    : 'the database is not available, try again';
}

/** Nets under the operations' own checks: a key taken by a twin, a text that PostgreSQL cannot hold. */
function answerOfDatabase(error: unknown): Answer | undefined {
  const state = sqlState(error);
  if (state === '23505') return plain('aborted', 'already exists');
  if (state === '22021' || state === '22P05')
    return invalid([{ field: 'request', error: 'holds a character that cannot be stored' }]);
  return undefined;
}

const FASTIFY_ANSWERS: Readonly<Record<string, () => Answer>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => tooLarge('too large').answer,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => wrongMediaType('must be application/json').answer,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    invalid([{ field: 'content-length', error: 'differs from the length of the body' }]),
  FST_ERR_BAD_URL: () => invalid([{ field: 'path', error: 'malformed percent-encoding' }]),
  FST_ERR_MAX_PARAM_LENGTH: () => invalid([{ field: 'path', error: 'too long' }]),
  FST_ERR_HANDLER_TIMEOUT: () => unavailable('the answer took too long').answer,
};

function answerOfFastify(error: unknown): Answer | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, statusCode, validation, validationContext } = error as FastifyError;
  if (validation) return invalid(faultsOfValidation(validation, validationContext ?? 'body'));
  const known = FASTIFY_ANSWERS[code];
  if (known) return known();
  if (typeof code === 'string' && code.startsWith('FST_ERR_CTP') && statusCode === 400)
    return invalid([{ field: 'body', error: 'cannot be read' }]);
  return undefined;
}

/** Fastify's error handler of both hosts. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const answer = answerOf(error);
  if (answer.status >= 500) request.log.error({ err: error }, 'request failed');
  const { type, body } = render(answer, request.headers.accept);
  // Set here too: a path that cannot be read comes here without passing any hook.
  reply.header('x-request-id', request.id);
  void reply.code(answer.status).headers(answer.headers).type(type).serializer(asIs).send(body);
}

const asIs = (payload: unknown): string => String(payload);

/** `{code, message}`, or the same facts as RFC 9457 for those who ask for it. */
export function render(answer: Answer, accept: string | undefined): { type: string; body: string } {
  const { status, code, message, faults } = answer;
  if (!wantsProblem(accept))
    return { type: 'application/json; charset=utf-8', body: JSON.stringify({ code, message }) };
  const problem = {
    type: `urn:loanbook:error:${code}`,
    title: ERRORS[code].title,
    status,
    detail: faults.length > 0 ? describe(faults) : message,
    code,
    errors: faults,
  };
  return { type: 'application/problem+json', body: JSON.stringify(problem) };
}

const describe = (faults: readonly Fault[]): string =>
  faults.map((fault) => `${fault.field}: ${fault.error}`).join('; ');

function wantsProblem(accept: string | undefined): boolean {
  if (!accept?.includes('problem+json')) return false;
  return accept.split(',').some((part) => {
    const [type = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
    return type === 'application/problem+json' && !parameters.some((each) => /^q=0(\.0*)?$/.test(each));
  });
}

/** What a call can fail with: the contract's codes, and the two that happen before any answer is there. */

export type ErrorCode =
  | 'invalid_argument'
  | 'failed_precondition'
  | 'unauthenticated'
  | 'permission_denied'
  | 'not_found'
  | 'aborted'
  | 'resource_exhausted'
  | 'internal'
  | 'unavailable'
  /** The operation needs a second person: nothing was done yet, `approvalId` names what waits. */
  | 'approval_pending'
  /** No answer within the time limit; whether the call took effect is unknown. */
  | 'timeout'
  /** The connection failed; whether the call took effect is unknown. */
  | 'network';

/** One faulty field of an `invalid_argument`. */
export interface FieldError {
  readonly field: string;
  readonly error: string;
}

export interface Failure {
  readonly code: ErrorCode;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly message: string;
  readonly fields?: readonly FieldError[];
  /** `X-Request-Id` of the answer: what the operator of the server looks for in the logs. */
  readonly requestId?: string | undefined;
  /** Seconds that the server asks to wait. */
  readonly retryAfterSeconds?: number | undefined;
  readonly approvalId?: string | undefined;
  readonly cause?: unknown;
}

/** Every failed call rejects with this, and with nothing else (an abort by the caller's own signal apart). */
export class LoanbookError extends Error {
  override readonly name = 'LoanbookError';
  readonly code: ErrorCode;
  readonly status: number;
  /** Filled for `invalid_argument` only. */
  readonly fields: readonly FieldError[];
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** With `approval_pending` only. */
  readonly approvalId: string | undefined;

  constructor(failure: Failure) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.code = failure.code;
    this.status = failure.status;
    this.fields = failure.fields ?? [];
    this.requestId = failure.requestId;
    this.retryAfterSeconds = failure.retryAfterSeconds;
    this.approvalId = failure.approvalId;
  }
}

/** Codes for answers without a body of the contract, e.g. from a proxy in between. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_argument',
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'not_found',
  409: 'aborted',
  413: 'invalid_argument',
  415: 'invalid_argument',
  429: 'resource_exhausted',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

export async function errorOf(response: Response): Promise<LoanbookError> {
  const { code, message } = errorBody(await response.text());
  const fields = fieldsOf(message);
  return new LoanbookError({
    code: (code as ErrorCode | undefined) ?? CODE_OF_STATUS[response.status] ?? 'internal',
    status: response.status,
    message:
      fields.map((each) => `${each.field}: ${each.error}`).join('; ') || message || response.statusText,
    fields,
    requestId: response.headers.get('x-request-id') ?? undefined,
    retryAfterSeconds: retryAfter(response.headers.get('retry-after')),
  });
}

function errorBody(text: string): { code?: string; message: string } {
  const body = parsed(text);
  if (typeof body !== 'object' || body === null || !('code' in body)) return { message: '' };
  const message = 'message' in body ? String(body.message) : '';
  return { code: String(body.code), message };
}

/** The message of an `invalid_argument` is a list of fields, as JSON in a text. */
function fieldsOf(message: string): FieldError[] {
  const list = message.startsWith('[') ? parsed(message) : undefined;
  return Array.isArray(list) ? list.filter(isFieldError) : [];
}

function isFieldError(value: unknown): value is FieldError {
  return typeof value === 'object' && value !== null && 'field' in value && 'error' in value;
}

/** Seconds, or a date of HTTP. */
function retryAfter(text: string | null): number | undefined {
  if (text === null) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

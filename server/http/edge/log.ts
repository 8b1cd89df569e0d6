/**
 * The log: one JSON object a line. No secret and no personal data gets in: URLs are logged as route patterns,
 * headers and bodies not at all, fields that hold secrets or people are replaced, texts of errors are
 * scrubbed.
 */
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import type { Config } from '../../config.ts';
import { sqlState } from '../../store/failure.ts';

const PRIVATE_FIELDS = [
  'authorization',
  'password',
  'currentPassword',
  'newPassword',
  'passwordHash',
  'token',
  'privateKey',
  'email',
  'emailAddress',
  'firstname',
  'middlename',
  'lastname',
  'fullname',
  'displayName',
  'customerName',
  'mobileNo',
  'phone',
  'externalId',
  'dateOfBirth',
];

/** Writes to standard output unless another destination is given. */
export function createLog(
  { logLevel, worker = 1 }: Pick<Config, 'logLevel'> & { readonly worker?: number },
  destination?: DestinationStream,
): Logger {
  const options: LoggerOptions = {
    level: logLevel,
    base: { pid: process.pid, worker },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    // Requests and answers that Fastify itself logs would bring their URL, which may name a customer.
    serializers: { err: errorFacts, req: () => undefined, res: () => undefined },
    redact: {
      paths: PRIVATE_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: '[redacted]',
    },
  };
  // Not waited for: under load many lines go out in one piece. At the end of the process the rest is written.
  return pino(options, destination ?? pino.destination({ sync: false }));
}

/**
 * What may be told of an error. Of a database's error its code: message and detail repeat the values of the
 * row.
 */
export function errorFacts(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: scrub(String(error)) };
  const state = sqlState(error);
  return {
    type: error.name,
    message: scrub(isAboutValues(state) ? error.message.replace(QUOTED, '[value]') : error.message),
    ...(state !== undefined && { code: state }),
    stack: framesOf(error),
    ...(error.cause !== undefined && { cause: errorFacts(error.cause) }),
  };
}

/** Classes 22 and 23, bad values and broken constraints: their texts quote what the row holds. */
const isAboutValues = (state: string | undefined): boolean => /^2[23]\w{3}$/.test(state ?? '');

/** The stack without its first lines, which repeat the message. */
const framesOf = (error: Error): string[] =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());

const JSON_WEB_TOKEN = /\beyJ[\w-]*\.[\w-]*\.[\w-]*/g;
const EMAIL = /[^\s@"'<>()]+@[^\s@"'<>()]+/g;
const QUOTED = /"[^"]*"|'[^']*'|\([^()]*\)=\([^()]*\)/g;
const LONG_NUMBER = /\+?\d{7,}/g;

/** Takes out of a text what may be a token, an email or a phone number. */
export function scrub(text: string): string {
  return text.replace(JSON_WEB_TOKEN, '[token]').replace(EMAIL, '[email]').replace(LONG_NUMBER, '[number]');
}

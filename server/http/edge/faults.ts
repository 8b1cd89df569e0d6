/**
 * Faults: what is wrong with an input, one `{field, error}` each. `field` is the dotted path
 * (`terms.principal`); a missing field is named itself. Validation collects all of them, so a caller can mend
 * everything at once.
 */
import type { FastifySchemaValidationError } from 'fastify/types/schema.js';
import { pageFault } from './pageFaults.ts';

export interface Fault {
  readonly field: string;
  readonly error: string;
}

/** A body of unknown fields must not be answered with a page for each. */
const MOST_FAULTS = 50;

/** The faults found by schema validation; `part` is body, params, querystring or headers. */
export function faultsOfValidation(
  errors: readonly FastifySchemaValidationError[],
  part: string,
): readonly Fault[] {
  const faults: Fault[] = [];
  for (const error of errors.slice(0, MOST_FAULTS)) {
    // Says only that another fault of the list comes from a condition.
    if (error.keyword === 'if') continue;
    const fault = faultOf(error, part);
    if (!faults.some((each) => each.field === fault.field && each.error === fault.error)) faults.push(fault);
  }
  return faults;
}

function faultOf(error: FastifySchemaValidationError, part: string): Fault {
  const field = fieldOf(error, part);
  return (part === 'querystring' && pageFault(field, error.keyword)) || { field, error: textOf(error, part) };
}

function fieldOf({ instancePath, keyword, params }: FastifySchemaValidationError, part: string): string {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (keyword === 'required') path.push(String(params.missingProperty));
  if (keyword === 'additionalProperties') path.push(String(params.additionalProperty));
  return path.join('.') || (part === 'querystring' ? 'query' : part);
}

type Params = FastifySchemaValidationError['params'];

const TEXTS: Readonly<Record<string, (params: Params) => string>> = {
  required: () => 'is required',
  additionalProperties: () => 'unknown field',
  type: ({ type }) => `must be ${typeText(type)}`,
  enum: ({ allowedValues }) => `must be one of ${list(allowedValues)}`,
  const: ({ allowedValue }) => `must be ${String(allowedValue)}`,
  format: ({ format }) => FORMATS[String(format)] ?? `must match the format ${String(format)}`,
  minLength: ({ limit }) => `must have at least ${String(limit)} character${limit === 1 ? '' : 's'}`,
  maxLength: ({ limit }) => `must have at most ${String(limit)} characters`,
  minimum: ({ limit }) => `must be at least ${String(limit)}`,
  maximum: ({ limit }) => `must be at most ${String(limit)}`,
  exclusiveMinimum: ({ limit }) => `must be greater than ${String(limit)}`,
  exclusiveMaximum: ({ limit }) => `must be less than ${String(limit)}`,
  minItems: ({ limit }) => `must have at least ${String(limit)} items`,
  maxItems: ({ limit }) => `must have at most ${String(limit)} items`,
};

const FORMATS: Readonly<Record<string, string>> = {
  date: 'must be a date of the form YYYY-MM-DD',
  email: 'must be an email address',
  uuid: 'must be a UUID',
};

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'an array',
};

function textOf(error: FastifySchemaValidationError, part: string): string {
  if (error.keyword === 'pattern' && part === 'params') return 'must be a numeric id';
  return TEXTS[error.keyword]?.(error.params) ?? error.message ?? 'is not valid';
}

function typeText(type: unknown): string {
  const names = Array.isArray(type) ? type : String(type).split(',');
  return names.map((name) => TYPES[String(name)] ?? String(name)).join(' or ');
}

const list = (values: unknown): string => (Array.isArray(values) ? values.map(String).join(', ') : '');

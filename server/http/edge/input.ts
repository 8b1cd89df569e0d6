/**
 * What happens to an input before its schema judges it: objects of bodies and queries are closed, so that
 * unknown fields are refused; a missing body is an empty one, so that each missing field is named; query
 * texts become numbers.
 */
import type { FastifyRequest, RouteOptions } from 'fastify';
import { invalidArgument } from '../errors.ts';
import type { Fault } from './faults.ts';
import { isStorable } from './jsonBody.ts';

type Schema = Record<string, unknown>;

/** Fastify's `onRoute` hook: closes the objects of the route's body and query. */
export function closeSchemas(route: RouteOptions): void {
  if (!route.schema) return;
  const { body, querystring } = route.schema;
  route.schema = {
    ...route.schema,
    ...(body !== undefined && { body: closed(body) }),
    querystring: closed(querystring ?? { type: 'object', properties: {} }),
  };
}

/** A copy of the schema in which every object that does not say otherwise refuses unknown fields. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: Schema = {};
  for (const [key, value] of Object.entries(schema)) copy[key] = VALUES.has(key) ? value : closed(value);
  if (copy.type === 'object' && 'properties' in copy) copy.additionalProperties ??= false;
  return copy;
}

/** Keywords whose values are not schemas. */
const VALUES = new Set(['examples', 'default', 'const', 'enum', 'required']);

/** Fastify's `preValidation` hook. */
export function prepareInput(request: FastifyRequest, _reply: unknown, done: (error?: Error) => void): void {
  try {
    prepare(request);
  } catch (error) {
    done(error as Error);
    return;
  }
  done();
}

function prepare(request: FastifyRequest): void {
  // An unknown route is answered as such, whatever was sent to it.
  if (request.is404) return;
  const faults: Fault[] = [];
  addBrokenTexts(faults, request.params);
  addBrokenTexts(faults, request.query);
  if (faults.length > 0) throw invalidArgument(...faults);
  const schema: { body?: unknown; querystring?: unknown } = request.routeOptions.schema ?? {};
  if (schema.body === undefined) requireNoBody(request.body);
  else if (request.body === undefined) request.body = {};
  request.query = withNumbers(request.query as Schema, schema.querystring);
}

/** NUL and half surrogate pairs: no stored id or name can hold them. */
function addBrokenTexts(faults: Fault[], values: unknown): void {
  for (const [field, value] of Object.entries(values ?? {}))
    if (typeof value === 'string' && !isStorable(value))
      faults.push({ field, error: 'must not hold a NUL or broken character' });
}

function requireNoBody(body: unknown): void {
  if (body === undefined || body === null) return;
  const names = typeof body === 'object' && !Array.isArray(body) ? Object.keys(body) : ['body'];
  if (names.length > 0)
    throw invalidArgument(...names.slice(0, 20).map((field) => ({ field, error: 'unknown field' })));
}

/** Query values come as text; those that the schema wants as numbers or booleans are turned into them. */
function withNumbers(query: Schema, schema: unknown): Schema {
  const properties =
    (schema as { properties?: Record<string, { type?: unknown }> } | undefined)?.properties ?? {};
  // Without a prototype, so that a field named __proto__ is a field like any other, and is refused.
  const values: Schema = Object.create(null);
  for (const [name, value] of Object.entries(query)) {
    const converted = convert(value, Object.hasOwn(properties, name) ? properties[name]?.type : undefined);
    if (converted !== undefined) values[name] = converted;
  }
  return values;
}

/** A text that does not fit stays what it is, and the schema refuses it. An empty number is an absent one. */
function convert(value: unknown, type: unknown): unknown {
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  if (type !== 'integer' || typeof value !== 'string') return value;
  if (value === '') return undefined;
  return /^[+-]?\d+$/.test(value) && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/**
 * Holds every answer of a test's servers against the OpenAPI document that they serve: the route and the
 * status have to be described, and the body has to be of that shape, without a field that is not described.
 * It listens at the socket, so it sees what any client in any test gets.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

interface Described {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: unknown }>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, Described>>;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Described>> } & Json;
}

/** One answer as it went over the wire. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export interface Witness {
  watch(server: Server): void;
  /** What is wrong with the answer, if anything. */
  faultOf(seen: Seen): string | undefined;
  /** What was wrong with the answers so far, each kind once. */
  readonly faults: ReadonlySet<string>;
}

/** Pages and files for browsers. */
const FILES = /^\/docs(\/|$)/;

export function openWitness(document: Document): Witness {
  const faults = new Set<string>();
  const shapeOf = sharedShapesOf(document);
  const routes = Object.keys(document.paths).map(routeOf).sort(byStaticFirst);
  const faultOf = (seen: Seen): string | undefined => {
    const path = seen.url.split('?')[0] ?? '';
    if (FILES.test(path)) return undefined;
    const headerFault = headersFault(seen);
    if (headerFault) return `${seen.method} ${path}: ${headerFault}`;
    const method = seen.method === 'HEAD' ? 'get' : seen.method.toLowerCase();
    const template = templateOf(routes, document, { path, method });
    if (template === undefined) return unknownRouteFault(seen, path);
    const shape = shapeOf(template, method, seen);
    const wrong = typeof shape === 'string' ? shape : bodyFault(seen, shape);
    return wrong === undefined ? undefined : `${seen.method} ${template} ${seen.status}: ${wrong}`;
  };
  const watch = (server: Server): void => {
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      listen(request, response, (seen) => {
        const fault = faultOf(seen);
        if (fault !== undefined) faults.add(fault);
      });
    });
  };
  return { watch, faultOf, faults };
}

function listen(request: IncomingMessage, response: ServerResponse, tell: (seen: Seen) => void): void {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown): void => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string));
  };
  const { write, end, writeHead } = response;
  let sent: Json = {};
  response.writeHead = ((...given: Parameters<typeof writeHead>) => {
    const headers = given.find((each) => typeof each === 'object');
    sent = { ...sent, ...(headers as Json | undefined) };
    return writeHead.apply(response, given);
  }) as typeof writeHead;
  response.write = ((...given: Parameters<typeof write>) => {
    keep(given[0]);
    return write.apply(response, given);
  }) as typeof write;
  response.end = ((...given: Parameters<typeof end>) => {
    keep(given[0]);
    return end.apply(response, given);
  }) as typeof end;
  response.once('finish', () =>
    tell({
      method: request.method ?? '',
      url: request.url ?? '',
      status: response.statusCode,
      headers: { ...response.getHeaders(), ...sent },
      body: Buffer.concat(chunks).toString(),
    }),
  );
}

/** Headers that the contract promises. */
function headersFault({ status, headers }: Seen): string | undefined {
  if (!headers['x-request-id']) return `${status} without X-Request-Id`;
  if ((status === 429 || status === 503) && !headers['retry-after']) return `${status} without Retry-After`;
  return undefined;
}

type Route = { readonly template: string; readonly segments: readonly string[] };

const routeOf = (template: string): Route => ({ template, segments: template.split('/') });
const isParameter = (segment: string): boolean => segment.startsWith('{');

/** As the router does it: where two routes differ, the fixed text comes before the parameter. */
function byStaticFirst(a: Route, b: Route): number {
  const at = a.segments.findIndex(
    (each, index) => isParameter(each) !== isParameter(b.segments[index] ?? ''),
  );
  if (at < 0) return 0;
  return isParameter(a.segments[at] ?? '') ? 1 : -1;
}

function templateOf(
  routes: readonly Route[],
  document: Document,
  { path, method }: { path: string; method: string },
): string | undefined {
  const given = path.split('/');
  const fits = ({ template, segments }: Route): boolean =>
    segments.length === given.length &&
    document.paths[template]?.[method] !== undefined &&
    segments.every((each, index) => (isParameter(each) ? given[index] !== '' : each === given[index]));
  return routes.find(fits)?.template;
}

/** What is no route is `not_found`, or could not be read as a path at all. */
function unknownRouteFault({ status, body, method }: Seen, path: string): string | undefined {
  const { code, message, detail } = (parsed(body) ?? {}) as Json;
  const isRefusal = typeof code === 'string' && typeof (message ?? detail) === 'string';
  if (isRefusal && [400, 404, 413, 415, 503].includes(status)) return undefined;
  return method === 'HEAD' || method === 'OPTIONS'
    ? undefined
    : `${method} ${path}: ${status} of a route that the document does not have`;
}

interface Shape {
  readonly isEmpty: boolean;
  readonly validate?: ValidateFunction;
}

type ShapeOf = (template: string, method: string, seen: Seen) => Shape | string;

const shapesByText = new Map<string, ShapeOf>();

/** Nearly all worlds have the same document: what was made of it serves the next one too. */
function sharedShapesOf(document: Document): ShapeOf {
  const text = JSON.stringify(document);
  const shapeOf = shapesByText.get(text) ?? shapesOf(document);
  shapesByText.set(text, shapeOf);
  return shapeOf;
}

/** The shape of an answer by route, status and media type; made when it is first met. */
function shapesOf(document: Document): ShapeOf {
  const ajv = new Ajv2020({ strict: false, validateFormats: true, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(closed(document) as Json, 'document');
  const known = new Map<string, Shape | string>();
  return (template, method, { status, headers }) => {
    const type = String(headers['content-type'] ?? '').split(';')[0] ?? '';
    const name = `${method} ${template} ${status} ${type}`;
    const shape = known.get(name) ?? findShape(ajv, document, { template, method, status, type });
    known.set(name, shape);
    return shape;
  };
}

interface Place {
  readonly template: string;
  readonly method: string;
  readonly status: number;
  readonly type: string;
}

function findShape(ajv: Ajv2020, document: Document, place: Place): Shape | string {
  const { template, method, status, type } = place;
  const described = document.paths[template]?.[method]?.responses[String(status)];
  if (described === undefined) return 'the document does not have this status';
  const name = described.$ref?.split('/').at(-1);
  const { content } = name === undefined ? described : (document.components.responses[name] ?? {});
  if (content === undefined || isNull(content)) return { isEmpty: true };
  const media = content[type];
  if (media === undefined) return `the document does not have the media type ${type || '(none)'}`;
  if (media.schema === undefined) return { isEmpty: false };
  const own = `#/paths/${escaped(template)}/${method}/responses/${status}`;
  const pointer = `document${described.$ref ?? own}/content/${escaped(type)}/schema`;
  return { isEmpty: false, validate: ajv.compile({ $ref: pointer }) };
}

const isNull = (content: NonNullable<Described['content']>): boolean =>
  Object.values(content).every(({ schema }) => (schema as Json | undefined)?.type === 'null');

const escaped = (part: string): string =>
  encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

function bodyFault({ method, body, headers }: Seen, { isEmpty, validate }: Shape): string | undefined {
  if (method === 'HEAD') return undefined;
  if (isEmpty) return body === '' ? undefined : `a body where the document has none: ${body.slice(0, 200)}`;
  if (body === '') return 'no body where the document has one';
  if (validate === undefined || !String(headers['content-type']).includes('json')) return undefined;
  const value = parsed(body);
  if (value === undefined) return `is not JSON: ${body.slice(0, 200)}`;
  if (validate(value)) return undefined;
  const errors = (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
  return errors.slice(0, 5).join('; ').replaceAll(/\/\d+/g, '/n');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Clients are to bear new fields, so the document leaves objects open; the servers have to keep to it. */
export function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(part)) copy[key] = closed(value);
  if (copy.type === 'object' && typeof copy.properties === 'object') copy.additionalProperties ??= false;
  return copy;
}

/** The OpenAPI document of the checkout as tests read it: its routes, what they take and how they refuse. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './tidy/sources.ts';

interface Media {
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly example?: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security?: readonly unknown[];
  readonly 'x-role'?: 'ADMIN' | 'OPERATOR';
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly $ref?: string }>>;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Route {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly id: string;
  readonly tag: string;
  readonly caller: 'anyone' | 'token' | 'partner' | 'operator';
  readonly body: Media | undefined;
  /** Codes that the document names for it. */
  readonly errors: readonly string[];
}

const METHODS = ['get', 'post', 'put', 'delete'];

export const readDocument = (): Document =>
  JSON.parse(readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8')) as Document;

export const routesOf = ({ paths }: Document): Route[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [routeOf(method.toUpperCase(), path, operation)] : [];
    }),
  );

const routeOf = (method: string, path: string, operation: Operation): Route => ({
  title: `${method} ${path}`,
  method,
  path,
  id: operation.operationId,
  tag: operation.tags[0] ?? '',
  caller: callerOf(operation),
  body: operation.requestBody?.content['application/json'],
  errors: errorsOf(operation),
});

function callerOf(operation: Operation): Route['caller'] {
  if (operation['x-role'] === 'ADMIN') return 'partner';
  if (operation['x-role'] === 'OPERATOR') return 'operator';
  return JSON.stringify(operation.security ?? []).includes('bearer') ? 'token' : 'anyone';
}

/** Answers that several codes share are named `<code>_or_<code>`. */
function errorsOf({ responses }: Operation): string[] {
  const names = Object.values(responses).map(({ $ref }) => $ref?.split('/').at(-1));
  return names.flatMap((name) => (name === undefined || NO_CODES.has(name) ? [] : name.split('_or_')));
}

/** Also what waits for a second pair of eyes is no refusal. */
const NO_CODES = new Set(['too_large', 'wrong_media_type', 'pending']);

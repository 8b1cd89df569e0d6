/**
 * What the nouns need of the transport: short calls, addressing, and types taken from the contract by
 * operation.
 */
import type { operations } from './contract.ts';
import { LoanbookError } from './errors.ts';
import { type List, listOf, type Page, type PageQuery } from './pages.ts';
import type { Call, CallOptions, DownloadedFile, Transport } from './transport.ts';

export type Operation = keyof operations;

/** The JSON that an operation takes. */
export type Body<Id extends Operation> =
  NonNullable<operations[Id]['requestBody']> extends {
    content: { 'application/json': infer Json };
  }
    ? Json
    : never;

/** The JSON that an operation answers with when it succeeds. */
export type Answer<Id extends Operation> = operations[Id]['responses'] extends {
  200: { content: { 'application/json': infer Json } };
}
  ? Json
  : undefined;

/** The query fields of an operation. */
export type Query<Id extends Operation> = operations[Id]['parameters'] extends { query?: infer Fields }
  ? NonNullable<Fields>
  : Record<never, never>;

/** One item of what a list operation answers. */
export type Item<Id extends Operation> = Answer<Id> extends { items: readonly (infer One)[] } ? One : never;

/** A customer or loan by Loanbook's id, or by the caller's own. */
export type Reference = string | number | { readonly externalId: string };

export function pathOf(collection: string, reference: Reference): string {
  if (typeof reference === 'object')
    return `${collection}/external/${encodeURIComponent(reference.externalId)}`;
  return `${collection}/${encodeURIComponent(reference)}`;
}

/**
 * Every URL parser takes these for "here" and "one up", however they are escaped: the call would go
 * elsewhere.
 */
const DOTS = /\/external\/(\.{1,2})(\/|$)/;

function requireAddressable(path: string): void {
  const externalId = DOTS.exec(path)?.[1];
  if (externalId === undefined) return;
  const error = `"${externalId}" cannot stand in a URL: look it up with list({ externalId }) and use the id`;
  const fields = [{ field: 'externalId', error }];
  throw new LoanbookError({ code: 'invalid_argument', status: 0, message: error, fields });
}

/** The calls of one host. */
export interface Host {
  get<Id extends Operation>(path: string, query?: Query<Id>, options?: CallOptions): Promise<Answer<Id>>;
  post<Id extends Operation>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<Id>>;
  put<Id extends Operation>(path: string, body: unknown, options?: CallOptions): Promise<Answer<Id>>;
  remove(path: string, options?: CallOptions): Promise<void>;
  file(path: string, query?: Call['query'], options?: CallOptions): Promise<DownloadedFile>;
  list<Id extends Operation>(path: string, query?: Query<Id>, options?: CallOptions): List<Item<Id>>;
}

type HostCall = Omit<Call, 'url'> & { readonly path: string };

export function hostOf(url: string, transport: Transport): Host {
  const call = async <Answered>({ path, ...rest }: HostCall): Promise<Answered> => {
    requireAddressable(path);
    return transport<Answered>({ ...rest, url: url + path });
  };
  return {
    get: (path, query, options) => call({ method: 'GET', path, query, options }),
    post: (path, body, options) => call({ method: 'POST', path, body, options }),
    put: (path, body, options) => call({ method: 'PUT', path, body, options }),
    remove: (path, options) => call({ method: 'DELETE', path, options }),
    file: (path, query, options) => call({ method: 'GET', path, query, isFile: true, options }),
    list: <Id extends Operation>(path: string, query?: Query<Id>, options?: CallOptions) =>
      listOf<Item<Id>, PageQuery>(query ?? {}, (fields) =>
        call<Page<Item<Id>>>({ method: 'GET', path, query: { ...fields }, options }),
      ),
  };
}

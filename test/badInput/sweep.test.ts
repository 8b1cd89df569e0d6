/**
 * Every route of the document gets every kind of bad input: a success or an error of the contract, never a
 * 500.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../tidy/sources.ts';
import { makeWorld, type World } from '../world.ts';
import { wrongWith } from './answers.ts';
import {
  bodyAttacks,
  type Known,
  PATH_VALUES,
  queryAttacks,
  type Schema,
  UNIQUE,
  validObject,
} from './attacks.ts';

interface Parameter {
  readonly in: string;
  readonly name: string;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
}

interface Route {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

type Document = { paths: Record<string, Record<string, Operation>> };

const METHODS = ['get', 'post', 'put', 'delete'];

function routesOf(document: Document): Route[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      title: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      operation: item[method] ?? {},
    })),
  );
}

const document = JSON.parse(readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8')) as Document;
const routes = routesOf(document);
/** What stands in the place of a path's parameters while something else is attacked. */
const PLACES = new Map([
  ['customer_id', '1'],
  ['customer_external_id', 'C%2F1'],
  ['loan_external_id', 'L%2F1'],
]);

let world: World;
let names: Known = {};
const known = new Map<string, string>();

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  const customer = await world.partner.customers.create({ externalId: 'C/1' });
  const products = await world.partner.loanProducts.list();
  const request = { customerId: customer.id, productId: products[0]?.id ?? '', principal: 50_000 };
  const loan = await world.partner.loans.create({ ...request, externalId: 'L/1' });
  const repayment = await world.partner.repayments.create(loan.id, { transactionAmount: 1 });
  names = request;
  known.set('customer_id', customer.id).set('loan_id', loan.id).set('transaction_id', repayment.id);
});
afterAll(() => world?.close());

const placeOf = (name: string): string => known.get(name) ?? PLACES.get(name) ?? '1';

const addressOf = (path: string, place: (name: string) => string = placeOf): string =>
  hostOf(path) + path.replace(/\{(\w+)\}/g, (_all, name: string) => place(name));

const hostOf = (path: string): string =>
  /^\/(v1\/auth|\.well-known)\//.test(path) ? world.authUrl : world.apiUrl;

async function send(
  route: Route,
  url: string,
  body?: { readonly value: string | Uint8Array; readonly type?: string },
): Promise<string | null> {
  const headers = body ? { 'content-type': body.type ?? 'application/json' } : {};
  const request = { method: route.method, headers, ...(body && { body: withNewNames(body.value) }) };
  return wrongWith(await world.fetch(url, request));
}

/** Those that have met large bodies: their limits hold for all their routes. */
const hosts = new Set<string>();
let requests = 0;

function withNewNames(body: string | Uint8Array): string | Uint8Array {
  requests += 1;
  return typeof body === 'string' ? body.replaceAll(UNIQUE, `name-${requests}`) : body;
}

function schemaOf({ operation }: Route): Schema | undefined {
  return operation.requestBody?.content?.['application/json']?.schema;
}

const namesIn = (route: Route, place: string): string[] =>
  (route.operation.parameters ?? []).filter((each) => each.in === place).map((each) => each.name);

/** Thousands of calls for each route; a loaded machine takes its time. */
const TIMEOUT = 240_000;

describe.each(routes)('$title', { timeout: TIMEOUT }, (route) => {
  const schema = schemaOf(route);
  // Both addresses of a thing have one handler: what is not about the address is tried at one of them.
  const isTwin = route.path.includes('/external/');
  const standard = () => (schema ? { value: JSON.stringify(validObject(schema, names)) } : undefined);

  it('answers bad paths and queries as the contract says', async () => {
    const faults: string[] = [];
    for (const name of namesIn(route, 'path')) {
      for (const attack of PATH_VALUES) {
        const url = addressOf(route.path, (each) => (each === name ? attack.value : placeOf(each)));
        const wrong = await send(route, url, standard());
        if (wrong) faults.push(`${name}, ${attack.name}: ${wrong}`);
      }
    }
    const queries = isTwin ? [] : queryAttacks(namesIn(route, 'query'));
    for (const attack of queries) {
      const wrong = await send(route, `${addressOf(route.path)}?${attack.value}`, standard());
      if (wrong) faults.push(`${attack.name}: ${wrong}`);
    }
    expect(faults).toEqual([]);
  });

  it.runIf(schema && !isTwin)('answers bad bodies as the contract says', async () => {
    const faults: string[] = [];
    const valid = validObject(schema ?? {}, names);
    const isLargeToo = !hosts.has(hostOf(route.path));
    hosts.add(hostOf(route.path));
    for (const attack of bodyAttacks({ schema: schema ?? {}, valid, isLargeToo })) {
      const wrong = await send(route, addressOf(route.path), attack);
      if (wrong) faults.push(`${attack.name}: ${wrong}`);
    }
    for (const type of ['text/plain', 'application/xml', 'application/json; charset=utf-16', 'x', '']) {
      const wrong = await send(route, addressOf(route.path), { value: '{}', type });
      if (wrong) faults.push(`media type ${type}: ${wrong}`);
    }
    expect(faults).toEqual([]);
  });

  it('answers bad tokens as the contract says', async () => {
    const faults: string[] = [];
    const headers = [
      '',
      'Bearer',
      'Bearer x',
      'Bearer a.b.c',
      'Basic Og==',
      'Basic %',
      `Bearer ${'x'.repeat(9000)}`,
    ];
    for (const authorization of headers) {
      const response = await world.fetch(addressOf(route.path), {
        method: route.method,
        as: 'nobody',
        headers: { authorization },
      });
      const wrong = await wrongWith(response);
      if (wrong) faults.push(`${authorization.slice(0, 20)}: ${wrong}`);
    }
    expect(faults).toEqual([]);
  });
});

describe('a route that does not exist', () => {
  it.each(['GET', 'POST', 'PUT', 'DELETE'])('%s is not found, whatever is sent to it', async (method) => {
    const body =
      method === 'GET' ? {} : { body: '{"surprise":1}', headers: { 'content-type': 'application/json' } };
    const response = await world.fetch('/v1/no-such-thing', { method, ...body });
    expect(response.status).toBe(404);
    expect(await wrongWith(response)).toBeNull();
  });
});

/**
 * Requests at random, made from the document: never a 5xx, and every answer is one that the document
 * describes. FUZZ_REQUESTS for more of them, LOANBOOK_TEST_SEED for other choices.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';
import { chanceOf, numberOf, seedOf } from './random.ts';
import { type MadeUp, makeUp, type Operation, type Route } from './requests.ts';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Operation['responses'] };
}

/** Their answers are for machines of another kind, or they would lock this test out. */
const LEFT_OUT = /\/v1\/auth\/|jwks|\/docs|\/livez|\/readyz|\/metrics|signing-keys\/rotate/;
const METHODS = ['get', 'post', 'put', 'delete'];

let world: World;
let document: Document;
let ajv: Ajv2020;
const pools: Record<string, (string | number)[]> = {};

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-03-01' });
  document = (await (await world.fetch('/openapi.json')).json()) as Document;
  ajv = new Ajv2020({ strict: false, validateFormats: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'document');
  const customer = await world.partner.customers.create({ externalId: 'C/1', activationDate: '2024-01-01' });
  const account = await world.partner.accounts.create({ email: 'fuzzed@example.com', roles: ['ADMIN'] });
  Object.assign(pools, {
    customer_id: [customer.id],
    customer_external_id: ['C/1'],
    account_id: [account.id],
  });
  Object.assign(pools, { customerId: [customer.id], productId: ['1', '2'], product_id: ['1', '2'] });
  Object.assign(pools, {
    principal: [5000, 60_000, 250_000.55],
    loan_id: [],
    transaction_id: [],
    loanId: [],
  });
  Object.assign(pools, { loan_external_id: ['externalId 1', 'externalId 2'], paymentTypeId: [1, 2] });
});
afterAll(() => world?.close());

const seed = seedOf();
const requests = numberOf('FUZZ_REQUESTS', 1_500);

it(`answers as documented, whatever comes (seed ${seed})`, {
  timeout: 240_000 + requests * 100,
}, async () => {
  const chance = chanceOf(seed);
  const routes = routesOf(document);
  const statuses = new Map<number, number>();
  const faults = new Map<string, string>();
  for (let made = 0; made < requests && faults.size < 10; made += 1) {
    const route = chance.one(routes);
    const asked = makeUp(route, pools, chance);
    const { status, fault } = await send(route, asked);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const title = `${route.method} ${route.path}: ${fault}`;
    if (fault) faults.set(title, `${asked.url} ${asked.body ?? ''}`);
  }
  expect(Object.fromEntries(faults)).toEqual({});
  // The generator would be of no use if nothing came through, or nothing was refused.
  for (const each of [200, 400, 404, 409]) expect(statuses.get(each) ?? 0).toBeGreaterThan(0);
});

const routesOf = ({ paths }: Document): Route[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation && !LEFT_OUT.test(path) ? [{ method: method.toUpperCase(), path, operation }] : [];
    }),
  );

async function send(route: Route, { url, body }: MadeUp): Promise<{ status: number; fault: string | null }> {
  const request = { method: route.method, ...(body !== undefined && { body }) };
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await world.fetch(url, { ...request, headers });
  const text = await response.text();
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
  return { status: response.status, fault: faultOf(route, { status: response.status, type, text }) };
}

interface Answered {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function faultOf(route: Route, { status, type, text }: Answered): string | null {
  if (status >= 500) return `${status} ${text}`;
  const { responses } = route.operation;
  const found = responses[status];
  if (!found) return `${status} is not documented: ${text.slice(0, 200)}`;
  const pointer =
    found.$ref ?? `#/paths/${escaped(route.path)}/${route.method.toLowerCase()}/responses/${status}`;
  const name = found.$ref?.split('/').at(-1);
  const { content } = name === undefined ? found : (document.components.responses[name] ?? {});
  const isEmpty = content?.['application/json'] === undefined;
  if (isEmpty || text === '') return isEmpty || route.method === 'DELETE' ? null : `${status} without a body`;
  // A file, in one of the formats that the document names.
  if (type !== 'application/json') return content?.[type] === undefined ? `${status} came as ${type}` : null;
  const answer: unknown = JSON.parse(text);
  if (status === 200) remember(route, answer as Readonly<Record<string, unknown>>);
  const schema = `document${pointer}/content/application~1json/schema`;
  const validate = ajv.getSchema(schema) ?? ajv.compile({ $ref: schema });
  if (validate(answer)) return null;
  return `${status}: ${ajv.errorsText(validate.errors).slice(0, 300)}`;
}

const escaped = (path: string): string =>
  encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1'));

/** What was made is worth calling again. */
function remember({ method, path }: Route, { id }: Readonly<Record<string, unknown>>): void {
  if (method !== 'POST' || typeof id !== 'string') return;
  const kept = (name: string, value: string): void => {
    pools[name] = [...(pools[name] ?? []), value].slice(-8);
  };
  if (path === '/v1/customers') kept('customer_id', id);
  if (path === '/v1/loans') for (const name of ['loan_id', 'loanId']) kept(name, id);
  if (path.endsWith('/repayments')) kept('transaction_id', id);
  if (path === '/v1/journal-entries') kept('entry_id', id);
}

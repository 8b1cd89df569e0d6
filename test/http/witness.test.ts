/** The witness of every test world (`witness.ts`) sees what it is there for. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8', 'x-request-id': 'r1' };
const product = async () => (await (await world.fetch('/v1/loan-products/1')).json()) as object;
const seen = (over: object) => ({
  method: 'GET',
  url: '/v1/loan-products/1',
  status: 200,
  headers: JSON_TYPE,
  body: '{}',
  ...over,
});
const refusal = (fields: object = {}) =>
  JSON.stringify({ code: 'not_found', message: 'loan 7 does not exist', ...fields });

it('finds nothing wrong with what the servers really answer', async () => {
  const body = JSON.stringify(await product());
  expect(world.witness.faultOf(seen({ body }))).toBeUndefined();
  expect(world.witness.faultOf(seen({ status: 404, body: refusal() }))).toBeUndefined();
  expect([...world.witness.faults]).toEqual([]);
});

it.each([
  ['a missing field', { name: undefined }, "must have required property 'name'"],
  ['a field too many', { colour: 'red' }, 'additionalProperty":"colour"'],
  ['a value of another type', { principal: '5000' }, '/principal must be number'],
  ['a value that is none of the documented ones', { status: 'asleep' }, '/status must be equal to one of'],
])('tells of %s', async (_what, change, fault) => {
  const body = JSON.stringify({ ...(await product()), ...change });
  expect(world.witness.faultOf(seen({ body }))).toContain(fault);
});

it.each([
  ['a status that is not described', { status: 402, body: refusal() }, 'does not have this status'],
  ['an error with more than code and message', { status: 404, body: refusal({ hint: 1 }) }, 'hint'],
  ['an error with a code that is none', { status: 404, body: refusal({ code: 'gone' }) }, '/code'],
  ['a body that is no JSON', { body: '<html>' }, 'is not JSON'],
  ['no body', { body: '' }, 'no body'],
  ['a body where none belongs', { method: 'DELETE', url: '/v1/loans/7', status: 204 }, 'a body where'],
  ['another media type', { headers: { ...JSON_TYPE, 'content-type': 'text/html' } }, 'media type text/html'],
  ['no request id', { headers: {} }, 'without X-Request-Id'],
  ['no word on when to come back', { status: 503, body: refusal() }, 'without Retry-After'],
  ['a route that is not described', { url: '/v1/secrets' }, 'of a route that the document does not have'],
])('tells of %s', (_what, change, fault) => {
  expect(world.witness.faultOf(seen(change))).toContain(fault);
});

it('knows a loan by its external id from a verb on a loan', () => {
  const body = refusal();
  const named = seen({ url: '/v1/loans/external/approve?x=1', status: 418, body });
  expect(world.witness.faultOf(named)).toContain('GET /v1/loans/external/{loan_external_id} 418');
  const verb = seen({ method: 'POST', url: '/v1/loans/8/approve', status: 418, body });
  expect(world.witness.faultOf(verb)).toContain('POST /v1/loans/{loan_id}/approve 418');
});

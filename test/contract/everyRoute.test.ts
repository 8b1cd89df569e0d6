/**
 * What holds for every route of the document: who may call it, and what it says to what it can not read. And
 * that the tables of the contract leave nothing out: each partner's call succeeds somewhere in them, and is
 * refused somewhere with every code that the document gives it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Who } from '../beginning.ts';
import { type Route, readDocument, routesOf } from '../document.ts';
import { expectRefusal, type Reply } from '../http/calls.ts';
import { makeWorld, type World } from '../world.ts';
import { CORRECTIONS } from './corrections.ts';
import { CUSTOMERS } from './customers.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { LOAN_READS } from './loanReads.ts';
import { ORIGINATION } from './origination.ts';
import { AUTH, PRODUCTS } from './others.ts';
import { REPAYMENTS } from './repayments.ts';
import { TODAY } from './states.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld({ businessDate: TODAY });
});
afterAll(() => world.close());

const routes = routesOf(readDocument());
const named = (test: (route: Route) => boolean) =>
  routes.filter(test).map((route) => [route.title, route] as const);

/** A path whose places hold something that could be there, but is not. */
const pathOf = ({ path }: Route, id = '999999'): string =>
  path
    .replace('{account_id}', '5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11')
    .replace('{closure_id}', '2020-01-31')
    .replaceAll(/\{\w+\}/g, id);

async function call(
  route: Route,
  as: Who,
  extras: { body?: string | undefined; type?: string; path?: string } = {},
): Promise<Reply> {
  const { body, type = 'application/json', path = pathOf(route) } = extras;
  const host = path.startsWith('/v1/auth/') ? world.authUrl : '';
  const headers = body === undefined ? {} : { 'content-type': type };
  const answer = await world.fetch(host + path, {
    method: route.method,
    as,
    headers,
    ...(body !== undefined && { body }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: text === '' ? {} : JSON.parse(text) };
}

const isOf =
  (...callers: readonly string[]) =>
  (route: Route): boolean =>
    callers.includes(route.caller);

describe('a route with a token', () => {
  it.each(named(isOf('partner', 'operator', 'token')))(
    '%s is closed to those without',
    async (_title, route) => {
      expectRefusal(await call(route, 'nobody'), '401 unauthenticated');
    },
  );

  it.each(named(isOf('partner')))('%s is for the role ADMIN: 401 to all others', async (_title, route) => {
    for (const as of ['stranger', 'operator'] as const)
      expectRefusal(await call(route, as), '401 unauthenticated');
  });

  it.each(named(isOf('operator')))(
    '%s is for the role OPERATOR: 403 to all others',
    async (_title, route) => {
      for (const as of ['stranger', 'admin'] as const)
        expectRefusal(await call(route, as), '403 permission_denied');
    },
  );
});

describe('what can not be read', () => {
  const called = isOf('partner', 'operator');

  // Both addresses of a thing have one handler: its bodies are tried at one of them.
  it.each(named((route) => called(route) && route.body !== undefined && !route.path.includes('/external/')))(
    '%s: a body with an unknown field, of another type, too large',
    async (_title, route) => {
      expectRefusal(
        await call(route, 'partner', { body: '{"surprise":1}' }),
        '400 invalid_argument',
        'surprise',
      );
      const typed = await call(route, 'partner', { body: 'a=1', type: 'text/plain' });
      expectRefusal(typed, '415 invalid_argument', 'content-type');
      const large = await call(route, 'partner', { body: `{"a":"${'x'.repeat(1024 * 1024)}"}` });
      expectRefusal(large, '413 invalid_argument', 'body');
    },
  );

  it.each(named((route) => called(route) && route.method === 'GET'))(
    '%s: an unknown query field',
    async (_title, route) => {
      const path = `${pathOf(route)}?surprise=1`;
      expectRefusal(await call(route, 'partner', { path }), '400 invalid_argument', 'surprise');
    },
  );

  it.each(named(({ path }) => /\{(customer|loan|product|transaction)_id\}/.test(path)))(
    '%s: an id that is no number',
    async (_title, route) => {
      const path = route.path.replaceAll(/\{(\w+_external_id)\}/g, 'none').replaceAll(/\{\w+\}/g, 'one');
      const reply = await call(route, 'partner', { path, body: bodyOf(route) });
      expectRefusal(reply, '400 invalid_argument');
      expect(reply.body.message).toContain('must be a numeric id');
    },
  );

  it.each(named((route) => called(route) && route.path.includes('{') && route.method === 'GET'))(
    '%s: 404 of what is not there',
    async (_title, route) => {
      const query = route.path.endsWith('/explain') ? '?balance=principal' : '';
      expectRefusal(await call(route, 'partner', { path: pathOf(route) + query }), '404 not_found');
    },
  );
});

const bodyOf = ({ body, method }: Route): string | undefined =>
  method === 'GET' || method === 'DELETE' ? undefined : JSON.stringify(body?.example ?? {});

describe('the tables of the contract', () => {
  const rows = [
    ...AUTH,
    ...CUSTOMERS,
    ...PRODUCTS,
    ...ORIGINATION,
    ...LOAN_READS,
    ...LIFECYCLE,
    ...REPAYMENTS,
    ...CORRECTIONS,
  ];
  const TAGS = ['Auth', 'Customers', 'Loan products', 'Loans', 'Repayments'];
  /** The runner plays the addressing by external id too; the lender's day and charges have own tests. */
  const OTHERS = /external\/|jwks|\/(charges|delinquency|delinquency-pauses|statement)(\/|$)/;
  const called = routes.filter(
    ({ tag, path, caller }) => TAGS.includes(tag) && caller !== 'operator' && !OTHERS.test(path),
  );
  const answersOf = ({ method, path }: Route): Set<string> => {
    const template = new RegExp(
      `^${method} ${path.replaceAll(/\{\w+\}/g, '(\\{\\w+\\}|external/\\w+|[^/]+)')}$`,
    );
    const found = rows.filter((row) => template.test(row.call.split('?')[0] ?? ''));
    return new Set(found.map(({ answers }) => String(answers)));
  };
  /** 401 and bad input are the same everywhere, see above; 429, 500 and 503 have tests of their own. */
  const EVERYWHERE = new Set([
    'invalid_argument',
    'unauthenticated',
    'resource_exhausted',
    'internal',
    'unavailable',
  ]);

  it.each(called.map((route) => [route.title, route] as const))(
    'show %s succeed and be refused',
    (_title, route) => {
      const answers = [...answersOf(route)];
      expect(
        answers.some((each) => each === '200' || each === '204'),
        'a success',
      ).toBe(true);
      const missing = route.errors.filter(
        (code) => !EVERYWHERE.has(code) && !answers.some((each) => each.endsWith(code)),
      );
      expect(
        missing.filter((code) => !(code === 'not_found' && route.path.includes('{'))),
        'codes that no row has',
      ).toEqual([]);
    },
  );
});

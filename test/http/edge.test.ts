/** What every route shares: shapes of errors, ids of requests, limits, headers, health. Contract "Errors". */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApi } from '../../server/http/app.ts';
import { createContext } from '../../server/http/context.ts';
import { createLog } from '../../server/http/edge/log.ts';
import { openDatabase } from '../../server/store/database.ts';
import { makeWorld, type World } from '../world.ts';
import { call, tokenOf } from './tokenCalls.ts';

let world: World;
let token: string;
beforeAll(async () => {
  world = await makeWorld();
  token = await tokenOf(world, 'partner@example.com');
});
afterAll(() => world.close());

const faults = (body: Record<string, unknown>) => JSON.parse(String(body.message)) as unknown;
const create = (body: unknown, headers: Record<string, string> = {}) =>
  call(world, 'POST /v1/accounts', { token, body, headers });

describe('an error', () => {
  it('is code and message and nothing more', async () => {
    const answer = await call(world, 'GET /v1/accounts/5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11', { token });
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({ code: 'not_found', message: 'no such account' });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('names every fault at once, in an array that is JSON in the message', async () => {
    const { status, body } = await create({ email: 5, roles: ['KING'], surprise: 1, nested: { a: 1 } });
    expect(status).toBe(400);
    expect(body.code).toBe('invalid_argument');
    expect(faults(body)).toEqual(
      expect.arrayContaining([
        { field: 'email', error: 'must be a string' },
        { field: 'roles.0', error: 'must be one of ADMIN, OPERATOR, VIEWER' },
        { field: 'surprise', error: 'unknown field' },
        { field: 'nested', error: 'unknown field' },
      ]),
    );
  });

  it('names a missing field, also when there is no body at all', async () => {
    const missing = [
      { field: 'email', error: 'is required' },
      { field: 'roles', error: 'is required' },
    ];
    for (const body of [{}, undefined]) expect(faults((await create(body)).body)).toEqual(missing);
    const empty = await call(world, 'POST /v1/accounts', {
      token,
      headers: { 'content-type': 'application/json' },
    });
    expect(faults(empty.body)).toEqual(missing);
  });

  it('comes as RFC 9457 with typed errors to those who ask for it', async () => {
    const accept = 'text/html;q=0.5, application/problem+json';
    const answer = await create({ roles: ['ADMIN'] }, { accept });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toEqual({
      type: 'urn:loanbook:error:invalid_argument',
      title: 'Invalid argument',
      status: 400,
      detail: 'email: is required',
      code: 'invalid_argument',
      errors: [{ field: 'email', error: 'is required' }],
    });
    const missing = await call(world, 'GET /nowhere', { headers: { accept } });
    expect(missing.body).toMatchObject({ status: 404, code: 'not_found', errors: [] });
    const unwanted = await create({}, { accept: 'application/problem+json;q=0, */*' });
    expect(unwanted.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it.each([
    'GET /nowhere',
    'GET /v1/nowhere',
    'PATCH /v1/accounts',
    'DELETE /v1/accounts',
    'POST /livez',
    'GET /',
  ])('404 answers %s', async (line) => {
    expect(await call(world, line)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it.each([
    ['partner', 200],
    ['operator', 200],
    ['admin', 403],
    ['stranger', 403],
    ['nobody', 401],
  ] as const)('of an operator endpoint for %s: %i', async (who, status) => {
    expect((await world.fetch('/v1/accounts', { as: who })).status).toBe(status);
  });

  it('401 comes before the body is judged', async () => {
    const answer = await call(world, 'POST /v1/accounts', { body: '{ not json' });
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('503 with Retry-After answers while the database is away', async () => {
    const { config, clock } = world;
    const db = openDatabase('postgres://nobody@127.0.0.1:9/nowhere');
    const context = createContext({ config, clock, db, log: createLog(config), authRunsApart: false });
    const app = await buildApi(context);
    const headers = { authorization: `Bearer ${token}` };
    const answers = await Promise.all([
      app.inject({ url: '/v1/accounts', headers }),
      app.inject({ method: 'POST', url: '/v1/customers', headers, payload: { externalId: 'C' } }),
      app.inject('/readyz'),
    ]);
    for (const answer of answers) {
      expect(answer.statusCode).toBe(503);
      expect(answer.headers['retry-after']).toBe('1');
      expect(answer.json()).toEqual({ code: 'unavailable', message: expect.any(String) });
    }
    expect(answers[2]?.json()).toMatchObject({ message: 'not ready: database, signing key' });
    expect((await app.inject('/livez')).statusCode).toBe(200);
    await app.close();
    await db.close();
  });
});

describe('a body', () => {
  const json = { 'content-type': 'application/json' };
  const postRaw = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = json) => {
    const response = await world.fetch('/v1/accounts', { method: 'POST', body, headers });
    const { status, headers: sent } = response;
    return { status, headers: sent, body: (await response.json()) as Record<string, unknown> };
  };

  it.each([
    ['{"email":"a@b.c"', 'body', 'is not valid JSON'],
    ['null', 'body', 'must be an object'],
    ['[]', 'body', 'must be an object'],
    ['"text"', 'body', 'must be an object'],
    [
      '{"email":"a@b.c","roles":["ADMIN"],"password":1e400}',
      'password',
      'has more digits than can be kept exactly',
    ],
    ['{"email":"a@b.c","roles":["ADMIN"],"__proto__":{"x":1}}', '__proto__', 'unknown field'],
    ['{"email":"a@b.c","roles":["ADMIN"],"constructor":{"x":1}}', 'constructor', 'unknown field'],
    ['{"email":"a@b\\u0000.c","roles":["ADMIN"]}', 'email', 'must not hold a NUL or broken character'],
    ['['.repeat(10_000), 'body', 'is nested deeper than 32 levels'],
  ])('%.50s is an invalid argument', async (text, field, error) => {
    const answer = await postRaw(text);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_argument' } });
    expect(faults(answer.body)).toEqual([{ field, error }]);
  });

  it('that is not UTF-8 is an invalid argument', async () => {
    const answer = await postRaw(new Uint8Array(Buffer.from('{"email":"é"}', 'latin1')));
    expect(faults(answer.body)).toEqual([{ field: 'body', error: 'is not valid UTF-8' }]);
  });

  it('of another media type is 415', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense']) {
      const answer = await postRaw('a=1', { 'content-type': type });
      expect(answer).toMatchObject({ status: 415, body: { code: 'invalid_argument' } });
    }
    const packed = await postRaw('{}', { ...json, 'content-encoding': 'gzip' });
    expect(packed.status).toBe(415);
  });

  it('over a mebibyte is 413, at it is read', async () => {
    const answer = await postRaw(JSON.stringify({ email: 'x'.repeat(5 * 1024 * 1024) }));
    expect(answer).toMatchObject({ status: 413, body: { code: 'invalid_argument' } });
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const padded = `{}${' '.repeat(1024 * 1024 - 2)}`;
    expect((await postRaw(padded)).status).toBe(400);
  });

  it('over a mebibyte is 413 also when its length is not said', async () => {
    const chunk = new Uint8Array(64 * 1024).fill(32);
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(chunk),
    });
    const response = await fetch(`${world.apiUrl}/v1/accounts`, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { ...json, authorization: `Bearer ${token}` },
    } as RequestInit).catch(() => null);
    // The server may close before the client has stopped sending; then there is no answer to read.
    if (response) expect(response.status).toBe(413);
  });

  it('with a thousand unknown fields gets a bounded answer', async () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`field${index}`, index]));
    const answer = await postRaw(JSON.stringify(many));
    expect((faults(answer.body) as unknown[]).length).toBeLessThanOrEqual(50);
  });

  it('where none belongs is refused, an empty one is not', async () => {
    const path = 'POST /v1/signing-keys/rotate';
    expect(faults((await call(world, path, { token, body: { a: 1 } })).body)).toEqual([
      { field: 'a', error: 'unknown field' },
    ]);
    expect((await call(world, path, { token, body: {} })).status).toBe(200);
    expect((await call(world, path, { token, headers: json })).status).toBe(200);
  });
});

describe('a path', () => {
  it.each(['%zz', '%', '%ff', '%c0%af', '%ed%a0%80', 'a%00b', 'abc', 'x'.repeat(2000)])(
    'with the id %.20s is a contract error',
    async (id) => {
      const { status, body } = await call(world, `GET /v1/accounts/${id}`, { token });
      expect([status, body.code]).toEqual([400, 'invalid_argument']);
    },
  );

  it('with an unknown query field is an invalid argument', async () => {
    for (const query of ['surprise=1', '__proto__=1', 'page[a]=1', '=']) {
      const { status, body } = await call(world, `GET /v1/accounts?${query}`, { token });
      expect([query, status, body.code]).toEqual([query, 400, 'invalid_argument']);
    }
  });
});

describe('X-Request-Id', () => {
  it('is on every answer', async () => {
    for (const line of [
      'GET /livez',
      'GET /nowhere',
      'GET /v1/accounts',
      'GET /v1/accounts/%zz',
      'GET /openapi.json',
    ])
      expect((await call(world, line)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("is the caller's own where it is one", async () => {
    const ask = async (id: string) =>
      (await call(world, 'GET /livez', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await ask('order-77:retry.1')).toBe('order-77:retry.1');
    expect(await ask('two words')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await ask('x'.repeat(200))).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the edge', () => {
  it('sets security headers and forbids caching', async () => {
    const { headers } = await call(world, 'GET /v1/accounts', { token });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('strict-transport-security')).not.toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('answers what is no HTTP with the shape of the contract', async () => {
    const port = Number(new URL(world.apiUrl).port);
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('this is not http\r\n\r\n'));
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/X-Request-Id: /);
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as Record<string, unknown>;
    expect(body).toEqual({ code: 'invalid_argument', message: expect.any(String) });
  });

  it('is ready, on both hosts, and shows figures by route', async () => {
    for (const host of [world.apiUrl, world.authUrl])
      for (const path of ['/livez', '/readyz'])
        expect(await call(world, `GET ${host}${path}`)).toMatchObject({
          status: 200,
          body: { status: 'ok' },
        });
    await call(world, 'GET /v1/accounts/5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11', { token });
    const figures = await (await world.fetch('/metrics', { as: 'nobody' })).text();
    expect(figures).toMatch(
      /loanbook_http_requests_total\{[^}]*route="\/v1\/accounts\/:account_id",status="404"/,
    );
    expect(figures).toContain('loanbook_http_request_duration_seconds_bucket');
    expect(figures).toContain('loanbook_database_connections');
    expect(figures).toContain('nodejs_eventloop_lag_seconds');
    expect(figures).not.toContain('5b0c1a52');
  });
});

/**
 * The client against a real HTTP server that fails in every way the contract knows, and in some that it does
 * not.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { type ClientOptions, createClient, type LoanbookClient, LoanbookError } from '../../sdk/client.ts';
import { type FailingServer, longToken, type Script, startFailingServer, tokenOf } from './failingServer.ts';

let server: FailingServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const QUICK = { retries: 3, backoffMilliseconds: 2, longestPauseMilliseconds: 1_500 };
const login = { email: 'partner@example.com', password: 'pässword: with colon' };
const customer = { id: '42', externalId: 'C-1' };
const ok = { status: 200, body: customer };
const unavailable = { status: 503, body: { code: 'unavailable', message: 'try again' } };
const internal = { status: 500, body: { code: 'internal', message: 'an unexpected error occurred' } };

async function against(
  script: Script,
  options: Partial<ClientOptions> = {},
): Promise<{ client: LoanbookClient; server: FailingServer }> {
  server = await startFailingServer(script);
  const client = createClient({ apiUrl: server.url, authUrl: server.url, login, retries: QUICK, ...options });
  return { client, server };
}

const failureOf = async (call: Promise<unknown>): Promise<LoanbookError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LoanbookError);
  return error as LoanbookError;
};

describe('tokens', () => {
  it('are obtained with Basic in UTF-8 and sent as Bearer', async () => {
    const { client, server } = await against({ calls: [ok] });
    await client.customers.get(42);
    const basic = Buffer.from(`${login.email}:${login.password}`).toString('base64');
    expect(server.tokenRequests()[0]?.headers.authorization).toBe(`Basic ${basic}`);
    expect(server.calls()[0]?.headers.authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it('are obtained once for many calls at a time', async () => {
    const { client, server } = await against({ calls: [ok] });
    await Promise.all(Array.from({ length: 20 }, () => client.customers.get(42)));
    expect(server.tokenRequests()).toHaveLength(1);
    expect(server.calls()).toHaveLength(20);
  });

  it('are renewed before they expire, whatever the clock of the server says', async () => {
    const short = tokenOf({ iat: 1_000_000, exp: 1_000_001 });
    const long = longToken(2);
    const { client, server } = await against({
      calls: [ok],
      tokens: [
        { status: 200, body: { token: short } },
        { status: 200, body: { token: long } },
      ],
    });
    await client.customers.get(42);
    await new Promise((resolve) => setTimeout(resolve, 950));
    await client.customers.get(42);
    await client.customers.get(42);
    expect(server.tokenRequests()).toHaveLength(2);
    const used = server.calls().map((call) => call.headers.authorization);
    expect(used).toEqual([`Bearer ${short}`, `Bearer ${long}`, `Bearer ${long}`]);
  });

  it('are renewed once when the api refuses one', async () => {
    const refused = {
      status: 401,
      body: { code: 'unauthenticated', message: 'a valid bearer token is needed' },
    };
    const tokens = [1, 2, 3].map((nr) => ({ status: 200, body: { token: longToken(nr) } }));
    const { client, server } = await against({ calls: [refused, ok, refused], tokens });
    await expect(client.customers.get(42)).resolves.toEqual(customer);
    expect(server.tokenRequests()).toHaveLength(2);
    const error = await failureOf(client.customers.get(42));
    expect(error.code).toBe('unauthenticated');
    expect(server.tokenRequests()).toHaveLength(3);
    expect(server.calls()).toHaveLength(4);
  });

  it('fail at once with a wrong password', async () => {
    const wrong = { status: 401, body: { code: 'unauthenticated', message: 'email or password is wrong' } };
    const { client, server } = await against({ calls: [ok], tokens: [wrong] });
    const error = await failureOf(client.customers.get(42));
    expect([error.code, error.status, error.message]).toEqual([
      'unauthenticated',
      401,
      'email or password is wrong',
    ]);
    expect(server.tokenRequests()).toHaveLength(1);
    expect(server.calls()).toHaveLength(0);
  });

  it('are left alone when the caller brought one', async () => {
    const refused = { status: 401, body: { code: 'unauthenticated', message: 'no' } };
    const { client, server } = await against({ calls: [refused] }, { login: { token: 'a.b.c' } });
    expect((await failureOf(client.customers.get(42))).code).toBe('unauthenticated');
    expect(server.received.map((each) => each.headers.authorization)).toEqual(['Bearer a.b.c']);
  });
});

describe('tries', () => {
  it('repeat unavailable with one idempotency key until it works', async () => {
    const { client, server } = await against({ calls: [unavailable, unavailable, ok] });
    await expect(client.customers.create({ externalId: 'C-1' })).resolves.toEqual(customer);
    const keys = server.calls().map((call) => call.headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(server.calls().map((call) => call.body)).toEqual(Array(3).fill('{"externalId":"C-1"}'));
  });

  it('give every call a key of its own, unless the caller gives one', async () => {
    const { client, server } = await against({ calls: [ok] });
    await client.customers.create({ externalId: 'C-1' });
    await client.customers.create({ externalId: 'C-1' });
    await client.customers.create({ externalId: 'C-1' }, { idempotencyKey: 'mine' });
    await client.customers.get(42);
    const [first, second, third, fourth] = server.calls().map((call) => call.headers['idempotency-key']);
    expect(first).not.toBe(second);
    expect(third).toBe('mine');
    expect(fourth).toBeUndefined();
  });

  it('give up on unavailable after as many as allowed', async () => {
    const { client, server } = await against({ calls: [unavailable] });
    const error = await failureOf(client.customers.get(42));
    expect([error.code, error.status]).toEqual(['unavailable', 503]);
    expect(server.calls()).toHaveLength(1 + QUICK.retries);
  });

  it('wait as long as Retry-After says', async () => {
    const later = { ...unavailable, headers: { 'retry-after': '1' } };
    const { client } = await against({ calls: [later, ok] });
    const start = performance.now();
    await client.customers.get(42);
    // Timers may be a millisecond early.
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  it('do not wait longer than the caller would', async () => {
    const muchLater = { ...unavailable, headers: { 'retry-after': '3600' } };
    const { client, server } = await against({ calls: [muchLater] });
    expect((await failureOf(client.customers.get(42))).retryAfterSeconds).toBe(3600);
    expect(server.calls()).toHaveLength(1);
  });

  it('repeat internal once', async () => {
    const { client, server } = await against({ calls: [internal, ok, internal] });
    await expect(client.customers.get(42)).resolves.toEqual(customer);
    expect((await failureOf(client.customers.get(42))).code).toBe('internal');
    expect(server.calls()).toHaveLength(4);
  });

  it('never repeat a refusal', async () => {
    const aborted = { status: 409, body: { code: 'aborted', message: 'externalId is taken' } };
    const { client, server } = await against({ calls: [aborted] });
    expect((await failureOf(client.customers.create({ externalId: 'C-1' }))).code).toBe('aborted');
    expect(server.calls()).toHaveLength(1);
  });

  it('repeat a lost POST with its key, but not a lost DELETE', async () => {
    const { client, server } = await against({ calls: ['hang up', ok, 'hang up'] });
    await expect(client.customers.create({ externalId: 'C-1' })).resolves.toEqual(customer);
    const [first, second] = server.calls().map((call) => call.headers['idempotency-key']);
    expect(first).toBe(second);
    expect((await failureOf(client.customers.remove(42))).code).toBe('network');
    expect(server.calls()).toHaveLength(3);
  });
});

describe('time', () => {
  it('limits each try', async () => {
    const { client, server } = await against({ calls: ['stay silent', ok] }, { timeout: 3_000 });
    await expect(client.customers.get(42)).resolves.toEqual(customer);
    expect(server.calls()).toHaveLength(2);
  });

  it('reports a server that never answers', async () => {
    const { client } = await against({ calls: ['stay silent'] });
    const error = await failureOf(client.customers.remove(42, { timeout: 50 }));
    expect([error.code, error.status]).toEqual(['timeout', 0]);
  });

  it('is up at once when the caller aborts', async () => {
    const { client, server } = await against({ calls: ['stay silent'] });
    const controller = new AbortController();
    const call = client.customers.get(42, { signal: controller.signal });
    const failure = expect(call).rejects.toThrow('changed my mind');
    await expect.poll(() => server.calls(), { timeout: 30_000 }).toHaveLength(1);
    controller.abort(new Error('changed my mind'));
    await failure;
    expect(server.calls()).toHaveLength(1);
  });
});

describe('errors', () => {
  it('name the fields of an invalid argument', async () => {
    const fields = [{ field: 'principal', error: 'must be > 0' }];
    const invalid = {
      status: 400,
      body: { code: 'invalid_argument', message: JSON.stringify(fields) },
      headers: { 'x-request-id': 'req-7' },
    };
    const { client } = await against({ calls: [invalid] });
    const error = await failureOf(client.customers.get(42));
    expect(error).toMatchObject({ code: 'invalid_argument', status: 400, fields, requestId: 'req-7' });
    expect(error.message).toBe('principal: must be > 0');
  });

  it('stay readable when a proxy answers', async () => {
    const { client } = await against({ calls: [{ status: 502, text: '<html>Bad gateway</html>' }] });
    expect(await failureOf(client.customers.get(42))).toMatchObject({ code: 'unavailable', status: 502 });
  });

  it('tell an address that is not the api', async () => {
    const { client } = await against({ calls: [{ status: 200, text: '<html>Welcome</html>' }] });
    expect((await failureOf(client.customers.get(42))).message).toContain('not JSON');
  });

  it('tell a host that is not there', async () => {
    const { client, server: gone } = await against({ calls: [ok] });
    await gone.close();
    server = undefined;
    expect((await failureOf(client.customers.get(42))).code).toBe('network');
  });
});

describe('addresses', () => {
  it('hold ids, and external ids whatever is in them', async () => {
    const { client, server } = await against({ calls: [ok] });
    await client.customers.get(42);
    await client.customers.get('42');
    await client.customers.get({ externalId: 'a/b%2F ü?#' });
    expect(server.calls().map((call) => call.path)).toEqual([
      '/v1/customers/42',
      '/v1/customers/42',
      '/v1/customers/external/a%2Fb%252F%20%C3%BC%3F%23',
    ]);
  });
});

describe('lists', () => {
  const page = (ids: readonly string[], nextCursor?: string) => ({
    status: 200,
    body: { items: ids.map((id) => ({ id })), total: 3, page: 1, rowsPerPage: 100, nextCursor },
  });

  it('walk over all pages by the cursor', async () => {
    const { client, server } = await against({ calls: [page(['1', '2'], 'after 2'), page(['3'])] });
    const ids: string[] = [];
    for await (const each of client.customers.list({ status: 'Active' })) ids.push(each.id);
    expect(ids).toEqual(['1', '2', '3']);
    expect(server.calls().map((call) => call.path)).toEqual([
      '/v1/customers?rows=100&status=Active',
      '/v1/customers?rows=100&status=Active&after=after+2',
    ]);
  });

  it('stop reading when the caller stops', async () => {
    const { client, server } = await against({ calls: [page(['1', '2'], 'after 2'), page(['3'])] });
    for await (const each of client.customers.list()) if (each.id === '1') break;
    expect(server.calls()).toHaveLength(1);
  });

  it('answer one page with the total', async () => {
    const { client, server } = await against({ calls: [page(['1', '2'], 'after 2')] });
    const first = await client.customers.list({ page: 1, rows: 2 }).page();
    expect([first.items.length, first.total]).toEqual([2, 3]);
    expect(server.calls()[0]?.path).toBe('/v1/customers?page=1&rows=2');
  });
});

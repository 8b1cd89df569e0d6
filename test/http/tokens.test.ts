/** The auth host: tokens, rules, limits, keys; and how the api honours what changes. Contract "Auth". */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keysOfAuthHost } from '../../server/operations/accounts/publicKeys.ts';
import { openTokenVerifier } from '../../server/operations/accounts/tokenVerifier.ts';
import { makeWorld, type World } from '../world.ts';
import { askToken, basic, call, readToken, tokenOf } from './tokenCalls.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

const PARTNER = 'partner@example.com';
const authenticate = (token?: string) =>
  call(world, `GET ${world.authUrl}/v1/auth/authenticate`, token === undefined ? {} : { token });
const authorize = (token: string, rule: unknown) =>
  call(world, `POST ${world.authUrl}/v1/auth/authorize`, { token, body: { rule } });
/** A call that needs a good token with OPERATOR: 200 as long as the api honours it. */
const use = async (token: string) => (await call(world, 'GET /v1/accounts', { token })).status;

describe('a token', () => {
  it('is RS256 with kid and typ, and claims iss, sub, iat, exp and roles', async () => {
    const { header, claims } = readToken(await tokenOf(world, PARTNER));
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) });
    expect(Object.keys(claims).sort()).toEqual(['exp', 'iat', 'iss', 'roles', 'sub']);
    expect(claims.roles).toEqual(['ADMIN', 'OPERATOR']);
    expect(claims.iss).toBe(world.config.authUrl);
    expect(claims.iat).toBe(Math.floor(world.clock.now().getTime() / 1000));
    expect(Number(claims.exp)).toBe(Number(claims.iat) + 31_536_000);
    expect(claims.sub).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is signed by a key of the published set, whose private half is not published', async () => {
    const { header } = readToken(await tokenOf(world, PARTNER));
    const { body } = await call(world, `GET ${world.authUrl}/.well-known/jwks.json`);
    const keys = body.keys as Record<string, string>[];
    const key = keys.find((each) => each.kid === header.kid);
    expect(key).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig', n: expect.any(String), e: 'AQAB' });
    expect(Object.keys(key ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('is granted whatever the case of the email', async () => {
    expect((await askToken(world, 'PARTNER@Example.com')).status).toBe(200);
  });

  it('says who it speaks for', async () => {
    const token = await tokenOf(world, PARTNER);
    const { claims } = readToken(token);
    expect(await authenticate(token)).toMatchObject({ status: 200, body: { userId: claims.sub, claims } });
  });
});

describe('credentials that are not good', () => {
  const refused = { code: 'unauthenticated', message: 'the email or password is wrong' };

  it('get one answer, whether the email exists or not', async () => {
    const known = await askToken(world, 'admin@example.com', 'wrong');
    const unknown = await askToken(world, 'nobody@example.com', 'wrong');
    expect(known).toMatchObject({ status: 401, body: refused });
    expect(unknown).toMatchObject({ status: 401, body: refused });
    expect(unknown.headers.get('www-authenticate')).toBe(known.headers.get('www-authenticate'));
  });

  it.each([
    '',
    'Basic',
    'Basic !!!',
    'Basic bm9jb2xvbg==',
    'Basic Og==',
    'Bearer abc',
    `Basic ${'A'.repeat(8000)}`,
  ])('as "%.20s" are refused', async (authorization) => {
    const answer = await call(world, `GET ${world.authUrl}/v1/auth/token`, { headers: { authorization } });
    expect(answer).toMatchObject({ status: 401, body: refused });
  });

  it('with a NUL are refused', async () => {
    expect((await askToken(world, 'a\0b@example.com', 'x\0y')).status).toBe(401);
  });
});

describe('a token that is not good', () => {
  const unauthenticated = { status: 401, body: { code: 'unauthenticated' } };

  it.each([undefined, '', 'abc', 'a.b.c', `${'x'.repeat(4000)}.y.z`])(
    'as "%.12s" is refused',
    async (token) => {
      expect(await authenticate(token)).toMatchObject(unauthenticated);
      expect(await call(world, 'GET /v1/accounts', token === undefined ? {} : { token })).toMatchObject(
        unauthenticated,
      );
    },
  );

  it('because its payload, key or algorithm was changed is refused', async () => {
    const token = await tokenOf(world, PARTNER);
    const [header = '', claims = '', signature = ''] = token.split('.');
    const { header: facts } = readToken(token);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const byOther = sign('sha256', Buffer.from(`${header}.${claims}`), other).toString('base64url');
    const hs256 = `${encode({ ...facts, alg: 'HS256' })}.${claims}`;
    const forged = [
      `${header}.${encode({ ...readToken(token).claims, roles: ['OPERATOR'] })}.${signature}`,
      `${header}.${claims}.${byOther}`,
      `${encode({ ...facts, alg: 'none' })}.${claims}.`,
      `${hs256}.${createHmac('sha256', String(facts.kid)).update(hs256).digest('base64url')}`,
      `${encode({ ...facts, kid: 'unknown' })}.${claims}.${signature}`,
    ];
    for (const each of forged) expect(await authenticate(each)).toMatchObject(unauthenticated);
  });

  it('because it has expired is refused', async () => {
    const own = await makeWorld();
    const token = await tokenOf(own, PARTNER);
    own.clock.advanceSeconds(31_536_000 - 1);
    expect((await call(own, `GET ${own.authUrl}/v1/auth/authenticate`, { token })).status).toBe(200);
    own.clock.advanceSeconds(1);
    expect((await call(own, `GET ${own.authUrl}/v1/auth/authenticate`, { token })).status).toBe(401);
    await own.close();
  });
});

describe('a rule', () => {
  it.each([
    ['partner', 'any', 200],
    ['partner', 'admin', 200],
    ['partner', 'operator', 200],
    ['admin', 'admin', 200],
    ['admin', 'operator', 401],
    ['operator', 'operator', 200],
    ['operator', 'admin', 401],
    ['stranger', 'any', 200],
    ['stranger', 'admin', 401],
  ])('for %s: %s -> %i', async (who, rule, status) => {
    const answer = await authorize(await tokenOf(world, `${who}@example.com`), rule);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual(
      status === 200 ? { authorized: true } : { code: 'unauthenticated', message: expect.any(String) },
    );
  });

  it('that does not exist is an invalid argument', async () => {
    const answer = await authorize(await tokenOf(world, PARTNER), 'root');
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_argument' } });
    expect(JSON.parse(String(answer.body.message))).toEqual([
      { field: 'rule', error: 'must be one of any, admin, operator' },
    ]);
  });
});

describe('the limit of attempts', () => {
  it('makes an account wait longer with each failure, known or not, and lets it in again', async () => {
    const own = await makeWorld();
    const waits: Record<string, number[]> = {};
    for (const email of ['admin@example.com', 'unknown@example.com']) {
      for (let failure = 1; failure <= 5; failure += 1)
        expect((await askToken(own, email, 'wrong')).status).toBe(401);
      waits[email] = [];
      for (let round = 0; round < 4; round += 1) {
        const blocked = await askToken(own, email);
        expect(blocked).toMatchObject({ status: 429, body: { code: 'resource_exhausted' } });
        const seconds = Number(blocked.headers.get('retry-after'));
        waits[email].push(seconds);
        own.clock.advanceSeconds(seconds);
        expect((await askToken(own, email, 'wrong')).status).toBe(401);
      }
    }
    expect(waits['admin@example.com']).toEqual([1, 2, 4, 8]);
    expect(waits['unknown@example.com']).toEqual(waits['admin@example.com']);
    own.clock.advanceSeconds(16);
    expect((await askToken(own, 'admin@example.com')).status).toBe(200);
    expect((await askToken(own, 'admin@example.com', 'wrong')).status).toBe(401);
    expect((await askToken(own, 'admin@example.com')).status).toBe(200);
    await own.close();
  });

  it('holds for an address that tries many emails', async () => {
    const own = await makeWorld();
    for (let failure = 1; failure <= 30; failure += 1)
      expect((await askToken(own, `someone${failure}@example.com`, 'wrong')).status).toBe(401);
    expect((await askToken(own, 'yet-another@example.com', 'wrong')).status).toBe(429);
    expect((await askToken(own, PARTNER)).status).toBe(429);
    own.clock.advanceSeconds(1);
    expect((await askToken(own, PARTNER)).status).toBe(200);
    await own.close();
  });

  it('takes the address from a trusted proxy, and from nobody else', async () => {
    const fail = async (own: World, from: string) => {
      const headers = { authorization: basic(`${from}@example.com`, 'wrong'), 'x-forwarded-for': from };
      return (await call(own, `GET ${own.authUrl}/v1/auth/token`, { headers })).status;
    };
    const subjects = async (own: World) =>
      (await own.db.read.query<{ subject: string }>(`select subject from token_attempt order by subject`))
        .map((row) => row.subject)
        .filter((subject) => subject.startsWith('address:'));
    const behind = await makeWorld({ environment: { LOANBOOK_TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' } });
    const plain = await makeWorld();
    for (const own of [behind, plain]) expect(await fail(own, '192.0.2.7')).toBe(401);
    expect(await subjects(behind)).toEqual(['address:192.0.2.7']);
    expect(await subjects(plain)).toEqual(['address:127.0.0.1']);
    await Promise.all([behind.close(), plain.close()]);
  });

  it('is not outrun by attempts sent all at once', async () => {
    const own = await makeWorld();
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => askToken(own, 'admin@example.com', 'wrong')),
    );
    const guesses = answers.filter((answer) => answer.status === 401).length;
    expect(guesses).toBeLessThanOrEqual(6);
    expect(answers.every((answer) => answer.status === 401 || answer.status === 429)).toBe(true);
    await own.close();
  });

  it('does not touch many good logins at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => askToken(world, PARTNER)));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
  });
});

describe('what ends the trust in an account', () => {
  const idOf = async (own: World, who: string): Promise<string> =>
    String(readToken(await tokenOf(own, `${who}@example.com`)).claims.sub);

  it.each(['disable', 'revoke-tokens'])('%s is honoured by the api within 5 seconds', async (verb) => {
    const own = await makeWorld();
    const operator = await tokenOf(own, PARTNER);
    const token = await tokenOf(own, 'operator@example.com');
    const id = await idOf(own, 'operator');
    const usable = async () => (await call(own, 'GET /v1/accounts', { token })).status;
    expect(await usable()).toBe(200);
    expect((await call(own, `POST /v1/accounts/${id}/${verb}`, { token: operator })).status).toBe(200);
    own.clock.advanceSeconds(5);
    expect(await usable()).toBe(401);
    expect((await call(own, `GET ${own.authUrl}/v1/auth/authenticate`, { token })).status).toBe(401);
    const again = await askToken(own, 'operator@example.com');
    expect(again.status).toBe(verb === 'disable' ? 401 : 200);
    if (verb === 'disable') await call(own, `POST /v1/accounts/${id}/enable`, { token: operator });
    own.clock.advanceSeconds(5);
    expect(await usable()).toBe(401);
    expect(
      (await call(own, 'GET /v1/accounts', { token: await tokenOf(own, 'operator@example.com') })).status,
    ).toBe(200);
    await own.close();
  });

  it('a role taken away stops counting in the tokens that claim it', async () => {
    const own = await makeWorld();
    const operator = await tokenOf(own, PARTNER);
    const token = await tokenOf(own, 'operator@example.com');
    const id = await idOf(own, 'operator');
    await call(own, `PUT /v1/accounts/${id}/roles`, { token: operator, body: { roles: ['VIEWER'] } });
    own.clock.advanceSeconds(5);
    expect((await call(own, 'GET /v1/accounts', { token })).status).toBe(403);
    await own.close();
  });
});

describe('signing keys', () => {
  it('rotate without an outage; a retired key ends its tokens, and only those', async () => {
    const old = await tokenOf(world, PARTNER);
    const oldKid = String(readToken(old).header.kid);
    const rotated = await call(world, 'POST /v1/signing-keys/rotate', { token: old });
    expect(rotated).toMatchObject({ status: 200, body: { status: 'signing' } });
    expect(await use(old)).toBe(200);
    const fresh = await tokenOf(world, PARTNER);
    expect(readToken(fresh).header.kid).toBe(rotated.body.kid);
    // No second has passed: the api looks up a key it does not know.
    expect(await use(fresh)).toBe(200);
    expect(
      await call(world, `POST /v1/signing-keys/${rotated.body.kid}/retire`, { token: fresh }),
    ).toMatchObject({
      status: 409,
      body: { code: 'aborted', message: 'this key signs: rotate first, then retire it' },
    });
    const retired = await call(world, `POST /v1/signing-keys/${oldKid}/retire`, { token: fresh });
    expect(retired).toMatchObject({ status: 200, body: { kid: oldKid, status: 'retired' } });
    world.clock.advanceSeconds(5);
    expect(await use(old)).toBe(401);
    expect(await use(fresh)).toBe(200);
    const list = await call(world, 'GET /v1/signing-keys', { token: fresh });
    const statuses = (list.body.items as { kid: string; status: string }[]).map((key) => [
      key.kid,
      key.status,
    ]);
    expect(statuses).toEqual([
      [rotated.body.kid, 'signing'],
      [oldKid, 'retired'],
    ]);
    expect(await call(world, `POST /v1/signing-keys/${oldKid}/retire`, { token: fresh })).toMatchObject({
      status: 404,
    });
    const [row] = await world.db.read.query<{ private_key: string }>(
      'select private_key from signing_key where kid = $1',
      [oldKid],
    );
    expect(row?.private_key).toBe('');
  });

  it('are sealed in the database when there is a secret', async () => {
    const own = await makeWorld({ environment: { LOANBOOK_KEY_SECRET: 'a secret for tests only' } });
    const [row] = await own.db.read.query<{ private_key: string }>('select private_key from signing_key');
    expect(row?.private_key).toMatch(/^sealed\.v1\./);
    expect((await askToken(own, PARTNER)).status).toBe(200);
    await own.close();
  });

  it('of an auth host that runs apart are fetched, and serve on while it does not answer', async () => {
    const { db, clock } = world;
    const published = await call(world, `GET ${world.authUrl}/.well-known/jwks.json`);
    const host = createServer((_request, response) => response.end(JSON.stringify(published.body)));
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    const { port } = host.address() as AddressInfo;
    const keys = keysOfAuthHost(`http://127.0.0.1:${port}`);
    const verifier = openTokenVerifier({ db, clock, keys });
    const token = await tokenOf(world, PARTNER);
    expect(await verifier.verify(token)).toMatchObject({ roles: ['ADMIN', 'OPERATOR'] });
    host.closeAllConnections();
    await new Promise((resolve) => host.close(resolve));
    clock.advanceSeconds(3);
    expect(await verifier.verify(token)).toMatchObject({ roles: ['ADMIN', 'OPERATOR'] });
    const neverSeen = openTokenVerifier({ db, clock, keys: keysOfAuthHost(`http://127.0.0.1:${port}`) });
    await expect(neverSeen.verify(token)).rejects.toThrow('the auth host does not answer');
  });
});

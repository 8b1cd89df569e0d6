/** Administering accounts: operators make, change and end them; everyone changes their own password. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureFirstAccount } from '../../server/operations/accounts/accounts.ts';
import { ensureSigningKey } from '../../server/operations/accounts/signingKeys.ts';
import { openPatiently } from '../patience.ts';
import { createTestDatabase } from '../testDatabase.ts';
import { makeWorld, type World } from '../world.ts';
import { askToken, call, PASSWORD, readToken, tokenOf } from './tokenCalls.ts';

let world: World;
let token: string;
beforeAll(async () => {
  world = await makeWorld();
  token = await tokenOf(world, 'partner@example.com');
});
afterAll(() => world.close());

const create = (body: unknown) => call(world, 'POST /v1/accounts', { token, body });

describe('an account', () => {
  it('is made with a password that is shown once, and can log in with it', async () => {
    const made = await create({ email: 'New.Partner@Example.com', roles: ['ADMIN', 'ADMIN'] });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({
      email: 'new.partner@example.com',
      roles: ['ADMIN'],
      status: 'enabled',
    });
    const password = String(made.body.generatedPassword);
    expect(password).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
    expect((await askToken(world, 'new.partner@example.com', password)).status).toBe(200);
    const read = await call(world, `GET /v1/accounts/${made.body.id}`, { token });
    const { generatedPassword: _once, ...rest } = made.body;
    expect(read.body).toEqual(rest);
  });

  it('keeps its password as argon2id', async () => {
    const rows = await world.db.read.query<{ password_hash: string }>('select password_hash from account');
    for (const row of rows) expect(row.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('is one per mailbox, whatever the case', async () => {
    await create({ email: 'twin@example.com', roles: ['ADMIN'] });
    expect(await create({ email: 'TWIN@example.com', roles: ['ADMIN'] })).toMatchObject({
      status: 409,
      body: { code: 'aborted', message: 'an account with this email exists' },
    });
  });

  it.each([
    [{ email: 'no mailbox', roles: ['ADMIN'] }, 'email', 'must be an email address'],
    [{ email: 'a@b.c', roles: [] }, 'roles', 'must have at least 1 items'],
    [{ email: 'a@b.c', roles: ['ADMIN'], password: 'short' }, 'password', 'must have at least 12 characters'],
  ])('with %j is refused', async (body, field, error) => {
    const answer = await create(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_argument' } });
    expect(JSON.parse(String(answer.body.message))).toEqual([{ field, error }]);
  });

  it('that does not exist is not found', async () => {
    const id = '5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11';
    for (const line of [`GET /v1/accounts/${id}`, `POST /v1/accounts/${id}/disable`])
      expect(await call(world, line, { token })).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

describe('an Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'make-one-account' };
  const body = { email: 'once@example.com', roles: ['ADMIN'] };

  it('makes one account of twins; a password made up is answered once and not stored', async () => {
    const twins = await Promise.all(
      Array.from({ length: 4 }, () => call(world, 'POST /v1/accounts', { token, body, headers })),
    );
    expect(twins.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    expect(new Set(twins.map((answer) => answer.body.id)).size).toBe(1);
    const passwords = twins
      .map((answer) => answer.body.generatedPassword)
      .filter((each) => each !== undefined);
    expect(passwords).toHaveLength(1);
    expect((await askToken(world, 'once@example.com', String(passwords[0]))).status).toBe(200);
    const replays = twins.filter((answer) => answer.headers.get('idempotent-replayed') === 'true');
    expect(replays).toHaveLength(3);
    const stored = await world.db.read.query('select * from idempotency_key');
    expect(
      JSON.stringify(stored, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toContain(String(passwords[0]));
  });

  it('with another payload is a conflict', async () => {
    const other = { email: 'other@example.com', roles: ['ADMIN'] };
    expect(await call(world, 'POST /v1/accounts', { token, body: other, headers })).toMatchObject({
      status: 409,
      body: { code: 'aborted' },
    });
  });

  it('rotates the keys once', async () => {
    const rotate = () =>
      call(world, 'POST /v1/signing-keys/rotate', { token, headers: { 'idempotency-key': 'rotate-1' } });
    const [first, second] = [await rotate(), await rotate()];
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });
});

describe('a password in a call with an Idempotency-Key', () => {
  it('leaves no quick digest in the database', async () => {
    const made = async (password: string) => {
      const key = `digest-of-${password.length}`;
      const body = { email: 'digest@example.com', roles: ['ADMIN'], password };
      await call(world, 'POST /v1/accounts', { token, body, headers: { 'idempotency-key': key } });
      const [row] = await world.db.read.query<{ fingerprint: string }>(
        'select fingerprint from idempotency_key where key = $1',
        [key],
      );
      return row?.fingerprint;
    };
    const first = await made('battery staple horse');
    expect(first).toMatch(/./);
    expect(await made('another battery staple')).toBe(first);
  });
});

describe('the last operator', () => {
  it('can neither be disabled nor lose the role, also when two try at once', async () => {
    const own = await makeWorld();
    const operator = await tokenOf(own, 'partner@example.com');
    const ids = ['partner', 'operator'].map(async (who) =>
      String(readToken(await tokenOf(own, `${who}@example.com`)).claims.sub),
    );
    const [partner, other] = await Promise.all(ids);
    const both = await Promise.all(
      [partner, other].map((id) => call(own, `POST /v1/accounts/${id}/disable`, { token: operator })),
    );
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
    await own.close();
  });
});

describe('a password', () => {
  const passwordCall = (who: string, body: unknown) =>
    call(world, 'PUT /v1/accounts/me/password', { token: who, body });

  it('is changed by its owner, who must know it; the tokens of the old one end', async () => {
    const own = await tokenOf(world, 'stranger@example.com');
    const newPassword = 'another long password';
    expect(await passwordCall(own, { currentPassword: 'wrong', newPassword })).toMatchObject({
      status: 403,
      body: { code: 'permission_denied', message: 'the current password is wrong' },
    });
    expect((await passwordCall(own, { currentPassword: PASSWORD, newPassword })).status).toBe(200);
    world.clock.advanceSeconds(5);
    expect((await passwordCall(own, { currentPassword: newPassword, newPassword })).status).toBe(401);
    expect((await askToken(world, 'stranger@example.com')).status).toBe(401);
    expect((await askToken(world, 'stranger@example.com', newPassword)).status).toBe(200);
  });

  it('is set by an operator', async () => {
    const { claims } = readToken(await tokenOf(world, 'admin@example.com'));
    const body = { newPassword: 'set by an operator' };
    const answer = await call(world, `PUT /v1/accounts/${claims.sub}/password`, { token, body });
    expect(answer.status).toBe(200);
    expect((await askToken(world, 'admin@example.com', 'set by an operator')).status).toBe(200);
  });
});

describe('the first start', () => {
  it('makes one account with every right and one key, also when two processes start together', async () => {
    const database = await createTestDatabase();
    const db = openPatiently(database.url);
    const config = { ...world.config, adminEmail: 'first@example.com', adminPassword: undefined };
    const wiring = { db, config, clock: world.clock };
    const made = await Promise.all([ensureFirstAccount(wiring), ensureFirstAccount(wiring)]);
    const [first, ...others] = made.filter((each) => each !== null);
    expect(others).toEqual([]);
    expect(first?.account).toMatchObject({ email: 'first@example.com', roles: ['ADMIN', 'OPERATOR'] });
    expect(first?.generatedPassword).toMatch(/^[a-z2-9-]{23}$/);
    expect(await ensureFirstAccount(wiring)).toBeNull();
    await ensureSigningKey(wiring);
    await ensureSigningKey(wiring);
    expect(await db.read.query('select kid from signing_key')).toHaveLength(1);
    await db.close();
    await database.drop();
  });

  it('stops when the secret is not the one that sealed the key', async () => {
    const database = await createTestDatabase();
    const db = openPatiently(database.url);
    const withSecret = (keySecret: string | undefined) =>
      ensureSigningKey({ db, clock: world.clock, config: { ...world.config, keySecret } });
    await withSecret('the first secret of all');
    await expect(withSecret('quite another secret')).rejects.toThrow('LOANBOOK_KEY_SECRET is not the secret');
    await expect(withSecret(undefined)).rejects.toThrow('set LOANBOOK_KEY_SECRET');
    await withSecret('the first secret of all');
    await db.close();
    await database.drop();
  });
});

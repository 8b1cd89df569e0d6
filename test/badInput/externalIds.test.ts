/** External ids are the caller's: whatever fits into 128 characters is stored, found and shown as it came. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LoanbookError } from '../../sdk/client.ts';
import { makeWorld, type World } from '../world.ts';

let world: World;

beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());

const GOOD = [
  ['a slash', 'a/b'],
  ['a percent escape', 'a%2Fb'],
  ['a percent sign', '100%'],
  ['a space', 'a b'],
  ['a plus', 'a+b'],
  ['a question mark and a hash', 'a?b#c'],
  ['a path out', '../../etc'],
  ['emoji', '🌍👩🏽‍🌾'],
  ['Swahili and Chinese', 'mkopo-贷款'],
  ['quotes', `'";--`],
  ['a word of our paths', 'external'],
  ['a word of JavaScript', '__proto__'],
  ['digits that are no id', '00042'],
  ['128 characters', 'x'.repeat(128)],
  ['128 letters of two bytes', 'é'.repeat(128)],
  ['128 emoji', '🌍'.repeat(128)],
] as const;

const BAD = [
  ['nothing', ''],
  ['129 characters', 'x'.repeat(129)],
  ['NUL', 'a\u0000b'],
  ['half of a pair', 'a\ud800b'],
] as const;

describe('an external id', () => {
  it.each(GOOD)('may hold %s', async (_what, externalId) => {
    const made = await world.partner.customers.create({ externalId });
    expect(made.externalId).toBe(externalId);
    expect(await world.partner.customers.get({ externalId })).toEqual(made);
    expect(await world.partner.customers.list({ externalId }).page()).toMatchObject({
      items: [made],
      total: 1,
    });
    await expect(world.partner.customers.create({ externalId })).rejects.toMatchObject({ code: 'aborted' });
  });

  it.each(['.', '..'])('may be %s, which no URL can hold: it is found by the list', async (externalId) => {
    const made = await world.partner.customers.create({ externalId });
    expect((await world.partner.customers.list({ externalId }).page()).items).toEqual([made]);
    await expect(world.partner.customers.get({ externalId })).rejects.toThrow('cannot stand in a URL');
  });

  it.each(BAD)('may not hold %s', async (_what, externalId) => {
    const error = await world.partner.customers.create({ externalId }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LoanbookError);
    expect(error).toMatchObject({ code: 'invalid_argument', status: 400 });
    expect((error as LoanbookError).fields[0]?.field).toBe('externalId');
  });
});

/** Sends bytes that no HTTP client would; answers what comes back. */
function sendRaw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(world.apiUrl);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    // Closed before all of it was read, the connection is reset: behind the answer, or in place of it.
    socket.on('error', () => {});
    socket.on('close', () => resolve(received));
    socket.setTimeout(3_000, () => socket.destroy());
  });
}

const BROKEN = [
  ['no HTTP at all', 'hello\r\n\r\n'],
  ['a version that does not exist', 'GET / HTTP/9.9\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ['a header without a colon', 'GET /livez HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n'],
  ['100 KB of headers', `GET /livez HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(100_000)}\r\n\r\n`],
  [
    'two lengths',
    'POST /v1/customers HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
  ],
  [
    'a broken chunk',
    'POST /v1/customers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n',
  ],
] as const;

describe('a broken request', () => {
  it.each(BROKEN)('with %s is turned away, and the next one is served', async (_what, bytes) => {
    const answer = await sendRaw(bytes);
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect((await world.fetch('/livez', { as: 'nobody' })).status).toBe(200);
  });
});

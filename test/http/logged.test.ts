/** What the log holds of calls: route, status, time and request id; no secret and nobody's data. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApi, buildAuth } from '../../server/http/app.ts';
import { createContext } from '../../server/http/context.ts';
import { createLog } from '../../server/http/edge/log.ts';
import { makeWorld, type World } from '../world.ts';
import { basic, PASSWORD, tokenOf } from './tokenCalls.ts';

let world: World;
const lines: string[] = [];
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

it('one line for each call, by route pattern, and none of the secrets', async () => {
  const { config, db, clock } = world;
  const log = createLog({ logLevel: 'trace' }, { write: (line) => void lines.push(line) });
  const context = createContext({ config, db, clock, log, authRunsApart: false });
  const [api, auth] = await Promise.all([buildApi(context), buildAuth(context)]);
  const token = await tokenOf(world, 'partner@example.com');
  const headers = { authorization: `Bearer ${token}`, 'x-request-id': 'call-1' };
  const customer = { externalId: 'Asha-255712345678', firstname: 'Asha', mobileNo: '255712345678' };
  await api.inject({ method: 'POST', url: '/v1/customers', headers, payload: customer });
  await api.inject({ url: '/v1/customers/external/Asha-255712345678?surprise=255712345678', headers });
  await api.inject({ url: '/v1/customers/external/%zzAsha', headers });
  await api.inject({ method: 'POST', url: '/v1/customers', headers, payload: '{"externalId": broken Asha' });
  const email = 'partner@example.com';
  await auth.inject({ url: '/v1/auth/token', headers: { authorization: basic(email, 'wrong-secret') } });
  log.warn(
    { password: PASSWORD, customer: { mobileNo: '255712345678' }, headers: { authorization: token } },
    'nested',
  );
  log.error({ err: new Error(`lost ${email} at 255712345678 with ${token}`) }, 'failed');
  await Promise.all([api.close(), auth.close()]);

  const text = lines.join('');
  for (const secret of ['Asha', '255712345678', token, PASSWORD, 'wrong-secret', email])
    expect(text).not.toContain(secret);
  const calls = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((each) => each.msg === 'request');
  expect(calls.length).toBeGreaterThanOrEqual(4);
  expect(calls[0]).toMatchObject({
    level: 'info',
    host: 'api',
    requestId: 'call-1',
    method: 'POST',
    route: '/v1/customers',
    status: 200,
    milliseconds: expect.any(Number),
    accountId: expect.any(String),
  });
  expect(calls.map((each) => each.route)).toContain('/v1/customers/external/:customer_external_id');
});

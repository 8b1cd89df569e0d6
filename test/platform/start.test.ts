/**
 * Starting and stopping, as a person at a terminal does it: twice in a row, after a kill, by Ctrl-C, in the
 * middle of work.
 */
import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { projectRoot } from '../../server/root.ts';
import { hasEnded } from '../../server/store/embedded/processes.ts';
import { createTestDatabase } from '../testDatabase.ts';
import {
  cleanEnvironment,
  cleanUp,
  follow,
  freePorts,
  freshFolder,
  type Loanbook,
  passwordIn,
  postmasterOf,
  start,
  startInVain,
  stop,
} from './loanbook.ts';

// Each start is a process with a database of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 600_000 });

afterAll(cleanUp);

/** It takes a moment; on a busy machine, a long one. */
const SOON = { timeout: 60_000 };

const QUIET = { LOANBOOK_LOG_LEVEL: 'error' };

async function tokenOf(loanbook: Loanbook, password: string): Promise<string> {
  const authorization = `Basic ${Buffer.from(`admin@loanbook.local:${password}`).toString('base64')}`;
  const answer = await fetch(`${loanbook.authUrl}/v1/auth/token`, { headers: { authorization } });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { token: string }).token;
}

async function createCustomer(loanbook: Loanbook, token: string, externalId: string): Promise<number> {
  const answer = await fetch(`${loanbook.apiUrl}/v1/customers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ externalId }),
  });
  return answer.status;
}

test('a first start shows the password, a second does not, and what was written survives a kill of everything', async () => {
  const dataDir = join(freshFolder(), 'data');
  const settings = { ...(await freePorts()), ...QUIET, LOANBOOK_DATA_DIR: dataDir };
  const first = await start(settings);
  const password = passwordIn(first.printed()) ?? 'none was printed';
  const token = await tokenOf(first, password);
  expect(await createCustomer(first, token, 'one')).toBe(200);
  const postmaster = postmasterOf(dataDir) ?? 0;
  expect(await stop(first)).toBe(0);
  expect(await hasEnded(postmaster, 0)).toBe(true);

  const second = await start(settings);
  expect(passwordIn(second.printed())).toBeUndefined();
  expect(await createCustomer(second, token, 'one')).toBe(409);
  expect(await createCustomer(second, token, 'two')).toBe(200);
  const killed = postmasterOf(dataDir) ?? 0;
  process.kill(killed, 'SIGKILL');
  await stop(second, 'SIGKILL');
  await hasEnded(killed, 5_000);

  const third = await start(settings);
  expect(await createCustomer(third, token, 'two')).toBe(409);
  await stop(third, 'SIGKILL');
  expect(postmasterOf(dataDir)).toBeDefined();

  const fourth = await start(settings);
  expect(fourth.printed()).toContain('an earlier run left behind');
  expect(await createCustomer(fourth, await tokenOf(fourth, password), 'three')).toBe(200);
  expect(await stop(fourth, 'SIGINT')).toBe(0);
  expect(postmasterOf(dataDir)).toBeUndefined();
});

test('an operator who forgot the password gets a new one on the machine itself, and the old tokens end', async () => {
  const other = await createTestDatabase('empty');
  const settings = {
    ...QUIET,
    ...(await freePorts()),
    DATABASE_URL: other.url,
    LOANBOOK_ADMIN_PASSWORD: 'soon forgotten',
  };
  const loanbook = await start(settings);
  const token = await tokenOf(loanbook, 'soon forgotten');
  const { code, printed } = await startInVain(settings, ['--reset-password', 'Admin@loanbook.local']);
  expect(code).toBe(0);
  const password = /is (\S+)$/m.exec(printed)?.[1] ?? 'none was printed';
  await tokenOf(loanbook, password);
  await expect.poll(() => createCustomer(loanbook, token, 'late'), SOON).toBe(401);
  expect(await stop(loanbook)).toBe(0);
  const unknown = await startInVain(settings, ['--reset-password', 'nobody@loanbook.local']);
  expect(unknown).toEqual({ code: 1, printed: 'loanbook: there is no account nobody@loanbook.local\n' });
  await other.drop();
});

test('a call in flight is finished before the server stops', async () => {
  const dataDir = join(freshFolder(), 'data');
  const patience = { LOANBOOK_SHUTDOWN_SECONDS: '60' };
  const settings = { ...(await freePorts()), ...QUIET, ...patience, LOANBOOK_DATA_DIR: dataDir };
  const loanbook = await start(settings);
  const token = await tokenOf(loanbook, passwordIn(loanbook.printed()) ?? '');
  const answer = new Promise<number | undefined>((resolve, reject) => {
    const body = JSON.stringify({ externalId: 'in flight' });
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': body.length,
      expect: '100-continue',
    };
    const call = request(`${loanbook.apiUrl}/v1/customers`, { method: 'POST', headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    });
    call.once('error', reject);
    // The server has begun with it.
    call.once('continue', async () => {
      call.write(body.slice(0, 5));
      loanbook.process.kill('SIGTERM');
      await expect.poll(() => loanbook.printed(), SOON).toContain('in flight is finished first');
      call.end(body.slice(5));
    });
    call.flushHeaders();
  });
  expect(await answer).toBe(200);
  expect(await loanbook.ended).toBe(0);
  expect(postmasterOf(dataDir)).toBeUndefined();
});

/** A terminal's Ctrl-C goes to the whole group of processes; a service manager's signal to npm alone. */
test.each([
  ['Ctrl-C, which reaches npm and the server at once', 'SIGINT' as const, (npm: number) => -npm],
  ['SIGTERM, which reaches npm alone', 'SIGTERM' as const, (npm: number) => npm],
])('%s, leaves nothing behind', async (_name, signal, target) => {
  const dataDir = join(freshFolder(), 'data');
  const settings = { ...(await freePorts()), ...QUIET, LOANBOOK_DATA_DIR: dataDir };
  const npm = follow(
    spawn('npm', ['start'], {
      cwd: projectRoot,
      env: { ...cleanEnvironment(), ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    }),
    settings,
  );
  await expect.poll(() => npm.printed(), { timeout: 200_000 }).toContain('Loanbook is running');
  process.kill(target(npm.pid), signal);
  await npm.ended;
  await expect.poll(() => npm.printed(), SOON).toContain('in flight is finished first');
  await expect.poll(() => postmasterOf(dataDir), SOON).toBeUndefined();
  await expect.poll(() => fetch(npm.apiUrl).catch(() => 'gone'), SOON).toBe('gone');
  expect(npm.printed()).not.toContain('stopped at once');
});

test('two servers that start together on one empty database of another PostgreSQL both come up', async () => {
  const other = await createTestDatabase('empty');
  const settings = { ...QUIET, DATABASE_URL: other.url, LOANBOOK_ADMIN_PASSWORD: 'correct horse battery' };
  const [one, two] = await Promise.all([
    start({ ...settings, ...(await freePorts()) }),
    start({ ...settings, ...(await freePorts()) }),
  ]);
  expect(passwordIn(one.printed())).toBeUndefined();
  const token = await tokenOf(one, 'correct horse battery');
  expect(await createCustomer(two, token, 'seen by both')).toBe(200);
  expect(await createCustomer(one, token, 'seen by both')).toBe(409);
  expect(await Promise.all([stop(one), stop(two)])).toEqual([0, 0]);
  await other.drop();
});

test('the two hosts run apart, and the api knows tokens by the public keys of the auth host', async () => {
  const other = await createTestDatabase('empty');
  const ports = await freePorts();
  const settings = {
    ...QUIET,
    ...ports,
    DATABASE_URL: other.url,
    LOANBOOK_ADMIN_PASSWORD: 'correct horse battery',
    LOANBOOK_AUTH_URL: `http://127.0.0.1:${ports.LOANBOOK_AUTH_PORT}`,
  };
  const auth = await start(settings, ['--only', 'auth']);
  const api = await start(settings, ['--only=api']);
  const token = await tokenOf(auth, 'correct horse battery');
  expect(await createCustomer(api, token, 'apart')).toBe(200);
  expect((await fetch(`${auth.authUrl}/v1/customers`)).status).toBe(404);
  expect(await Promise.all([stop(auth), stop(api)])).toEqual([0, 0]);
  await other.drop();
});

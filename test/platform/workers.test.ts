/**
 * Several processes behind the same ports: one that is killed is replaced, what one of them has changed holds
 * in all, all of them end with the one that was started, however it ends.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { coresFor, coresIn, policyOf } from '../../server/processes/scheduling.ts';
import { isAlive } from '../../server/store/embedded/processes.ts';
import { SOON } from '../patience.ts';
import { createTestDatabase } from '../testDatabase.ts';
import { cleanUp, freePorts, freshFolder, type Loanbook, postmasterOf, start, stop } from './loanbook.ts';

vi.setConfig({ testTimeout: 600_000 });

afterAll(cleanUp);

const PASSWORD = 'correct horse battery';
const EMAIL = 'admin@loanbook.local';

async function settingsOf() {
  return { ...(await freePorts()), LOANBOOK_ADMIN_PASSWORD: PASSWORD };
}

async function tokenOf({ authUrl }: Loanbook): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${EMAIL}:${PASSWORD}`).toString('base64')}`;
  const answer = await fetch(`${authUrl}/v1/auth/token`, { headers: { authorization } });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { token: string }).token;
}

interface Call {
  readonly method?: string;
  readonly token: string;
  readonly body?: object;
}

/** Every call by a connection of its own: connections go to the workers in turn. */
function call(url: string, { method = 'GET', token, body }: Call): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.once('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

/** Process numbers by the numbers of the workers, from the log. */
function workersOf(loanbook: Loanbook): Map<number, number> {
  // Whole lines of workers: the last one may be on its way still.
  const told = loanbook.printed().matchAll(/^\{.*"worker":(\d+).*\}$/gm);
  const facts = [...told].map(([line]) => JSON.parse(line) as { worker: number; pid: number });
  return new Map(facts.map(({ worker, pid }) => [worker, pid]));
}

/** Calls until both have logged something. */
async function bothWorkers(loanbook: Loanbook, token: string): Promise<readonly [number, number]> {
  await vi.waitFor(
    async () => {
      await call(`${loanbook.apiUrl}/v1/loan-products`, { token });
      expect([...workersOf(loanbook).keys()].sort()).toEqual([1, 2]);
    },
    { timeout: 120_000 },
  );
  const workers = workersOf(loanbook);
  return [workers.get(1) ?? 0, workers.get(2) ?? 0];
}

const statuses = async (count: number, work: () => Promise<{ status: number }>) =>
  new Set((await Promise.all(Array.from({ length: count }, work))).map(({ status }) => status));

const SCHED_BATCH = 3;
const hasBatch = process.platform === 'linux' && spawnSync('chrt', ['-b', '0', 'true']).status === 0;
/** Two workers have a core each here. */
const hasCores = coresFor(2).length === 2;

/** Where a process may run, as Linux tells. */
const coresOf = (pid: number): number[] =>
  coresIn(/^Cpus_allowed_list:(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '');

/** The cores of the database's processes that keep to a single one. */
function coresKeptBy(postmaster: number): Set<number> {
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ');
  const cores = children.map((pid) => coresOf(Number(pid)));
  return new Set(cores.flatMap((each) => (each.length === 1 ? each : [])));
}

test('two workers share the ports, a killed one is replaced, and what one changes holds in both', async () => {
  const dataDir = join(freshFolder(), 'data');
  const settings = { ...(await settingsOf()), LOANBOOK_DATA_DIR: dataDir };
  const loanbook = await start(settings, ['--workers', '2']);
  const token = await tokenOf(loanbook);
  const [one, two] = await bothWorkers(loanbook, token);
  expect(one).not.toBe(two);
  if (hasBatch)
    expect([one, two, postmasterOf(dataDir) ?? 0].map(policyOf)).toEqual([
      SCHED_BATCH,
      SCHED_BATCH,
      SCHED_BATCH,
    ]);
  if (hasCores)
    await vi.waitFor(() => {
      expect([one, two].map(coresOf)).toEqual(coresFor(2).map((core) => [core]));
      expect(coresKeptBy(postmasterOf(dataDir) ?? 0)).toEqual(new Set(coresFor(2)));
    }, SOON);

  const products = () => call(`${loanbook.apiUrl}/v1/loan-products`, { token });
  expect(await statuses(4, products)).toEqual(new Set([200]));
  let figures = '';
  // One that is too busy to answer is left out.
  await vi.waitFor(async () => {
    figures = (await call(`${loanbook.apiUrl}/metrics`, { token })).text;
    for (const worker of [1, 2])
      expect(figures).toMatch(
        new RegExp(`loanbook_http_requests_total\\{.*"/v1/loan-products".*worker="${worker}"\\} [1-9]`),
      );
  }, SOON);
  expect(figures.match(/# TYPE loanbook_http_requests_total/g)).toHaveLength(1);

  process.kill(two, 'SIGKILL');
  await vi.waitFor(
    () => expect(loanbook.printed()).toContain('worker 2 ended (SIGKILL); another one starts'),
    { timeout: 60_000 },
  );
  expect(await statuses(10, products)).toEqual(new Set([200]));
  await vi.waitFor(
    async () => {
      await products();
      expect(workersOf(loanbook).get(2)).not.toBe(two);
    },
    { timeout: 120_000, interval: 200 },
  );
  if (hasCores)
    await vi.waitFor(
      () => expect(coresOf(workersOf(loanbook).get(2) ?? 0)).toEqual(coresFor(2).slice(1)),
      SOON,
    );

  const body = { externalId: 'twin' };
  const twins = await statuses(6, () =>
    call(`${loanbook.apiUrl}/v1/customers`, { method: 'POST', token, body }),
  );
  expect(twins).toEqual(new Set([200, 409]));

  const accounts = JSON.parse((await call(`${loanbook.apiUrl}/v1/accounts`, { token })).text);
  const revoke = `${loanbook.apiUrl}/v1/accounts/${accounts.items[0].id}/revoke-tokens`;
  expect((await call(revoke, { method: 'POST', token, body: {} })).status).toBe(200);
  await vi.waitFor(async () => expect(await statuses(6, products)).toEqual(new Set([401])), {
    ...SOON,
  });

  const workers = [...workersOf(loanbook).values()];
  expect(await stop(loanbook)).toBe(0);
  expect(workers.filter(isAlive)).toEqual([]);
  expect(postmasterOf(dataDir)).toBeUndefined();
  expect(loanbook.printed()).not.toContain('worker 1 ended');
});

test('workers do not outlive the one that started them', async () => {
  const database = await createTestDatabase();
  const settings = { ...(await settingsOf()), DATABASE_URL: database.url };
  const loanbook = await start(settings, ['--workers=2']);
  const workers = await bothWorkers(loanbook, await tokenOf(loanbook));
  // Of a database elsewhere they do not know on which core it answers.
  if (hasCores) expect(workers.map(coresOf)).toEqual([coresFor(2), coresFor(2)]);
  await stop(loanbook, 'SIGKILL');
  await vi.waitFor(() => expect(workers.filter(isAlive)).toEqual([]), { timeout: 60_000 });
  await database.drop();
});

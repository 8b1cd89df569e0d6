/** `POST /v1/clock/advance` under an idempotency key: the walk is finished once, whoever asks how often. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { bookOver } from '../../server/operations/book.ts';
import { closingOf } from '../../server/operations/closing/background.ts';
import { makeWorld, type World } from '../world.ts';
import { closedThrough, get, loanOf } from './calls.ts';

vi.setConfig({ testTimeout: 240_000 });

let world: World;
beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15', mode: 'sandbox' });
  await loanOf(world, { productId: 1, principal: 30_000 });
});
afterAll(() => world.close());

const advance = (key: string, days: number): Promise<Response> =>
  world.fetch('/v1/clock/advance', {
    method: 'POST',
    body: JSON.stringify({ days }),
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
  });
const today = async (): Promise<string> => (await get(world, '/v1/business-date')).date;

test('twins at the same time walk the same way', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => advance('twins', 5)));
  for (const answer of answers) {
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ from: '2025-01-15', to: '2025-01-20' });
  }
  expect([await today(), await closedThrough(world)]).toEqual(['2025-01-20', '2025-01-19']);
});

test('a repetition moves nothing once the walk is over, also when the date has gone on', async () => {
  expect((await advance('later', 2)).status).toBe(200);
  const again = await advance('twins', 5);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(await again.json()).toEqual({ from: '2025-01-15', to: '2025-01-20' });
  expect([await today(), await closedThrough(world)]).toEqual(['2025-01-22', '2025-01-21']);
});

test('walks under different keys at the same time never turn the date back', async () => {
  const answers = await Promise.all([advance('short', 1), advance('long', 6), advance('middle', 3)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const ends = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { to: string }).to));
  expect(await today()).toBe(ends.sort().at(-1));
});

test('a server that stops leaves the walk to the repetition', async () => {
  const from = await today();
  const walk = advance('stopped', 20);
  while ((await today()) === from);
  await closingOf(bookOver(world), { info: () => {}, error: () => {} }).stop();
  const stopped = await walk;
  const again = await advance('stopped', 20);
  expect([200, 503]).toContain(stopped.status);
  expect(again.status).toBe(200);
  const { to } = (await again.json()) as { to: string };
  expect(await today()).toBe(to);
  expect(Date.parse(to) - Date.parse(from)).toBe(20 * 86_400_000);
});

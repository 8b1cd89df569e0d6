/**
 * What closing a day of a small book costs, in processor time, which a busy machine falsifies least: partners
 * test a year of a loan's life in a minute. An eighth of one is enough to see it.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeWorld, type World } from '../world.ts';
import { closedThrough, loanOf, post, transactionsOf } from './calls.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const MILLISECONDS_OF_DAY = 60_000 / 365;
const DAYS = 45;
const ROUNDS = 5;

let world: World;
beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15', mode: 'sandbox' });
});
afterAll(() => world.close());

/** Milliseconds of processor time for each day. */
async function costOf(days: number): Promise<number> {
  const since = process.cpuUsage();
  await post(world, '/v1/clock/advance', { days });
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000 / days;
}

test('days of a few loans go by as fast as a partner wants to test them', async () => {
  const wanted = [1, 2, 2, 2].map((productId) => ({ productId, principal: 100_000 + productId }));
  const loans = [];
  for (const each of wanted) loans.push(await loanOf(world, each));
  // Not with what is made up when code runs for the first time.
  await post(world, '/v1/clock/advance', { days: 5 });
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) costs.push(await costOf(DAYS / ROUNDS));
  // Whatever else the machine does makes a day dearer, never cheaper.
  expect(Math.min(...costs)).toBeLessThan(MILLISECONDS_OF_DAY);
  expect(await closedThrough(world)).toBe('2025-03-05');
  const { runs, failures } = await world.operator.closeOfBusiness.status();
  expect([failures, runs.flatMap(({ findings = [] }) => findings)]).toEqual([0, []]);
  const accruals = (await transactionsOf(world, loans[1] ?? '')).filter(({ type }) => type === 'Accrual');
  expect(accruals.length).toBeGreaterThan(DAYS - 5);
});

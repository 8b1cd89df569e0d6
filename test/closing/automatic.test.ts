/** The job that closes days by itself: at the turn of the calendar day, once, and where it is told to. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { closeOfBusinessJob } from '../../server/jobs/closeOfBusiness.ts';
import { type RunningJobs, startJobs } from '../../server/jobs/startJobs.ts';
import type { WorldOptions } from '../beginning.ts';
import { makeWorld, type World } from '../world.ts';
import { closedThrough, get, loanOf, post } from './calls.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let world: World;
let jobs: RunningJobs;
const failed: string[] = [];

async function begin(options: WorldOptions = {}): Promise<void> {
  world = await makeWorld({ businessDate: '2025-01-15', ...options });
  const log = {
    debug: () => {},
    info: () => {},
    error: (_facts: object, text: string) => void failed.push(text),
  };
  // Its own rest is two seconds.
  jobs = startJobs({ ...world, log }, [{ ...closeOfBusinessJob, everyMilliseconds: 20 }]);
}
afterEach(async () => {
  await jobs.stop();
  await world.close();
  expect(failed).toEqual([]);
});

const isClosedThrough = (day: string): Promise<void> =>
  vi.waitFor(async () => expect(await closedThrough(world)).toBe(day), { timeout: 60_000 });

const HALF_A_DAY = 12 * 3_600;

test('closes a day when the calendar of its time zone has turned, and not before', async () => {
  await begin();
  await isClosedThrough('2025-01-14');
  const loan = await loanOf(world, { productId: 1, principal: 30_000 });
  world.clock.advanceSeconds(HALF_A_DAY - 10);
  await pause(300);
  expect(await closedThrough(world)).toBe('2025-01-14');
  world.clock.advanceSeconds(20);
  await isClosedThrough('2025-01-15');
  world.clock.advanceDays(3);
  await isClosedThrough('2025-01-18');
  const { runs } = await world.operator.closeOfBusiness.status();
  expect(runs.map(({ date, status }) => [date, status])).toEqual(
    ['2025-01-18', '2025-01-17', '2025-01-16', '2025-01-15', '2025-01-14'].map((day) => [day, 'finished']),
  );
  const accruals = (await world.partner.loans.transactions(loan)).filter(({ type }) => type === 'Accrual');
  expect(accruals.map(({ date }) => date)).toEqual(['2025-01-16', '2025-01-17', '2025-01-18']);
});

test('waits for an operator where that is configured, and works off what the operator begins', async () => {
  await begin({ environment: { LOANBOOK_CLOSE_OF_BUSINESS: 'manual' } });
  world.clock.advanceDays(2);
  await pause(300);
  expect(await closedThrough(world)).toBeUndefined();
  await post(world, '/v1/close-of-business');
  await isClosedThrough('2025-01-16');
});

test('leaves a sandbox alone, whose date stands still', async () => {
  await begin({ mode: 'sandbox' });
  world.clock.advanceDays(5);
  await pause(300);
  expect(await get(world, '/v1/business-date')).toMatchObject({ date: '2025-01-15' });
  expect(await closedThrough(world)).toBeUndefined();
});

/** Close of business over HTTP: days are closed in order, once, whatever happens meanwhile. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeWorld, type World } from '../world.ts';
import { closedThrough, loanOf, post, transactionsOf } from './calls.ts';

describe('close of business', () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld({ businessDate: '2025-01-15', mode: 'sandbox' });
  });
  afterAll(() => world.close());

  test('the first run of a book closes yesterday only', async () => {
    expect(await post(world, '/v1/close-of-business', { wait: true })).toEqual({ dates: ['2025-01-14'] });
    expect(await closedThrough(world)).toBe('2025-01-14');
  });

  test('days that pass are closed one by one, and income accrues each day', async () => {
    const loan = await loanOf(world, { productId: 1, principal: 30_000 });
    await post(world, '/v1/clock/advance', { days: 3 });
    expect(await closedThrough(world)).toBe('2025-01-17');
    const accruals = (await transactionsOf(world, loan)).filter(({ type }) => type === 'Accrual');
    expect(accruals.map(({ date, amount }) => [date, amount])).toEqual([
      ['2025-01-16', 100],
      ['2025-01-17', 100],
    ]);
  });
});

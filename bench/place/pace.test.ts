import { expect, it } from 'vitest';
import { measurePace } from './pace.ts';

it('is that of a real calculation and a real disk', async () => {
  const { alone, together, flush } = await measurePace(2);
  expect(alone).toBeGreaterThan(1);
  expect(together).toBeGreaterThan(1);
  expect(flush.p50).toBeGreaterThan(0);
  expect(flush.p99).toBeGreaterThanOrEqual(flush.p50);
});

/** A process that comes late to the end of a day leaves what the day has kept for the reports. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CivilDate } from '../../server/domain/date.ts';
import { bookOver } from '../../server/operations/book.ts';
import { keepStandings } from '../../server/operations/reports/closeDay.ts';
import { makeWorld, type World } from '../world.ts';
import { loanOf, post } from './calls.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let world: World;
beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-31', mode: 'sandbox' });
});
afterAll(() => world.close());

const kept = () =>
  world.db.read.query('select day, loans, principal, interest from standing order by day, loans, principal');
const rolled = () => world.db.read.query('select * from roll_rate order by day, from_bucket, to_bucket');

test('what a day kept stands, whatever becomes of its loans and whoever ends it again', async () => {
  const loan = await loanOf(world, { productId: 1, principal: 30_000 });
  await post(world, '/v1/clock/advance', { days: 1 });
  const before = [await kept(), await rolled()];
  expect(before.map((rows) => rows.length)).toEqual([1, 1]);
  await post(world, `/v1/loans/${loan}/repayments`, { transactionAmount: 10_000 });
  await keepStandings(bookOver(world), '2025-01-31' as CivilDate);
  expect([await kept(), await rolled()]).toEqual(before);
});

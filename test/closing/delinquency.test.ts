/** Delinquency over HTTP: buckets, ranges of loans, pauses, lists. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeWorld, type World } from '../world.ts';
import { get, loanOf, post, put } from './calls.ts';

const EARLY = { code: 'EARLY', name: 'early', minDays: 1, maxDays: 10 };
const LATE = { code: 'LATE', name: 'late', minDays: 11 };

describe('delinquency buckets', () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(() => world.close());

  test('the seeded products name the standard one', async () => {
    const { items } = await get(world, '/v1/delinquency-buckets');
    expect(items.map(({ code }: { code: string }) => code)).toContain('STANDARD');
  });

  test('are made, changed and deleted', async () => {
    const made = { code: 'OURS', name: 'Ours', ranges: [EARLY, LATE] };
    expect(await post(world, '/v1/delinquency-buckets', made)).toEqual({ ...made, version: 1 });
    const changed = { name: 'Ours', ranges: [LATE] };
    expect(await put(world, '/v1/delinquency-buckets/OURS', changed)).toMatchObject({
      ranges: [LATE],
      version: 2,
    });
    expect((await world.fetch('/v1/delinquency-buckets/OURS', { method: 'DELETE' })).status).toBe(204);
    expect((await world.fetch('/v1/delinquency-buckets/OURS')).status).toBe(404);
  });

  test.each([
    ['ranges that overlap', [EARLY, { ...LATE, minDays: 10 }], 400],
    ['no range', [], 400],
  ])('%s are refused', async (_what, ranges, status) => {
    const answer = await world.fetch('/v1/delinquency-buckets', {
      method: 'POST',
      body: JSON.stringify({ code: 'BAD', name: 'Bad', ranges }),
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(status);
  });

  test('one that a product names stays', async () => {
    const answer = await world.fetch('/v1/delinquency-buckets/STANDARD', { method: 'DELETE' });
    expect(answer.status).toBe(409);
  });
});

describe('a loan that is not paid', () => {
  let world: World;
  let loan: string;
  beforeAll(async () => {
    world = await makeWorld({ businessDate: '2025-01-15', mode: 'sandbox' });
    await post(world, '/v1/close-of-business', { wait: true });
    loan = await loanOf(world, { productId: 1, principal: 30_000 });
    await loanOf(world, { productId: 2, principal: 30_000 });
    await post(world, '/v1/clock/advance', { to: '2025-02-24' });
  });
  afterAll(() => world.close());

  const ids = async (query: string): Promise<string[]> =>
    (await get(world, `/v1/loans?${query}`)).items.map(({ id }: { id: string }) => id);

  test('is in the range of its days past due, with its history', async () => {
    expect(await get(world, `/v1/loans/${loan}/delinquency`)).toMatchObject({
      range: 'DAYS_1_30',
      overdueAmount: 33_000,
      overdueSince: '2025-02-14',
      daysPastDue: 10,
      delinquentDays: 10,
      nonPerforming: false,
      arrears: { principal: 30_000, interest: 3_000, fees: 0, penalties: 0 },
      history: [{ range: 'DAYS_1_30', addedOn: '2025-02-15' }],
    });
    expect(await get(world, `/v1/loans/${loan}`)).toMatchObject({ delinquencyRange: 'DAYS_1_30' });
  });

  test('is found by its range and by its days past due', async () => {
    expect(await ids('delinquencyRange=DAYS_1_30')).toContain(loan);
    expect(await ids('delinquencyRange=DAYS_31_60')).toEqual([]);
    expect(await ids('minDaysPastDue=10')).toEqual([loan]);
    expect(await ids('minDaysPastDue=11')).toEqual([]);
    expect(await ids('nonPerforming=true')).toEqual([]);
  });

  test('does not become more delinquent during a pause', async () => {
    await post(world, `/v1/loans/${loan}/delinquency-pauses`, {
      startDate: '2025-02-24',
      endDate: '2025-03-24',
    });
    await post(world, '/v1/clock/advance', { to: '2025-03-20' });
    expect(await get(world, `/v1/loans/${loan}/delinquency`)).toMatchObject({
      range: 'DAYS_1_30',
      daysPastDue: 34,
      delinquentDays: 10,
      pauses: [{ startDate: '2025-02-24', endDate: '2025-03-24', active: true }],
    });
    await post(world, `/v1/loans/${loan}/delinquency-pauses/resume`);
    await post(world, '/v1/clock/advance', { to: '2025-04-11' });
    expect(await get(world, `/v1/loans/${loan}/delinquency`)).toMatchObject({
      range: 'DAYS_31_60',
      delinquentDays: 32,
      history: [
        { range: 'DAYS_31_60', addedOn: '2025-04-10' },
        { range: 'DAYS_1_30', addedOn: '2025-02-15', liftedOn: '2025-04-10' },
      ],
    });
  });

  test('becomes non-performing after 90 days, and performs again once it has paid', async () => {
    await post(world, '/v1/clock/advance', { to: '2025-05-16' });
    expect(await ids('nonPerforming=true')).toEqual([loan]);
    expect(await get(world, `/v1/loans/${loan}`)).toMatchObject({ nonPerforming: true });
    await post(world, `/v1/loans/${loan}/repayments`, { transactionAmount: 33_000 });
    expect(await ids('delinquencyRange=DAYS_31_60')).toEqual([]);
  });
});

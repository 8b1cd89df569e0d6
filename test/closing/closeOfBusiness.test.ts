/** Close of business over HTTP: days are closed in order, once, whatever happens meanwhile. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyBook } from '../../server/operations/verification/verifyBook.ts';
import { makeWorld, type World } from '../world.ts';
import { closedThrough, get, loanOf, post, put, transactionsOf } from './calls.ts';

const accrualsOf = async (world: World, loan: string) =>
  (await transactionsOf(world, loan))
    .filter(({ type }) => type === 'Accrual')
    .map(({ date, amount }) => [date, amount]);

describe('the days of a sandbox', () => {
  let world: World;
  let loan: string;
  beforeAll(async () => {
    world = await makeWorld({ businessDate: '2025-01-15', mode: 'sandbox' });
  });
  afterAll(() => world.close());

  test('the first run of a book closes yesterday only', async () => {
    expect(await post(world, '/v1/close-of-business', { wait: true })).toEqual({ dates: ['2025-01-14'] });
    expect(await closedThrough(world)).toBe('2025-01-14');
  });

  test('days that pass are closed one by one, and income accrues each day', async () => {
    loan = await loanOf(world, { productId: 1, principal: 30_000 });
    await post(world, '/v1/clock/advance', { days: 3 });
    expect(await closedThrough(world)).toBe('2025-01-17');
    expect(await accrualsOf(world, loan)).toEqual([
      ['2025-01-16', 100],
      ['2025-01-17', 100],
    ]);
    const [accrual] = (await transactionsOf(world, loan)).filter(({ type }) => type === 'Accrual');
    expect(accrual?.journal).toEqual([
      {
        date: '2025-01-16',
        lines: [
          { glCode: '1110', debit: 100 },
          { glCode: '4100', credit: 100 },
        ],
      },
    ]);
  });

  test('a day that is closed is not closed again', async () => {
    expect(await post(world, '/v1/close-of-business', { wait: true })).toEqual({ dates: [] });
    expect(await accrualsOf(world, loan)).toHaveLength(2);
  });

  test('a payment between the days is followed by the accruals that are left', async () => {
    await post(world, `/v1/loans/${loan}/repayments`, { transactionAmount: 15_000 });
    await post(world, '/v1/clock/advance', { to: '2025-01-20' });
    expect((await accrualsOf(world, loan)).map(([date]) => date)).toEqual([
      ...['2025-01-16', '2025-01-17', '2025-01-18', '2025-01-19'],
    ]);
    expect((await verifyBook(world)).findings).toEqual([]);
  });

  test('the due date passes: overdue, delinquent, told', async () => {
    await post(world, '/v1/clock/advance', { to: '2025-02-25' });
    const shown = await get(world, `/v1/loans/${loan}`);
    expect(shown).toMatchObject({ daysPastDue: 11 });
    const told = await world.db.read.query<{ type: string }>(
      'select type from loan_event where loan_id = $1 order by version, position',
      [loan],
    );
    expect(told.map(({ type }) => type)).toEqual([
      ...['loan.created', 'loan.approved', 'loan.disbursed', 'loan.repaid', 'loan.repayment_due'],
      ...['loan.delinquency_changed', 'loan.overdue'],
    ]);
    const total = (await accrualsOf(world, loan)).reduce((sum, [, amount]) => sum + Number(amount), 0);
    expect(total).toBe(3_000);
  });

  test('a year of one loan passes in well under a minute', async () => {
    const since = process.cpuUsage();
    await post(world, '/v1/clock/advance', { days: 365 });
    const { user, system } = process.cpuUsage(since);
    expect((user + system) / 1_000_000).toBeLessThan(60);
    expect(await closedThrough(world)).toBe('2026-02-24');
    expect((await verifyBook(world)).findings).toEqual([]);
  }, 240_000);

  test('the date never goes back', async () => {
    const answer = await world.fetch('/v1/business-date', {
      method: 'PUT',
      body: JSON.stringify({ date: '2025-01-01' }),
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('never goes back')]);
  });

  test('a date that jumps leaves days open, which are then closed in order', async () => {
    await put(world, '/v1/business-date', { date: '2026-02-28' });
    expect(await closedThrough(world)).toBe('2026-02-24');
    expect(await post(world, '/v1/close-of-business', { wait: true })).toEqual({
      dates: ['2026-02-25', '2026-02-26', '2026-02-27'],
    });
    expect(await closedThrough(world)).toBe('2026-02-27');
  });
});

describe('a live book', () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld({ businessDate: '2025-01-15' });
  });
  afterAll(() => world.close());

  test('follows the calendar and cannot be moved by hand', async () => {
    expect(await get(world, '/v1/business-date')).toMatchObject({ date: '2025-01-15', mode: 'live' });
    const answer = await world.fetch('/v1/clock/advance', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(409);
  });

  test('only operators start and see close of business', async () => {
    for (const as of ['admin', 'nobody'] as const)
      expect((await world.fetch('/v1/close-of-business', { as })).status).toBe(as === 'admin' ? 403 : 401);
  });

  test('one failing loan is listed with its reason, stops nobody, and is closed once it can be', async () => {
    const good = await loanOf(world, { productId: 1, principal: 30_000 });
    const bad = await loanOf(world, { productId: 1, principal: 30_000 });
    world.clock.setDate('2025-01-16');
    await post(world, '/v1/close-of-business', { wait: true });
    const damaged = `with other as (
        insert into loan_terms (id, terms) select gen_random_uuid(), replace(t.terms::text, $2, $3)::jsonb
        from loan_terms t join loan l on l.terms_id = t.id where l.id = $1 returning id)
      update loan set terms_id = other.id from other where loan.id = $1`;
    await world.db.read.query(damaged, [bad, '"4100"', '"9999"']);
    await world.db.read.query(`update loan_closing set next_work_date = '2025-01-16' where loan_id = $1`, [
      bad,
    ]);
    world.clock.setDate('2025-01-18');
    await post(world, '/v1/close-of-business', { wait: true });
    const { items } = await get(world, '/v1/close-of-business/failures');
    expect(items).toMatchObject([{ loanId: bad, date: '2025-01-17' }]);
    expect(items[0].attempts).toBeGreaterThan(1);
    expect(await closedThrough(world)).toBe('2025-01-17');
    expect(await accrualsOf(world, good)).toEqual([
      ['2025-01-16', 100],
      ['2025-01-17', 100],
    ]);
    await world.db.read.query(damaged, [bad, '"9999"', '"4100"']);
    world.clock.setDate('2025-01-19');
    await post(world, '/v1/close-of-business', { wait: true });
    expect((await get(world, '/v1/close-of-business/failures')).items).toEqual([]);
    expect(await accrualsOf(world, bad)).toEqual(await accrualsOf(world, good));
    expect((await verifyBook(world)).findings).toEqual([]);
  });
});

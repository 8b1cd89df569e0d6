/** The ledger tells the same story as the loans. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListedLoan, TrialBalance } from '../../sdk/client.ts';
import { makeWorld, type World } from '../world.ts';
import { borrow, pay } from './borrower.ts';

let world: World;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  const paidInPart = await borrow(world, { product: 'TL12', principal: 120_000 });
  const paidOff = await borrow(world, { product: 'WL30', principal: 50_000.5 });
  const overpaid = await borrow(world, { product: 'WL30', principal: 10_000 });
  await borrow(world, { product: 'WL30', principal: 30_000 });
  world.clock.setDate('2025-02-14');
  await pay(world, paidInPart, 20_000.25);
  await pay(world, paidOff, 55_000.55);
  await pay(world, overpaid, 12_000);
});
afterAll(() => world?.close());

const cents = (amount: number): number => Math.round(amount * 100);

async function totalOf(field: keyof ListedLoan): Promise<number> {
  let total = 0;
  for await (const loan of world.partner.loans.list()) total += cents(Number(loan[field]));
  return total;
}

/** Debit minus credit of the accounts whose name has the word. */
function balanceOf(trial: TrialBalance, name: RegExp): number {
  const items = trial.items.filter((item) => name.test(item.name));
  expect(items.length, `accounts named ${name}`).toBeGreaterThan(0);
  return items.reduce((sum, item) => sum + cents(item.debit) - cents(item.credit), 0);
}

describe('the trial balance', () => {
  it('has equal debits and credits', async () => {
    const { items } = await world.operator.trialBalance.get();
    const debit = items.reduce((sum, item) => sum + cents(item.debit), 0);
    const credit = items.reduce((sum, item) => sum + cents(item.credit), 0);
    expect(debit).toBe(credit);
    expect(debit).toBeGreaterThan(0);
  });

  it('shows what the loans owe as portfolio, and what they are owed as overpayment', async () => {
    const trial = await world.operator.trialBalance.get();
    expect(balanceOf(trial, /portfolio/i)).toBe(await totalOf('principalOutstanding'));
    expect(-balanceOf(trial, /overpayment|overpaid/i)).toBe(await totalOf('totalOverpaid'));
  });

  it('stands as it stood on an earlier date', async () => {
    const then = await world.operator.trialBalance.get({ date: '2025-01-31' });
    expect(balanceOf(then, /portfolio/i)).toBe(cents(210_000.5));
    const before = await world.operator.trialBalance.get({ date: '2025-01-14' });
    expect(before.items.reduce((sum, item) => sum + item.debit + item.credit, 0)).toBe(0);
  });

  it('is for operators only', async () => {
    const asked = async (as: 'admin' | 'stranger' | 'nobody') =>
      (await world.fetch('/v1/trial-balance', { as })).status;
    expect([await asked('admin'), await asked('stranger'), await asked('nobody')]).toEqual([403, 403, 401]);
  });
});

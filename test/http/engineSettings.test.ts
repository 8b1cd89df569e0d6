/** Rules of reckoning that a deployment sets for its whole book. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LoanbookClient } from '../../sdk/client.ts';
import { auditBook } from '../audit.ts';
import { makeWorld, type World } from '../world.ts';

let world: World;
let client: LoanbookClient;
let customerId: string;

beforeAll(async () => {
  world = await makeWorld({
    businessDate: '2025-01-15',
    mode: 'sandbox',
    environment: {
      LOANBOOK_CHARGE_ACCRUAL_DATE: 'submitted-date',
      LOANBOOK_NEXT_DUE_DATE: 'next-unpaid-due-date',
      LOANBOOK_PENALTY_WAIT_DAYS: '20',
    },
  });
  client = world.partner;
  customerId = (await client.customers.create({ externalId: 'amina' })).id;
  const flat = { chargeCalculationType: 'Flat', amount: 2_500 } as const;
  await client.charges.create({
    ...{ code: 'VISIT', name: 'Field visit', chargeTimeType: 'Specified due date' },
    ...flat,
  });
  await client.charges.create({
    ...{ code: 'LATE', name: 'Late fee', chargeTimeType: 'Overdue installment', penalty: true },
    ...flat,
  });
  await client.loanProducts.update(1, { charges: ['LATE'] });
});
afterAll(async () => {
  const { date } = await client.businessDate.get();
  const { faults } = await auditBook(world.db, date);
  await world.close();
  expect(faults).toEqual([]);
});

it('a charge is income from the day on which it was added', async () => {
  const { id } = await client.loans.create({ customerId, productId: 2, principal: 600_000 });
  await client.loanCharges.add(Number(id), { chargeId: 'VISIT', dueDate: '2025-02-10' });
  await client.loans.accrue(Number(id), { tillDate: '2025-01-16' });
  const accruals = (await client.loans.transactions(Number(id))).filter(({ type }) => type === 'Accrual');
  expect(accruals.map(({ fees = 0 }) => fees)).toContain(2_500);
});

it('the next due date lies ahead, and penalties wait for the days that were set', async () => {
  const { id } = await client.loans.create({ customerId, productId: 1, principal: 30_000 });
  const monthly = await client.loans.create({ customerId, productId: 2, principal: 600_000 });
  await client.businessDate.advance({ to: '2025-03-01' });
  expect((await client.loans.get(Number(monthly.id))).nextDueDate).toBe('2025-03-15');
  expect((await client.loans.get(Number(id))).penaltiesCharged).toBe(0);
  await client.businessDate.advance({ to: '2025-03-15' });
  expect((await client.loans.get(Number(id))).penaltiesCharged).toBe(2_500);
});

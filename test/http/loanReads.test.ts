/** Reads beyond the contract's own: the loan as of a day, explanations, the annual rate. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Loan } from '../../sdk/client.ts';
import { borrow, pay } from '../lifecycle/borrower.ts';
import { makeWorld, type World } from '../world.ts';
import { callerOf, expectRefusal } from './calls.ts';

let world: World;
let loan: Loan;
const stood = new Map<string, Loan>();

/** 1,000,000 on 15 Jan over 12 months; paid once on time and once late, the second taken back. */
beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  loan = await borrow(world, { product: 'TL12', principal: 1_000_000 });
  const day = async (date: string, act?: () => Promise<unknown>) => {
    world.clock.setDate(date);
    await act?.();
    stood.set(date, await world.partner.loans.get(loan.id));
  };
  await day('2025-01-15');
  await day('2025-02-15', () => pay(world, loan, 100_000));
  await day('2025-03-20');
  await day('2025-03-25', () => pay(world, loan, 60_000));
  await day('2025-05-01', () => pay(world, loan, 2_000_000));
});
afterAll(() => world?.close());

describe('GET /v1/loans/{id}?asOf=', () => {
  it.each(['2025-01-15', '2025-02-15', '2025-03-20', '2025-03-25', '2025-05-01'])(
    'answers on %s what was answered on that day',
    async (asOf) => {
      const then = await world.partner.loans.get(loan.id, { asOf });
      expect(then).toEqual(stood.get(asOf));
    },
  );

  it('leaves out what came later', async () => {
    const then = await world.partner.loans.get(loan.id, { asOf: '2025-03-24' });
    expect(then).toMatchObject({ status: 'Active', daysPastDue: 9, totalOverpaid: 0 });
    expect(then.repaymentHistory.map(({ date }) => date)).toEqual(['2025-02-15']);
  });

  it('shows the application before the money went out', async () => {
    const terms = { customerId: loan.customerId, productId: loan.loanProductId, principal: 200_000 };
    const dates = { submittedOnDate: '2025-04-01', expectedDisbursementDate: '2025-04-20' };
    const made = await world.partner.loans.create({ ...terms, ...dates, disburse: false });
    await world.partner.loans.approve(made.id, { approvedOnDate: '2025-04-10' });
    await world.partner.loans.disburse(made.id, { actualDisbursementDate: '2025-04-20' });
    const on = async (asOf: string) => world.partner.loans.get(made.id, { asOf });
    expect((await on('2025-04-09')).status).toBe('Submitted and pending approval');
    expect((await on('2025-04-19')).status).toBe('Approved');
    expect(await on('2025-04-19')).toMatchObject({ principalDisbursed: 0, approvedDate: '2025-04-10' });
    expect(await on('2025-04-20')).toMatchObject({ status: 'Active', principalDisbursed: 200_000 });
  });

  it('refuses days before the submission and in the future', async () => {
    const api = callerOf(world);
    for (const asOf of ['2025-01-14', '2025-05-02', 'yesterday', '2025-02-30'])
      expectRefusal(await api.get(`/v1/loans/${loan.id}?asOf=${asOf}`), '400 invalid_argument', 'asOf');
  });
});

describe('GET /v1/loans/{id}/explain', () => {
  it.each(['principal', 'interest', 'fees', 'penalties'] as const)(
    'accounts for the %s of an installment to the cent',
    async (component) => {
      const why = await world.partner.loans.explain(loan.id, { installment: 2, component });
      const row = (await world.partner.loans.get(loan.id)).repaymentSchedule.find(
        ({ period }) => period === 2,
      );
      const total = (amounts: readonly number[] = []) => amounts.reduce((sum, each) => sum + each * 100, 0);
      expect(why.charged).toBe(row?.[`${component}Due`]);
      expect(total(why.chargedFrom?.map(({ amount }) => amount))).toBeCloseTo((why.charged ?? 0) * 100);
      expect(total(why.settledBy?.map(({ paid }) => paid))).toBeCloseTo(
        (row?.[`${component}Paid`] ?? 0) * 100,
      );
      expect(why.outstanding).toBe(0);
    },
  );

  it('names transactions by the numbers that the outside knows', async () => {
    const known = (await world.partner.loans.transactions(loan.id)).map(({ id }) => id);
    const why = await world.partner.loans.explain(loan.id, { balance: 'principal' });
    expect(why.steps?.map(({ transactionId }) => transactionId)).toEqual(known);
    expect(why.steps?.at(-1)?.balance).toBe(0);
    const row = await world.partner.loans.explain(loan.id, { installment: 1, component: 'interest' });
    expect(known).toContain(row.settledBy?.[0]?.transactionId);
  });

  it('refuses what is not one figure', async () => {
    const api = callerOf(world);
    for (const query of [
      '',
      'installment=1',
      'component=fees',
      'balance=principal&installment=1',
      'balance=fees',
    ])
      expectRefusal(await api.get(`/v1/loans/${loan.id}/explain?${query}`), '400 invalid_argument');
    const missing = 'installment=99&component=fees';
    expectRefusal(await api.get(`/v1/loans/${loan.id}/explain?${missing}`), '404 not_found');
    expectRefusal(await api.get(`/v1/loans/999999/explain?balance=principal`), '404 not_found');
  });
});

describe('the annual rate', () => {
  it('stands in the loan as in its preview', async () => {
    const terms = { productId: loan.loanProductId, principal: 1_000_000 };
    const preview = await world.partner.loans.preview(terms);
    expect(preview.annualPercentageRate).toBeGreaterThan(0);
    const { id: customerId } = await world.partner.customers.create({ externalId: 'annual' });
    const booked = await world.partner.loans.create({ ...terms, customerId });
    expect(booked.annualPercentageRate).toBe(preview.annualPercentageRate);
  });
});

/** A loan that is not made in one step: applied for, approved, paid out, undone, and in the end given up. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Loan } from '../../sdk/client.ts';
import { auditBook } from '../audit.ts';
import { makeWorld, type World } from '../world.ts';
import { borrow, pay, productId, refusalOf } from './borrower.ts';

let world: World;

beforeEach(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
});
afterEach(async () => {
  const { faults } = await auditBook(world.db, world.clock.date());
  await world.close();
  expect(faults).toEqual([]);
});

async function apply(principal = 120_000): Promise<Loan> {
  const customer = await world.partner.customers.create({ externalId: 'applicant' });
  return world.partner.loans.create({
    customerId: customer.id,
    productId: await productId(world, 'TL12'),
    principal,
    disburse: false,
  });
}

const statusOf = async (loan: Loan): Promise<string> => (await world.partner.loans.get(loan.id)).status;

describe('an application', () => {
  it('is approved for less and paid out later', async () => {
    const { loans } = world.partner;
    const loan = await apply();
    expect(loan).toMatchObject({ status: 'Submitted and pending approval', submittedDate: '2025-01-15' });
    world.clock.setDate('2025-01-20');
    await loans.approve(loan.id, { approvedOnDate: '2025-01-20', approvedLoanAmount: 100_000 });
    expect(await statusOf(loan)).toBe('Approved');
    world.clock.setDate('2025-02-01');
    await loans.disburse(loan.id, { actualDisbursementDate: '2025-02-01' });
    expect(await loans.get(loan.id)).toMatchObject({
      status: 'Active',
      approvedPrincipal: 100_000,
      principalDisbursed: 100_000,
      approvedDate: '2025-01-20',
      disbursedDate: '2025-02-01',
      nextDueDate: '2025-03-01',
    });
  });

  it('may be changed and deleted while it waits, and not after', async () => {
    const { loans } = world.partner;
    const loan = await apply();
    const changed = await loans.update(loan.id, { principal: 60_000, numberOfRepayments: 6 });
    expect(changed).toMatchObject({ principal: 60_000, numberOfRepayments: 6 });
    await loans.approve(loan.id, { approvedOnDate: '2025-01-15' });
    expect((await refusalOf(loans.update(loan.id, { principal: 70_000 }))).code).toBe('aborted');
    expect((await refusalOf(loans.remove(loan.id))).code).toBe('permission_denied');
    await loans.undoApproval(loan.id);
    await loans.remove(loan.id);
    expect((await refusalOf(loans.get(loan.id))).code).toBe('not_found');
  });

  it('ends when it is rejected or withdrawn', async () => {
    const { loans } = world.partner;
    const rejected = await apply();
    await loans.reject(rejected.id, { note: 'no income' });
    expect(await statusOf(rejected)).toBe('Rejected');
    const again = loans.approve(rejected.id, { approvedOnDate: '2025-01-15' });
    expect((await refusalOf(again)).code).toBe('aborted');
    const withdrawn = await loans.create({
      customerExternalId: 'applicant',
      productId: await productId(world, 'WL30'),
      principal: 5_000,
      disburse: false,
    });
    await loans.withdraw(withdrawn.id);
    expect(await statusOf(withdrawn)).toBe('Withdrawn by applicant');
  });

  it('is told in the words that integrators match on', async () => {
    const { loans } = world.partner;
    const loan = await apply();
    await loans.approve(loan.id, { approvedOnDate: '2025-01-15' });
    const twice = loans.approve(loan.id, { approvedOnDate: '2025-01-15' });
    expect((await refusalOf(twice)).message).toBe('Loan is already approved');
    await loans.disburse(loan.id, { actualDisbursementDate: '2025-01-15' });
    const paidOutTwice = loans.disburse(loan.id, { actualDisbursementDate: '2025-01-15' });
    expect((await refusalOf(paidOutTwice)).message).toBe(
      'Loan Account is not in approved and not disbursed state',
    );
    expect((await refusalOf(loans.withdraw(loan.id))).message).toBe(
      'Loan Account is not in submitted and pending approval state',
    );
    expect((await refusalOf(loans.reject(loan.id))).message).toBe('Loan Account Reject is not allowed');
  });
});

describe('a disbursement', () => {
  it('may be moved to another day, with the schedule', async () => {
    const { loans } = world.partner;
    const loan = await apply();
    await loans.approve(loan.id, { approvedOnDate: '2025-01-15' });
    world.clock.setDate('2025-01-31');
    await loans.disburse(loan.id, { actualDisbursementDate: '2025-01-31' });
    expect(await loans.get(loan.id)).toMatchObject({ nextDueDate: '2025-02-28' });
    await loans.adjustDisbursementDate(loan.id, { actualDisbursementDate: '2025-01-20' });
    expect(await loans.get(loan.id)).toMatchObject({
      status: 'Active',
      disbursedDate: '2025-01-20',
      nextDueDate: '2025-02-20',
      principalDisbursed: 120_000,
    });
  });

  it('is undone while nothing was paid, and the whole loan rolled back', async () => {
    const { loans, repayments } = world.partner;
    const loan = await borrow(world, { product: 'TL12', principal: 120_000, externalId: 'undone' });
    await loans.undoDisbursal(loan.id);
    expect(await statusOf(loan)).toBe('Approved');
    await loans.disburse(loan.id, { actualDisbursementDate: '2025-01-15' });
    const repayment = await pay(world, loan, 100);
    expect((await refusalOf(loans.undoDisbursal(loan.id))).code).toBe('aborted');
    expect((await refusalOf(loans.rollBack(loan.id))).status).toBe(409);
    await repayments.reverse({ loan: loan.id, repayment: repayment.id }, { transactionDate: '2025-01-15' });
    expect(await loans.rollBack(loan.id)).toMatchObject({ loanId: loan.id, externalId: 'undone' });
    expect((await refusalOf(loans.get(loan.id))).code).toBe('not_found');
  });
});

describe('a loan that goes bad', () => {
  it('is written off, and what comes in later is a recovery', async () => {
    const { loans, repayments } = world.partner;
    const loan = await borrow(world, { product: 'TL12', principal: 120_000 });
    world.clock.setDate('2025-06-30');
    await loans.writeOff(loan.id, { transactionDate: '2025-06-30' });
    expect(await loans.get(loan.id)).toMatchObject({
      status: 'Closed (written off)',
      principalWrittenOff: 120_000,
      totalOutstanding: 0,
    });
    const recovery = { transactionAmount: 5_000, transactionDate: '2025-06-30' };
    await repayments.recover(loan.id, recovery);
    expect(await statusOf(loan)).toBe('Closed (written off)');
    const trial = await world.operator.trialBalance.get();
    const recovered = trial.items.find((item) => /recover/i.test(item.name));
    expect(recovered?.credit).toBe(5_000);
  });

  it('is charged off and stays open', async () => {
    const { loans, repayments } = world.partner;
    const loan = await borrow(world, { product: 'TL12', principal: 120_000 });
    world.clock.setDate('2025-06-30');
    await repayments.chargeOff(loan.id, { transactionDate: '2025-06-30' });
    expect(await loans.get(loan.id)).toMatchObject({
      status: 'Active',
      chargedOff: true,
      chargedOffDate: '2025-06-30',
      principalOutstanding: 120_000,
    });
    await repayments.undoChargeOff(loan.id, { transactionDate: '2025-06-30' });
    expect(await loans.get(loan.id)).toMatchObject({ chargedOff: false });
  });
});

describe('a payoff', () => {
  it('names what settles the loan, and paying that closes it', async () => {
    const { loans } = world.partner;
    const loan = await borrow(world, { product: 'WL30', principal: 50_000 });
    world.clock.setDate('2025-02-14');
    const payoff = await loans.payoff(loan.id, { date: '2025-02-14' });
    expect(payoff).toMatchObject({ principal: 50_000, interest: 5_000, total: 55_000 });
    await pay(world, loan, payoff.total);
    expect(await statusOf(loan)).toBe('Closed (obligations met)');
  });
});

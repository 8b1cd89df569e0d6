/** What settles a loan, over HTTP, in the figures that engine.md works out; and that paying it settles it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';

let world: World;
let made = 0;
beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-17' });
});
afterAll(() => world.close());

/** engine.md section 3.10: 10,000 at 2 % a month in 4 weekly rows. */
async function weeklyProduct(preCloseRule: 'Till pre-close date' | 'Till rest frequency date') {
  made += 1;
  return world.operator.loanProducts.create({
    name: `Weekly ${made}`,
    shortName: `W${made}`,
    principal: 10_000,
    numberOfRepayments: 4,
    repaymentEvery: 1,
    repaymentFrequencyType: 'Weeks',
    interestRatePerPeriod: 2,
    interestRateFrequencyType: 'Per month',
    allowPartialPeriodInterest: true,
    interestRecalculation: {
      restFrequency: 'Same as repayment period',
      rescheduleStrategy: 'Reduce installment amount',
      preCloseRule,
      compounding: 'None',
    },
  });
}

describe('GET /v1/loans/{id}/payoff: first row paid, second not, two days into the third', () => {
  it.each([
    ['Till pre-close date', 7_561.84],
    ['Till rest frequency date', 7_586.62],
  ] as const)('%s: %d, and paying it closes the loan', async (rule, total) => {
    const { customers, loans, repayments } = world.partner;
    const externalId = `weekly ${made}`;
    const { id: customerId } = await customers.create({ externalId, activationDate: '2025-01-01' });
    const { id: productId } = await weeklyProduct(rule);
    const dates = { submittedOnDate: '2025-01-01', expectedDisbursementDate: '2025-01-01' };
    const loan = await loans.create({ customerId, productId, principal: 10_000, ...dates });
    await repayments.create(loan.id, { transactionAmount: 2_528.91, transactionDate: '2025-01-08' });
    const payoff = await loans.payoff(loan.id, { date: '2025-01-17' });
    expect(payoff).toMatchObject({ date: '2025-01-17', fees: 0, penalties: 0, total });
    expect(payoff.principal + payoff.interest).toBeCloseTo(total, 2);
    await repayments.create(loan.id, { transactionAmount: total });
    expect(await loans.get(loan.id)).toMatchObject({
      status: 'Closed (obligations met)',
      totalOutstanding: 0,
      totalOverpaid: 0,
    });
  });

  it('without recalculation: everything outstanding, with the full interest of all rows', async () => {
    const { customers, loans } = world.partner;
    const { id: customerId } = await customers.create({ externalId: 'plain' });
    const loan = await loans.create({ customerId, productId: '2', principal: 120_000 });
    const payoff = await loans.payoff(loan.id, { date: '2025-03-01' });
    expect(payoff).toMatchObject({ principal: 120_000, interest: loan.interestCharged });
    expect(payoff.total).toBe(loan.totalOutstanding);
  });
});

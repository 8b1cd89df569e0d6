/** What close of business and pauses have a receiver hear of a loan, as it was delivered. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendWebhooksNow } from '../../server/jobs/webhooks/webhooks.ts';
import { openReceiver, type Receiver } from '../receiver.ts';
import { makeWorld, type World } from '../world.ts';

let world: World;
let receiver: Receiver;
let loan: string;

beforeAll(async () => {
  world = await makeWorld({
    businessDate: '2025-01-15',
    environment: {
      LOANBOOK_WEBHOOK_NETWORKS: '127.0.0.1',
      LOANBOOK_CLOSE_OF_BUSINESS_STEPS: 'CHECK_DUE_INSTALLMENTS',
    },
  });
  receiver = await openReceiver();
  await sendWebhooksNow(world);
  await world.operator.webhooks.create({ url: receiver.url });
  await world.partner.customers.create({ externalId: 'amina' });
  const wish = { customerId: 'amina', productId: '1', principal: 30_000 };
  loan = (await world.partner.loans.create(wish)).id;
});
afterAll(async () => {
  await receiver.close();
  await world.close();
});

async function closedUpTo(day: string): Promise<void> {
  world.clock.setDate(day);
  await world.operator.closeOfBusiness.start({ wait: true });
}

it('notices before, on and after a due date, ranges, pauses', async () => {
  for (const day of ['2025-02-14', '2025-02-15', '2025-02-17']) await closedUpTo(day);
  await world.partner.loans.pauseDelinquency(loan, { startDate: '2025-02-17', endDate: '2025-03-17' });
  await world.partner.loans.resumeDelinquency(loan);
  await sendWebhooksNow(world);
  const heard = receiver.taken
    .filter(({ loanId }) => loanId === loan)
    .map(({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> });
  expect(heard.map(({ type }) => type)).toEqual([
    ...['loan.created', 'loan.approved', 'loan.disbursed'],
    ...['loan.repayment_due', 'loan.installment_due', 'loan.delinquency_changed', 'loan.overdue'],
    ...['loan.delinquency_paused', 'loan.delinquency_resumed'],
  ]);
  expect(heard.slice(-2).map(({ data }) => data)).toMatchObject([
    { loanId: loan, startDate: '2025-02-17', endDate: '2025-03-17' },
    { loanId: loan, startDate: '2025-02-17' },
  ]);
});

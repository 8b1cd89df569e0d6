/** Webhooks end to end: a real receiver, a clock turned by hand. */
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Running, sendWebhooksNow, startWebhooks } from '../../server/jobs/webhooks/webhooks.ts';
import { openReceiver, type Received, type Receiver } from '../receiver.ts';
import { makeWorld, type World } from '../world.ts';

let world: World;
let receiver: Receiver;
const product = '1';

beforeAll(async () => {
  world = await makeWorld({ environment: { LOANBOOK_WEBHOOK_NETWORKS: '127.0.0.1' } });
  await world.partner.customers.create({ externalId: 'amina' });
});
afterAll(() => world.close());
beforeEach(async () => {
  receiver = await openReceiver();
  return async () => {
    for (const { id } of (await world.operator.webhooks.list()).items)
      await world.operator.webhooks.delete(id);
    await receiver.close();
  };
});

const sendNow = () => sendWebhooksNow(world);

/** An endpoint that the dispatcher knows of before anything happens. */
async function register(fields: Partial<Parameters<World['operator']['webhooks']['create']>[0]> = {}) {
  await sendNow();
  return world.operator.webhooks.create({ url: `${receiver.url}/hooks`, ...fields });
}

const bookLoan = async () =>
  (await world.partner.loans.create({ customerId: 'amina', productId: product, principal: 100_000 })).id;
const repay = (loanId: string, transactionAmount: number) =>
  world.partner.repayments.create(loanId, { transactionAmount });
const of = (messages: readonly Received[], loanId: string) =>
  messages.filter((each) => each.loanId === loanId);

describe('messages', () => {
  it('tell what happened to a loan, in order and signed', async () => {
    const { secret = '' } = await register();
    const loan = await bookLoan();
    await repay(loan, 10_000);
    await repay(loan, 500_000);
    await sendNow();
    const messages = of(receiver.taken, loan);
    expect(messages.map(({ type }) => type)).toEqual([
      'loan.created',
      'loan.approved',
      'loan.disbursed',
      'loan.repaid',
      'loan.repaid',
      'loan.overpaid',
    ]);
    expect(messages[3]?.amount).toBe(10_000);
    // The receiver's library looks at the time of day as well.
    for (const { body, headers } of messages) {
      const shifted = { ...headers };
      expect(() => new Webhook(secret).verify(body, shifted)).toThrow('Message timestamp too old');
      expect(new Webhook(secret).sign(headers['webhook-id'] ?? '', world.clock.now(), body)).toBe(
        headers['webhook-signature'],
      );
    }
    expect(new Set(messages.map(({ headers }) => headers['webhook-id'])).size).toBe(6);
    expect(JSON.parse(messages[2]?.body ?? '')).toMatchObject({
      type: 'loan.disbursed',
      data: { loanId: loan, customerExternalId: 'amina', amount: 100_000, date: world.clock.date() },
    });
  });

  it('go to those who want to hear of them', async () => {
    await register({ eventTypes: ['loan.repaid'] });
    const loan = await bookLoan();
    await repay(loan, 1_000);
    await sendNow();
    expect(of(receiver.received, loan).map(({ type }) => type)).toEqual(['loan.repaid']);
  });

  it('are not told of a call that was refused', async () => {
    await register();
    await expect(repay(await bookLoan(), -1)).rejects.toMatchObject({ code: 'invalid_argument' });
    await sendNow();
    expect(receiver.taken.map(({ type }) => type)).not.toContain('loan.repaid');
  });
});

describe('a receiver that is down', () => {
  it('for a day loses nothing, and gets everything in order for each loan', async () => {
    await register();
    receiver.answerWith(() => 503);
    const loans = [await bookLoan(), await bookLoan(), await bookLoan()];
    const hours = 24;
    for (let hour = 1; hour <= hours; hour += 1) {
      for (const loan of loans) await repay(loan, hour);
      await sendNow();
      world.clock.advanceSeconds(3_600);
    }
    expect(receiver.taken).toEqual([]);
    // It was probed, not flooded: the 81 messages that wait were not all tried every hour.
    expect(receiver.received.length).toBeLessThan(hours * 4);
    receiver.answerWith(() => 200);
    for (let hour = 1; hour <= 7; hour += 1) {
      world.clock.advanceSeconds(3_600);
      await sendNow();
    }
    for (const loan of loans) {
      const amounts = of(receiver.taken, loan).flatMap(({ type, amount }) =>
        type === 'loan.repaid' ? [amount] : [],
      );
      expect(amounts).toEqual(Array.from({ length: hours }, (_, index) => index + 1));
    }
    const ids = receiver.taken.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('keeps nobody else waiting, and one bad message holds up its own loan alone', async () => {
    await register();
    const other = await openReceiver();
    await world.operator.webhooks.create({ url: other.url });
    const [bad, good] = [await bookLoan(), await bookLoan()];
    receiver.answerWith(({ loanId }) => (loanId === bad ? 500 : 200));
    await sendNow();
    expect(of(receiver.taken, good)).toHaveLength(3);
    expect(of(receiver.received, bad)).toHaveLength(1);
    expect(of(other.taken, bad)).toHaveLength(3);
    await other.close();
  });

  it('is given up after 3 days, as the log says; by hand it is sent again', async () => {
    const endpoint = await register({ eventTypes: ['loan.repaid'] });
    receiver.answerWith(() => 301);
    const loan = await bookLoan();
    await repay(loan, 7);
    for (let sixth = 0; sixth < 20; sixth += 1) {
      await sendNow();
      world.clock.advanceSeconds(6 * 3_600);
    }
    const failed = await world.operator.webhooks.deliveries(endpoint.id, { status: 'failed' });
    const reason = expect.stringContaining('redirects are not followed');
    expect(failed.total).toBe(1);
    expect(failed.items[0]).toMatchObject({ loanId: loan, type: 'loan.repaid', answered: 301, reason });
    const tries = receiver.received.length;
    expect(failed.items[0]?.attempts).toBe(tries);
    receiver.answerWith(() => 200);
    await sendNow();
    expect(receiver.received).toHaveLength(tries);
    await world.operator.webhooks.replayDelivery(endpoint.id, failed.items[0]?.id ?? '');
    await sendNow();
    expect(receiver.taken.map(({ amount }) => amount)).toEqual([7]);
    expect(receiver.taken[0]?.body).toBe(receiver.received[0]?.body);
  });
});

describe('an endpoint', () => {
  it('is told nothing of what was before it, nor of what happens while it is disabled', async () => {
    const before = await bookLoan();
    const endpoint = await register();
    await world.operator.webhooks.change(endpoint.id, { status: 'disabled' });
    const during = await bookLoan();
    await sendNow();
    await world.operator.webhooks.change(endpoint.id, { status: 'enabled' });
    const after = await bookLoan();
    await sendNow();
    expect([before, during, after].map((loan) => of(receiver.received, loan).length)).toEqual([0, 0, 3]);
  });

  it('is sent a test message, signed with both secrets while one is replaced', async () => {
    const { id, secret: old = '' } = await register();
    const { secret: fresh = '' } = await world.operator.webhooks.rotateSecret(id);
    expect(fresh).not.toBe(old);
    await world.operator.webhooks.test(id);
    await sendNow();
    const [{ headers, body } = { headers: {} as Record<string, string>, body: '' }] = receiver.taken;
    const signatures = (headers['webhook-signature'] ?? '').split(' ');
    const signed = [fresh, old].map((each) =>
      new Webhook(each).sign(headers['webhook-id'] ?? '', world.clock.now(), body),
    );
    expect(signatures).toEqual(signed);
    world.clock.advanceDays(2);
    await world.operator.webhooks.test(id);
    await sendNow();
    expect((receiver.taken[1]?.headers['webhook-signature'] ?? '').split(' ')).toHaveLength(1);
  });

  it('has a secret that is shown once and kept from the answers that follow', async () => {
    const { id, secret = '' } = await register();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(JSON.stringify(await world.operator.webhooks.get(id))).not.toContain(secret);
    const audit = await world.operator.audit.list({ rows: 100 }).page();
    expect(JSON.stringify(audit)).not.toContain(secret);
  });

  it.each([
    ['http://wallet.example.com:x/', 'must be an http or https URL'],
    ['mailto:someone@example.com', 'must be an http or https URL'],
  ])('is refused with the URL %s', async (url, error) => {
    await expect(world.operator.webhooks.create({ url })).rejects.toMatchObject({
      code: 'invalid_argument',
      fields: [{ field: 'url', error }],
    });
  });

  it('is for operators', async () => {
    await expect(world.admin.webhooks.list()).rejects.toMatchObject({ status: 403 });
  });
});

it('two processes at once send each message once', async () => {
  await register();
  const failures: unknown[] = [];
  const working = { ...world, onFailure: (error: unknown) => void failures.push(error) };
  const running: Running[] = [startWebhooks(working), startWebhooks(working)];
  const loans = await Promise.all(Array.from({ length: 5 }, bookLoan));
  await expect.poll(() => receiver.taken.length, { timeout: 50_000 }).toBe(15);
  await Promise.all(running.map((each) => each.stop()));
  await sendNow();
  expect(receiver.taken).toHaveLength(15);
  for (const loan of loans)
    expect(of(receiver.taken, loan).map(({ type }) => type)).toEqual([
      'loan.created',
      'loan.approved',
      'loan.disbursed',
    ]);
  expect(failures).toEqual([]);
});

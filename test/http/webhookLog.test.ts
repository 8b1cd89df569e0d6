/** The delivery log: how long it is, how far it goes back, and what is shown of an endpoint. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendWebhooksNow } from '../../server/jobs/webhooks/webhooks.ts';
import { forgetMessages } from '../../server/operations/webhooks/forgetMessages.ts';
import { listCountDifferences } from '../../server/store/rollups/comparison.ts';
import { foldRollups } from '../../server/store/rollups/folding.ts';
import { openReceiver, type Receiver } from '../receiver.ts';
import { makeWorld, type World } from '../world.ts';

const OF_A_NEW_LOAN = 3;
const KEPT_DAYS = 10;
let world: World;
let receiver: Receiver;

beforeAll(async () => {
  world = await makeWorld({
    environment: {
      LOANBOOK_WEBHOOK_NETWORKS: '127.0.0.1',
      LOANBOOK_WEBHOOK_LOG_DAYS: String(KEPT_DAYS),
    },
  });
  receiver = await openReceiver();
  await world.partner.customers.create({ externalId: 'amina' });
  await sendWebhooksNow(world);
});
afterAll(async () => {
  // Whatever was sent, given up, sent again, cancelled or removed: the counts say what the rows say.
  expect(await listCountDifferences(world.db.read)).toEqual([]);
  await receiver.close();
  await world.close();
});

const bookLoan = async () =>
  (await world.partner.loans.create({ customerId: 'amina', productId: '1', principal: 100_000 })).id;
const forget = () => forgetMessages({ ...world, mayGoOn: async () => true });
const deliveries = (id: string, query: Parameters<World['operator']['webhooks']['deliveries']>[1] = {}) =>
  world.operator.webhooks.deliveries(id, query);
const countOf = async (table: 'loan_event' | 'book_event' | 'webhook_delivery') =>
  (await world.db.read.query(`select from ${table}`)).length;

it('says how many messages there are, by status and for a loan', async () => {
  const { id } = await world.operator.webhooks.create({ url: receiver.url });
  const [first, second] = [await bookLoan(), await bookLoan()];
  await sendWebhooksNow(world);
  receiver.answerWith(() => 500);
  const third = await bookLoan();
  await sendWebhooksNow(world);
  const totals = async () => ({
    all: (await deliveries(id)).total,
    delivered: (await deliveries(id, { status: 'delivered' })).total,
    pending: (await deliveries(id, { status: 'pending' })).total,
    failed: (await deliveries(id, { status: 'failed' })).total,
    ofThird: (await deliveries(id, { loanId: third, status: 'pending' })).total,
  });
  expect(await totals()).toEqual({ all: 9, delivered: 6, pending: 3, failed: 0, ofThird: 3 });
  for (let sixth = 0; sixth < 16; sixth += 1) {
    world.clock.advanceSeconds(6 * 3_600);
    await sendWebhooksNow(world);
  }
  const givenUp = { all: 9, delivered: 6, pending: 0, failed: 3, ofThird: 0 };
  expect(await totals()).toEqual(givenUp);
  await foldRollups(world.db, '2025-01-01' as never);
  expect(await totals()).toEqual(givenUp);
  const replayed = await world.operator.webhooks.replay(id, { since: '2025-01-01T00:00:00Z' });
  expect(replayed).toEqual({ messages: 3, keptSince: expect.any(String) });
  expect(await totals()).toEqual({ all: 9, delivered: 6, pending: 3, failed: 0, ofThird: 3 });
  receiver.answerWith(() => 204);
  await sendWebhooksNow(world);
  expect(await totals()).toEqual({ all: 9, delivered: 9, pending: 0, failed: 0, ofThird: 0 });
  expect((await deliveries(id, { loanId: first })).total).toBe(3);
  expect((await deliveries(id, { loanId: second, rows: 2 })).items).toHaveLength(2);
  await world.operator.webhooks.delete(id);
});

it('goes back as far as the settings say, and takes the events with it', async () => {
  const { id } = await world.operator.webhooks.create({ url: receiver.url });
  receiver.answerWith(() => 204);
  await bookLoan();
  await world.operator.webhooks.test(id);
  await sendWebhooksNow(world);
  const [{ id: old } = { id: '' }] = (await deliveries(id)).items;
  const events = await countOf('loan_event');
  world.clock.advanceDays(KEPT_DAYS - 1);
  await forget();
  expect((await deliveries(id)).total).toBe(OF_A_NEW_LOAN + 1);
  const fresh = await bookLoan();
  await sendWebhooksNow(world);
  world.clock.advanceDays(1);
  world.clock.advanceSeconds(1);
  expect(await forget()).toBeGreaterThanOrEqual(OF_A_NEW_LOAN + 1);
  expect((await deliveries(id)).items.map(({ loanId }) => loanId)).toEqual([fresh, fresh, fresh]);
  expect(await countOf('loan_event')).toBeLessThan(events + OF_A_NEW_LOAN);
  await expect(world.operator.webhooks.replayDelivery(id, old)).rejects.toMatchObject({
    code: 'not_found',
    message: 'this endpoint has no such delivery; messages are removed 10 days after they ended',
  });
  // What is asked for beyond the log is answered with how far it goes back.
  expect(await world.operator.webhooks.replay(id, { since: '2025-01-01T00:00:00Z' })).toEqual({
    messages: 0,
    keptSince: new Date(world.clock.now().getTime() - KEPT_DAYS * 86_400_000).toISOString(),
  });
  const recent = world.clock.now().toISOString();
  expect(await world.operator.webhooks.replay(id, { since: recent })).toEqual({ messages: 0 });
  await world.operator.webhooks.delete(id);
});

it('forgets nothing that somebody still waits for, or that was just sent again', async () => {
  const { id } = await world.operator.webhooks.create({ url: receiver.url });
  const told = await bookLoan();
  await sendWebhooksNow(world);
  const waits = await bookLoan();
  await world.operator.webhooks.change(id, { status: 'disabled' });
  await sendWebhooksNow(world);
  await world.operator.webhooks.change(id, { status: 'enabled' });
  receiver.answerWith(() => 500);
  const undelivered = await bookLoan();
  await sendWebhooksNow(world);
  await world.operator.webhooks.change(id, { status: 'disabled' });
  world.clock.advanceDays(KEPT_DAYS * 2);
  await world.operator.webhooks.change(id, { status: 'enabled' });
  const again = (await deliveries(id, { loanId: told })).items[0]?.id ?? '';
  receiver.answerWith(({ loanId }) => (loanId === told ? 204 : 500));
  await world.operator.webhooks.replayDelivery(id, again);
  await sendWebhooksNow(world);
  await forget();
  expect((await deliveries(id, { loanId: told })).items.map((each) => each.id)).toEqual([again]);
  const waiting = (await deliveries(id, { loanId: undelivered })).items;
  expect(waiting.length).toBe(OF_A_NEW_LOAN);
  receiver.answerWith(() => 204);
  const before = receiver.taken.length;
  for (const each of waiting) await world.operator.webhooks.replayDelivery(id, each.id);
  for (let hour = 0; hour < 12; hour += 1) {
    world.clock.advanceSeconds(3_600);
    await sendWebhooksNow(world);
  }
  expect(receiver.taken.slice(before).map(({ loanId }) => loanId)).toEqual(waiting.map(() => undelivered));
  // Nobody was to hear of this one: its events are gone.
  const left = await world.db.read.query('select from loan_event where loan_id = $1', [BigInt(waits)]);
  expect(left).toEqual([]);
  await world.operator.webhooks.delete(id);
});

it('cancels what waits for an endpoint that is gone', async () => {
  const { id } = await world.operator.webhooks.create({ url: receiver.url });
  receiver.answerWith(() => 500);
  await bookLoan();
  await sendWebhooksNow(world);
  await world.operator.webhooks.delete(id);
  await forget();
  const rows = await world.db.read.query(
    'select distinct status from webhook_delivery where endpoint_id = $1',
    [BigInt(id)],
  );
  expect(rows).toEqual([{ status: 'cancelled' }]);
  world.clock.advanceDays(KEPT_DAYS + 1);
  await forget();
  expect(await countOf('webhook_delivery')).toBe(0);
  expect(await countOf('book_event')).toBe(0);
});

it('sends the first ten thousand again, and says that there are more', async () => {
  const { id } = await world.operator.webhooks.create({ url: receiver.url });
  const now = world.clock.now();
  await world.db.transaction(async (tx) => {
    await tx.query(
      `insert into webhook_delivery (id, loan_id, event_seq, endpoint_id, event_type, status, attempts,
         first_due_at, due_at) select 1000000 + n, 0, 1000000 + n, $1, 'webhook.test', 'failed', 1, $2, $2
       from generate_series(1, 10005) n`,
      [BigInt(id), now],
    );
    await tx.query(`insert into webhook_delivery_count values (0, $1, 'failed', 10005)`, [BigInt(id)]);
  });
  const since = now.toISOString();
  expect(await world.operator.webhooks.replay(id, { since })).toEqual({ messages: 10_000, isPart: true });
  expect(await world.operator.webhooks.replay(id, { since })).toEqual({ messages: 5 });
  expect((await deliveries(id, { status: 'pending' })).total).toBe(10_005);
  await world.operator.webhooks.delete(id);
});

it('what stands behind the ? of its URL is shown to whoever may change it, and not in the audit trail', async () => {
  const url = 'https://wallet.example.com/hooks?token=open-sesame';
  const { id } = await world.operator.webhooks.create({ url });
  await world.operator.webhooks.change(id, { url: `${url}-2` });
  await world.operator.webhooks.change(id, { url: 'https://wallet.example.com/other?token=open-sesame' });
  expect((await world.operator.webhooks.get(id)).url).toContain('open-sesame');
  await world.operator.webhooks.delete(id);
  const { items } = await world.operator.audit.list({ rows: 100 }).page();
  const text = JSON.stringify(items);
  expect(text).not.toContain('sesame');
  expect(text).toContain('https://wallet.example.com/hooks?(withheld)');
  expect(text).toContain('"query":"changed"');
});

/** Receivers that are slow, dead or fickle, while the job itself runs: whom they keep waiting. */
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import {
  type Running,
  sendWebhooksNow,
  startWebhooks,
  type Working,
} from '../../server/jobs/webhooks/webhooks.ts';
import { sealKey } from '../../server/operations/accounts/keySeal.ts';
import { newSecret } from '../../server/operations/webhooks/signature.ts';
import { chanceOf, seedOf } from '../fuzz/random.ts';
import { openReceiver, type Received, type Receiver } from '../receiver.ts';
import { makeWorld, type World } from '../world.ts';

const OF_A_NEW_LOAN = 3;
let world: World;
let receiver: Receiver;
let failures: unknown[];

beforeAll(async () => {
  world = await makeWorld({
    environment: {
      LOANBOOK_WEBHOOK_NETWORKS: '127.0.0.1',
      LOANBOOK_KEY_SECRET: 'a key secret for tests',
    },
  });
  await world.partner.customers.create({ externalId: 'amina' });
});
afterAll(() => world.close());
beforeEach(async () => {
  receiver = await openReceiver();
  failures = [];
  await sendWebhooksNow(world);
  return async () => {
    for (const { id } of (await world.operator.webhooks.list()).items)
      await world.operator.webhooks.delete(id);
    await receiver.close();
    expect(failures).toEqual([]);
  };
});

const register = () => world.operator.webhooks.create({ url: receiver.url });
const bookLoan = async () =>
  (await world.partner.loans.create({ customerId: 'amina', productId: '1', principal: 100_000 })).id;
const bookLoans = (count: number) => Promise.all(Array.from({ length: count }, bookLoan));

/** How long an answer is waited for: what comes before it, did not wait for the answer. */
const PATIENCE_MILLISECONDS = 120_000;
const SOON = { timeout: PATIENCE_MILLISECONDS / 2 };
vi.setConfig({ testTimeout: 2 * PATIENCE_MILLISECONDS });

/** As the process runs it; the test is over long before anybody's patience. */
function start(): Running {
  const onFailure = (error: unknown): void => void failures.push(error);
  const working: Working = { ...world, onFailure, timeoutMilliseconds: PATIENCE_MILLISECONDS };
  return startWebhooks(working);
}

/** A receiver that answers too late hears of an event again: by its id it can tell. */
const onceEach = (messages: readonly Received[]): Received[] => [
  ...new Map(messages.map((each) => [each.headers['webhook-id'], each])).values(),
];

const takenOf = ({ taken }: Receiver, loans: readonly string[]): number =>
  onceEach(taken).filter(({ loanId }) => loans.includes(loanId)).length;

it('a message that is never answered keeps its own loan waiting and no other', async () => {
  await register();
  const [stuck = '', ...others] = await bookLoans(12);
  receiver.answerWith(({ loanId }) => (loanId === stuck ? null : 204));
  const running = start();
  await expect.poll(() => takenOf(receiver, others), SOON).toBe(11 * OF_A_NEW_LOAN);
  // What happens meanwhile goes out, too.
  const later = await bookLoans(3);
  await expect.poll(() => takenOf(receiver, later), SOON).toBe(3 * OF_A_NEW_LOAN);
  expect(receiver.received.filter(({ loanId }) => loanId === stuck)).toHaveLength(1);
  await Promise.all([receiver.close(), running.stop()]);
});

it('a receiver that never answers does not hold up a process that stops, nor the next one', async () => {
  const { id } = await register();
  const loans = await bookLoans(2);
  receiver.answerWith(() => null);
  const running = start();
  await expect.poll(() => receiver.received.length, SOON).toBe(2);
  const before = Date.now();
  await running.stop();
  expect(Date.now() - before).toBeLessThan(PATIENCE_MILLISECONDS / 2);
  expect(await world.db.read.query(`select from job_lease where name = 'webhooks'`)).toEqual([]);
  // What nobody waited for counts as not tried.
  expect(await world.operator.webhooks.get(id)).toMatchObject({ failuresInARow: 0 });
  receiver.answerWith(() => 204);
  await sendWebhooksNow(world);
  expect(takenOf(receiver, loans)).toBe(2 * OF_A_NEW_LOAN);
});

it('a receiver that never answers keeps no other receiver waiting', async () => {
  const dead = await openReceiver();
  dead.answerWith(() => null);
  await world.operator.webhooks.create({ url: dead.url });
  await register();
  const loans = await bookLoans(10);
  const running = start();
  await expect.poll(() => takenOf(receiver, loans), SOON).toBe(10 * OF_A_NEW_LOAN);
  // Eight at most are held open by it.
  expect(dead.received.length).toBeLessThanOrEqual(8);
  await Promise.all([dead.close(), running.stop()]);
});

it('tries that fail together are one failure: a hiccup puts nobody to rest', async () => {
  const { id } = await register();
  const loans = await bookLoans(8);
  receiver.answerWith(() => 503);
  await sendWebhooksNow(world);
  expect(receiver.received).toHaveLength(8);
  expect(await world.operator.webhooks.get(id)).toMatchObject({ failuresInARow: 1 });
  expect((await world.operator.webhooks.get(id)).restsUntil).toBeUndefined();
  receiver.answerWith(() => 204);
  world.clock.advanceSeconds(5);
  await sendWebhooksNow(world);
  expect(takenOf(receiver, loans)).toBe(8 * OF_A_NEW_LOAN);
  expect(await world.operator.webhooks.get(id)).toMatchObject({ failuresInARow: 0 });
});

it('a fickle receiver gets everything, and of each loan in order', async () => {
  const chance = chanceOf(seedOf());
  await register();
  const loans = await bookLoans(6);
  receiver.answerWith(() => chance.one([204, 204, 200, 500, 302, 429, null]));
  const impatient = { ...world, timeoutMilliseconds: 150 };
  for (let amount = 1; amount <= 4; amount += 1) {
    for (const loan of loans) await world.partner.repayments.create(loan, { transactionAmount: amount });
    await sendWebhooksNow(impatient);
    world.clock.advanceSeconds(30);
  }
  receiver.answerWith(() => 204);
  for (let hour = 0; hour < 24; hour += 1) {
    world.clock.advanceSeconds(3_600);
    await sendWebhooksNow(world);
  }
  for (const loan of loans) {
    const of = onceEach(receiver.taken.filter(({ loanId }) => loanId === loan));
    expect(of.slice(0, OF_A_NEW_LOAN).map(({ type }) => type)).toEqual([
      'loan.created',
      'loan.approved',
      'loan.disbursed',
    ]);
    expect(of.slice(OF_A_NEW_LOAN).map(({ amount }) => amount)).toEqual([1, 2, 3, 4]);
  }
});

it('a secret that cannot be opened is an outcome of its endpoint alone; a new one ends it', async () => {
  const { id } = await register();
  const other = await openReceiver();
  await world.operator.webhooks.create({ url: other.url });
  const sealed = await sealKey(newSecret(), 'the secret of another deployment');
  await world.db.read.query('update webhook_endpoint set secret = $2 where id = $1', [BigInt(id), sealed]);
  const loans = await bookLoans(2);
  await sendWebhooksNow(world);
  expect(receiver.received).toEqual([]);
  expect(takenOf(other, loans)).toBe(2 * OF_A_NEW_LOAN);
  expect(await world.operator.webhooks.get(id)).toMatchObject({ failuresInARow: 1 });
  const { items } = await world.operator.webhooks.deliveries(id, { rows: 100 });
  const tried = items.filter(({ attempts }) => attempts > 0);
  const reason = expect.stringContaining('LOANBOOK_KEY_SECRET does not open the secret of this endpoint');
  expect(tried.map((each) => each.reason)).toEqual(tried.map(() => reason));
  expect(tried.length).toBeGreaterThan(0);
  expect(JSON.stringify(items)).not.toContain(sealed);
  await world.operator.webhooks.rotateSecret(id);
  world.clock.advanceSeconds(5);
  await sendWebhooksNow(world);
  expect(takenOf(receiver, loans)).toBe(2 * OF_A_NEW_LOAN);
  // Signed by the new secret alone: the old one cannot be opened.
  expect(receiver.taken[0]?.headers['webhook-signature']?.split(' ')).toHaveLength(1);
  await other.close();
});

it('a message whose event is gone is given up at once and harms nobody', async () => {
  const { id } = await register();
  const [lost = '', kept = ''] = await bookLoans(2);
  receiver.answerWith(() => 503);
  await sendWebhooksNow(world);
  await world.db.read.query('delete from loan_event where loan_id = $1', [BigInt(lost)]);
  receiver.answerWith(() => 204);
  world.clock.advanceSeconds(5);
  await sendWebhooksNow(world);
  expect(takenOf(receiver, [kept])).toBe(OF_A_NEW_LOAN);
  const failed = await world.operator.webhooks.deliveries(id, { status: 'failed' });
  expect(failed.total).toBe(OF_A_NEW_LOAN);
  expect(failed.items[0]?.reason).toBe('not sent: the event is no longer stored');
});

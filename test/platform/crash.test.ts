/**
 * Power cut: the real server with its embedded database is killed in the middle of a load of repayments and
 * started again. Whatever was answered with success is there exactly once, whatever was not may be sent
 * again, and the books agree.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, type Loan, type LoanbookClient, type Repayment } from '../../sdk/client.ts';
import { calendarDate } from '../../server/clock.ts';
import { loadConfig } from '../../server/config.ts';
import { hasEnded } from '../../server/store/embedded/processes.ts';
import { startEmbedded } from '../../server/store/embedded.ts';
import { type Audit, auditBook } from '../audit.ts';
import { openPatiently, PATIENCE_MILLISECONDS } from '../patience.ts';
import { cleanUp, freePorts, freshFolder, type Loanbook, postmasterOf, start, stop } from './loanbook.ts';

const LOANS = 12;
const SENDERS = 8;
const LOAD_MILLISECONDS = 2_500;
/** Answers without which the load would not have been real. */
const ENOUGH = 60;
const SEED = 20_250_115;
const login = { email: 'crash@example.com', password: 'a password for the crash' };

/** A payment that was sent, and what is known of it. */
interface Sent {
  readonly loanId: string;
  readonly key: string;
  readonly amount: number;
  answer?: Repayment;
}

/** Small and repeatable (mulberry32): the same seed sends the same payments. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const sent: Sent[] = [];
const dataDir = join(freshFolder(), 'data');
let server: Loanbook;
let client: LoanbookClient;
let loans: Loan[];

/** No tries of its own: each answer counts as it came. */
const clientOf = ({ apiUrl, authUrl }: Loanbook): LoanbookClient =>
  createClient({ apiUrl, authUrl, login, retries: { retries: 0 }, timeout: PATIENCE_MILLISECONDS });

async function makeLoans(): Promise<Loan[]> {
  const customer = await client.customers.create({ externalId: 'crash' });
  const product = (await client.loanProducts.list()).find((each) => each.numberOfRepayments === 12);
  const made: Loan[] = [];
  for (let index = 0; index < LOANS; index += 1)
    made.push(
      await client.loans.create({
        customerId: customer.id,
        productId: product?.id ?? '',
        principal: 1_000_000,
      }),
    );
  return made;
}

async function sendUntil(isOver: () => boolean, sender: number): Promise<void> {
  const random = randomNumbers(SEED + sender);
  for (let count = 0; !isOver(); count += 1) {
    const loanId = loans[Math.floor(random() * loans.length)]?.id ?? '';
    const amount = Math.ceil(random() * 10_000) / 100;
    const payment: Sent = { loanId, key: `${sender}-${count}`, amount };
    sent.push(payment);
    try {
      payment.answer = await send(payment);
    } catch {
      return;
    }
  }
}

const send = ({ loanId, key, amount }: Sent): Promise<Repayment> =>
  client.repayments.create(loanId, { transactionAmount: amount, idempotencyKey: key });

async function repaymentsOf(loanId: string): Promise<Repayment[]> {
  const found: Repayment[] = [];
  for await (const repayment of client.repayments.list(loanId)) found.push(repayment as Repayment);
  return found;
}

async function storedByKey(): Promise<Map<string, Repayment[]>> {
  const stored = new Map<string, Repayment[]>();
  for (const loan of loans)
    for (const repayment of await repaymentsOf(loan.id)) {
      const key = repayment.idempotencyKey ?? '';
      stored.set(key, [...(stored.get(key) ?? []), repayment]);
    }
  return stored;
}

const cents = (amount: number): number => Math.round(amount * 100);

/** The server, and its database with it: neither gets to finish anything. */
async function killAll(): Promise<void> {
  const postmaster = postmasterOf(dataDir) ?? 0;
  server.process.kill('SIGKILL');
  if (postmaster > 0) process.kill(postmaster, 'SIGKILL');
  await server.ended;
  await hasEnded(postmaster, 5_000);
}

beforeAll(async () => {
  const settings = {
    ...(await freePorts()),
    LOANBOOK_DATA_DIR: dataDir,
    LOANBOOK_LOG_LEVEL: 'error',
    // Nothing is booked beside the load, should a day turn in the middle of it.
    LOANBOOK_CLOSE_OF_BUSINESS: 'manual',
    LOANBOOK_ADMIN_EMAIL: login.email,
    LOANBOOK_ADMIN_PASSWORD: login.password,
  };
  server = await start(settings);
  client = clientOf(server);
  loans = await makeLoans();
  let isKilled = false;
  const senders = Array.from({ length: SENDERS }, (_, sender) => sendUntil(() => isKilled, sender));
  await pause(LOAD_MILLISECONDS);
  while (sent.filter(({ answer }) => answer).length < ENOUGH) await pause(50);
  await killAll();
  isKilled = true;
  await Promise.all(senders);
  server = await start(settings);
  client = clientOf(server);
}, 600_000);

afterAll(async () => {
  if (server) await stop(server);
  cleanUp();
}, 60_000);

/** Looks into the database itself, with the server stopped. */
async function auditOf(dataDir: string): Promise<Audit> {
  const embedded = await startEmbedded({ dataDir });
  const db = openPatiently(embedded.url);
  try {
    return await auditBook(db, calendarDate(new Date(), loadConfig({}).timeZone));
  } finally {
    await db.close();
    await embedded.stop();
  }
}

describe('after a power cut under load', () => {
  it('the load was real, and cut off in the middle', () => {
    const answered = sent.filter((payment) => payment.answer);
    expect(answered.length).toBeGreaterThanOrEqual(ENOUGH);
    expect(sent.length).toBeGreaterThan(answered.length);
  });

  it('every repayment that was answered is there exactly once, as it was answered', async () => {
    const stored = await storedByKey();
    const wrong = sent
      .filter(({ answer, key }) => answer && !isDeepStrictEqual(stored.get(key), [answer]))
      .map(({ key, answer }) => ({ key, answer, stored: stored.get(key) }));
    expect(wrong).toEqual([]);
  });

  it('every repayment that was not answered is there once or not at all, and once when sent again', async () => {
    const open = sent.filter(({ answer }) => !answer);
    const before = await storedByKey();
    for (const { key } of open) expect(before.get(key)?.length ?? 0).toBeLessThanOrEqual(1);
    for (const payment of open) payment.answer = await send(payment);
    const after = await storedByKey();
    for (const payment of open) expect(after.get(payment.key)).toEqual([payment.answer]);
    expect([...after.values()].flat()).toHaveLength(sent.length);
  });

  it('each loan has been paid what was sent', async () => {
    for (const loan of loans) {
      const expected = sent.filter(({ loanId }) => loanId === loan.id).map(({ amount }) => cents(amount));
      const now = await client.loans.get(loan.id);
      expect(cents(now.totalRepayment ?? 0)).toBe(expected.reduce((sum, amount) => sum + amount, 0));
    }
  });

  it('the ledger balances and agrees with the loans', async () => {
    const { items } = await client.trialBalance.get();
    const sum = (side: 'debit' | 'credit') => items.reduce((total, item) => total + cents(item[side]), 0);
    expect(sum('debit')).toBe(sum('credit'));
    const portfolio = items.filter((item) => /portfolio/i.test(item.name));
    const owed = await Promise.all(loans.map((loan) => client.loans.get(loan.id)));
    const principal = owed.reduce((total, loan) => total + cents(loan.principalOutstanding), 0);
    expect(portfolio.reduce((total, item) => total + cents(item.debit) - cents(item.credit), 0)).toBe(
      principal,
    );
  });

  it('each loan is the fold of its history, and stands so in the ledger', async () => {
    expect(await stop(server)).toBe(0);
    const { loans: audited, transactions, faults } = await auditOf(dataDir);
    expect(faults).toEqual([]);
    expect(audited).toBe(LOANS);
    expect(transactions).toBe(LOANS + sent.length);
  });
});

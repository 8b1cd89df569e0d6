/**
 * Several clients at once do what comes into their heads to a few loans. Whatever the interleaving, the
 * outcome is that of some order of the calls that were accepted, and the audit trail knows which: told to
 * twin loans one call after the other in that order, it makes the same loans. SIMULATION_CALLS for more of
 * each client, LOANBOOK_TEST_SEED for other choices.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Loan } from '../sdk/client.ts';
import { auditBook } from './audit.ts';
import { type Chance, chanceOf, numberOf, seedOf } from './fuzz/random.ts';
import { type Caller, callerOf, type Reply } from './http/calls.ts';
import { makeWorld, type World } from './world.ts';

const TODAY = '2025-06-20';
const CLIENTS = 6;
const LOANS = 4;

let world: World;
let api: Caller;
beforeAll(async () => {
  world = await makeWorld({ businessDate: TODAY });
  api = callerOf(world);
});
afterAll(() => world?.close());

const seed = seedOf();
/** By number, not by time: a busy machine does the same, and takes longer over it. */
const callsOfEach = numberOf('SIMULATION_CALLS', 120);
const timeout = 240_000 + callsOfEach * 1_000;
/** Done, or refused for a reason: what else is answered, is a defect. */
const EXPECTED = [200, 400, 403, 404, 409];

it(`gives what some serial order gives (seed ${seed})`, { timeout }, async () => {
  const loans = await Promise.all(Array.from({ length: LOANS }, (_, index) => lend(index)));
  const calls = new Map<string, Call>();
  const unexpected: string[] = [];
  const client = async (number: number): Promise<void> => {
    const chance = chanceOf(seed + number);
    for (let made = 1; made <= callsOfEach; made += 1) {
      const call = await choose(chance.one(loans), chance);
      const requestId = `client-${number}-call-${made}`;
      const { status, text } = await tell(call, requestId);
      if (!EXPECTED.includes(status)) unexpected.push(`${requestId}, ${toldIn(call)}: ${status} ${text}`);
      if (status === 200) calls.set(requestId, call);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
  expect(unexpected).toEqual([]);
  expect(calls.size).toBeGreaterThan(20);

  const orders = await Promise.all(loans.map(({ id }) => orderOf(id)));
  expect(orders.flat().filter((requestId) => calls.has(requestId)).length).toBe(calls.size);
  await Promise.all(loans.map((loan, index) => expectTwin(loan, callsIn(orders[index] ?? [], calls))));

  expect((await auditBook(world.db, TODAY)).faults).toEqual([]);
  expect((await world.partner.audit.verify()).faults).toEqual([]);
  const { totalDebit, totalCredit } = await world.partner.trialBalance.get();
  expect(totalDebit).toBe(totalCredit);
});

interface Call {
  readonly loanId: string;
  /** Behind the loan; `{n}` stands for the loan's transaction with that number. */
  readonly verb: string;
  readonly body: object;
}

/** Money out on 15 Jan, so there is history to come before and after. */
async function lend(index: number): Promise<Loan> {
  const { id: customerId } = await world.partner.customers.create({
    externalId: `borrower ${index} ${made++}`,
    activationDate: '2024-01-01',
  });
  const terms = { productId: '2', principal: 300_000 + index * 1000 };
  return world.partner.loans.create({ customerId, ...terms, expectedDisbursementDate: '2025-01-15' });
}
let made = 0;

const DATES = ['2025-01-20', '2025-02-15', '2025-03-01', '2025-04-14', '2025-05-15', TODAY];
const PAYMENTS = [
  ...['repayments', 'repayments', 'repayments', 'repayments', 'repayments/waive-interest'],
  ...['repayments/refund', 'repayments/credit-balance-refund', 'repayments/goodwill-credit'],
];

async function choose({ id: loanId }: Loan, chance: Chance): Promise<Call> {
  const transactionDate = chance.one(DATES);
  const amount = chance.one([1, 250.5, 5000, 28_000, 60_000, 400_000]);
  if (chance.in(0.65))
    return { loanId, verb: chance.one(PAYMENTS), body: { transactionDate, transactionAmount: amount } };
  if (chance.in(0.2)) {
    const verb = chance.one(['repayments/charge-off', 'repayments/undo-charge-off']);
    return { loanId, verb, body: { transactionDate: TODAY } };
  }
  const target = `repayments/{${chance.one(await transactionsOf(loanId))}}`;
  if (chance.in(0.7)) return { loanId, verb: `${target}/reverse`, body: { transactionDate: TODAY } };
  return { loanId, verb: `${target}/adjust`, body: { transactionDate, transactionAmount: amount } };
}

/** Their numbers within the loan, which do not change when later ones come to hide some of them. */
async function transactionsOf(loanId: string): Promise<number[]> {
  const listed = await world.partner.loans.transactions(loanId);
  const rows = await world.db.read.query<{ seq: number }>(
    'select seq from loan_transaction where loan_id = $1 and id = any($2::bigint[]) order by seq',
    [loanId, listed.map(({ id }) => id)],
  );
  return rows.map(({ seq }) => seq);
}

const toldIn = ({ verb, body }: Call): string => `${verb} ${JSON.stringify(body)}`;

const PATIENCE_MILLISECONDS = 60_000;

/** As the contract tells clients to do: while the server is unavailable, the same call under the same key. */
async function tell(call: Call, requestId: string): Promise<Reply> {
  const verb = call.verb.includes('{') ? await withNumber(call) : call.verb;
  const extras = { headers: { 'x-request-id': requestId, 'idempotency-key': requestId } };
  const end = Date.now() + PATIENCE_MILLISECONDS;
  for (let wait = 50; ; wait = Math.min(2 * wait, 2_000)) {
    const reply = await api.post(`/v1/loans/${call.loanId}/${verb}`, call.body, extras);
    if (reply.status !== 503 || Date.now() > end) return reply;
    await pause(wait);
  }
}

async function withNumber({ loanId, verb }: Call): Promise<string> {
  const [, number] = /\{(\d+)\}/.exec(verb) ?? [];
  const [row] = await world.db.read.query<{ id: bigint }>(
    'select id from loan_transaction where loan_id = $1 and seq = $2',
    [loanId, number],
  );
  return verb.replace(/\{\d+\}/, String(row?.id ?? 0));
}

/** The requests that changed the loan, in the order of the versions that they made. */
async function orderOf(loanId: string): Promise<string[]> {
  const versions: { version: number; requestId: string }[] = [];
  for await (const { after, requestId = '' } of world.partner.audit.list({ loanId, rows: 100 }))
    versions.push({ version: Number(after?.version), requestId });
  return versions.sort((a, b) => a.version - b.version).map(({ requestId }) => requestId);
}

const callsIn = (order: readonly string[], calls: ReadonlyMap<string, Call>): Call[] =>
  order.flatMap((requestId) => calls.get(requestId) ?? []);

async function expectTwin(loan: Loan, calls: readonly Call[]): Promise<void> {
  const index = (loan.principal - 300_000) / 1000;
  const twin = await lend(index);
  for (const [place, call] of calls.entries()) {
    const { status, text } = await tell({ ...call, loanId: twin.id }, `twin-${twin.id}-${place}`);
    expect(status, `${toldIn(call)}: ${text}`).toBe(200);
  }
  expect(await factsOf(twin.id)).toEqual(await factsOf(loan.id));
}

/** Everything but names and numbers. */
async function factsOf(id: string): Promise<unknown> {
  const loan = await world.partner.loans.get(id);
  const transactions = await world.partner.loans.transactions(id);
  const { accountNo: _account, id: _id, customerId: _customer, ...facts } = loan;
  const {
    customerExternalId: _external,
    customerName: _name,
    repaymentHistory: _history,
    ...figures
  } = facts;
  const nameless = transactions.map(({ id: _number, loanId: _loan, ...each }) => each);
  return { figures, transactions: nameless };
}

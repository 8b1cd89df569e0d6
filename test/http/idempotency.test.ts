/** The `Idempotency-Key` header, and many callers at once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetAnswers, forgetAnswersDaily } from '../../server/operations/forgetAnswers.ts';
import { makeWorld, type World } from '../world.ts';
import { type Answer, type Caller, callerOf, expectOk, expectRefusal, type Reply } from './calls.ts';

let world: World;
let api: Caller;
let made = 0;
let customerId: number;
let loan: Answer;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  api = callerOf(world);
  customerId = Number(expectOk(await api.post('/v1/customers', { externalId: 'borrower' })).body.id);
});
afterAll(() => world.close());
beforeEach(async () => {
  loan = await lend();
});

const lend = async (body: object = {}) => {
  const whole = { customerId, productId: 2, principal: 300_000, ...body };
  return expectOk(await api.post('/v1/loans', whole)).body;
};
const fresh = () => `key-${++made}`;
const withKey = (key: string) => ({ headers: { 'idempotency-key': key } });
const repay = (body: object, extras = {}) => api.post(`/v1/loans/${loan.id}/repayments`, body, extras);
const reload = async () => expectOk(await api.get(`/v1/loans/${loan.id}`)).body;
const times = <T>(count: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));
const isReplayed = (reply: Reply) => reply.headers.get('idempotent-replayed') === 'true';

describe('a key in the header', () => {
  it('answers the same call with the stored answer, to the byte', async () => {
    const key = fresh();
    const first = expectOk(await repay({ transactionAmount: 100 }, withKey(key)));
    expect(isReplayed(first)).toBe(false);
    const second = expectOk(await repay({ transactionAmount: 100 }, withKey(key)));
    expect(isReplayed(second)).toBe(true);
    expect(second.text).toBe(first.text);
    expect((await reload()).totalRepayment).toBe(100);
  });

  it('refuses another payload', async () => {
    const key = fresh();
    expectOk(await repay({ transactionAmount: 100 }, withKey(key)));
    expectRefusal(await repay({ transactionAmount: 200 }, withKey(key)), '409 aborted');
    expect((await reload()).totalRepayment).toBe(100);
  });

  it('answers again what removed the loan, though its name leads nowhere any more', async () => {
    loan = await lend({ externalId: fresh() });
    const path = `/v1/loans/external/${loan.externalId}/rollback`;
    const key = fresh();
    const first = expectOk(await api.post(path, {}, withKey(key)));
    const second = expectOk(await api.post(path, {}, withKey(key)));
    expect([isReplayed(second), second.text]).toEqual([true, first.text]);
    expectRefusal(await api.post(path, {}, withKey(fresh())), '404 not_found');
    expectRefusal(await api.post(path, {}), '404 not_found');
  });

  it('does not care for the order of fields, or how the loan is addressed', async () => {
    loan = await lend({ externalId: fresh() });
    const key = fresh();
    const first = expectOk(await repay({ transactionAmount: 100, note: 'a' }, withKey(key)));
    const byName = `/v1/loans/external/${loan.externalId}/repayments`;
    const again = await api.post(byName, { note: 'a', transactionAmount: 100 }, withKey(key));
    expect(again.text).toBe(first.text);
  });

  it('counts within one call, one loan and one account', async () => {
    const key = fresh();
    const first = expectOk(await repay({ transactionAmount: 100 }, withKey(key))).body;
    const other = await repay({ transactionAmount: 100 }, { as: 'admin', ...withKey(key) });
    expect(expectOk(other).body.id).not.toBe(first.id);
    loan = await lend();
    expect(expectOk(await repay({ transactionAmount: 100 }, withKey(key))).body.loanId).toBe(loan.id);
    expectOk(await api.post('/v1/customers', { externalId: fresh() }, withKey(key)));
  });

  it('stands for customers, their activation, and loans', async () => {
    const key = fresh();
    const person = { externalId: fresh(), active: false };
    const first = expectOk(await api.post('/v1/customers', person, withKey(key)));
    expect((await api.post('/v1/customers', person, withKey(key))).text).toBe(first.text);
    const path = `/v1/customers/${first.body.id}/activate`;
    const active = expectOk(await api.post(path, { activationDate: '2025-01-15' }, withKey(key)));
    expect((await api.post(path, { activationDate: '2025-01-15' }, withKey(key))).text).toBe(active.text);
    const wish = { customerId, productId: 1, principal: 5000 };
    const made = expectOk(await api.post('/v1/loans', wish, withKey(key)));
    expect((await api.post('/v1/loans', wish, withKey(key))).text).toBe(made.text);
  });

  it('stores a refusal of the state of things, and replays it', async () => {
    loan = await lend({ disburse: false });
    const key = fresh();
    const first = await repay({ transactionAmount: 100 }, withKey(key));
    expectRefusal(first, '400 failed_precondition');
    const second = await repay({ transactionAmount: 100 }, withKey(key));
    expect(second.text).toBe(first.text);
    expect(isReplayed(second)).toBe(true);
  });

  it('does not keep a malformed call: it can be mended under the same key', async () => {
    const key = fresh();
    expectRefusal(await repay({ transactionAmount: -1 }, withKey(key)), '400 invalid_argument');
    expectRefusal(await repay({ transactionAmount: 0.001 }, withKey(key)), '400 invalid_argument');
    expectOk(await repay({ transactionAmount: 1 }, withKey(key)));
  });

  it('has 1 to 255 characters', async () => {
    for (const key of ['', 'k'.repeat(256)])
      expectRefusal(await repay({ transactionAmount: 1 }, withKey(key)), '400 invalid_argument');
    expectOk(await repay({ transactionAmount: 1 }, withKey('k'.repeat(255))));
  });
});

describe('a name that went to another', () => {
  const byName = (name: string, verb: string) => `/v1/loans/external/${name}/${verb}`;

  it('does not lead a repeated rollback to the new loan', async () => {
    const externalId = fresh();
    const key = fresh();
    await lend({ externalId });
    const first = expectOk(await api.post(byName(externalId, 'rollback'), {}, withKey(key)));
    loan = await lend({ externalId });
    const again = expectOk(await api.post(byName(externalId, 'rollback'), {}, withKey(key)));
    expect([isReplayed(again), again.text]).toEqual([true, first.text]);
    const other = await api.post(byName(externalId, 'rollback'), { note: 'other' }, withKey(key));
    expectRefusal(other, '409 aborted');
    expect((await reload()).status).toBe('Active');
    expectOk(await api.post(byName(externalId, 'rollback'), {}, withKey(fresh())));
    expectRefusal(await api.get(`/v1/loans/${loan.id}`), '404 not_found');
  });

  it('answers a call on a loan that was given another name since', async () => {
    const externalId = fresh();
    const key = fresh();
    loan = await lend({ externalId, disburse: false });
    const approval = { approvedOnDate: '2025-01-15' };
    const first = expectOk(await api.post(byName(externalId, 'approve'), approval, withKey(key)));
    expectOk(await api.post(byName(externalId, 'undo-approval')));
    expectOk(await api.put(`/v1/loans/${loan.id}`, { externalId: fresh() }));
    const repeat = () => api.post(byName(externalId, 'approve'), approval, withKey(key));
    expect((await repeat()).text).toBe(first.text);
    const namesake = await lend({ externalId, disburse: false });
    expect((await repeat()).text).toBe(first.text);
    expect(expectOk(await api.get(`/v1/loans/${namesake.id}`)).body.status).toMatch(/pending/);
  });

  it('answers a call on a customer who was renamed since', async () => {
    const [name, key] = [fresh(), fresh()];
    const { body: person } = await api.post('/v1/customers', { externalId: name, active: false });
    const path = `/v1/customers/external/${name}/activate`;
    const activate = () => api.post(path, { activationDate: '2025-01-15' }, withKey(key));
    const first = expectOk(await activate());
    expectOk(await api.put(`/v1/customers/${person.id}`, { externalId: fresh() }));
    const { body: namesake } = await api.post('/v1/customers', { externalId: name, active: false });
    expect((await activate()).text).toBe(first.text);
    expect(expectOk(await api.get(`/v1/customers/${namesake.id}`)).body.status).toBe('Pending');
  });
});

describe('a refusal that settings gave', () => {
  it('is not final: the call goes through under its key when the period is open again', async () => {
    const { body: closing } = expectOk(await api.post('/v1/gl-closures', { closingDate: '2025-01-14' }));
    const late = { disburse: true, submittedOnDate: '2025-01-14', expectedDisbursementDate: '2025-01-14' };
    const since = { externalId: fresh(), activationDate: '2025-01-01' };
    const borrower = expectOk(await api.post('/v1/customers', since)).body;
    const wish = { customerId: Number(borrower.id), productId: 1, principal: 5000, ...late };
    const key = fresh();
    const refused = await api.post('/v1/loans', wish, withKey(key));
    expectRefusal(refused, '403 permission_denied');
    expect(refused.body.message).toMatch(/^The books are closed up to 2025-01-14/);
    expect((await api.delete(`/v1/gl-closures/${closing.id}`)).status).toBe(204);
    const made = expectOk(await api.post('/v1/loans', wish, withKey(key)));
    expect([isReplayed(made), made.body.status]).toEqual([false, 'Active']);
  });
});

describe('answers that nobody needs any more', () => {
  const forget = (days: { idempotencyDays: number; moneyIdempotencyDays: number }) =>
    forgetAnswers({ db: world.db, clock: world.clock, config: days });

  it('are forgotten after some days, those about money never', async () => {
    const [key, name] = [fresh(), fresh()];
    const person = () => api.post('/v1/customers', { externalId: name }, withKey(key));
    const payment = () => repay({ transactionAmount: 100 }, withKey(key));
    const other = () => api.post('/v1/loans', { customerId, productId: 1, principal: 5000 }, withKey(key));
    for (const call of [person, payment, other]) expectOk(await call());
    world.clock.setDate('2025-01-21');
    const standard = { idempotencyDays: 5, moneyIdempotencyDays: 0 };
    expect(await forget({ ...standard, idempotencyDays: 6 })).toBe(0);
    expect(await forget(standard)).toBeGreaterThan(0);
    expect(await forget(standard)).toBe(0);
    expectRefusal(await person(), '409 aborted');
    for (const call of [payment, other]) expect(isReplayed(expectOk(await call()))).toBe(true);
    expect(await forget({ idempotencyDays: 0, moneyIdempotencyDays: 5 })).toBeGreaterThan(0);
    for (const call of [payment, other]) expect(isReplayed(expectOk(await call()))).toBe(false);
    world.clock.setDate('2025-01-15');
  });

  it('go with the close of business', async () => {
    const [key, name] = [fresh(), fresh()];
    const person = () => api.post('/v1/customers', { externalId: name }, withKey(key));
    expectOk(await person());
    world.clock.setDate('2025-04-16');
    expectOk(await api.post('/v1/close-of-business', { wait: true }));
    expectRefusal(await person(), '409 aborted');
    world.clock.setDate('2025-01-15');
  });

  it('are looked for once a day, however many days are closed in it', async () => {
    const standard = { ...world.config, idempotencyDays: 5, moneyIdempotencyDays: 0 };
    const daily = () => forgetAnswersDaily({ db: world.db, clock: world.clock, config: standard });
    const person = (key: string, name: string) =>
      api.post('/v1/customers', { externalId: name }, withKey(key));
    const [first, second] = [[fresh(), fresh()] as const, [fresh(), fresh()] as const];
    world.clock.setDate('2025-06-01');
    expectOk(await person(...first));
    expectOk(await person(...second));
    world.clock.setDate('2025-06-06');
    world.clock.advanceSeconds(-3600);
    await daily();
    expect(isReplayed(expectOk(await person(...first)))).toBe(true);
    // Too old now, but they were looked for two hours ago.
    world.clock.advanceSeconds(7200);
    await daily();
    expect(isReplayed(expectOk(await person(...first)))).toBe(true);
    world.clock.setDate('2025-06-07');
    await daily();
    expectRefusal(await person(...second), '409 aborted');
    world.clock.setDate('2025-01-15');
  });

  it('are found however many there are', async () => {
    const { rows } = { rows: 2500 };
    await world.db.read.query(
      `insert into loan_idempotency_key (loan_id, key, account_id, route, fingerprint, body, created_at)
       select n % 3, 'old ' || n, 'someone', 'POST /x', 'f', '{}', '2020-01-01' from generate_series(1, $1) n`,
      [rows],
    );
    expect(await forget({ idempotencyDays: 0, moneyIdempotencyDays: 1000 })).toBe(rows);
  });
});

describe('a hundred callers at once', () => {
  it('with one key in the header: one effect, a hundred equal answers', async () => {
    const key = fresh();
    const replies = await times(100, () => repay({ transactionAmount: 70 }, withKey(key)));
    expect(replies.map((reply) => reply.status)).toEqual(Array(100).fill(200));
    expect(new Set(replies.map((reply) => reply.text)).size).toBe(1);
    expect(replies.filter(isReplayed)).toHaveLength(99);
    expect((await reload()).totalRepayment).toBe(70);
  });

  it('with one key in the body: one effect, a hundred equal answers', async () => {
    const body = { transactionAmount: 70, idempotencyKey: fresh() };
    const replies = await times(100, () => repay(body));
    expect(replies.map((reply) => reply.status)).toEqual(Array(100).fill(200));
    expect(new Set(replies.map((reply) => reply.text)).size).toBe(1);
    expect((await reload()).totalRepayment).toBe(70);
  });

  it('each with an own repayment on one loan: all count, none is lost', async () => {
    const replies = await times(100, (index) => repay({ transactionAmount: index + 1 }));
    expect(replies.map((reply) => reply.status)).toEqual(Array(100).fill(200));
    expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(100);
    const after = await reload();
    expect(after.totalRepayment).toBe(5050);
    expect(after.repaymentHistory).toHaveLength(100);
  });

  it('making one customer: one is made, the others are refused', async () => {
    const externalId = fresh();
    const replies = await times(40, () => api.post('/v1/customers', { externalId }));
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
    expect(replies.filter((reply) => reply.body.code === 'aborted')).toHaveLength(39);
  });

  it('making one customer or one loan under one key: one is made, all are answered alike', async () => {
    const person = { externalId: fresh() };
    const customers = await times(40, () => api.post('/v1/customers', person, withKey(person.externalId)));
    expect(new Set(customers.map((reply) => `${reply.status} ${reply.text}`)).size).toBe(1);
    const before = expectOk(await api.get('/v1/loans')).body.total;
    const wish = { customerId, productId: 1, principal: 5000 };
    const key = fresh();
    const loans = await times(40, () => api.post('/v1/loans', wish, withKey(key)));
    expect(new Set(loans.map((reply) => `${reply.status} ${reply.text}`)).size).toBe(1);
    expect(expectOk(loans[0] as Reply).body.status).toBe('Active');
    expect(expectOk(await api.get('/v1/loans')).body.total).toBe(before + 1);
  });

  it('lending while the customer is being closed: no loan, or the customer stays', async () => {
    const person = expectOk(await api.post('/v1/customers', { externalId: fresh() })).body;
    const wish = { customerId: Number(person.id), productId: 1, principal: 5000 };
    const closure = { closureDate: '2025-01-15', closureReasonId: 17 };
    const [closed, ...loans] = await Promise.all([
      api.post(`/v1/customers/${person.id}/close`, closure),
      ...Array.from({ length: 10 }, () => api.post('/v1/loans', wish)),
    ]);
    const lent = loans.filter((reply) => reply.status === 200).length;
    expect(closed.status === 200 ? lent : closed.status).toBe(closed.status === 200 ? 0 : 409);
    expect([closed, ...loans].every((reply) => [200, 409].includes(reply.status))).toBe(true);
  });

  it('leaves the ledger in balance', async () => {
    const { body } = expectOk(await api.get('/v1/trial-balance'));
    expect(body.totalDebit).toBe(body.totalCredit);
  });
});

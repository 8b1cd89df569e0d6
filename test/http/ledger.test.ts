/** The ledger's operator calls, through HTTP: chart of accounts, journal, entries by hand, closed periods. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalEntry, Loan } from '../../sdk/client.ts';
import { date } from '../../server/domain/date.ts';
import { requireOpenPeriod } from '../../server/operations/ledger/closedPeriod.ts';
import type { Tx } from '../../server/store/database.ts';
import { findClosedUntil } from '../../server/store/ledger/closures.ts';
import { insertManualEntry } from '../../server/store/ledger/manualEntries.ts';
import { auditBook } from '../audit.ts';
import { borrow, pay } from '../lifecycle/borrower.ts';
import { SOON } from '../patience.ts';
import { makeWorld, type World } from '../world.ts';
import { type Caller, callerOf, expectOk, expectRefusal } from './calls.ts';

let world: World;
let api: Caller;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  api = callerOf(world);
});
afterAll(async () => {
  const { faults } = await auditBook(world.db, world.clock.date());
  await world.close();
  expect(faults).toEqual([]);
});

const ROUTES = [
  ['GET', '/v1/gl-accounts'],
  ['POST', '/v1/gl-accounts'],
  ['PUT', '/v1/gl-accounts/1000'],
  ['GET', '/v1/journal-entries'],
  ['GET', '/v1/journal-entries/1'],
  ['POST', '/v1/journal-entries'],
  ['POST', '/v1/journal-entries/1/reverse'],
  ['GET', '/v1/gl-closures'],
  ['POST', '/v1/gl-closures'],
  ['DELETE', '/v1/gl-closures/2024-12-31'],
  ['POST', '/v1/verifications'],
] as const;

it.each(ROUTES)('%s %s is for operators', async (method, path) => {
  const asked = async (as: 'admin' | 'nobody') => (await world.fetch(path, { method, as })).status;
  expect([await asked('admin'), await asked('nobody')]).toEqual([403, 401]);
});

describe('the chart of accounts', () => {
  it('is seeded, and grows', async () => {
    const { glAccounts } = world.operator;
    const before = await glAccounts.list();
    expect(before).toContainEqual({ glCode: '1100', name: 'Loan portfolio', type: 'asset', active: true });
    const made = await glAccounts.create({ glCode: '5400', name: 'Bank charges', type: 'expense' });
    expect(made).toEqual({ glCode: '5400', name: 'Bank charges', type: 'expense', active: true });
    expect(await glAccounts.update('5400', { name: 'Bank fees' })).toMatchObject({ name: 'Bank fees' });
    expect(await glAccounts.list()).toHaveLength(before.length + 1);
  });

  it('refuses a code twice, unknown codes, and taking away what products post to', async () => {
    const account = { glCode: '1000', name: 'Cash again', type: 'asset' };
    expectRefusal(await api.post('/v1/gl-accounts', account), '409 aborted');
    expectRefusal(
      await api.post('/v1/gl-accounts', { ...account, glCode: 'a b' }),
      '400 invalid_argument',
      'glCode',
    );
    expectRefusal(
      await api.post('/v1/gl-accounts', { ...account, type: 'debt' }),
      '400 invalid_argument',
      'type',
    );
    expectRefusal(await api.put('/v1/gl-accounts/nine', { name: 'x' }), '404 not_found');
    const taken = await api.put('/v1/gl-accounts/1100', { active: false });
    expectRefusal(taken, '409 aborted');
    expect(taken.body.message).toMatch(/Loan product .* posts to GL account 1100/);
    expectRefusal(await api.put('/v1/gl-accounts/1100', { type: 'asset' }), '400 invalid_argument', 'type');
  });
});

const capital = {
  date: '2025-01-10',
  reason: 'Share capital paid in',
  lines: [
    { glCode: '1000', debit: 900_000 },
    { glCode: '5400', debit: 100_000.5 },
    { glCode: '3000', credit: 1_000_000.5 },
  ],
};

describe('an entry made by hand', () => {
  it('is kept with its reason and its author, and counts in the trial balance', async () => {
    const { journalEntries, trialBalance } = world.operator;
    const made = await journalEntries.create(capital);
    expect(made).toMatchObject({ origin: 'manual', date: '2025-01-10', reason: 'Share capital paid in' });
    expect(made.createdBy).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.lines).toEqual([
      { glCode: '1000', name: 'Cash and mobile money', debit: 900_000 },
      { glCode: '5400', name: 'Bank fees', debit: 100_000.5 },
      { glCode: '3000', name: 'Share capital', credit: 1_000_000.5 },
    ]);
    expect(await journalEntries.get(made.id)).toEqual(made);
    const then = await trialBalance.get({ date: '2025-01-10' });
    expect(then.items).toContainEqual(expect.objectContaining({ glCode: '3000', credit: 1_000_000.5 }));
    const before = await trialBalance.get({ date: '2025-01-09' });
    expect(before.totalDebit).toBe(0);
  });

  it('is posted once under an idempotency key', async () => {
    const extras = { headers: { 'idempotency-key': 'capital-1' } };
    const first = expectOk(await api.post('/v1/journal-entries', capital, extras));
    const again = expectOk(await api.post('/v1/journal-entries', capital, extras));
    expect(again.text).toBe(first.text);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const other = { ...capital, reason: 'Something else' };
    expectRefusal(await api.post('/v1/journal-entries', other, extras), '409 aborted');
  });

  it('is taken back once, by its mirror', async () => {
    const { journalEntries } = world.operator;
    const made = await journalEntries.create(capital);
    const mirror = await journalEntries.reverse(made.id, { reason: 'Counted twice', date: '2025-01-12' });
    expect(mirror).toMatchObject({ reverses: made.id, date: '2025-01-12', reason: 'Counted twice' });
    expect(mirror.lines).toContainEqual({ glCode: '3000', name: 'Share capital', debit: 1_000_000.5 });
    expect(await journalEntries.get(made.id)).toMatchObject({ reversedBy: mirror.id });
    const again = await api.post(`/v1/journal-entries/${made.id}/reverse`, { reason: 'Once more' });
    expectRefusal(again, '409 aborted');
    const early = { reason: 'Too early', date: '2025-01-09' };
    const standing = await journalEntries.create(capital);
    expectRefusal(
      await api.post(`/v1/journal-entries/${standing.id}/reverse`, early),
      '403 permission_denied',
    );
    await journalEntries.reverse(standing.id, { reason: 'Today' });
  });

  const line = (glCode: string, side: 'debit' | 'credit', amount: number) => ({ glCode, [side]: amount });
  const balanced = [line('1000', 'debit', 10), line('3000', 'credit', 10)];
  const refused = [
    ['without a reason', { reason: undefined }, '400 invalid_argument', 'reason'],
    ['with an empty reason', { reason: '' }, '400 invalid_argument', 'reason'],
    ['with one line', { lines: balanced.slice(1) }, '400 invalid_argument', 'lines'],
    [
      'that does not balance',
      { lines: [line('1000', 'debit', 10), line('3000', 'credit', 9.99)] },
      '400 invalid_argument',
      'lines',
    ],
    [
      'with a line on both sides',
      { lines: [{ glCode: '1000', debit: 1, credit: 1 }, ...balanced] },
      '400 invalid_argument',
      'lines.0',
    ],
    [
      'with a line on no side',
      { lines: [...balanced, { glCode: '1000' }] },
      '400 invalid_argument',
      'lines.2',
    ],
    [
      'with a third decimal',
      { lines: [line('1000', 'debit', 1.005), line('3000', 'credit', 1.005)] },
      '400 invalid_argument',
      'lines.0.debit',
    ],
    [
      'to an unknown account',
      { lines: [line('1000', 'debit', 10), line('0815', 'credit', 10)] },
      '400 invalid_argument',
      'lines.1.glCode',
    ],
    [
      'to the loan portfolio',
      { lines: [line('1100', 'debit', 10), line('3000', 'credit', 10)] },
      '409 aborted',
      undefined,
    ],
    ['in the future', { date: '2025-01-16' }, '403 permission_denied', undefined],
    ['on a day that there is not', { date: '2025-02-30' }, '400 invalid_argument', 'date'],
  ] as const;

  it.each(refused)('%s is refused', async (_what, change, refusal, field) => {
    expectRefusal(await api.post('/v1/journal-entries', { ...capital, ...change }), refusal, field);
  });

  it('to an account that is not active is refused', async () => {
    await world.operator.glAccounts.create({ glCode: '5500', name: 'Rent', type: 'expense' });
    await world.operator.glAccounts.update('5500', { active: false });
    const rent = { ...capital, lines: [line('5500', 'debit', 10), line('1000', 'credit', 10)] };
    expectRefusal(await api.post('/v1/journal-entries', rent), '409 aborted');
  });
});

describe('the journal', () => {
  let loan: Loan;
  let entries: readonly JournalEntry[];
  beforeAll(async () => {
    loan = await borrow(world, { product: 'WL30', principal: 50_000, externalId: 'L/1' });
    world.clock.setDate('2025-02-14');
    await pay(world, loan, 10_000);
    entries = await all({ loanId: loan.id });
  });

  async function all(query: Parameters<typeof world.operator.journalEntries.list>[0]) {
    const found: JournalEntry[] = [];
    for await (const entry of world.operator.journalEntries.list(query)) found.push(entry);
    return found;
  }

  it('shows what the transactions of a loan posted, the newest first', async () => {
    expect(entries.map(({ id, date, transactionType }) => [id, date, transactionType])).toEqual([
      [`${loan.id}-2`, '2025-02-14', 'Repayment'],
      [`${loan.id}-1`, '2025-01-15', 'Disbursement'],
    ]);
    expect(entries[0]).toMatchObject({ origin: 'loan', loanId: loan.id, loanExternalId: 'L/1' });
    expect(entries[0]?.lines).toEqual([
      { glCode: '1000', name: 'Cash and mobile money', debit: 10_000 },
      { glCode: '1100', name: 'Loan portfolio', credit: 5_000 },
      { glCode: '1110', name: 'Interest receivable', credit: 5_000 },
    ]);
    expect(await world.operator.journalEntries.get(`${loan.id}-2`)).toEqual(entries[0]);
  });

  it('is filtered by transaction, account and dates', async () => {
    const transactionId = entries[0]?.transactionId ?? '';
    expect(await all({ loanId: loan.id, transactionId })).toEqual(entries.slice(0, 1));
    expect(await all({ glCode: '1110' })).toEqual(entries.slice(0, 1));
    expect(await all({ fromDate: '2025-02-01' })).toEqual(entries.slice(0, 1));
    const byHand = await all({ glCode: '3000', toDate: '2025-01-10' });
    expect(byHand.length).toBeGreaterThan(2);
    expect(byHand.every(({ origin, date }) => origin === 'manual' && date === '2025-01-10')).toBe(true);
    expect(await all({ glCode: '9999' })).toEqual([]);
  });

  it('comes in pages that hold everything once, by number and by cursor, both ways', async () => {
    for (const sortOrder of ['ASC', 'DESC']) {
      const whole = expectOk(await api.get(`/v1/journal-entries?rows=100&sortOrder=${sortOrder}`)).body;
      const ids = whole.items.map(({ id }) => id);
      expect(whole.total).toBe(ids.length);
      const byNumber: string[] = [];
      const byCursor: string[] = [];
      let cursor = '';
      for (let page = 1; byNumber.length < ids.length; page += 1) {
        const query = `rows=2&sortOrder=${sortOrder}`;
        const numbered = expectOk(await api.get(`/v1/journal-entries?${query}&page=${page}`)).body;
        byNumber.push(...numbered.items.map(({ id }) => id));
        const next = expectOk(await api.get(`/v1/journal-entries?${query}${cursor}`)).body;
        byCursor.push(...next.items.map(({ id }) => id));
        cursor = `&after=${next.nextCursor}`;
      }
      expect(byNumber).toEqual(ids);
      expect(byCursor).toEqual(ids);
    }
  });

  it('refuses what it cannot look for', async () => {
    expectRefusal(await api.get('/v1/journal-entries?transactionId=1'), '400 invalid_argument', 'loanId');
    expectRefusal(
      await api.get('/v1/journal-entries?fromDate=2025-13-01'),
      '400 invalid_argument',
      'fromDate',
    );
    expectRefusal(await api.get('/v1/journal-entries?rows=101'), '400 invalid_argument', 'page');
    expectRefusal(await api.get('/v1/journal-entries?after=abc'), '400 invalid_argument', 'after');
    expectRefusal(await api.get('/v1/journal-entries/99'), '404 not_found');
    expectRefusal(await api.get(`/v1/journal-entries/${loan.id}-99`), '404 not_found');
    expectRefusal(await api.get('/v1/journal-entries/x'), '400 invalid_argument', 'entry_id');
    const cursor = Buffer.from(JSON.stringify(['date', 'DESC', '2025-02-30 1', '1'])).toString('base64url');
    expectRefusal(await api.get(`/v1/journal-entries?after=${cursor}`), '400 invalid_argument', 'after');
  });

  it('leaves entries of loans to their transactions', async () => {
    const reversal = await api.post(`/v1/journal-entries/${loan.id}-1/reverse`, { reason: 'By hand' });
    expectRefusal(reversal, '409 aborted');
    expect(reversal.body.message).toContain(`belongs to loan ${loan.id}`);
  });
});

describe('a closed period', () => {
  let loan: Loan;
  let untouched: Loan;
  beforeAll(async () => {
    world.clock.setDate('2025-03-01');
    loan = await borrow(world, { product: 'WL30', principal: 20_000 });
    untouched = await borrow(world, { product: 'WL30', principal: 9_000 });
    world.clock.setDate('2025-04-10');
    const closure = await world.operator.glClosures.create({ closingDate: '2025-03-31', note: 'March' });
    expect(closure).toMatchObject({ id: '2025-03-31', closingDate: '2025-03-31', note: 'March' });
  });

  it('takes no value-dated repayment, and says what to do', async () => {
    const path = `/v1/loans/${loan.id}/repayments`;
    const late = await api.post(path, { transactionAmount: 5_000, transactionDate: '2025-03-31' });
    expectRefusal(late, '403 permission_denied');
    expect(late.body.message).toBe(
      'The books are closed up to 2025-03-31, and this would post on 2025-03-31: use a date from 2025-04-01 on, or have an operator reopen the period',
    );
    const { body } = expectOk(await api.get(`/v1/loans/${loan.id}`));
    expect(body.totalRepayment).toBe(0);
    expectOk(await api.post(path, { transactionAmount: 5_000, transactionDate: '2025-04-01' }));
  });

  it('takes no backdated loan, no undone disbursement and no entry by hand', async () => {
    const customer = await world.partner.customers.create({ externalId: 'late comer' });
    const backdated = { customerId: customer.id, productId: 1, principal: 9_000 };
    const booked = await api.post('/v1/loans', { ...backdated, expectedDisbursementDate: '2025-03-31' });
    expectRefusal(booked, '403 permission_denied');
    expect(expectOk(await api.get(`/v1/loans?customerId=${customer.id}`)).body.total).toBe(0);
    expectRefusal(await api.post(`/v1/loans/${untouched.id}/undo-disbursal`, {}), '403 permission_denied');
    expectRefusal(await api.post(`/v1/loans/${untouched.id}/rollback`, {}), '403 permission_denied');
    expectRefusal(await api.post(`/v1/journal-entries`, capital), '403 permission_denied');
  });

  it('is followed by later ones only, never by the future', async () => {
    expectRefusal(await api.post('/v1/gl-closures', { closingDate: '2025-03-31' }), '409 aborted');
    expectRefusal(await api.post('/v1/gl-closures', { closingDate: '2025-01-31' }), '409 aborted');
    expectRefusal(await api.post('/v1/gl-closures', { closingDate: '2025-04-11' }), '403 permission_denied');
    expectRefusal(
      await api.post('/v1/gl-closures', { closingDate: 'March' }),
      '400 invalid_argument',
      'closingDate',
    );
  });

  it('is reopened by deleting the latest closure', async () => {
    const { glClosures } = world.operator;
    await glClosures.create({ closingDate: '2025-04-05' });
    expect((await glClosures.list()).map(({ id }) => id)).toEqual(['2025-04-05', '2025-03-31']);
    expectRefusal(await api.delete('/v1/gl-closures/2025-03-31'), '409 aborted');
    expectRefusal(await api.delete('/v1/gl-closures/2025-04-06'), '404 not_found');
    expectRefusal(await api.delete('/v1/gl-closures/latest'), '400 invalid_argument', 'closure_id');
    await glClosures.delete('2025-04-05');
    expectRefusal(await api.delete('/v1/gl-closures/2025-04-05'), '404 not_found');
    await glClosures.delete('2025-03-31');
    expect(await glClosures.list()).toEqual([]);
    const repayment = { transactionAmount: 1_000, transactionDate: '2025-03-31' };
    expectOk(await api.post(`/v1/loans/${loan.id}/repayments`, repayment));
  });
});

describe('closing a period while payments come in', () => {
  it('leaves nothing on or before the date that came after the answer', async () => {
    const loans = await Promise.all(
      Array.from({ length: 6 }, () => borrow(world, { product: 'WL30', principal: 30_000 })),
    );
    world.clock.setDate('2025-04-12');
    let isClosed = false;
    const refused: string[] = [];
    const payments = loans.map(async ({ id }) => {
      // Once more when it is closed: that one is refused.
      for (let isLast = false; !isLast; ) {
        isLast = isClosed;
        const payment = { transactionAmount: 1, transactionDate: '2025-04-11' };
        const reply = await api.post(`/v1/loans/${id}/repayments`, payment);
        if (reply.status !== 200) refused.push(`${reply.status} ${reply.body.code}`);
      }
    });
    await pause(150);
    await world.operator.glClosures.create({ closingDate: '2025-04-11' });
    const count = async () =>
      (await api.get('/v1/journal-entries?fromDate=2025-04-11&toDate=2025-04-11&glCode=1000&rows=1')).body
        .total;
    const before = await count();
    isClosed = true;
    await Promise.all(payments);
    expect(await count()).toBe(before);
    expect(refused.length).toBeGreaterThanOrEqual(loans.length);
    expect(new Set(refused)).toEqual(new Set(['403 permission_denied']));
  });
});

describe('closing a period while a change is under way', () => {
  const lines = [
    { account: '1000', side: 'debit', amount: 5n },
    { account: '3000', side: 'credit', amount: 5n },
  ] as const;
  const facts = { reason: 'Late', madeBy: 'a test', reverses: null, reversedBy: null, lines };

  /** What every posting does: write, and look behind the writes. */
  async function post(tx: Tx, id: bigint): Promise<void> {
    const entry = { ...facts, id, date: date('2025-04-19'), recordedAt: world.clock.now() };
    const [, closedUntil] = await Promise.all([insertManualEntry(tx, entry), findClosedUntil(tx)]);
    requireOpenPeriod([entry], closedUntil);
  }

  it('waits for one that has posted, and refuses one that comes to post later', async () => {
    world.clock.setDate('2025-04-20');
    const [posted, mayCommit, mayPost] = [gate(), gate(), gate()];
    const early = world.db.transaction(async (tx) => {
      await post(tx, 9001n);
      posted.open();
      await mayCommit.opened;
    });
    const late = world.db.transaction(async (tx) => {
      await findClosedUntil(tx);
      await mayPost.opened;
      await post(tx, 9002n);
    });
    await posted.opened;
    let isClosed = false;
    const closing = world.operator.glClosures.create({ closingDate: '2025-04-19' }).then(() => {
      isClosed = true;
    });
    const latest = async () => (await world.operator.glClosures.list())[0]?.id;
    await expect.poll(latest, SOON).toBe('2025-04-19');
    await pause(300);
    expect(isClosed).toBe(false);
    mayPost.open();
    await expect(late).rejects.toThrow(/The books are closed up to 2025-04-19/);
    mayCommit.open();
    await Promise.all([early, closing]);
    expect((await api.get('/v1/journal-entries/9001')).status).toBe(200);
    expect((await api.get('/v1/journal-entries/9002')).status).toBe(404);
  });
});

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

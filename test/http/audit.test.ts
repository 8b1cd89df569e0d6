/** The audit trail: who changed what, and that nobody can change the record of it unnoticed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../sdk/client.ts';
import { borrow, pay } from '../lifecycle/borrower.ts';
import { makeWorld, type World } from '../world.ts';
import { callerOf, expectRefusal } from './calls.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
});
afterAll(() => world?.close());

const entriesOf = async (query: { loanId?: string; customerId?: string; operation?: string }) =>
  [...(await world.partner.audit.list({ rows: 100, ...query }).page()).items].reverse();
const steps = (entries: readonly AuditEntry[]) =>
  entries.map(({ operation, before, after }) => [operation, before ?? null, after ?? null]);

describe('GET /v1/audit', () => {
  it('tells the life of a loan: who, what, when, from where, before and after', async () => {
    const loan = await borrow(world, { product: 'TL12', principal: 50_000, externalId: 'audited' });
    const headers = { 'x-request-id': 'call-17', 'content-type': 'application/json' };
    const body = JSON.stringify({ transactionAmount: 60_000, note: 'thanks' });
    await world.fetch('/v1/loans/external/audited/repayments', { method: 'POST', headers, body });
    const entries = await entriesOf({ loanId: loan.id });
    expect(steps(entries)).toEqual([
      ['createLoan', null, { version: 1, status: 'active' }],
      ['createRepayment', { version: 1, status: 'active' }, { version: 2, status: 'overpaid' }],
    ]);
    const account = (await world.partner.accounts.page({ rows: 100 })).items.find(
      ({ email }) => email === 'partner@example.com',
    );
    expect(entries[1]).toMatchObject({
      accountId: account?.id,
      requestId: 'call-17',
      subject: { kind: 'loan', id: loan.id },
      recordedAt: '2025-01-15T09:00:00.000Z',
      command: { transactionAmount: 60_000, note: 'thanks' },
    });
    expect(entries[1]?.address).toMatch(/127\.0\.0\.1/);
  });

  it('writes nothing for what was refused, repeated or only asked', async () => {
    const loan = await borrow(world, { product: 'WL30', principal: 50_000 });
    const once = { idempotencyKey: 'once' };
    await world.partner.repayments.create(loan.id, { transactionAmount: 10 }, once);
    await world.partner.repayments.create(loan.id, { transactionAmount: 10 }, once);
    await world.partner.loans.get(loan.id);
    await world.partner.loans.approve(loan.id, { approvedOnDate: '2025-01-15' }).catch(() => undefined);
    expect((await entriesOf({ loanId: loan.id })).length).toBe(2);
  });

  it('keeps changes of customers, accounts and keys, without secrets and particulars', async () => {
    const customer = await world.partner.customers.create({ externalId: 'c1', firstname: 'Mwanaisha' });
    await world.partner.customers.update(customer.id, { mobileNo: '255700000001' });
    const account = await world.partner.accounts.create({ email: 'x@example.com', roles: ['ADMIN'] });
    await world.partner.accounts.setPassword(account.id, 'an entirely new password');
    await world.partner.accounts.disable(account.id);
    await world.partner.signingKeys.rotate();
    const all = await entriesOf({});
    expect(all.map(({ operation }) => operation)).toEqual(
      expect.arrayContaining([
        ...['createCustomer', 'updateCustomer', 'createAccount', 'setAccountPassword', 'disableAccount'],
        ...['rotateSigningKey', 'createFirstAccount', 'makeFirstSigningKey'],
      ]),
    );
    expect(all.find(({ operation }) => operation === 'updateCustomer')?.command).toEqual({
      mobileNo: '(withheld)',
    });
    const text = JSON.stringify(all);
    for (const secret of ['Mwanaisha', '255700000001', 'an entirely new password', 'x@example.com'])
      expect(text).not.toContain(secret);
  });

  it('keeps both steps of what a rollback removes', async () => {
    const loan = await borrow(world, { product: 'TL12', principal: 50_000 });
    await world.partner.loans.rollBack(loan.id);
    const last = (await entriesOf({ loanId: loan.id })).at(-1);
    expect(last).toMatchObject({ operation: 'rollBackLoan', before: { status: 'pending' } });
    expect(last?.after).toBeUndefined();
  });

  it('tells the changes of the ledger, before and after', async () => {
    const api = callerOf(world);
    const of = async (kind: string, id: string) => {
      const { items } = await world.partner.audit.list({ subjectKind: kind, subjectId: id }).page();
      return steps([...items].reverse());
    };
    await api.post('/v1/gl-accounts', { glCode: '5999', name: 'Tea', type: 'expense' });
    await api.put('/v1/gl-accounts/5999', { name: 'Coffee', active: false });
    expect(await of('glAccount', '5999')).toEqual([
      ['createGlAccount', null, { name: 'Tea', active: true }],
      ['updateGlAccount', { name: 'Tea', active: true }, { name: 'Coffee', active: false }],
    ]);
    const lines = [
      { glCode: '1000', debit: 5 },
      { glCode: '3000', credit: 5 },
    ];
    const entry = { date: '2025-01-15', reason: 'Capital', lines };
    const { body: posted } = await api.post('/v1/journal-entries', entry);
    const told = { date: '2025-01-15', reason: 'Capital' };
    expect(await of('journalEntry', posted.id)).toMatchObject([
      [
        'createJournalEntry',
        null,
        { ...told, lines: [{ account: '1000', side: 'debit', amount: '500' }, {}] },
      ],
    ]);
    const { body: back } = await api.post(`/v1/journal-entries/${posted.id}/reverse`, { reason: 'Mistake' });
    expect(await of('journalEntry', back.id)).toMatchObject([
      ['reverseJournalEntry', null, { reason: 'Mistake', reverses: posted.id }],
    ]);
    await api.post('/v1/gl-closures', { closingDate: '2024-12-31' });
    await api.delete('/v1/gl-closures/2024-12-31');
    expect(await of('glClosure', '2024-12-31')).toMatchObject([
      ['createGlClosure', null, { status: 'closed' }],
      ['deleteGlClosure', { status: 'closed' }, null],
    ]);
  });

  it('filters, pages and is for operators only', async () => {
    const api = callerOf(world);
    const count = async (query: string) => (await api.get(`/v1/audit?${query}`)).body.total;
    const total = await count('');
    const first = await count('to=2025-01-14');
    expect(first).toBeGreaterThan(0);
    expect(await count('from=2025-01-15&to=2025-01-15')).toBe(total - first);
    expect(await count('from=2025-01-16')).toBe(0);
    expect(await count('operation=rollBackLoan')).toBe(2);
    expect(await count('accountId=00000000-0000-4000-8000-000000000000')).toBe(0);
    expect(await count('requestId=call-17')).toBe(1);
    expect(await count('subjectKind=loan')).toBeGreaterThan(3);
    const twice = await api.get('/v1/audit?loanId=1&subjectKind=loan');
    expectRefusal(twice, '400 invalid_argument', 'subjectKind');
    expectRefusal(await api.get('/v1/audit?subjectId=1'), '400 invalid_argument', 'subjectKind');
    const seen = new Set<string>();
    for await (const { chain, seq } of world.partner.audit.list({ rows: 3 })) seen.add(`${chain}/${seq}`);
    expect(seen.size).toBe(total);
    expectRefusal(await api.get('/v1/audit', { as: 'admin' }), '403 permission_denied');
    expectRefusal(await api.get('/v1/audit/verification', { as: 'admin' }), '403 permission_denied');
    expectRefusal(await api.get('/v1/audit?loanId=1&customerId=1'), '400 invalid_argument', 'customerId');
  });
});

describe('GET /v1/audit/verification', () => {
  /** Does something to the rows behind the server's back and takes it back afterwards. */
  async function faultsAfter(statement: string): Promise<string[]> {
    await world.db.read.query('create table kept as select * from audit_entry');
    try {
      await world.db.read.query(statement);
      return (await world.partner.audit.verify()).faults.map(({ kind, place }) => `${kind}: ${place}`);
    } finally {
      await world.db.read.query('delete from audit_entry');
      await world.db.read.query('insert into audit_entry select * from kept');
      await world.db.read.query('drop table kept');
    }
  }

  const lastOf = (kind: string, id: string) =>
    `delete from audit_entry where subject_kind = '${kind}' and subject_id = '${id}' and recorded_at =
       (select max(recorded_at) from audit_entry where subject_kind = '${kind}' and subject_id = '${id}')
       and seq = (select max(seq) from audit_entry where subject_kind = '${kind}' and subject_id = '${id}')`;

  const LONGEST = '(select chain from audit_entry group by chain order by count(*) desc limit 1)';
  const MIDDLE = `chain = ${LONGEST} and seq = 3`;

  it('finds the trail of many concurrent changes whole', async () => {
    const loans = await Promise.all(
      Array.from({ length: 6 }, () => borrow(world, { product: 'TL12', principal: 60_000 })),
    );
    await Promise.all(loans.flatMap((loan) => [1, 2, 3, 4].map((amount) => pay(world, loan, amount))));
    const found = await world.partner.audit.verify();
    expect(found).toMatchObject({ intact: true, faults: [] });
    expect(found.entries).toBeGreaterThan(36);
    expect(found.chains).toBeGreaterThan(1);
  });

  it.each([
    ['a changed fact', `update audit_entry set facts = replace(facts, 'after', 'later') where ${MIDDLE}`],
    ['another account', `update audit_entry set account_id = 'someone' where ${MIDDLE}`],
    [
      'another time',
      `update audit_entry set recorded_at = recorded_at + interval '1 microsecond' where ${MIDDLE}`,
    ],
    ['another digest', `update audit_entry set hash = 'x' where ${MIDDLE}`],
  ])('finds %s', async (_what, statement) => {
    expect(await faultsAfter(statement)).toContainEqual(expect.stringMatching(/^changed: chain .*, row 3$/));
  });

  it('finds a removed row', async () => {
    const faults = await faultsAfter(`delete from audit_entry where ${MIDDLE}`);
    expect(faults).toContainEqual(expect.stringMatching(/^removed: chain .*, row 4$/));
  });

  it('finds that the very last row of a chain was removed', async () => {
    const last = await world.partner.customers.create({ externalId: 'last' });
    const faults = await faultsAfter(`delete from audit_entry where place = ${last.id}`);
    expect(faults).toContainEqual(`removed: customer ${last.id}`);
  });

  it.each([
    ['of an account', 'account', (id: string) => world.partner.accounts.setRoles(id, ['OPERATOR'])],
    ['of a disabled account', 'account', (id: string) => world.partner.accounts.disable(id)],
  ])('finds that the very last row %s was removed', async (_what, kind, act) => {
    const email = `${Math.random()}@example.com`;
    const { id } = await world.partner.accounts.create({ email, roles: ['ADMIN'] });
    await act(id);
    expect(await faultsAfter(lastOf(kind, id))).toContainEqual(`removed: ${kind} ${id}`);
  });

  it('finds that the very last row of the ledger was removed', async () => {
    const api = callerOf(world);
    await api.post('/v1/gl-accounts', { glCode: '5998', name: 'Rent', type: 'expense' });
    await api.put('/v1/gl-accounts/5998', { active: false });
    expect(await faultsAfter(lastOf('glAccount', '5998'))).toContainEqual('removed: glAccount 5998');
    await api.post('/v1/gl-closures', { closingDate: '2024-11-30' });
    expect(await faultsAfter(lastOf('glClosure', '2024-11-30'))).toContainEqual(
      'removed: glClosure 2024-11-30',
    );
    world.clock.advanceSeconds(1);
    await api.delete('/v1/gl-closures/2024-11-30');
    expect(await faultsAfter(lastOf('glClosure', '2024-11-30'))).toContainEqual(
      'removed: glClosure 2024-11-30',
    );
    const lines = [
      { glCode: '1000', debit: 5 },
      { glCode: '3000', credit: 5 },
    ];
    const { body } = await api.post('/v1/journal-entries', { date: '2025-01-15', reason: 'Capital', lines });
    expect(await faultsAfter(lastOf('journalEntry', body.id))).toContainEqual(
      `removed: journalEntry ${body.id}`,
    );
  });

  async function anchors(): Promise<number> {
    return (await world.db.read.query(`select from audit_entry where operation = 'anchor'`)).length;
  }

  it('finds by the anchors that the end of a chain, or all of it, was removed', async () => {
    world.clock.advanceSeconds(120);
    const before = await anchors();
    // The ends of the other chains are read beside the work: the anchor comes with one of the next changes.
    const three = (round: number) =>
      Promise.all(
        [1, 2, 3].map((each) => world.partner.customers.create({ externalId: `late ${round} ${each}` })),
      );
    for (let round = 1; round <= 20 && (await anchors()) === before; round += 1) await three(round);
    const known = `(select a.chain from audit_entry a where exists (
      select from audit_entry b where b.operation = 'anchor' and b.chain <> a.chain
        and b.facts like '%' || a.chain || '%') group by a.chain order by count(*) desc limit 1)`;
    const whole = await faultsAfter(`delete from audit_entry where chain = ${known}`);
    expect(whole.filter((fault) => /^removed: chain [^,]*$/.test(fault))).toHaveLength(1);
  });

  it.each([
    [
      'in between',
      `insert into audit_entry select place + 1, chain, seq, recorded_at, account_id, operation, address,
         request_id, subject_kind, subject_id, version, facts, hash from audit_entry where ${MIDDLE}`,
      /^inserted: chain .*, row 3$/,
    ],
    [
      'at the end',
      `insert into audit_entry select place, chain, (select max(seq) + 1 from audit_entry b
           where b.chain = a.chain), recorded_at, account_id, operation, address, request_id, subject_kind,
         subject_id, version, facts, hash from audit_entry a where ${MIDDLE}`,
      /^changed: chain .*$/,
    ],
    [
      'as a chain of its own',
      `insert into audit_entry select place, gen_random_uuid(), 1, recorded_at, account_id, operation,
         address, request_id, subject_kind, subject_id, version, facts, hash from audit_entry where ${MIDDLE}`,
      /^changed: chain .*, row 1$/,
    ],
  ])('finds a row put in %s', async (_where, statement, fault) => {
    expect(await faultsAfter(statement)).toContainEqual(expect.stringMatching(fault));
  });

  it('goes on being whole after a transaction was undone', async () => {
    const broken = world.db.transaction(async (tx) => {
      await tx.query('select 1 / 0');
    });
    await expect(broken).rejects.toThrow();
    const loan = await borrow(world, { product: 'WL30', principal: 50_000 });
    const wrong = { transactionAmount: 1, paymentTypeId: '99' };
    await world.partner.repayments.create(loan.id, wrong).catch(() => undefined);
    await pay(world, loan, 5);
    expect((await world.partner.audit.verify()).faults).toEqual([]);
  });
});

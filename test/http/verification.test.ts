/** The proof of the book: silent about a sound one, precise about each kind of damage. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Loan, Verification } from '../../sdk/client.ts';
import { projectRoot } from '../../server/root.ts';
import { emailOf, PASSWORD } from '../beginning.ts';
import { borrow, pay } from '../lifecycle/borrower.ts';
import { makeWorld, type World } from '../world.ts';
import { callerOf, expectOk, expectRefusal } from './calls.ts';

let world: World;
let loan: Loan;
let entryId: string;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  loan = await borrow(world, { product: 'TL12', principal: 120_000, externalId: 'LOAN-1' });
  const overpaid = await borrow(world, { product: 'WL30', principal: 10_000 });
  const gone = await borrow(world, { product: 'WL30', principal: 30_000, externalId: 'GONE' });
  await world.partner.loans.rollBack(gone.id);
  for (let count = 0; count < 4; count += 1) await borrow(world, { product: 'WL30', principal: 20_000 });
  world.clock.setDate('2025-02-15');
  await pay(world, loan, 12_000);
  await pay(world, overpaid, 12_000);
  const capital = {
    date: '2025-02-01',
    reason: 'Share capital paid in',
    lines: [
      { glCode: '1000', debit: 500 },
      { glCode: '3000', credit: 500 },
    ],
  };
  entryId = (await world.operator.journalEntries.create(capital)).id;
  const wrong = await world.operator.journalEntries.create(capital);
  await world.operator.journalEntries.reverse(wrong.id, { reason: 'Counted twice' });
  await world.operator.glClosures.create({ closingDate: '2025-01-31' });
});
afterAll(() => world.close());

async function verify(query?: { rows?: number; replayEvery?: number }): Promise<Verification[]> {
  const parts: Verification[] = [];
  for await (const part of world.operator.verifications.run(query)) parts.push(part);
  return parts;
}

const findings = async () => (await verify()).flatMap((part) => part.findings);
const run = (sql: string, values: readonly unknown[] = []) => world.db.read.query(sql, values);

describe('a sound book', () => {
  it('is proved, and its control accounts are shown as the ledger and the loans have them', async () => {
    const parts = await verify({ rows: 500 });
    expect(parts.flatMap((part) => part.findings)).toEqual([]);
    expect(parts[0]).toMatchObject({ loans: 7, transactions: 9, journalEntries: 11 });
    expect(parts.reduce((count, part) => count + part.externalIds, 0)).toBe(8);
    const portfolio = parts[0]?.controlAccounts.find((each) => each.glCode === '1100');
    expect(portfolio).toEqual({
      glCode: '1100',
      roles: ['loanPortfolio'],
      ledger: 191_052.85,
      loans: 191_052.85,
    });
    const trial = await world.operator.trialBalance.get();
    const listed = trial.items.find((each) => each.glCode === '1100');
    expect((listed?.debit ?? 0) - (listed?.credit ?? 0)).toBe(191_052.85);
  });

  it('is proved in parts of any size, each thing once', async () => {
    for (const rows of [1, 3]) {
      const parts = await verify({ rows, replayEvery: 2 });
      const total = (field: 'loans' | 'journalEntries' | 'externalIds') =>
        parts.reduce((count, part) => count + part[field], 0);
      expect([total('loans'), total('journalEntries'), total('externalIds')]).toEqual([7, 14, 8]);
      expect(parts.flatMap((part) => part.findings)).toEqual([]);
    }
  });

  it('is proved while others write, and holds nobody up', async () => {
    const writers = Array.from({ length: 4 }, () => borrow(world, { product: 'WL30', principal: 5_000 }));
    const [parts] = await Promise.all([verify({ rows: 2 }), ...writers]);
    expect(parts.flatMap((part) => part.findings)).toEqual([]);
  });

  it('is proved from a place that a verification has named', async () => {
    const api = callerOf(world);
    const refused = await api.post('/v1/verifications', { after: 'somewhere' });
    expectRefusal(refused, '400 invalid_argument', 'after');
    expectRefusal(await api.post('/v1/verifications', { rows: 501 }), '400 invalid_argument', 'rows');
    const last = expectOk(await api.post('/v1/verifications', { after: 'names:loan:zzz' }));
    expect(last.body).toMatchObject({ loans: 0, findings: [] });
  });
});

/** Damage done by SQL, how it is undone, and all that is found. */
interface Damage {
  readonly what: string;
  readonly harm: readonly string[];
  readonly mend: readonly string[];
  readonly found: readonly (readonly [rule: string, where: string, message: RegExp])[];
}

const ENTRY = 'loan_id = 1 and entry_seq = 2';
const A_TOTAL = `(slot, entry_date, debit_account, credit_account) = (
  select slot, entry_date, debit_account, credit_account from ledger_total
  where debit_account = '1000' and credit_account = '3000' order by slot limit 1)`;
const A_COUNT = `(slot, product_id, status) = (
  select slot, product_id, status from loan_count
  where product_id = 1 and status = 'active' order by slot limit 1)`;

const DAMAGES: readonly Damage[] = [
  {
    what: 'a changed amount',
    harm: [`update journal_entry set amount = amount - 100 where ${ENTRY} and credit_account = '1100'`],
    mend: [`update journal_entry set amount = amount + 100 where ${ENTRY} and credit_account = '1100'`],
    found: [
      [
        'journal_follows_history',
        'loan 1',
        /^transaction \d+ \(repayment of 2025-02-15\): posted 11999\.00 on account 1000, should be 12000/,
      ],
      ['journal_follows_history', 'loan 1', /posted -8946\.15 on account 1100, should be -8947\.15$/],
      [
        'control_accounts_hold_the_loans',
        'loan 1',
        /^account 1100 \(loanPortfolio\) is 111053\.85 in the ledger, 111052\.85 in the loan$/,
      ],
    ],
  },
  {
    what: 'a deleted line',
    harm: [
      `create table kept as select * from journal_entry where ${ENTRY} and line = 2`,
      `delete from journal_entry where ${ENTRY} and line = 2`,
    ],
    mend: ['insert into journal_entry select * from kept', 'drop table kept'],
    found: [
      ['journal_follows_history', 'loan 1', /posted 8947\.15 on account 1000, should be 12000\.00/],
      ['journal_follows_history', 'loan 1', /posted 0\.00 on account 1110, should be -3052\.85/],
      ['control_accounts_hold_the_loans', 'loan 1', /^account 1110 \(interestReceivable\) is 0\.00/],
    ],
  },
  {
    what: 'a deleted first line',
    harm: [
      'create table kept as select * from journal_entry where loan_id = 2 and entry_seq = 1',
      'delete from journal_entry where loan_id = 2 and entry_seq = 1',
    ],
    mend: ['insert into journal_entry select * from kept', 'drop table kept'],
    found: [
      ['journal_is_whole', 'loan 2', /^entry 1 of 3 is missing$/],
      ['journal_follows_history', 'loan 2', /disbursement of 2025-01-15.*account 1000/],
      ['journal_follows_history', 'loan 2', /disbursement of 2025-01-15.*account 1100/],
      ['control_accounts_hold_the_loans', 'loan 2', /account 1100/],
    ],
  },
  {
    what: 'a line to another account',
    harm: [`update journal_entry set debit_account = '3900' where ${ENTRY} and line = 1`],
    mend: [`update journal_entry set debit_account = '1000' where ${ENTRY} and line = 1`],
    found: [
      ['journal_follows_history', 'loan 1', /account 1000/],
      ['journal_follows_history', 'loan 1', /posted 8947\.15 on account 3900, should be 0\.00/],
    ],
  },
  {
    what: 'a line to an account that does not exist',
    harm: [`update journal_entry set debit_account = '9999' where ${ENTRY} and line = 1`],
    mend: [`update journal_entry set debit_account = '1000' where ${ENTRY} and line = 1`],
    found: [
      ['journal_follows_history', 'loan 1', /account 1000/],
      ['journal_follows_history', 'loan 1', /posted 8947\.15 on account 9999, should be 0\.00/],
    ],
  },
  {
    what: 'a changed document',
    harm: [
      `update loan set state = jsonb_set(state::jsonb, '{installments,0,paid,principal}', '"#1"') where id = 1`,
    ],
    mend: [
      `update loan set state = jsonb_set(state::jsonb, '{installments,0,paid,principal}', '"#894715"') where id = 1`,
    ],
    found: [
      [
        'control_accounts_hold_the_loans',
        'loan 1',
        /account 1100 .* 111052\.85 in the ledger, 119999\.99 in/,
      ],
      ['columns_follow_document', 'loan 1', /^oldestUnpaidDueDate is 2025-03-15, should be 2025-02-15$/],
      ['loan_follows_history', 'loan 1', /^installments 1: /],
    ],
  },
  {
    what: 'a document beyond reading',
    harm: [
      'create table kept as select id, terms_id from loan where id = 2',
      `update loan set terms_id = gen_random_uuid() where id = 2`,
    ],
    mend: ['update loan set terms_id = kept.terms_id from kept where kept.id = loan.id', 'drop table kept'],
    found: [
      [
        'journal_follows_history',
        'loan 2',
        /^transaction \d+ \(disbursement .*\): what is stored makes no sense/,
      ],
      ['control_accounts_hold_the_loans', 'loan 2', /^what is stored makes no sense: /],
      ['loan_follows_history', 'loan 2', /^what is stored makes no sense: /],
    ],
  },
  {
    what: 'a sum of repayments that is not that of the rows',
    harm: [`update loan set state = jsonb_set(state::jsonb, '{repaid,amount}', '"#1"') where id = 1`],
    mend: [
      `update loan set state = jsonb_set(state::jsonb, '{repaid,amount}', (select to_jsonb('#' || coalesce(sum(amount), 0))
         from loan_transaction where loan_id = 1 and type = 'repayment' and reversal = 'none')) where id = 1`,
    ],
    found: [['columns_follow_document', 'loan 1', /^repaid.amount is 1, should be \d+$/]],
  },
  {
    what: 'a column that says something else than the document',
    harm: [`update loan set status = 'closed' where id = 1`],
    mend: [`update loan set status = 'active' where id = 1`],
    found: [['columns_follow_document', 'loan 1', /^status is closed, should be active$/]],
  },
  {
    what: 'a changed transaction',
    harm: ['update loan_transaction set amount = amount + 1 where loan_id = 1 and seq = 2'],
    mend: ['update loan_transaction set amount = amount - 1 where loan_id = 1 and seq = 2'],
    found: [
      [
        'journal_follows_history',
        'loan 1',
        /^transaction \d+ \(repayment .*\): what is stored makes no sense: .* out of balance by 1/,
      ],
      ['columns_follow_document', 'loan 1', /^repaid\.amount is \d+, should be \d+$/],
      ['loan_follows_history', 'loan 1', /^transactions 2: /],
      ['loan_follows_history', 'loan 1', /^installments 2: /],
    ],
  },
  {
    what: 'a changed split',
    harm: [
      'update loan_transaction set principal = principal + 1, interest = interest - 1 where loan_id = 1 and seq = 2',
    ],
    mend: [
      'update loan_transaction set principal = principal - 1, interest = interest + 1 where loan_id = 1 and seq = 2',
    ],
    found: [
      ['journal_follows_history', 'loan 1', /posted -8947\.15 on account 1100, should be -8947\.16$/],
      ['journal_follows_history', 'loan 1', /posted -3052\.85 on account 1110, should be -3052\.84$/],
      ['columns_follow_document', 'loan 1', /^repaid\.principal is \d+, should be \d+$/],
      ['loan_follows_history', 'loan 1', /^transactions 2: /],
    ],
  },
  {
    what: 'a name without a bearer, and a bearer without a name',
    harm: [`update external_id set id = 4711 where external_id = 'LOAN-1'`],
    mend: [`update external_id set id = 1 where external_id = 'LOAN-1'`],
    found: [
      ['names_lead_to_their_bearer', 'loan 1', /^calls itself "LOAN-1", which leads to loan 4711$/],
      ['nothing_is_orphaned', 'loan 4711', /^is named "LOAN-1", but is not there$/],
    ],
  },
  {
    what: 'entries of a loan that is not there',
    harm: [
      'create table kept as select * from loan where id = 4',
      'alter table loan_transaction drop constraint loan_transaction_loan_id_fkey',
      'alter table loan_event drop constraint loan_event_loan_id_fkey',
      'alter table loan_closing drop constraint loan_closing_loan_id_fkey',
      'delete from loan where id = 4',
    ],
    mend: ['insert into loan select * from kept', 'drop table kept'],
    found: [
      ['nothing_is_orphaned', 'loan 4', /^has transactions, but there is no such loan$/],
      ['nothing_is_orphaned', 'loan 4', /^has journal entries, but there is no such loan$/],
    ],
  },
  {
    what: 'a posting into a closed period',
    harm: [
      `update journal_entry set entry_date = '2025-01-31', recorded_at = recorded_at + interval '1 s' where ${ENTRY} and line = 1`,
    ],
    mend: [
      `update journal_entry set entry_date = '2025-02-15', recorded_at = recorded_at - interval '1 s' where ${ENTRY} and line = 1`,
    ],
    found: [
      [
        'closed_periods_stand',
        'loan 1',
        /^posted on 2025-01-31 .* after the books were closed up to 2025-01-31/,
      ],
      ['journal_follows_history', 'loan 1', /: posted on 2025-01-31, should be on 2025-02-15$/],
    ],
  },
  {
    what: 'a sum of a day that is not that of the journal',
    harm: [`update ledger_total set amount = amount + 100 where ${A_TOTAL}`],
    mend: [`update ledger_total set amount = amount - 100 where ${A_TOTAL}`],
    found: [
      [
        'totals_follow_journal',
        'ledger of 2025-02-01',
        /^from 3000 to 1000: .* in the totals, .* in the journal$/,
      ],
    ],
  },
  {
    what: 'a count that is not that of the rows',
    harm: [`update loan_count set loans = loans + 1 where ${A_COUNT}`],
    mend: [`update loan_count set loans = loans - 1 where ${A_COUNT}`],
    found: [['counts_follow_rows', 'loans of product 1, active', /^\d+ by the count, \d+ by their rows$/]],
  },
];

/** Whoever damages rows behind the program's back leaves counts and sums behind, which tell of it. */
const BESIDE = ['totals_follow_journal', 'counts_follow_rows'];

describe.each(DAMAGES)('$what', ({ harm, mend, found }) => {
  it('is found, said where, and nothing else', async () => {
    for (const statement of harm) await run(statement);
    const isAsked = (rule: string) => !BESIDE.includes(rule) || found.some(([each]) => each === rule);
    const seen = (await findings()).filter(({ rule }) => isAsked(rule));
    for (const statement of mend) await run(statement);
    const left = [...seen];
    for (const [rule, where, message] of found) {
      const place = left.findIndex(
        (each) => each.rule === rule && each.where === where && message.test(each.message),
      );
      expect(place, `${rule} ${where} ${message} in ${JSON.stringify(seen, null, 2)}`).toBeGreaterThanOrEqual(
        0,
      );
      left.splice(place, 1);
    }
    expect(left.filter((each) => !found.some(([rule]) => rule === each.rule))).toEqual([]);
    expect(await findings()).toEqual([]);
  });
});

describe('entries made by hand', () => {
  it('that lost their lines, or moved a control account, are found', async () => {
    await run(`update manual_movement set debit_account = '1100' where entry_id = $1`, [entryId]);
    await run('create table kept as select * from manual_movement where entry_id > $1', [entryId]);
    await run('delete from manual_movement where entry_id = $1', [String(Number(entryId) + 1)]);
    const seen = (await findings()).filter(({ rule }) => !BESIDE.includes(rule));
    await run(`update manual_movement set debit_account = '1000' where entry_id = $1`, [entryId]);
    await run('insert into manual_movement select * from kept on conflict do nothing');
    await run('drop table kept');
    expect(seen.map(({ rule, where, message }) => `${rule}, ${where}: ${message}`)).toEqual([
      `control_accounts_hold_the_loans, journal entry ${entryId}: debits 50000 to control account 1100 by hand`,
      `journal_is_whole, journal entry ${Number(entryId) + 1}: has no lines`,
      `journal_is_whole, journal entry ${Number(entryId) + 2}: is not the mirror of journal entry ${Number(entryId) + 1}, which it takes back`,
    ]);
    expect(await findings()).toEqual([]);
  });
});

describe('loanbook verify', () => {
  function command(...args: string[]): Promise<{ code: number; out: string }> {
    const env = {
      ...process.env,
      LOANBOOK_URL: world.apiUrl,
      LOANBOOK_AUTH_URL: world.authUrl,
      LOANBOOK_EMAIL: emailOf('operator'),
      LOANBOOK_PASSWORD: PASSWORD,
    };
    return new Promise((resolve) =>
      execFile(
        process.execPath,
        [join(projectRoot, 'cli', 'bin.mjs'), 'verify', ...args],
        { env },
        (error, out) => resolve({ code: error === null ? 0 : Number(error.code), out }),
      ),
    );
  }

  it('says what it looked at, and ends with 0 when nothing is wrong', async () => {
    const { code, out } = await command();
    expect(out).toMatch(/^\d+ loans, \d+ transactions, \d+ journal entries, \d+ external ids\n/);
    expect(out).toMatch(/\n1100 +loanPortfolio +([\d.]+) +\1\n/);
    expect(out).toMatch(/\nnothing is wrong\n$/);
    expect(code).toBe(0);
  });

  it('ends with 1 and a line for each fault', async () => {
    await run('update loan set principal = principal + 1 where id = 1');
    const plain = await command('--replay-every', '0');
    const json = await command('--json');
    await run('update loan set principal = principal - 1 where id = 1');
    expect(plain.out).toMatch(
      /\ncolumns_follow_document +loan 1 +principal is 12000001, should be 12000000\n1 wrong\n$/,
    );
    expect([plain.code, json.code]).toEqual([1, 1]);
    expect(JSON.parse(json.out)).toMatchObject({ findings: [{ where: 'loan 1' }] });
  });
});

/**
 * Reports of a small book that lived for some months, against an independent computation: from what the API
 * shows of each loan, added up here. LOANBOOK_TEST_SEED for other lives.
 */
import { parse } from 'csv-parse/sync';
import { readSheet } from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Loan, LoanTransaction, ReportName, ReportQuery } from '../../sdk/client.ts';
import { post } from '../closing/calls.ts';
import { type Chance, chanceOf, seedOf } from '../fuzz/random.ts';
import { makeWorld, type World } from '../world.ts';

type Row = Readonly<Record<string, string | number>>;
interface Seen {
  readonly loan: Loan;
  readonly transactions: readonly LoanTransaction[];
}

const FROM = '2025-01-15';
const END = '2025-05-20';
/** The last closed day is END. */
const AFTER = '2025-05-21';
const PRODUCTS = { '1': 'Wallet loan, 30 days', '2': 'Term loan, 12 months' } as const;
const ALL = 'All products';

let world: World;
let book: readonly Seen[];
const seed = seedOf();
const chance: Chance = chanceOf(seed);

beforeAll(async () => {
  world = await makeWorld({ businessDate: FROM, mode: 'sandbox' });
  await world.partner.customers.create({ externalId: 'amina' });
  const loans: string[] = [];
  for (let day = FROM; day < END; day = await advance()) {
    for (let count = chance.one([0, 1, 2]); count > 0; count -= 1) loans.push(await lend());
    for (const loan of loans) if (chance.one([1, 2, 3]) === 1) await pay(loan);
  }
  const [lost = '', chargedOff = '', ...others] = await activeOnes(loans);
  await world.partner.loans.writeOff(lost, { transactionDate: END });
  await world.partner.repayments.recover(lost, { transactionAmount: 500 });
  await world.partner.repayments.chargeOff(chargedOff, { transactionDate: END });
  await reverseOne(others);
  await post(world, '/v1/clock/advance', { to: AFTER });
  book = await Promise.all(
    loans.map(async (id) => ({
      loan: await world.partner.loans.get(id),
      transactions: await world.partner.loans.transactions(id),
    })),
  );
}, 240_000);
afterAll(() => world?.close());

let today: string = FROM;
async function advance(): Promise<string> {
  const days = chance.one([3, 7, 11]);
  const wanted = new Date(Date.parse(`${today}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
  today = wanted < END ? wanted : END;
  await post(world, '/v1/clock/advance', { to: today });
  return today;
}

async function lend(): Promise<string> {
  const { id } = await world.partner.loans.create({
    customerId: 'amina',
    productId: chance.one(['1', '2']),
    principal: chance.one([50_000, 120_000]),
  });
  return id;
}

async function pay(loan: string): Promise<void> {
  const transactionAmount = chance.one([2_000, 11_000, 25_000, 200_000]);
  await world.partner.repayments.create(loan, { transactionAmount }).catch(() => undefined);
}

async function activeOnes(loans: readonly string[]): Promise<string[]> {
  const found = await Promise.all(loans.map((id) => world.partner.loans.get(id)));
  return found.filter(({ status }) => status === 'Active').map(({ id }) => id);
}

async function reverseOne(loans: readonly string[]): Promise<void> {
  for (const loan of loans) {
    const { items } = await world.partner.repayments.list(loan).page();
    const [latest] = items;
    if (latest === undefined) continue;
    await world.partner.repayments.reverse({ loan, repayment: latest.id }, { transactionDate: END });
    return;
  }
}

/** Days past due at the close of a day, from the schedule that the API shows. */
function daysPastDue({ repaymentSchedule = [] }: Loan, day: string): number {
  const open = repaymentSchedule.find((row) => row.period > 0 && row.totalOutstanding > 0);
  const late = open === undefined ? 0 : Date.parse(day) - Date.parse(open.dueDate);
  return Math.max(0, late / 86_400_000);
}

const cents = (amount: number): number => Math.round(amount * 100);
const sum = (amounts: readonly number[]): number =>
  amounts.reduce((total, each) => total + cents(each), 0) / 100;
const share = (part: number, whole: number): number => Math.round((part / whole) * 1_000_000) / 1_000_000;

const isActive = ({ loan }: Seen): boolean => loan.status === 'Active' && !loan.chargedOff;

/** The loans of each row: one for each product, one for all. */
const groups = (seen: readonly Seen[]): [string, readonly Seen[]][] => [
  ...Object.entries(PRODUCTS).map(([id, name]): [string, readonly Seen[]] => [
    name,
    seen.filter(({ loan }) => loan.loanProductId === id),
  ]),
  [ALL, seen] as [string, readonly Seen[]],
];

async function rowsOf<Name extends ReportName>(
  name: Name,
  query: ReportQuery<Name> = {} as never,
): Promise<readonly Row[]> {
  const report: unknown = await world.operator.reports.read(name, query);
  return (report as { readonly items: readonly Row[] }).items;
}

describe(`reports of a book that lived (seed ${seed})`, () => {
  it('has loans of every kind', () => {
    const statuses = new Set(book.map(({ loan }) => loan.status));
    expect([...statuses]).toEqual(expect.arrayContaining(['Active', 'Overpaid', 'Closed (written off)']));
    expect(book.some(({ loan }) => loan.chargedOff)).toBe(true);
    expect(book.filter(({ loan }) => daysPastDue(loan, END) > 30).length).toBeGreaterThan(0);
  });

  it('portfolio summary and portfolio at risk', async () => {
    const summary = await rowsOf('portfolio-summary', { date: END });
    const risk = await rowsOf('portfolio-at-risk', { from: END, to: END });
    for (const [product, of] of groups(book)) {
      const active = of.filter(isActive).map(({ loan }) => loan);
      const late = (days: number) => active.filter((loan) => daysPastDue(loan, END) >= days);
      const principal = sum(active.map((loan) => loan.principalOutstanding));
      const chargedOff = of.filter(({ loan }) => loan.status === 'Active' && loan.chargedOff);
      expect(summary.find((row) => row.product === product)).toEqual({
        product,
        currencyCode: 'TZS',
        loans: active.length,
        loansPastDue: late(1).length,
        principal,
        interest: sum(active.map((loan) => loan.interestOutstanding)),
        fees: 0,
        penalties: sum(active.map((loan) => loan.penaltiesOutstanding)),
        total: sum(active.map((loan) => loan.totalOutstanding)),
        principalPastDueLoans: sum(late(1).map((loan) => loan.principalOutstanding)),
        loansChargedOff: chargedOff.length,
        principalChargedOff: sum(chargedOff.map(({ loan }) => loan.principalOutstanding)),
      });
      const shown = risk.find((row) => row.product === product);
      for (const days of [1, 30, 60, 90]) {
        const atRisk = sum(late(days).map((loan) => loan.principalOutstanding));
        expect([shown?.[`atRisk${days}`], shown?.[`par${days}`]]).toEqual([atRisk, share(atRisk, principal)]);
      }
    }
  });

  it('ageing', async () => {
    const rows = await rowsOf('ageing', { date: END });
    const ranges = {
      current: [0, 0],
      days1to29: [1, 29],
      days30to59: [30, 59],
      days60to89: [60, 89],
      days90to179: [90, 179],
    };
    for (const [product, of] of groups(book))
      for (const [range, [from = 0, to = 0]] of Object.entries(ranges)) {
        const within = of.filter((seen) => {
          const days = daysPastDue(seen.loan, END);
          return isActive(seen) && days >= from && days <= to;
        });
        const row = rows.find((each) => each.product === product);
        expect([row?.[`${range}Loans`], row?.[`${range}Principal`]], `${product} ${range}`).toEqual([
          within.length,
          sum(within.map(({ loan }) => loan.principalOutstanding)),
        ]);
      }
  });

  it('vintages', async () => {
    const rows = (await rowsOf('vintages', { date: END })).filter(({ date }) => date === END);
    const months = [...new Set(book.map(({ loan }) => loan.disbursedDate?.slice(0, 7) ?? ''))];
    expect(new Set(rows.map(({ month }) => month))).toEqual(new Set(months));
    for (const month of months) {
      const of = book.filter(({ loan }) => loan.disbursedDate?.startsWith(month));
      const disbursed = sum(of.map(({ loan }) => loan.principalDisbursed));
      const lost = sum(
        of.map(({ loan }) =>
          loan.chargedOff && loan.status === 'Active' ? loan.principalOutstanding : loan.principalWrittenOff,
        ),
      );
      const late = of.filter((seen) => isActive(seen) && daysPastDue(seen.loan, END) >= 30);
      const bad30 = sum([lost, ...late.map(({ loan }) => loan.principalOutstanding)]);
      expect(rows.find((row) => row.month === month && row.product === ALL)).toMatchObject({
        monthsOnBook: Number(END.slice(5, 7)) - Number(month.slice(5, 7)),
        disbursed,
        principal: sum(of.filter(isActive).map(({ loan }) => loan.principalOutstanding)),
        bad30,
        bad30Share: share(bad30, disbursed),
        lost,
      });
    }
  });

  it('roll rates are those between the loans as they stood at two ends of months', async () => {
    const standings = new Map<string, [string, string, number]>();
    const bucketOf = (loan: Loan, day: string): string => {
      const late = daysPastDue(loan, day);
      if (late === 0) return 'current';
      return late < 30 ? 'days1to29' : late < 60 ? 'days30to59' : late < 90 ? 'days60to89' : 'days90to179';
    };
    for (const { loan } of book) {
      const at = async (asOf: string) =>
        (loan.disbursedDate ?? '') > asOf ? undefined : world.partner.loans.get(loan.id, { asOf });
      const [before, after] = [await at('2025-03-31'), await at('2025-04-30')];
      const from = before?.status === 'Active' ? bucketOf(before, '2025-03-31') : 'new';
      const into = after?.status === 'Active' ? bucketOf(after, '2025-04-30') : 'settled';
      if (from === 'new' && into === 'settled') continue;
      const principal = (from === 'new' ? after : before)?.principalOutstanding ?? 0;
      standings.set(loan.id, [from, into, principal]);
    }
    const expected = new Map<string, { loans: number; principal: number }>();
    for (const [from, into, principal] of standings.values()) {
      const known = expected.get(`${from} ${into}`) ?? { loans: 0, principal: 0 };
      expected.set(`${from} ${into}`, {
        loans: known.loans + 1,
        principal: sum([known.principal, principal]),
      });
    }
    const rows = (await rowsOf('roll-rates', { date: '2025-04-30' })).filter(
      ({ product }) => product === ALL,
    );
    const shown = rows.map(({ from, into, loans, principal }) => [`${from} ${into}`, { loans, principal }]);
    expect(new Map(shown as never)).toEqual(expected);
    expect(expected.size).toBeGreaterThan(2);
  });

  it('collections: what schedules ask for, against what was paid', async () => {
    const rows = (await rowsOf('collections', { from: '2025-01-01', to: '2026-12-31' })).filter(
      ({ product }) => product === ALL,
    );
    const asked = book.flatMap(({ loan }) =>
      (loan.repaymentSchedule ?? []).filter(({ period }) => period > 0),
    );
    const paid = book.flatMap(({ transactions }) =>
      transactions.filter(({ type, reversed }) => type === 'Repayment' && !reversed),
    );
    const days = [
      ...new Set([...asked.map(({ dueDate }) => dueDate), ...paid.map(({ date }) => date)]),
    ].sort();
    expect(rows.map(({ date }) => date)).toEqual(days);
    for (const day of days) {
      const due = asked.filter(({ dueDate }) => dueDate === day);
      const payments = paid.filter(({ date }) => date === day);
      const expected = sum(due.map(({ totalDue }) => totalDue));
      const collected = sum(payments.map(({ amount }) => amount));
      expect(rows.find(({ date }) => date === day)).toMatchObject({
        expectedPrincipal: sum(due.map(({ principalDue }) => principalDue)),
        expected,
        payments: payments.length,
        collectedPrincipal: sum(payments.map(({ principal = 0 }) => principal)),
        collected,
        ...(expected > 0 && { collectedShare: share(collected, expected) }),
      });
    }
  });

  it('disbursements, write-offs, charge-offs and recoveries', async () => {
    const period = { from: '2025-01-01', to: AFTER };
    const standing = (type: string) =>
      book.flatMap(({ transactions }) => transactions.filter((each) => each.type === type && !each.reversed));
    const total = async (name: 'disbursements' | 'losses', key: string) =>
      sum(
        (await rowsOf(name, period))
          .filter(({ product }) => product === ALL)
          .map((row) => Number(row[key] ?? 0)),
      );
    expect(await total('disbursements', 'disbursements')).toBe(book.length);
    expect(await total('disbursements', 'amount')).toBe(
      sum(standing('Disbursement').map(({ amount }) => amount)),
    );
    expect(await total('losses', 'writtenOff')).toBe(sum(standing('Write-off').map(({ amount }) => amount)));
    expect(await total('losses', 'chargedOff')).toBe(sum(standing('Charge-off').map(({ amount }) => amount)));
    expect(await total('losses', 'recovered')).toBe(500);
  });

  it('income statement and balance sheet, from the journal of every transaction', async () => {
    const balances = new Map<string, number>();
    for (const { transactions } of book)
      for (const { lines } of transactions.flatMap(({ journal }) => journal))
        for (const { glCode, debit = 0, credit = 0 } of lines)
          balances.set(glCode, (balances.get(glCode) ?? 0) + cents(debit) - cents(credit));
    const balanceOf = (code: string): number => (balances.get(code) ?? 0) / 100;
    const income = await rowsOf('income-statement', { from: '2025-01-01', to: AFTER });
    const sheet = await rowsOf('balance-sheet', { date: AFTER });
    const amountOf = (rows: readonly Row[], code: string) =>
      rows.find(({ glCode }) => glCode === code)?.amount;
    for (const code of ['4100', '4400']) expect(amountOf(income, code)).toBe(-balanceOf(code));
    for (const code of ['1000', '1100', '1110']) expect(amountOf(sheet, code)).toBe(balanceOf(code));
    const named = (rows: readonly Row[], name: string) =>
      Number(rows.find((row) => row.name === name)?.amount);
    expect(named(sheet, 'Total assets')).toBe(named(sheet, 'Total liabilities, equity and result'));
    expect(named(sheet, 'Result not yet in equity')).toBe(named(income, 'Income less expense'));
    const trial = await rowsOf('trial-balance', { date: AFTER });
    const whole = trial.find(({ name }) => name === 'Total');
    expect(whole?.debit).toBe(whole?.credit);
  });
});

describe('files', () => {
  it('CSV and XLSX say the same as JSON', async () => {
    const query = { from: '2025-04-01', to: '2025-04-30' };
    const items = await rowsOf('portfolio-at-risk', query);
    expect(items.length).toBeGreaterThan(30);
    const csv = await world.operator.reports.file('portfolio-at-risk', { ...query, format: 'csv' });
    expect([csv.name, csv.contentType]).toEqual([
      'portfolio-at-risk-2025-04-01-to-2025-04-30.csv',
      'text/csv; charset=utf-8',
    ]);
    const records: Record<string, string>[] = parse(Buffer.from(csv.bytes), { columns: true });
    expect(
      records.map((record) => [record.Date, record.Product, Number(record['Principal outstanding'])]),
    ).toEqual(items.map(({ date, product, principal }) => [date, product, principal]));
    expect(records[0]?.['Principal outstanding']).toMatch(/^\d+\.\d\d$/);
    const xlsx = await world.operator.reports.file('portfolio-at-risk', { ...query, format: 'xlsx' });
    const [head = [], ...body] = (await readSheet(Buffer.from(xlsx.bytes))) as (string | number | Date)[][];
    expect(head.slice(0, 4)).toEqual(['Date', 'Product', 'Currency', 'Principal outstanding']);
    expect(
      body.map(([date, product, , principal]) => [
        (date as Date).toISOString().slice(0, 10),
        product,
        principal,
      ]),
    ).toEqual(items.map(({ date, product, principal }) => [date, product, principal]));
  });
});

describe('what is asked wrongly', () => {
  const asked = async (path: string, as: 'operator' | 'admin' = 'operator') => {
    const answer = await world.fetch(`/v1/reports/${path}`, { as });
    return `${answer.status} ${await answer.text()}`;
  };

  it.each([
    [
      'portfolio-summary?date=2025-06-01',
      /^409 .*2025-06-01 has not been closed: the last closed day up to it is 2025-05-20/,
    ],
    ['ageing?date=2024-01-01', /^409 .*no day up to 2024-01-01 has been closed yet/],
    ['collections?from=2025-02-01&to=2025-01-01', /^400 .*must not be after to/],
    ['collections?from=1990-01-01&to=2025-01-01', /^400 .*must not be more than 3660 days before to/],
    ['collections?date=2025-01-01', /^400 .*date/],
    ['ageing?format=pdf', /^400 .*format/],
    ['ageing?date=tomorrow', /^400 .*date/],
    ['unknown', /^404 /],
  ])('%s', async (path, answer) => {
    expect(await asked(path)).toMatch(answer);
  });

  it('reports are for operators', async () => {
    expect(await asked('ageing', 'admin')).toMatch(/^403 /);
  });
});

/**
 * The same months lived three times: where all clocks agree, and far from UTC with the server and the
 * database each in a zone of their own. Things happen just before and just after midnight, at ends of months,
 * and where the clocks change. What is shown afterwards, in every format, must be the same to the day.
 */

import { readSheet } from 'read-excel-file/node';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportName } from '../../sdk/client.ts';
import { makeWorld, type World } from '../world.ts';

interface Place {
  /** Of the deployment. */
  readonly zone: string;
  /** Of the server process, and of the sessions of its database. */
  readonly machine: string;
  readonly database: string;
  /** What the clocks there are ahead of UTC, from a day on. */
  readonly ahead: readonly (readonly [from: string, hours: number])[];
}

const PLACES: Readonly<Record<string, Place>> = {
  home: { zone: 'UTC', machine: 'UTC', database: 'UTC', ahead: [['', 0]] },
  east: {
    zone: 'Pacific/Auckland',
    machine: 'America/Los_Angeles',
    database: 'America/St_Johns',
    ahead: [
      ['', 13],
      ['2025-04-06T03', 12],
    ],
  },
  west: {
    zone: 'America/Los_Angeles',
    machine: 'Pacific/Kiritimati',
    database: 'Asia/Kathmandu',
    ahead: [
      ['', -8],
      ['2025-03-09T02', -7],
    ],
  },
};

/** The instant at which clocks there show that time. */
function instantOf({ ahead }: Place, local: string): Date {
  const hours = ahead.findLast(([from]) => local >= from)?.[1] ?? 0;
  return new Date(Date.parse(`${local}:00Z`) - hours * 3_600_000);
}

const LAST_DAY = '2025-04-06';
const REPORTS: readonly (readonly [ReportName, object])[] = [
  ['portfolio-summary', {}],
  ['portfolio-summary', { date: '2025-02-28' }],
  ['portfolio-at-risk', { from: '2025-01-31', to: '2025-04-05' }],
  ['ageing', {}],
  ['vintages', {}],
  ['roll-rates', {}],
  ['roll-rates', { date: '2025-02-28' }],
  ['collections', { from: '2025-01-31', to: '2025-04-06' }],
  ['disbursements', { from: '2025-01-31', to: '2025-04-06' }],
  ['losses', {}],
  ['trial-balance', {}],
  ['trial-balance', { date: '2025-02-28' }],
  ['income-statement', { from: '2025-02-01', to: '2025-02-28' }],
  ['balance-sheet', { date: '2025-01-31' }],
];

/** Turns the clock of the place to a time there. */
function turn(world: World, place: Place, local: string): void {
  const instant = instantOf(place, local);
  world.clock.setDate(instant.toISOString().slice(0, 10));
  world.clock.advanceSeconds((instant.getTime() - world.clock.now().getTime()) / 1000);
}

/** What people do; no call says a day. */
async function live(world: World, at: (local: string) => void): Promise<void> {
  const { customers, loans, repayments, loanCharges } = world.partner;
  const close = () => world.operator.closeOfBusiness.start({ wait: true });
  at('2025-01-31T23:30');
  await customers.create({ externalId: 'amina' });
  await close();
  await loans.create({ customerId: 'amina', productId: '2', principal: 600_000, externalId: 'a' });
  await loans.create({ customerId: 'amina', productId: '1', principal: 30_000, externalId: 'b' });
  at('2025-02-01T00:30');
  await close();
  await loans.create({ customerId: 'amina', productId: '1', principal: 20_000, externalId: 'c' });
  await repayments.create({ externalId: 'b' }, { transactionAmount: 1_000 });
  at('2025-02-28T23:30');
  await close();
  await repayments.create({ externalId: 'a' }, { transactionAmount: 56_735.76 });
  await loanCharges.add({ externalId: 'a' }, { chargeId: 'VISIT', dueDate: '2025-03-09' });
  at('2025-03-01T00:30');
  await close();
  await repayments.create({ externalId: 'b' }, { transactionAmount: 2_000 });
  at('2025-03-08T23:30');
  await close();
  await loans.create({ customerId: 'amina', productId: '1', principal: 40_000, externalId: 'd' });
  at('2025-03-09T23:30');
  await close();
  await repayments.create({ externalId: 'd' }, { transactionAmount: 500 });
  at('2025-03-31T23:30');
  await close();
  await loans.writeOff({ externalId: 'b' }, { transactionDate: '2025-03-31' });
  at('2025-04-01T00:30');
  await close();
  await repayments.recover({ externalId: 'b' }, { transactionAmount: 700 });
  await repayments.chargeOff({ externalId: 'c' }, { transactionDate: '2025-04-01' });
  at('2025-04-06T23:30');
  await close();
}

/** Instants are what differs. */
const withoutInstants = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, each) =>
      typeof each === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(each) ? '(instant)' : each,
    ),
  );

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

async function pdfText(bytes: Uint8Array): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)));
  return text.join('\n').replace(/made on \S+ \S+ UTC/, '');
}

/** A day of a workbook, which is an instant there, is its midnight. */
const cellText = (cell: unknown): unknown =>
  cell instanceof Date ? `day ${cell.toISOString().replace('T00:00:00.000Z', '')}` : cell;

async function reportsOf({ operator }: World): Promise<Record<string, unknown>> {
  const shown: Record<string, unknown> = {};
  for (const [name, query] of REPORTS) {
    const title = `${name} ${JSON.stringify(query)}`;
    const file = (format: 'csv' | 'xlsx') => operator.reports.file(name, { ...query, format } as never);
    shown[title] = await operator.reports.read(name, query as never);
    shown[`${title} csv`] = textOf((await file('csv')).bytes);
    const rows = await readSheet(Buffer.from((await file('xlsx')).bytes));
    shown[`${title} xlsx`] = rows.map((row) => row.map(cellText));
  }
  return shown;
}

/** Everything that a day can be read from. */
async function shownBy(world: World): Promise<Record<string, unknown>> {
  const { partner } = world;
  const shown: Record<string, unknown> = await reportsOf(world);
  for (const externalId of ['a', 'b', 'c', 'd']) {
    const loan = { externalId };
    const statement = (query: string) => world.fetch(`/v1/loans/external/${externalId}/statement${query}`);
    shown[`loan ${externalId}`] = await partner.loans.get(loan);
    shown[`transactions ${externalId}`] = await partner.loans.transactions(loan);
    shown[`charges ${externalId}`] = await partner.loanCharges.list(loan);
    shown[`statement ${externalId} csv`] = await (await statement('?format=csv')).text();
    shown[`statement ${externalId} pdf`] = await pdfText(
      new Uint8Array(await (await statement('')).arrayBuffer()),
    );
  }
  shown.customer = await partner.customers.get({ externalId: 'amina' });
  shown.journal = (await world.operator.journalEntries.list({ rows: 100 }).page()).items;
  shown.runs = (await world.operator.closeOfBusiness.status()).runs.map(({ date, status }) => [date, status]);
  shown.events = await world.db.read.query(
    `select loan_id::text as loan, type, business_date::text as day, facts from loan_event
     order by loan_id, version, position`,
  );
  return withoutInstants(shown) as Record<string, unknown>;
}

const before = { TZ: process.env.TZ, PGOPTIONS: process.env.PGOPTIONS };
const worlds: World[] = [];
const shown: Record<string, Record<string, unknown>> = {};

function restore(): void {
  for (const [name, value] of Object.entries(before))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
}

beforeAll(async () => {
  try {
    for (const [name, place] of Object.entries(PLACES)) {
      process.env.TZ = place.machine;
      process.env.PGOPTIONS = `-c timezone=${place.database}`;
      const world = await makeWorld({ environment: { LOANBOOK_TIME_ZONE: place.zone } });
      worlds.push(world);
      const visit = { chargeTimeType: 'Specified due date', chargeCalculationType: 'Flat' } as const;
      await world.operator.charges.create({ ...visit, code: 'VISIT', name: 'Field visit', amount: 2_500 });
      await live(world, (local) => turn(world, place, local));
      shown[name] = await shownBy(world);
      const [session] = await world.db.read.query<{ zone: string }>(
        `select current_setting('timezone') as zone`,
      );
      expect([Intl.DateTimeFormat().resolvedOptions().timeZone, session?.zone]).toEqual([
        place.machine,
        place.database,
      ]);
    }
  } finally {
    restore();
  }
}, 240_000);
afterAll(async () => void (await Promise.all(worlds.map((world) => world.close()))));

describe('days do not shift', () => {
  it('where all clocks agree, things have the days on which they happened', () => {
    const { home = {} } = shown;
    expect(home['loan a']).toMatchObject({ submittedDate: '2025-01-31', disbursedDate: '2025-01-31' });
    expect(home['loan c']).toMatchObject({ disbursedDate: '2025-02-01', chargedOffDate: '2025-04-01' });
    expect(home.customer).toMatchObject({ activationDate: '2025-01-31', submittedDate: '2025-01-31' });
    expect(JSON.stringify(home['transactions a'])).toContain('"date":"2025-02-28"');
    const runs = home.runs as [string, string][];
    expect(runs[0]).toEqual(['2025-04-05', 'finished']);
    expect(home['disbursements {"from":"2025-01-31","to":"2025-04-06"} csv']).toContain('2025-03-08');
    expect(home['statement d pdf']).toContain(LAST_DAY);
    expect(Object.keys(home).length).toBeGreaterThan(60);
  });

  it.each(['east', 'west'])('%s of it, every figure has the same day in every format', (name) => {
    const there = shown[name] ?? {};
    expect(Object.keys(there)).toEqual(Object.keys(shown.home ?? {}));
    for (const [what, value] of Object.entries(there)) expect(value, what).toEqual(shown.home?.[what]);
  });

  it('dates of a workbook are whole days', () => {
    const rows = shown.east?.['disbursements {"from":"2025-01-31","to":"2025-04-06"} xlsx'];
    expect(JSON.stringify(rows)).toContain('"day 2025-03-08"');
  });
});

describe('the audit trail is asked by days of the deployment', () => {
  it.each(['east', 'west'])('%s', async (name) => {
    const world = worlds[Object.keys(PLACES).indexOf(name)] ?? expect.unreachable();
    const madeOn = async (day: string) => {
      const query = { operation: 'createLoan', from: day, to: day };
      return (await world.operator.audit.list(query).page()).items.map(({ subject }) => subject.id).length;
    };
    expect([await madeOn('2025-01-30'), await madeOn('2025-01-31'), await madeOn('2025-02-01')]).toEqual([
      ...[0, 2, 1],
    ]);
    expect([await madeOn('2025-02-02'), await madeOn('2025-03-08'), await madeOn('2025-03-09')]).toEqual([
      ...[0, 1, 0],
    ]);
  });
});

/**
 * Reports on the days that are easily got wrong: a leap day at the end of a month, and what was undone,
 * settled, given up or charged off on the day on which it began. All loans are of 120,000 over 12 months;
 * every figure below was found by hand from what happens.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportName, ReportQuery } from '../../sdk/client.ts';
import { post } from '../closing/calls.ts';
import { makeWorld, type World } from '../world.ts';

const FIRST = '2024-01-31';
const LEAP = '2024-02-29';
const AFTER = '2024-03-01';
const ALL = 'All products';
const PRINCIPAL = 120_000;
let world: World;
/** What a settled loan was settled with. */
let settledWith: number;

type Row = Readonly<Record<string, string | number>>;

async function lend(): Promise<string> {
  return (await world.partner.loans.create({ customerId: 'amina', productId: '2', principal: PRINCIPAL })).id;
}
const advance = (to: string) => post(world, '/v1/clock/advance', { to });

async function rowOf<Name extends ReportName>(
  name: Name,
  query: ReportQuery<Name>,
  fits: Row = { product: ALL },
): Promise<Row | undefined> {
  const { items } = (await world.operator.reports.read(name, query)) as unknown as { items: readonly Row[] };
  return items.find((row) => Object.entries({ product: ALL, ...fits }).every(([key, is]) => row[key] === is));
}

beforeAll(async () => {
  world = await makeWorld({ businessDate: FIRST, mode: 'sandbox' });
  const { loans, repayments } = world.partner;
  await world.partner.customers.create({ externalId: 'amina' });
  // 31 January: one that never pays, one whose money never left, one that is given up on the leap day.
  await lend();
  await loans.undoDisbursal(await lend());
  const givenUp = await lend();
  await advance(LEAP);
  await loans.writeOff(givenUp, { transactionDate: LEAP });
  // The leap day: charged off, settled, and undone on the day of the disbursement.
  await repayments.chargeOff(await lend(), { transactionDate: LEAP });
  const settled = await lend();
  settledWith = (await loans.get(settled)).totalOutstanding;
  await repayments.create(settled, { transactionAmount: settledWith });
  const undone = await lend();
  const { id: repayment } = await repayments.create(undone, { transactionAmount: 5_000 });
  await repayments.reverse({ loan: undone, repayment }, { transactionDate: LEAP });
  await repayments.chargeOff(undone, { transactionDate: LEAP });
  await repayments.undoChargeOff(undone, { transactionDate: LEAP });
  await loans.writeOff(undone, { transactionDate: LEAP });
  await loans.undoWriteOff(undone);
  await advance('2024-03-02');
}, 240_000);
afterAll(() => world?.close());

describe('on a leap day that ends a month', () => {
  it('an installment that falls due that day is not late, and late on the day after', async () => {
    const on = (date: string) => rowOf('portfolio-summary', { date });
    const shared = { loans: 2, principal: 2 * PRINCIPAL, loansChargedOff: 1, principalChargedOff: PRINCIPAL };
    expect(await on(LEAP)).toMatchObject({ ...shared, loansPastDue: 0, principalPastDueLoans: 0 });
    expect(await on(AFTER)).toMatchObject({ ...shared, loansPastDue: 1, principalPastDueLoans: PRINCIPAL });
    const risk = (date: string) => rowOf('portfolio-at-risk', { from: LEAP, to: AFTER }, { date });
    expect(await risk(LEAP)).toMatchObject({ principal: 2 * PRINCIPAL, atRisk1: 0, par1: 0 });
    expect(await risk(AFTER)).toMatchObject({ atRisk1: PRINCIPAL, par1: 0.5, atRisk30: 0 });
    expect(await rowOf('ageing', { date: AFTER })).toMatchObject({
      ...{ currentLoans: 1, currentPrincipal: PRINCIPAL, days1to29Loans: 1, days1to29Principal: PRINCIPAL },
    });
  });

  it('a period of the day alone holds what was dated on it, and nothing that was undone', async () => {
    const day = { from: LEAP, to: LEAP };
    expect(await rowOf('disbursements', day)).toMatchObject({
      ...{ date: LEAP, disbursements: 3, amount: 3 * PRINCIPAL },
    });
    expect(await rowOf('losses', day)).toMatchObject({
      ...{ writtenOffLoans: 1, writtenOffPrincipal: PRINCIPAL },
      ...{ chargedOffLoans: 1, chargedOffPrincipal: PRINCIPAL, recovered: 0 },
    });
    expect(await rowOf('collections', day)).toMatchObject({
      ...{ payments: 1, collected: settledWith, collectedPrincipal: PRINCIPAL },
    });
  });

  it('money that never left was never disbursed, and nothing of it is asked for', async () => {
    const january = await rowOf('disbursements', { from: FIRST, to: FIRST });
    expect(january).toMatchObject({ disbursements: 2, amount: 2 * PRINCIPAL });
    // Due on the leap day: the first installments of the two loans of January, of which one was given up.
    const dues = await rowOf('collections', { from: LEAP, to: LEAP });
    const [first] =
      (await world.partner.loans.get('1')).repaymentSchedule?.filter(({ period }) => period === 1) ?? [];
    expect(first?.dueDate).toBe(LEAP);
    expect(dues?.expected).toBe(2 * (first?.totalDue ?? 0));
  });

  it('vintages: months of disbursement, points at the ends of months', async () => {
    const point = (month: string, date: string) => rowOf('vintages', { date: AFTER }, { month, date });
    expect(await point('2024-01', FIRST)).toMatchObject({
      ...{ monthsOnBook: 0, disbursed: 2 * PRINCIPAL, principal: 2 * PRINCIPAL, lost: 0 },
    });
    expect(await point('2024-01', LEAP)).toMatchObject({
      ...{ monthsOnBook: 1, principal: PRINCIPAL, bad30: PRINCIPAL, lost: PRINCIPAL, lostShare: 0.5 },
    });
    expect(await point('2024-02', LEAP)).toMatchObject({
      ...{ monthsOnBook: 0, disbursed: 3 * PRINCIPAL, principal: PRINCIPAL, lost: PRINCIPAL },
    });
    expect(await point('2024-02', FIRST)).toBeUndefined();
  });

  it('roll rates: into which range each loan went since 31 January', async () => {
    const rate = (from: string, into: string) => rowOf('roll-rates', { date: LEAP }, { from, into });
    const one = { loans: 1, principal: PRINCIPAL };
    expect(await rate('current', 'current')).toMatchObject(one);
    expect(await rate('current', 'writtenOff')).toMatchObject(one);
    expect(await rate('new', 'chargedOff')).toMatchObject(one);
    expect(await rate('new', 'current')).toMatchObject(one);
    // Settled on the day of its disbursement: it was there at neither end.
    expect(await rate('new', 'settled')).toBeUndefined();
  });

  it('the books of the day balance', async () => {
    const { items } = (await world.operator.reports.read('trial-balance', { date: LEAP })) as unknown as {
      items: readonly Row[];
    };
    const whole = items.find(({ name }) => name === 'Total');
    expect(whole?.debit).toBe(whole?.credit);
    const { items: sheet } = (await world.operator.reports.read('balance-sheet', {
      date: LEAP,
    })) as unknown as {
      items: readonly Row[];
    };
    const amountOf = (name: string) => sheet.find((row) => row.name === name)?.amount;
    expect(amountOf('Total assets')).toBe(amountOf('Total liabilities, equity and result'));
  });
});

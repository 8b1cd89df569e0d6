/** Reports and statements that are too long to be made in memory: refused with the way out, or streamed. */
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';

const FROM = '2015-01-16';
const TO = '2025-01-15';
/** 2016, 2020 and 2024 have a day more. */
const DAYS = 10 * 365 + 3;
const PRODUCTS = 2;
let world: World;

beforeAll(async () => {
  world = await makeWorld({ businessDate: TO });
  await world.db.read.query(
    `insert into flow_total (slot, product_id, day, type, figure, amount)
     select 0, p.id, d::date, 'disbursement', f.figure, f.amount * p.id
     from (select id from loan_product order by id limit $3) p,
       generate_series($1::date, $2::date, interval '1 day') d,
       (values ('count', 1), ('amount', 100)) f (figure, amount)`,
    [FROM, TO, PRODUCTS],
  );
});
afterAll(() => world.close());

const disbursements = (format: string) =>
  world.fetch(`/v1/reports/disbursements?from=${FROM}&to=${TO}&format=${format}`, { as: 'operator' });

it('a report of more rows than fit into a workbook is refused, and says what to ask for', async () => {
  const answer = await disbursements('xlsx');
  expect(answer.status).toBe(400);
  const { message } = (await answer.json()) as { message: string };
  const [{ field, error }] = JSON.parse(message);
  expect([field, error]).toEqual([
    'format',
    'the report has more than the 10000 rows that fit into xlsx: ask for csv, which has no limit, ' +
      'or for fewer days or a single product',
  ]);
  const narrower = await world.fetch(
    `/v1/reports/disbursements?from=${FROM}&to=${TO}&format=xlsx&productId=1`,
    { as: 'operator' },
  );
  expect(narrower.status).toBe(200);
  await narrower.arrayBuffer();
});

it('as CSV it comes whole, day after day, and says the same as JSON', async () => {
  const rows: string[][] = parse(await (await disbursements('csv')).text());
  expect(rows).toHaveLength(1 + DAYS * (PRODUCTS + 1));
  const { items } = (await (await disbursements('json')).json()) as {
    items: { date: string; product: string; amount: number; disbursements: number }[];
  };
  expect(
    rows.slice(1).map(([date, product, , count, amount]) => [date, product, count, Number(amount)]),
  ).toEqual(
    items.map(({ date, product, amount, disbursements: count }) => [date, product, String(count), amount]),
  );
  expect(rows[1]?.[0]).toBe(FROM);
  expect(rows.at(-1)).toEqual([TO, 'All products', 'TZS', '3', '3.00']);
  expect(new Set(rows.slice(1).map(([date]) => date)).size).toBe(DAYS);
});

it('a statement of more lines than fit into a PDF is refused, and comes as CSV', async () => {
  const repayments = Array.from({ length: 1_000 }, () => ({
    transactionAmount: 1,
    transactionDate: '2024-12-15',
  }));
  const loan = {
    ...{ externalId: 'long', customerExternalId: 'amina', productId: '2', principal: 1_000_000 },
    ...{ expectedDisbursementDate: '2024-12-01', repayments },
  };
  const imported = await world.operator.imports.loans({ loans: [loan] });
  expect(imported).toMatchObject({ imported: 1, refused: [] });
  const refused = await world.fetch('/v1/loans/external/long/statement');
  expect(refused.status).toBe(400);
  expect(await refused.text()).toMatch(/1013 lines, more than the 1000 that fit into a PDF: ask for csv/);
  const answer = await world.fetch('/v1/loans/external/long/statement?format=csv');
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const rows: string[][] = parse(await answer.text());
  expect(rows[0]).toEqual([
    ...['Date', 'Transaction', 'Amount', 'Principal', 'Interest', 'Fees', 'Penalties', 'Balance'],
  ]);
  expect(rows).toHaveLength(1 + 1 + 1_000);
  expect(rows[1]?.slice(0, 3)).toEqual(['2024-12-01', 'Disbursement', '1000000.00']);
  expect(rows.slice(2).every(([, label, amount]) => label === 'Repayment' && amount === '1.00')).toBe(true);
}, 120_000);

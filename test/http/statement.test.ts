/** The statement of a loan as a real PDF, read back by an independent reader. */
import { extractText, getDocumentProxy, getMeta } from 'unpdf';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  await world.partner.customers.create({ externalId: 'amina', firstname: 'Amina', lastname: 'Żółćik' });
});
afterAll(() => world.close());

async function statement(path: string) {
  const answer = await world.fetch(path);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/pdf');
  const pdf = await getDocumentProxy(new Uint8Array(await answer.arrayBuffer()));
  const { totalPages, text } = await extractText(pdf);
  return { totalPages, text, title: (await getMeta(pdf)).info.Title as string };
}

it('says what was lent, what is owed, and everything that happened', async () => {
  const loan = await world.partner.loans.create({
    customerId: 'amina',
    productId: '2',
    principal: 1_200_000,
    externalId: 'amina/1',
  });
  for (const transactionAmount of [113_471.52, 50_000]) {
    world.clock.advanceDays(30);
    await world.partner.repayments.create(loan.id, { transactionAmount });
  }
  const { totalPages, text, title } = await statement('/v1/loans/external/amina%2F1/statement');
  expect(title).toBe('Statement of loan 000000001');
  expect(totalPages).toBe(1);
  const page = text.join('\n').replace(/\s+/g, ' ');
  for (const said of [
    'Amina Żółćik (amina)',
    'as of 2025-03-16',
    'Term loan, 12 months',
    // What is owed: principal charged, paid, waived, written off, outstanding, overdue.
    'Principal 1,200,000.00 117,260.95 0.00 0.00 1,082,739.05 63,471.52',
    'Total 1,361,658.19 163,471.52 0.00 0.00 1,198,186.67 63,471.52',
    // The first two installments and the last.
    '1 2025-02-15 89,471.52 24,000.00 113,471.52 113,471.52 2025-02-14',
    '2 2025-03-15 91,260.95 22,210.57 113,471.52 50,000.00 63,471.52',
    '12 2026-01-15 111,246.54 2,224.93 113,471.47 113,471.47',
    '2025-01-15 Disbursement 1,200,000.00 1,200,000.00',
    '2025-03-16 Repayment 50,000.00 27,789.43 22,210.57 1,082,739.05',
    'Page 1 of 1',
  ])
    expect(page).toContain(said);
});

it('goes on on further pages, each with the head of its table', async () => {
  const { id } = await world.partner.loans.create({
    customerId: 'amina',
    productId: '2',
    principal: 600_000,
  });
  for (let day = 0; day < 60; day += 1) await world.partner.repayments.create(id, { transactionAmount: 100 });
  const { totalPages, text } = await statement(`/v1/loans/${id}/statement`);
  expect(totalPages).toBe(2);
  for (const page of text) expect(page.replace(/\s+/g, ' ')).toContain('Date Transaction Amount Principal');
  const rows = text.join('\n').match(/Repayment\s+100\.00/g);
  expect(rows).toHaveLength(60);
});

it('is refused for a loan that is not there, and without a token', async () => {
  expect((await world.fetch('/v1/loans/999/statement')).status).toBe(404);
  expect((await world.fetch('/v1/loans/1/statement', { as: 'nobody' })).status).toBe(401);
});

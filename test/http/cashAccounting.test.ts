/** A product with cash accounting: income is booked when it is paid, and there are no receivables. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JournalEntry, Loan } from '../../sdk/client.ts';
import { auditBook } from '../audit.ts';
import { pay } from '../lifecycle/borrower.ts';
import { makeWorld, type World } from '../world.ts';

let world: World;
let customerId: string;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  const [wallet] = await world.partner.loanProducts.list();
  if (wallet === undefined) throw new Error('a book starts with a wallet loan');
  const { id: _id, status: _status, version: _version, delinquencyRanges: _ranges, ...terms } = wallet;
  const product = await world.operator.loanProducts.create({
    ...terms,
    name: 'Wallet loan, cash accounting',
    shortName: 'WLC',
    accountingMethod: 'Cash',
  });
  expect(product.id).toBe('3');
  customerId = (await world.partner.customers.create({ externalId: 'cash' })).id;
});
afterAll(async () => {
  const { faults } = await auditBook(world.db, world.clock.date());
  await world.close();
  expect(faults).toEqual([]);
});

async function borrow(): Promise<Loan> {
  world.clock.setDate('2025-01-15');
  const loan = await world.partner.loans.create({ customerId, productId: 3, principal: 50_000 });
  world.clock.setDate('2025-02-14');
  return loan;
}

/** `Repayment: 1000 +55, 1100 -50, 4100 -5`: debits with plus, credits with minus. */
async function postings(loan: Loan): Promise<string[]> {
  const found: JournalEntry[] = [];
  const query = { loanId: loan.id, sortOrder: 'ASC' } as const;
  for await (const entry of world.operator.journalEntries.list(query)) found.push(entry);
  return found.map(({ transactionType, lines }) => {
    const moved = lines.map(({ glCode, debit, credit }) =>
      debit === undefined ? `${glCode} -${credit}` : `${glCode} +${debit}`,
    );
    return `${transactionType}: ${moved.join(', ')}`;
  });
}

it('books interest as income when it is paid, and what is too much as owed', async () => {
  const loan = await borrow();
  await pay(world, loan, 5_500);
  await pay(world, loan, 50_000);
  expect(await postings(loan)).toEqual([
    'Disbursement: 1100 +50000, 1000 -50000',
    'Repayment: 1000 +5500, 1100 -500, 4100 -5000',
    'Repayment: 1000 +50000, 1100 -49500, 2100 -500',
  ]);
});

it('books nothing for interest that is forgiven, and takes income back with a reversed payment', async () => {
  const loan = await borrow();
  const payment = await pay(world, loan, 1_000);
  await world.partner.repayments.waiveInterest(loan.id, { transactionAmount: 4_000 });
  const at = { loan: loan.id, repayment: payment.id };
  await world.partner.repayments.reverse(at, { transactionDate: '2025-02-14' });
  expect(await postings(loan)).toEqual([
    'Disbursement: 1100 +50000, 1000 -50000',
    'Repayment: 1000 +1000, 4100 -1000',
    'Repayment: 4100 +1000, 1000 -1000',
  ]);
});

it('loses principal only when the loan is written off, and what is recovered is income', async () => {
  const loan = await borrow();
  await pay(world, loan, 6_000);
  await world.partner.loans.writeOff(loan.id, { transactionDate: '2025-02-14' });
  await world.partner.repayments.recover(loan.id, { transactionAmount: 700 });
  const all = await postings(loan);
  expect(all.slice(1)).toEqual([
    'Repayment: 1000 +6000, 1100 -1000, 4100 -5000',
    'Write-off: 5100 +49000, 1100 -49000',
    'Recovery Repayment: 1000 +700, 4400 -700',
  ]);
});

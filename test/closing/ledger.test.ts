/** The end of a day: sums of the whole book are compared, and what does not agree is told everywhere. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { LoanbookClient } from '../../sdk/client.ts';
import { bookOver } from '../../server/operations/book.ts';
import { type ClosingLog, closingOf } from '../../server/operations/closing/background.ts';
import { makeWorld, type World } from '../world.ts';
import { loanOf, post } from './calls.ts';

vi.setConfig({ testTimeout: 240_000 });

let world: World;
let operator: LoanbookClient;
const logged: { level: string; facts: object; message: string }[] = [];

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15', mode: 'sandbox' });
  ({ operator } = world);
  const log: ClosingLog = {
    info: (facts, message) => void logged.push({ level: 'info', facts, message }),
    error: (facts, message) => void logged.push({ level: 'error', facts, message }),
  };
  closingOf(bookOver(world), log);
});
afterAll(() => world.close());

const sql = (text: string) => world.db.read.query(text);

async function findingsOfNextDay(): Promise<readonly unknown[]> {
  await post(world, '/v1/clock/advance');
  const { runs } = await operator.closeOfBusiness.status();
  return runs[0]?.findings ?? ['none'];
}

test('a book of every kind of loan agrees: charged off, refunded, taken back, with other accounts', async () => {
  const { loans, repayments } = world.partner;
  const [chargedOff, refunded, takenBack] = [
    await loanOf(world, { productId: 1, principal: 30_000 }),
    await loanOf(world, { productId: 1, principal: 40_000 }),
    await loanOf(world, { productId: 2, principal: 50_000 }),
  ];
  await operator.glAccounts.create({ glCode: '1101', name: 'Other portfolio', type: 'asset' });
  const { accounts } = await world.partner.loanProducts.get('2');
  await world.partner.loanProducts.update('2', { accounts: { ...accounts, loanPortfolio: '1101' } });
  const elsewhere = await loanOf(world, { productId: 2, principal: 60_000 });
  expect(await findingsOfNextDay()).toEqual([]);
  const transactionDate = '2025-01-16';
  await repayments.create(elsewhere, { transactionAmount: 7_000 });
  await repayments.create(refunded, { transactionAmount: 10_000 });
  await repayments.refund(refunded, { transactionAmount: 2_000, transactionDate });
  await repayments.chargeOff(chargedOff, { transactionDate });
  await loans.rollBack(takenBack);
  for (let days = 0; days < 3; days += 1) expect(await findingsOfNextDay()).toEqual([]);
  const held = (await operator.trialBalance.get()).items.find(({ glCode }) => glCode === '1101');
  expect((held?.debit ?? 0) - (held?.credit ?? 0)).toBeGreaterThan(50_000);
  expect(logged.filter(({ level }) => level === 'error')).toEqual([]);
});

test('a sum that moved by itself is found, told by the run, and logged', async () => {
  await sql(`insert into ledger_total (slot, entry_date, debit_account, credit_account, amount)
             values (0, '2025-01-19', '1100', '1000', 12345)`);
  const findings = await findingsOfNextDay();
  expect(findings).toEqual([
    {
      rule: 'totals_follow_journal',
      where: 'ledger of 2025-01-19',
      message: 'from 1000 to 1100: 123.45 in the totals, 0.00 in the journal',
    },
    { rule: 'control_accounts_hold_the_loans', where: 'account 1100', message: expect.any(String) },
  ]);
  expect(logged.filter(({ level }) => level === 'error')).toEqual([
    {
      level: 'error',
      message: 'business day closed, but its books do not agree: run loanbook verify',
      facts: expect.objectContaining({ date: '2025-01-19', findings: 2, found: findings }),
    },
  ]);
  await sql('delete from ledger_total where amount = 12345');
  expect(await findingsOfNextDay()).toEqual([]);
});

test('principal that a loan says of itself and the ledger does not is found', async () => {
  await sql('update loan set principal_outstanding = principal_outstanding + 1 where product_id = 2');
  const [first] = await findingsOfNextDay();
  expect(first).toMatchObject({ rule: 'control_accounts_hold_the_loans', where: 'account 1101' });
  await sql('update loan set principal_outstanding = principal_outstanding - 1 where product_id = 2');
  expect(await findingsOfNextDay()).toEqual([]);
});

test('an entry that is gone from the journal of the day is found', async () => {
  const { id } = (await world.partner.loans.list().page()).items[0] ?? { id: '' };
  await world.partner.repayments.create(id, { transactionAmount: 500 });
  await sql(`delete from journal_entry where loan_id = ${id} and entry_seq =
             (select max(entry_seq) from journal_entry where loan_id = ${id} and debit_account = '1000')`);
  const rules = (await findingsOfNextDay()).map((each) => (each as { rule: string }).rule);
  expect(rules).toContain('totals_follow_journal');
});

/**
 * Income statement and balance sheet, from what was debited and credited per account.
 *
 *   income = credits - debits, expense = debits - credits, result = income - expense
 *   assets (debits - credits) = liabilities + equity (credits - debits) + result not yet in equity
 */
import type { GlAccount, GlAccountType } from '../ledger.ts';
import type { Money } from '../money.ts';
import type { Column, Row } from './table.ts';

export interface AccountMovement extends GlAccount {
  readonly debit: Money;
  readonly credit: Money;
}

export const STATEMENT_COLUMNS: readonly Column[] = [
  { key: 'section', label: 'Section', type: 'text' },
  { key: 'glCode', label: 'GL code', type: 'text' },
  { key: 'name', label: 'Name', type: 'text' },
  { key: 'amount', label: 'Amount', type: 'money' },
];

const SECTIONS: Readonly<Record<GlAccountType, { section: string; isDebit: boolean }>> = {
  asset: { section: 'Assets', isDebit: true },
  liability: { section: 'Liabilities', isDebit: false },
  equity: { section: 'Equity', isDebit: false },
  income: { section: 'Income', isDebit: false },
  expense: { section: 'Expense', isDebit: true },
};

const balanceOf = ({ type, debit, credit }: AccountMovement): Money =>
  SECTIONS[type].isDebit ? debit - credit : credit - debit;

function section(movements: readonly AccountMovement[], type: GlAccountType): Row[] {
  const name = SECTIONS[type].section;
  const accounts = movements.filter((each) => each.type === type && balanceOf(each) !== 0n);
  const rows = accounts.map((each) => ({
    section: name,
    glCode: each.code,
    name: each.name,
    amount: balanceOf(each),
  }));
  return [
    ...rows,
    { section: name, glCode: null, name: `Total ${name.toLowerCase()}`, amount: totalOf(movements, type) },
  ];
}

const totalOf = (movements: readonly AccountMovement[], type: GlAccountType): Money =>
  movements.filter((each) => each.type === type).reduce((sum, each) => sum + balanceOf(each), 0n);

const resultOf = (movements: readonly AccountMovement[]): Money =>
  totalOf(movements, 'income') - totalOf(movements, 'expense');

/** Of the movements of a period. */
export const incomeStatement = (movements: readonly AccountMovement[]): Row[] => [
  ...section(movements, 'income'),
  ...section(movements, 'expense'),
  { section: 'Result', glCode: null, name: 'Income less expense', amount: resultOf(movements) },
];

/** Of all movements up to a day. */
export function balanceSheet(movements: readonly AccountMovement[]): Row[] {
  const result = resultOf(movements);
  const owed = totalOf(movements, 'liability') + totalOf(movements, 'equity') + result;
  return [
    ...section(movements, 'asset'),
    ...section(movements, 'liability'),
    ...section(movements, 'equity'),
    { section: 'Result', glCode: null, name: 'Result not yet in equity', amount: result },
    { section: 'Result', glCode: null, name: 'Total liabilities, equity and result', amount: owed },
  ];
}

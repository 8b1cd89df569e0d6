/** Reports of the ledger: trial balance, income statement, balance sheet. */
import { balanceSheet, incomeStatement, STATEMENT_COLUMNS } from '../../domain/report/statements.ts';
import type { ReportRow, Row } from '../../domain/report/table.ts';
import { listAccountMovements } from '../../store/reports/flows.ts';
import { currencyNamed } from '../currency.ts';
import type { ReportDefinition } from './definition.ts';

export const TRIAL_BALANCE: ReportDefinition = {
  name: 'trial-balance',
  title: 'Trial balance',
  description: 'Debits and credits per account up to a day.',
  about: 'day',
  isByProduct: false,
  columns: [
    { key: 'glCode', label: 'GL code', type: 'text' },
    { key: 'name', label: 'Name', type: 'text' },
    { key: 'type', label: 'Type', type: 'text' },
    { key: 'debit', label: 'Debit', type: 'money' },
    { key: 'credit', label: 'Credit', type: 'money' },
  ],
  read: async (tx, { to, currency }) => {
    const movements = await listAccountMovements(tx, { from: null, to });
    const sum = (side: 'debit' | 'credit') => movements.reduce((total, each) => total + each[side], 0n);
    return rowsIn(currency, [
      ...movements.map(({ code, name, type, debit, credit }) => ({
        glCode: code,
        name,
        type,
        debit,
        credit,
      })),
      { glCode: null, name: 'Total', type: null, debit: sum('debit'), credit: sum('credit') },
    ]);
  },
};

export const INCOME_STATEMENT: ReportDefinition = {
  name: 'income-statement',
  title: 'Income statement',
  description: 'Income and expense of a period, by account.',
  about: 'days',
  isByProduct: false,
  columns: STATEMENT_COLUMNS,
  read: async (tx, { from, to, currency }) =>
    rowsIn(currency, incomeStatement(await listAccountMovements(tx, { from, to }))),
};

export const BALANCE_SHEET: ReportDefinition = {
  name: 'balance-sheet',
  title: 'Balance sheet',
  description: 'Assets, liabilities and equity at the end of a day, by account.',
  about: 'day',
  isByProduct: false,
  columns: STATEMENT_COLUMNS,
  read: async (tx, { to, currency }) =>
    rowsIn(currency, balanceSheet(await listAccountMovements(tx, { from: null, to }))),
};

function rowsIn(code: string, rows: readonly Row[]): ReportRow[] {
  const currency = currencyNamed(code);
  return rows.map((cells) => ({ currency, cells }));
}

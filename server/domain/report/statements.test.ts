import { describe, expect, it } from 'vitest';
import type { GlAccountType } from '../ledger.ts';
import { type AccountMovement, balanceSheet, incomeStatement, STATEMENT_COLUMNS } from './statements.ts';
import type { Row } from './table.ts';

const account = (
  code: string,
  name: string,
  [type, debit, credit]: readonly [GlAccountType, bigint, bigint],
): AccountMovement => ({ code, name, type, debit, credit });

/**
 * A small book: 1000 of own money came in, 600 was lent, 200 of it repaid with 30 of interest; 12 was
 * overpaid, 50 of principal written off, and an account was moved to and fro.
 */
const BOOK = [
  account('1000', 'Cash', ['asset', 1242n, 600n]),
  account('1100', 'Loan portfolio', ['asset', 600n, 250n]),
  account('1900', 'Suspense', ['asset', 40n, 40n]),
  account('2000', 'Overpayments', ['liability', 0n, 12n]),
  account('3000', 'Capital', ['equity', 0n, 1000n]),
  account('4000', 'Interest income', ['income', 5n, 35n]),
  account('5000', 'Losses written off', ['expense', 50n, 0n]),
];

/** `Assets | 1000 | Cash | 642` */
const printed = (rows: readonly Row[]): string[] =>
  rows.map(({ section, glCode, name, amount }) => `${section} | ${glCode ?? '-'} | ${name} | ${amount}`);

describe('the income statement', () => {
  it('is income as credits less debits, expense as debits less credits, and what is left', () => {
    expect(printed(incomeStatement(BOOK))).toEqual([
      'Income | 4000 | Interest income | 30',
      'Income | - | Total income | 30',
      'Expense | 5000 | Losses written off | 50',
      'Expense | - | Total expense | 50',
      'Result | - | Income less expense | -20',
    ]);
  });

  it('of a period in which nothing happened is all zero', () => {
    expect(printed(incomeStatement([]))).toEqual([
      'Income | - | Total income | 0',
      'Expense | - | Total expense | 0',
      'Result | - | Income less expense | 0',
    ]);
  });
});

describe('the balance sheet', () => {
  it('has as much on one side as on the other, the result of the year among it', () => {
    expect(printed(balanceSheet(BOOK))).toEqual([
      'Assets | 1000 | Cash | 642',
      'Assets | 1100 | Loan portfolio | 350',
      'Assets | - | Total assets | 992',
      'Liabilities | 2000 | Overpayments | 12',
      'Liabilities | - | Total liabilities | 12',
      'Equity | 3000 | Capital | 1000',
      'Equity | - | Total equity | 1000',
      'Result | - | Result not yet in equity | -20',
      'Result | - | Total liabilities, equity and result | 992',
    ]);
  });

  it('leaves out accounts that come to nothing', () => {
    expect(printed(balanceSheet(BOOK)).filter((row) => row.includes('Suspense'))).toEqual([]);
  });
});

it('every cell of a row has a column', () => {
  const columns = STATEMENT_COLUMNS.map(({ key }) => key);
  for (const row of [...balanceSheet(BOOK), ...incomeStatement(BOOK)])
    expect(Object.keys(row)).toEqual(columns);
});

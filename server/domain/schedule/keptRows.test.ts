import { expect, it } from 'vitest';
import { date } from '../date.ts';
import { type InstallmentKind, newInstallment } from '../installment.ts';
import { money } from './exampleLoan.ts';
import { rowsToKeep } from './keptRows.ts';

type Row = readonly [due: string, interest: number, kind?: InstallmentKind];

/** Due on the 15th, each bearing interest unless the table says otherwise. */
const PLAIN: readonly Row[] = [
  ['2025-02-15', 60],
  ['2025-03-15', 40],
  ['2025-04-15', 20],
];
const FIRST_FREE: readonly Row[] = [['2025-02-15', 0], ...PLAIN.slice(1)];
const SECOND_FREE: readonly Row[] = [...PLAIN.slice(0, 1), ['2025-03-15', 0], ...PLAIN.slice(2)];
const WITH_FEE_ROW: readonly Row[] = [
  ...PLAIN,
  ['2025-04-25', 1, 'additional'],
  ['2025-05-05', 5, 'interestOnly'],
];

/** Due dates of the rows that a regeneration on the day keeps. */
function keptOn(day: string | null, rows: readonly Row[]): string[] {
  const current = rows.map(([due, interest, kind = 'normal'], index) => {
    const row = newInstallment({ number: index + 1, kind, from: date('2025-01-15'), due: date(due) });
    row.charged.principal = money(100);
    row.charged.interest = money(interest);
    return row;
  });
  return rowsToKeep(current, day === null ? null : date(day)).map(({ due }) => due);
}

it.each<[what: string, day: string | null, rows: readonly Row[], kept: string[]]>([
  ['a payment before the first due date', '2025-02-10', PLAIN, []],
  ['a payment on it', '2025-02-15', PLAIN, []],
  ['a payment after it', '2025-02-16', PLAIN, ['2025-02-15']],
  ['a payment in the third month', '2025-04-01', PLAIN, ['2025-02-15', '2025-03-15']],
  ['the close of a day, which makes all anew', null, PLAIN, []],
  ['rows up to the last one with interest', '2025-04-01', SECOND_FREE, ['2025-02-15']],
  ['a row without interest before it', '2025-04-01', FIRST_FREE, ['2025-02-15', '2025-03-15']],
  ['no row, where none of them bears interest', '2025-03-01', FIRST_FREE, []],
  [
    'no row of a charge, which is laid in again; rows of interest alone are kept',
    '2025-06-01',
    WITH_FEE_ROW,
    ['2025-02-15', '2025-03-15', '2025-04-15', '2025-05-05'],
  ],
])('%s', (_what, day, rows, kept) => {
  expect(keptOn(day, rows)).toEqual(kept);
});

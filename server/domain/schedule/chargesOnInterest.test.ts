import { expect, it } from 'vitest';
import { date } from '../date.ts';
import { exampleInput, money, printed, recalculation, recalculationInput } from './exampleLoan.ts';
import { generateRecalculatedSchedule } from './recalculated.ts';
import type { LayCharges } from './recalculation.ts';

/** A fee of a tenth of the interest of each row. */
const tenth: LayCharges = (row) => {
  row.charged.fees += (row.charged.interest + 5n) / 10n;
};

/** 1000 in one row due on 15 Feb: 15.29 of interest, 1.53 of fee. */
const input = exampleInput({
  numberOfRepayments: 1,
  principal: money(1000),
  interestCalculationPeriod: 'DAILY',
  interestRecalculation: recalculation(),
});

it.each<[what: string, amount: string, row: string]>([
  ['principal, interest and fee of ten days end the loan', '1005.42', '2025-01-25 1000.00 + 4.93'],
  ['so does a cent less than the whole row asks for', '1016.81', '2025-01-25 1000.00 + 4.93'],
  ['all that the row asks for: it stays as it was', '1016.82', '2025-02-15 1000.00 + 15.29'],
])('paid on 25 Jan, %s', (_what, amount, row) => {
  const on = date('2025-01-25');
  const known = { payments: [{ date: on, amount: money(amount) }], layCharges: tenth };
  const rows = generateRecalculatedSchedule(recalculationInput({ ...input, businessDate: on }, known));
  expect(printed(rows)).toEqual([row]);
});

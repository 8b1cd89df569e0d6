import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { type Line, tell } from '../life/story.ts';
import type { LoanTerms } from '../terms.ts';
import { amounts, money, schedule } from './exampleLoan.ts';

/** 5000 at 18 % flat, four months from 15 Jan: 75.00 a month, unless the table says otherwise. */
const rowsOf = (own: Partial<LoanTerms>): string[] => amounts(schedule({ interestType: 'FLAT', ...own }));

/** Three regular months and a last row that ends after five, on 15 Jun. */
const FIVE_MONTHS = { fixedLength: 5 } as const;

describe('flat interest of a loan of fixed length', () => {
  it.each<[string, Partial<LoanTerms>, string[]]>([
    [
      '5 months of 75.00 shared by 4 rows',
      FIVE_MONTHS,
      ['1250.00 + 93.75', '1250.00 + 93.75', '1250.00 + 93.75', '1250.00 + 93.75'],
    ],
    [
      'the 4 months of the agreed term, where no part of a period counts',
      { ...FIVE_MONTHS, allowPartialPeriodInterest: false },
      ['1250.00 + 75.00', '1250.00 + 75.00', '1250.00 + 75.00', '1250.00 + 75.00'],
    ],
    [
      // 5000 x 151 days x 18 % / 365 = 372.33.
      'by days: 151 until 15 Jun',
      { ...FIVE_MONTHS, interestCalculationPeriod: 'DAILY' },
      ['1250.00 + 93.08', '1250.00 + 93.08', '1250.00 + 93.08', '1250.00 + 93.09'],
    ],
    [
      // 5000 x 120 days x 18 % / 365 = 295.89.
      'by days, without: 120 until 15 May',
      { interestCalculationPeriod: 'DAILY' },
      ['1250.00 + 73.97', '1250.00 + 73.97', '1250.00 + 73.97', '1250.00 + 73.98'],
    ],
  ])('%s', (_, own, rows) => {
    expect(rowsOf(own)).toEqual(rows);
  });
});

describe('principal of a flat loan', () => {
  it.each<[string, Partial<LoanTerms>, string[]]>([
    [
      'what an agreed installment of 1400 leaves after the interest',
      { fixedInstallmentAmount: money(1400) },
      ['1325.00 + 75.00', '1325.00 + 75.00', '1325.00 + 75.00', '1025.00 + 75.00'],
    ],
    [
      '30 % of it in each row, the rest in the last',
      { fixedPrincipalPercentagePerInstallment: '30', amortization: 'EQUAL_PRINCIPAL_PAYMENTS' },
      ['1500.00 + 75.00', '1500.00 + 75.00', '1500.00 + 75.00', '500.00 + 75.00'],
    ],
    [
      'in whole tens with its interest: 1250 and 80 make 1330',
      { installmentAmountInMultiplesOf: 10 },
      ['1255.00 + 75.00', '1255.00 + 75.00', '1255.00 + 75.00', '1235.00 + 75.00'],
    ],
  ])('%s', (_, own, rows) => {
    expect(rowsOf(own)).toEqual(rows);
  });
});

describe('two graces on the interest of a flat loan: 24.00 over 4 rows', () => {
  const grace = (from: string): Line => {
    const day = date('2025-02-01');
    const dates = { from: date(from), submittedOn: day, approvedOn: day };
    return ['2025-02-01', { kind: 'reschedule', ...dates, graceOnInterest: 1 }];
  };
  const interest = (own: Partial<LoanTerms>, ...from: string[]) =>
    amounts(tell({ numberOfRepayments: 4, ...own }, from.map(grace)).loan.installments).map(
      (row) => row.split(' + ')[1],
    );

  it.each<[string, Partial<LoanTerms>, string[], string[]]>([
    // A third of 24 in the second row, which does not know yet that the third will pay nothing.
    ['the first and the third', {}, ['2025-02-15', '2025-04-15'], ['0.00', '8.00', '0.00', '16.00']],
    ['the second and the third', {}, ['2025-03-15', '2025-04-15'], ['6.00', '0.00', '0.00', '18.00']],
    [
      'with equal principal what was put off is due in the row after it',
      { amortization: 'EQUAL_PRINCIPAL_PAYMENTS' },
      ['2025-02-15', '2025-04-15'],
      ['0.00', '12.00', '0.00', '12.00'],
    ],
    [
      'and what two rows put off in the third',
      { amortization: 'EQUAL_PRINCIPAL_PAYMENTS' },
      ['2025-02-15', '2025-03-15'],
      ['0.00', '0.00', '18.00', '6.00'],
    ],
  ])('%s', (_, own, from, rows) => {
    expect(interest(own, ...from)).toEqual(rows);
  });
});

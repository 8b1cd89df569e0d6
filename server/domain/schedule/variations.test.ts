import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import type { TermVariation } from '../loan.ts';
import type { LoanTerms } from '../terms.ts';
import { dueDateRule } from './dueDates.ts';
import { amounts, exampleTerms, money, printed, schedule } from './exampleLoan.ts';
import { type RescheduleRequest, rescheduledVariations } from './rescheduling.ts';

const RULE = dueDateRule(exampleTerms(), date('2025-01-15'));
const FROM = date('2025-03-15');

const after = (...requests: readonly RescheduleRequest[]): TermVariation[] =>
  requests.reduce<TermVariation[]>(
    (variations, request) => rescheduledVariations(variations, request, RULE),
    [],
  );

describe('5000 at 18 %, 4 months, rescheduled from 15 Mar, the second row (engine.md 3.9)', () => {
  it.each<[string, RescheduleRequest, readonly string[]]>([
    [
      'a new due date: the dates after it are counted on from it',
      { from: FROM, adjustedDueDate: date('2025-03-31') },
      [
        '2025-02-15 1222.22 + 75.00',
        '2025-03-31 1211.31 + 85.91',
        '2025-04-30 1258.72 + 38.50',
        '2025-05-30 1307.75 + 19.62',
      ],
    ],
    [
      '2 extra terms: the EMI is computed again over the 5 rows left',
      { from: FROM, extraTerms: 2 },
      [
        '2025-02-15 1222.22 + 75.00',
        '2025-03-15 733.22 + 56.67',
        '2025-04-15 744.22 + 45.67',
        '2025-05-15 755.38 + 34.51',
        '2025-06-15 766.72 + 23.17',
        '2025-07-15 778.24 + 11.67',
      ],
    ],
    [
      'grace on principal for a row, which also adds a row',
      { from: FROM, graceOnPrincipal: 1 },
      [
        '2025-02-15 1222.22 + 75.00',
        '2025-03-15 0.00 + 56.67',
        '2025-04-15 1240.56 + 56.67',
        '2025-05-15 1259.17 + 38.06',
        '2025-06-15 1278.05 + 19.17',
      ],
    ],
    [
      'grace on interest for a row: the row after it is charged both',
      { from: FROM, graceOnInterest: 1 },
      [
        '2025-02-15 1222.22 + 75.00',
        '2025-03-15 1240.55 + 0.00',
        '2025-04-15 1259.16 + 94.73',
        '2025-05-15 1278.07 + 19.17',
      ],
    ],
    [
      'a new rate from the third row: the EMI is computed again on the balance there',
      { from: date('2025-04-15'), newInterestRate: '12' },
      [
        '2025-02-15 1222.22 + 75.00',
        '2025-03-15 1240.55 + 56.67',
        '2025-04-15 1262.31 + 25.37',
        '2025-05-15 1274.92 + 12.75',
      ],
    ],
  ])('%s', (_what, request, rows) => {
    expect(printed(schedule({}, { variations: after(request) }))).toEqual(rows);
  });

  it.each<[string, Partial<LoanTerms>, readonly string[]]>([
    [
      'leaves equal shares of principal as they are: 2500 x 1 % = 25.00',
      { amortization: 'EQUAL_PRINCIPAL_PAYMENTS' },
      ['1250.00 + 75.00', '1250.00 + 56.25', '1250.00 + 25.00', '1250.00 + 12.50'],
    ],
    [
      // 3675.00 x 1.5 % = 55.12; 2330.12 x 1 % = 23.30; 953.42 x 1 % = 9.53.
      'leaves an agreed installment of 1400 as it is',
      { fixedInstallmentAmount: money(1400) },
      ['1325.00 + 75.00', '1344.88 + 55.12', '1376.70 + 23.30', '953.42 + 9.53'],
    ],
  ])('a new rate of 12 % from the third row %s', (_, own, rows) => {
    const request = { from: date('2025-04-15'), newInterestRate: '12' };
    expect(amounts(schedule(own, { variations: after(request) }))).toEqual(rows);
  });

  it('an installment amount from a tranche on holds from then on', () => {
    const amount: TermVariation = {
      kind: 'installmentAmount',
      applicableFrom: FROM,
      dateValue: null,
      numberValue: '1500',
    };
    expect(amounts(schedule({}, { variations: [amount] }))).toEqual([
      '1222.22 + 75.00',
      '1443.33 + 56.67',
      '1464.98 + 35.02',
      '869.47 + 13.04',
    ]);
  });

  it('flat: extra terms spread the principal and the interest that are left', () => {
    const variations = after({ from: FROM, extraTerms: 2 });
    expect(amounts(schedule({ interestType: 'FLAT' }, { variations }))).toEqual([
      '1250.00 + 75.00',
      ...Array<string>(5).fill('750.00 + 45.00'),
    ]);
  });

  it('flat: a new rate computes the interest on the principal left anew, over the whole term', () => {
    const variations = after({ from: FROM, newInterestRate: '12' });
    expect(amounts(schedule({ interestType: 'FLAT' }, { variations }))).toEqual([
      '1250.00 + 75.00',
      '1250.00 + 50.00',
      '1250.00 + 50.00',
      '1250.00 + 50.00',
    ]);
  });
});

describe('requests one after the other', () => {
  const dates = (variations: readonly TermVariation[]): string[] =>
    variations.map((one) => `${one.kind} ${one.applicableFrom} ${one.dateValue ?? one.numberValue}`);

  it('a due date that was moved and moves again keeps its original date', () => {
    const variations = after(
      { from: date('2025-02-15'), adjustedDueDate: date('2025-02-20') },
      { from: date('2025-02-20'), adjustedDueDate: date('2025-03-01') },
    );
    expect(dates(variations)).toEqual(['dueDate 2025-02-15 2025-03-01']);
    expect(schedule({}, { variations }).map(({ due }) => due)).toEqual([
      '2025-03-01',
      '2025-04-01',
      '2025-05-01',
      '2025-06-01',
    ]);
  });

  it('later variations move along with the due dates', () => {
    const variations = after(
      { from: date('2025-04-15'), extraTerms: 1 },
      { from: date('2025-02-15'), adjustedDueDate: date('2025-02-25') },
    );
    expect(dates(variations)).toEqual(['extraTerms 2025-04-25 1', 'dueDate 2025-02-15 2025-02-25']);
    expect(schedule({}, { variations })).toHaveLength(5);
  });

  it('variations before the request stay where they are', () => {
    const variations = after(
      { from: date('2025-02-15'), graceOnInterest: 1 },
      { from: date('2025-04-15'), adjustedDueDate: date('2025-04-20') },
    );
    expect(dates(variations)[0]).toBe('graceOnInterest 2025-02-15 1');
  });

  it('grace on principal brings extra terms', () => {
    expect(dates(after({ from: FROM, graceOnPrincipal: 2 }))).toEqual([
      'graceOnPrincipal 2025-03-15 2',
      'extraTerms 2025-03-15 2',
    ]);
  });
});

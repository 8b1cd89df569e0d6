import { describe, expect, it } from 'vitest';
import type { ChargeDefinition } from '../charge.ts';
import { type CivilDate, date } from '../date.ts';
import { fee, type Line, pay, penalty, tell } from '../life/story.ts';
import type { InterestRecalculation, LoanTerms } from '../terms.ts';
import {
  compoundingCalendar,
  compoundingDates,
  compoundingPart,
  compounds,
  compoundsFees,
  compoundsInterest,
} from './compounding.ts';
import {
  amounts,
  exampleInput,
  exampleTerms,
  money,
  recalculation,
  recalculationInput,
} from './exampleLoan.ts';
import { generateRecalculatedSchedule } from './recalculated.ts';

const START = date('2025-01-15');
const same = (day: CivilDate) => day;

const compounding = (own: Partial<InterestRecalculation> = {}): LoanTerms =>
  exampleTerms({
    interestRecalculation: recalculation({ compounding: 'INTEREST', compoundingDay: 1, ...own }),
  });

describe('what compounds', () => {
  it.each<[string, LoanTerms, boolean[]]>([
    ['interest by itself', compounding(), [true, true, false]],
    ['fees by themselves', compounding({ compounding: 'FEE' }), [true, false, true]],
    ['both', compounding({ compounding: 'INTEREST_AND_FEE' }), [true, true, true]],
    ['nothing', compounding({ compounding: 'NONE' }), [false, false, false]],
    ['nothing without recalculation', exampleTerms(), [false, false, false]],
  ])('%s', (_, terms, answers) => {
    expect([compounds(terms), compoundsInterest(terms), compoundsFees(terms)]).toEqual(answers);
  });

  it.each<[InterestRecalculation['compounding'], bigint]>([
    ['NONE', 0n],
    ['INTEREST', 7n],
    ['FEE', 5n],
    ['INTEREST_AND_FEE', 12n],
  ])('of interest 7 and fees 5 with %s: %s', (method, part) => {
    expect(compoundingPart(compounding({ compounding: method }), 7n, 5n)).toBe(part);
  });

  it('strictly inside a row; the first date takes what earlier rows left over, each the fees since the last', () => {
    const next = compoundingCalendar(recalculation({ compounding: 'FEE', compoundingDay: 1 }), START, same);
    const span = { from: START, to: date('2025-04-01'), next, leftOver: 7n };
    const feesDue = (after: string, until: string) =>
      after < '2025-02-20' && '2025-02-20' <= until ? 12n : 0n;
    expect([...compoundingDates({ ...span, feesDue })]).toEqual([
      ['2025-02-01', 7n],
      ['2025-03-01', 12n],
    ]);
    expect([...compoundingDates({ ...span, next: undefined, feesDue })]).toEqual([]);
  });
});

describe('a fee of 100 due on 20 Jan, compounding on 1 Feb: 5000 from 15 Jan at 18 %, daily ACT/365', () => {
  const rows = (method: InterestRecalculation['compounding'], businessDate = START) => {
    const terms = {
      interestCalculationPeriod: 'DAILY',
      interestRecalculation: recalculation({ compounding: method, compoundingDay: 1 }),
    } as const;
    const input = exampleInput(terms, { businessDate });
    const due = date('2025-01-20');
    return amounts(
      generateRecalculatedSchedule(
        recalculationInput(input, {
          feesDue: ({ after, until }) => (after < due && due <= until ? money(100) : 0n),
          layCharges: (row) => {
            if (row.from < due && due <= row.due) row.charged.fees += money(100);
          },
        }),
      ),
    );
  };

  it.each<[InterestRecalculation['compounding'], string]>([
    // 5000 x 31 days = 76.44
    ['NONE', '1220.13 + 76.44'],
    // 5000 x 17 days = 41.92; 5100 x 14 days = 35.21
    ['FEE', '1219.44 + 77.13'],
    // 5000 x 17 days = 41.92; 5041.92 x 14 days = 34.81
    ['INTEREST', '1219.84 + 76.73'],
    // 5000 x 17 days = 41.92; 5141.92 x 14 days = 35.50
    ['INTEREST_AND_FEE', '1219.15 + 77.42'],
  ])('%s: the first row is %s', (method, row) => {
    expect(rows(method)[0]).toBe(row);
  });

  it('leaves the balance when the row falls due, unless it is overdue', () => {
    // paid in time or not due yet: 3780.56 x 28 days = 52.20
    expect(rows('FEE')[1]).toBe('1244.37 + 52.20');
    // nothing paid by 10 Mar: (5000 + 100) x 23 days and then 3780.56 x 5 days: 57.85 + 9.32
    expect(rows('FEE', date('2025-03-10'))[1]).toBe('1229.40 + 67.17');
  });
});

describe('payments where interest compounds on the 1st: 5000 from 15 Jan at 18 %, daily, reduce EMI', () => {
  const terms = {
    ...exampleTerms({ interestCalculationPeriod: 'DAILY' }),
    interestRecalculation: recalculation({ compounding: 'INTEREST', compoundingDay: 1 }),
  };
  const rows = (...payments: [day: string, amount: number][]) => {
    const lines = payments.map<Line>(([day, amount]) => [
      day,
      { kind: 'pay', type: 'repayment', on: date(day), amount: money(amount) },
    ]);
    return amounts(tell(terms, lines).loan.installments);
  };

  it('all that a row charged leaves the balance with it; what had not joined by then joins later', () => {
    // Row 1: 5000 x 17 days = 41.92, which joins on 1 Feb; 5041.92 x 4 days = 9.95; 3041.92 x 10 days =
    // 15.00. On 15 Feb all 66.87 leave, though only 41.92 had joined: 3000 - 24.95 = 2975.05 bear interest
    // until the 24.95 come back on 1 Mar with the interest since. So row 2 is below the 41.42 of a loan
    // that does not compound: 2975.05 x 14 days = 20.54, and (2975.05 + 24.95 + 20.54) x 14 days = 20.85.
    expect(rows(['2025-02-05', 2000]).slice(0, 2)).toEqual(['2000.00 + 66.87', '988.34 + 41.39']);
  });

  it('what joined in a kept row leaves with the business date once overdue, what was paid on its day', () => {
    // Row 1 is kept. Of its 2000 and 66.87 the early 2000 paid the interest first, so 66.87 of principal
    // are overdue until today, 20 Feb. B: 5000 + 41.92 joined - 66.87 paid - 2000 = 2975.05 from 15 Feb.
    // 3041.92 x 5 days = 7.50; then 2975.05 + 66.87 - 41.92 = 3000.00 x 9 days = 13.32; on 1 Mar 24.95 of
    // row 1 and 20.82 join: 3045.77 x 14 days = 21.03.
    expect(rows(['2025-02-05', 2000], ['2025-02-20', 10]).slice(0, 2)).toEqual([
      '2000.00 + 66.87',
      '987.88 + 41.85',
    ]);
  });

  it('fees and penalties of a kept row that had not joined are left over as well', () => {
    const both = recalculation({ compounding: 'INTEREST_AND_FEE', compoundingDay: 1 });
    const charge = (day: string, definition: ChargeDefinition): Line => [
      '2025-01-16',
      { kind: 'addCharge', definition, dueDate: date(day) },
    ];
    const { loan } = tell({ ...terms, interestRecalculation: both }, [
      charge('2025-01-20', fee(100)),
      charge('2025-02-10', penalty(50)),
      ['2025-02-20', pay(150)],
    ]);
    // On 1 Feb 100 + 41.92 joined; 50 + 35.50 are left over. 5141.92 x 5 days = 12.68; from today, 20 Feb, on
    // 5000 - 1219.15 = 3780.85 x 9 days = 16.78; on 1 Mar 85.50 + 29.46 join: 3895.81 x 14 days = 26.90.
    expect(amounts(loan.installments).slice(0, 2)).toEqual(['1219.15 + 77.42', '1240.21 + 56.36']);
  });

  it('a row that falls due on a compounding date joins as a whole and leaves as a whole', () => {
    const onTheFirst = { ...terms, expectedDisbursementDate: date('2025-01-01') };
    const plain = { ...onTheFirst, interestRecalculation: recalculation() };
    const paid: Line[] = [
      ['2025-02-01', { kind: 'pay', type: 'repayment', on: date('2025-02-01'), amount: money('1296.57') }],
    ];
    expect(amounts(tell(onTheFirst, paid).loan.installments)).toEqual(
      amounts(tell(plain, paid).loan.installments),
    );
  });
});

describe('grace on the interest of a flat loan that is rescheduled', () => {
  /** 24 of interest over 4 rows, 6 each. */
  const interest = (from: string, graceOnInterest: number) => {
    const day = date('2025-02-01');
    const { loan } = tell({ numberOfRepayments: 4 }, [
      [
        '2025-02-01',
        { kind: 'reschedule', from: date(from), submittedOn: day, approvedOn: day, graceOnInterest },
      ],
    ]);
    return amounts(loan.installments).map((row) => row.split(' + ')[1]);
  };

  it.each<[string, number, string[]]>([
    // What is left of 24 is shared by the rows that pay.
    ['2025-02-15', 1, ['0.00', '8.00', '8.00', '8.00']],
    ['2025-02-15', 2, ['0.00', '0.00', '12.00', '12.00']],
    ['2025-03-15', 1, ['6.00', '0.00', '9.00', '9.00']],
    ['2025-03-15', 2, ['6.00', '0.00', '0.00', '18.00']],
    ['2025-04-15', 1, ['6.00', '6.00', '0.00', '12.00']],
  ])('from %s over %i rows: %j', (from, rows, expected) => {
    expect(interest(from, rows)).toEqual(expected);
  });
});

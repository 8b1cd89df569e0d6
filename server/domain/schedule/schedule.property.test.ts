/** What holds for every schedule, whatever the terms. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, addMonths, type CivilDate, date } from '../date.ts';
import type { Installment } from '../installment.ts';
import type { Tranche } from '../loan.ts';
import { type Money, sum } from '../money.ts';
import type { LoanTerms } from '../terms.ts';
import { generateCumulativeSchedule, type ScheduleInput } from './cumulative.ts';
import { exampleInput, exampleTerms, recalculation, recalculationInput } from './exampleLoan.ts';
import { generateRecalculatedSchedule } from './recalculated.ts';

const RUNS = { numRuns: 300 };

const startDate = fc.integer({ min: 0, max: 1500 }).map((days) => addDays(date('2023-01-01'), days));

const ownTerms = fc.record({
  principal: fc.bigInt({ min: 100_00n, max: 100_000_000_00n }),
  numberOfRepayments: fc.integer({ min: 1, max: 60 }),
  repaymentEvery: fc.integer({ min: 1, max: 3 }),
  repaymentFrequencyUnit: fc.constantFrom('DAYS', 'WEEKS', 'MONTHS', 'YEARS'),
  interestRatePerPeriod: fc.integer({ min: 0, max: 3600 }).map((basisPoints) => String(basisPoints / 100)),
  interestType: fc.constantFrom('FLAT', 'DECLINING_BALANCE'),
  amortization: fc.constantFrom('EQUAL_INSTALLMENTS', 'EQUAL_PRINCIPAL_PAYMENTS'),
  interestCalculationPeriod: fc.constantFrom('DAILY', 'SAME_AS_REPAYMENT_PERIOD'),
  allowPartialPeriodInterest: fc.boolean(),
  daysInYear: fc.constantFrom('ACTUAL', '360', '364', '365'),
  daysInMonth: fc.constantFrom('ACTUAL', '30'),
  installmentAmountInMultiplesOf: fc.constantFrom(null, 1),
  expectedDisbursementDate: startDate,
}) satisfies fc.Arbitrary<Partial<LoanTerms>>;

const withGrace = fc
  .tuple(ownTerms, fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.nat({ max: 3 }))
  .map(([own, graceOnPrincipal, graceOnInterest, graceInterestFree]): Partial<LoanTerms> => {
    const most = own.numberOfRepayments - 1;
    return {
      ...own,
      graceOnPrincipal: Math.min(graceOnPrincipal, most),
      graceOnInterest: Math.min(graceOnInterest, most),
      graceInterestFree: Math.min(graceInterestFree, most),
    };
  });

const principalOf = (rows: readonly Installment[]): Money => sum(rows.map((row) => row.charged.principal));

/** The rule of engine.md 3.3 refuses an EMI below a period's interest: such terms make no schedule. */
function scheduleOrNull(input: ScheduleInput): Installment[] | null {
  try {
    return generateCumulativeSchedule(input);
  } catch (error) {
    if (error instanceof Error && error.message.includes('above the interest')) return null;
    throw error;
  }
}

describe('every cumulative schedule', () => {
  it('repays exactly the principal, charges no negative interest, and keeps rows in order', () => {
    fc.assert(
      fc.property(withGrace, (own) => {
        const rows = scheduleOrNull(exampleInput(own));
        if (rows === null) return;
        expect(principalOf(rows)).toBe(own.principal);
        rows.forEach((row, index) => {
          expect(row.charged.interest).toBeGreaterThanOrEqual(0n);
          expect(row.number).toBe(index + 1);
          expect(row.due > row.from).toBe(true);
          expect(row.from).toBe(index === 0 ? own.expectedDisbursementDate : rows[index - 1]?.due);
        });
      }),
      RUNS,
    );
  });

  it('is the same whatever the order in which tranches are given, and repays them all', () => {
    const parts = fc.array(
      fc.record({ day: fc.nat({ max: 80 }), amount: fc.bigInt({ min: 1_00n, max: 10_000_00n }) }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(parts, fc.constantFrom('0', '12', '24.5'), (drawn, interestRatePerPeriod) => {
        const start = date('2025-01-15');
        const tranches: Tranche[] = drawn.map(({ day, amount }, index) => {
          const on: CivilDate = index === 0 ? start : addDays(start, day);
          return { expectedOn: on, disbursedOn: on, amount };
        });
        const own = { interestRatePerPeriod, multiDisburse: true };
        const rows = generateCumulativeSchedule(exampleInput(own, { tranches }));
        const reversed = generateCumulativeSchedule(exampleInput(own, { tranches: [...tranches].reverse() }));
        expect(principalOf(rows)).toBe(sum(tranches.map((one) => one.amount)));
        expect(reversed).toEqual(rows);
      }),
      RUNS,
    );
  });

  it('gives equal installments but for the last row when interest is counted by the period', () => {
    fc.assert(
      fc.property(ownTerms, (own) => {
        const plain = {
          ...own,
          interestType: 'DECLINING_BALANCE',
          amortization: 'EQUAL_INSTALLMENTS',
          interestCalculationPeriod: 'SAME_AS_REPAYMENT_PERIOD',
        } as const;
        const rows = scheduleOrNull(exampleInput(plain)) ?? [];
        const dues = rows.slice(0, -2).map((row) => row.charged.principal + row.charged.interest);
        expect(new Set(dues).size).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  });

  it('costs the same on any day of the month up to the 28th with whole periods', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 28 }), (day) => {
        const from = date(`2025-01-${String(day).padStart(2, '0')}`);
        const interest = (on: CivilDate) =>
          generateCumulativeSchedule(exampleInput({ expectedDisbursementDate: on })).map(
            (row) => row.charged.interest,
          );
        expect(interest(from)).toEqual(interest(date('2025-01-15')));
      }),
    );
  });
});

describe('every recalculated schedule', () => {
  const payments = fc.array(
    fc.record({ day: fc.nat({ max: 200 }), amount: fc.bigInt({ min: 1_00n, max: 3_000_00n }) }),
    { maxLength: 6 },
  );
  const rules = fc.record({
    restFrequency: fc.constantFrom('DAILY', 'SAME_AS_REPAYMENT_PERIOD'),
    rescheduleStrategy: fc.constantFrom(
      'REDUCE_EMI_AMOUNT',
      'REDUCE_NUMBER_OF_INSTALLMENTS',
      'RESCHEDULE_NEXT_REPAYMENTS',
    ),
    preCloseRule: fc.constantFrom('TILL_PRE_CLOSE_DATE', 'TILL_REST_FREQUENCY_DATE'),
  } as const);

  it('repays exactly the principal and never charges negative interest, whatever is paid when', () => {
    fc.assert(
      fc.property(payments, rules, fc.nat({ max: 250 }), (drawn, rule, now) => {
        const start = date('2025-01-15');
        const businessDate = addDays(start, now);
        const known = drawn
          .map(({ day, amount }) => ({ date: addDays(start, day), amount }))
          .filter((payment) => payment.date <= businessDate)
          .sort((a, b) => (a.date < b.date ? -1 : 1));
        const own = {
          interestCalculationPeriod: 'DAILY',
          interestRecalculation: recalculation(rule),
        } as const;
        const input = exampleInput({ ...own, numberOfRepayments: 6 }, { businessDate });
        const rows = generateRecalculatedSchedule(recalculationInput(input, { payments: known }));
        expect(principalOf(rows)).toBe(exampleTerms().principal);
        for (const row of rows) {
          expect(row.charged.interest).toBeGreaterThanOrEqual(0n);
          expect(row.charged.principal).toBeGreaterThanOrEqual(0n);
        }
        expect(rows.at(-1)?.due).toBeDefined();
        expect((rows.at(-1)?.due ?? start) <= addMonths(start, 12)).toBe(true);
      }),
      RUNS,
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChargeDefinition } from '../charge.ts';
import { addDays, type CivilDate, date } from '../date.ts';
import { decide } from '../decide.ts';
import type { LoanCommand } from '../decision.ts';
import { netOf } from '../ledger.ts';
import { fee, on, pay, penalty, storyTerms, tell } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { Refusal } from '../refusal.ts';
import { money } from '../schedule/exampleLoan.ts';
import { DEFAULT_SETTINGS, type LoanTerms } from '../terms.ts';
import { OPTIONAL_STEPS, planClosing, STANDARD_STEPS } from './plan.ts';
import { quietAmount, quietTransaction } from './quietAccrual.ts';

const BUCKET: LoanTerms['delinquencyBucket'] = {
  code: 'B',
  ranges: [
    { code: 'EARLY', name: 'early', minDays: 1, maxDays: 3 },
    { code: 'LATE', name: 'late', minDays: 10, maxDays: 30 },
    { code: 'BAD', name: 'bad', minDays: 31, maxDays: null },
  ],
};

const overdue = (own: Partial<ChargeDefinition> = {}): ChargeDefinition => ({
  ...penalty(3),
  time: 'OVERDUE',
  ...own,
});

const planOf = (loan: Loan, steps = STANDARD_STEPS) =>
  planClosing(loan, {
    closedTill: loan.lastClosedBusinessDate,
    openFrom: date('2025-01-15'),
    steps,
    settings: DEFAULT_SETTINGS,
  });

const closed = (loan: Loan, day: CivilDate, steps = STANDARD_STEPS) =>
  decide(loan, { kind: 'closeBusinessDay', day, steps }, on(addDays(day, 1)));

describe('when a loan has something to do', () => {
  const paidOut = tell({ delinquencyBucket: BUCKET }, []).loan;
  const start = closed(paidOut, date('2025-01-20')).loan;
  const cases: readonly [closedTill: string, next: string, why: string][] = [
    ['2025-01-20', '2025-02-14', 'the reminder, a day before the due date'],
    ['2025-02-14', '2025-02-15', 'the due date: interest is earned, and from tomorrow it is past due'],
    ['2025-02-15', '2025-02-17', 'overdue is told two days after the due date'],
    ['2025-02-17', '2025-02-18', 'from tomorrow 4 days past due, in no range'],
    ['2025-02-18', '2025-02-24', 'from tomorrow 10 days past due'],
    ['2025-02-24', '2025-03-14', 'the reminder of the second installment'],
  ];
  test.each(cases)('closed up to %s: on %s, %s', (till, next) => {
    let loan = start;
    for (let day = date('2025-01-21'); day <= till; day = addDays(day, 1)) loan = closed(loan, day).loan;
    expect(planOf(loan).nextWorkDate).toBe(next);
  });

  test('a loan that is not running has nothing to do', () => {
    const rejected = { ...paidOut, status: 'rejected' as const };
    expect(planOf(rejected)).toEqual({ nextWorkDate: null, accrual: null });
  });

  test('a loan that was never closed is planned from the first day that is open', () => {
    expect(planOf(paidOut)).toMatchObject({ nextWorkDate: '2025-02-14', accrual: { accrued: 0n } });
  });

  test('what accrues each day follows from the running installment', () => {
    const { accrual } = planOf(start);
    expect(accrual).toMatchObject({
      installment: 1,
      interest: money(6),
      from: '2025-01-15',
      due: '2025-02-15',
    });
    expect(accrual && quietAmount(accrual, date('2025-01-21'))).toBe(money('0.19'));
  });
});

const TERMS = fc.record({
  principal: fc.integer({ min: 100, max: 5000 }).map((amount) => money(amount)),
  interestType: fc.constantFrom('FLAT' as const, 'DECLINING_BALANCE' as const),
  interestRatePerPeriod: fc.constantFrom('0', '7', '24'),
  graceOnArrearsAgeing: fc.constantFrom(0, 3),
  installmentLevelDelinquency: fc.boolean(),
  overdueDaysForNonPerforming: fc.constantFrom(null, 20),
  overdueCharges: fc.constantFrom(
    [],
    [overdue()],
    [overdue({ feeFrequency: { every: 5, unit: 'DAYS' } })],
    [overdue({ calculation: 'PERCENT_OF_INTEREST' })],
  ),
  delinquencyBucket: fc.constantFrom(BUCKET, null),
});

const ACTS: readonly ((day: string) => LoanCommand)[] = [
  pay(20),
  pay(106),
  pay(400),
  (day) => ({ kind: 'addCharge', definition: fee(9), dueDate: addDays(date(day), 4) }),
  (day) => ({ kind: 'pauseDelinquency', startDate: date(day), endDate: addDays(date(day), 7) }),
  (day) => ({ kind: 'chargeback', transactionId: 2, on: date(day), amount: money(15) }),
  (day) => ({ kind: 'chargeOff', on: date(day) }),
  (day) => ({ kind: 'pay', type: 'waiveInterest', on: date(day), amount: money(2) }),
];

const LIFE = fc.array(fc.tuple(fc.integer({ min: 0, max: 25 }), fc.nat({ max: ACTS.length - 1 })), {
  maxLength: 8,
});

/** The loan after the command, or as it was when it is refused. */
function tried(loan: Loan, command: LoanCommand, day: CivilDate): Loan {
  try {
    return decide(loan, command, on(day)).loan;
  } catch (error) {
    if (error instanceof Refusal) return loan;
    throw error;
  }
}

/** Everything of a loan that a quiet day may not touch. */
function apart(loan: Loan) {
  const installments = loan.installments.map(({ accrued: _accrued, ...row }) => row);
  const { transactions: _transactions, accruedTill: _till, lastClosedBusinessDate: _closed, ...rest } = loan;
  return { ...rest, installments };
}

/** Closes a day that the plan calls quiet, and finds it to be so. */
function quietly(loan: Loan, day: CivilDate, steps = STANDARD_STEPS): Loan {
  const { accrual } = planOf(loan, steps);
  const decision = closed(loan, day, steps);
  const amount = accrual ? quietAmount(accrual, day) : 0n;
  expect(apart(decision.loan)).toEqual(apart(loan));
  const highest = (of: (each: Loan['transactions'][number]) => number) =>
    loan.transactions.reduce((most, each) => Math.max(most, of(each)), 0);
  const next = { id: highest(({ id }) => id) + 1, sequence: highest(({ sequence }) => sequence) + 1 };
  const booked = amount === 0n ? [] : [quietTransaction({ day, amount, ...next })];
  expect(decision.changed).toEqual(booked);
  expect(decision.events.filter(({ name }) => name !== 'accrual-created')).toEqual([]);
  expect(decision.entries.map((entry) => netOf(entry.lines))).toEqual(
    booked.map(
      () =>
        new Map([
          [accrual?.receivable, amount],
          [accrual?.income, -amount],
        ]),
    ),
  );
  return decision.loan;
}

describe('a day before the next work', () => {
  const cases = fc.tuple(
    TERMS,
    LIFE,
    fc.constantFrom(STANDARD_STEPS, [...STANDARD_STEPS, ...OPTIONAL_STEPS]),
  );
  test('does nothing but accrue what the plan foresees', () => {
    fc.assert(
      fc.property(cases, ([terms, life, steps]) => {
        let { loan } = tell(storyTerms(terms), []);
        loan = closed(loan, date('2025-01-15'), steps).loan;
        let day = date('2025-01-16');
        let nextWork = planOf(loan, steps).nextWorkDate;
        const acts = life.flatMap(([pause, act]) => [...Array(pause).fill(null), act]) as (number | null)[];
        for (const act of [...acts, ...Array(20).fill(null)]) {
          const command = act === null ? undefined : ACTS[act];
          if (command) {
            loan = tried(loan, command(day), day);
            nextWork = planOf(loan, steps).nextWorkDate;
          }
          const isWork = nextWork !== null && nextWork <= day;
          loan = isWork ? closed(loan, day, steps).loan : quietly(loan, day, steps);
          // Loans that are over are not closed any more: nothing moves on.
          if (isWork) nextWork = planOf({ ...loan, lastClosedBusinessDate: day }, steps).nextWorkDate;
          day = addDays(day, 1);
        }
      }),
      { numRuns: 60 },
    );
  });
});

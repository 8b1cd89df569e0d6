import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { pay, tell } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import type { LoanTerms } from '../terms.ts';
import { arrearsOf, assessNonPerforming, nextPaymentDueDate } from './arrears.ts';

/** 400 without interest in rows of 100 due on the 15th of February to May; the first is paid. */
const loanOf400 = (own: Partial<LoanTerms> = {}): Loan =>
  tell({ interestRatePerPeriod: '0', principal: 40_000n, numberOfRepayments: 4, ...own }, [
    ['2025-02-15', pay(100)],
  ]).loan;

describe('the next payment', () => {
  it.each([
    ['earliest-unpaid-date', '2025-02-20', '2025-03-15'],
    ['earliest-unpaid-date', '2025-04-20', '2025-03-15'],
    ['next-unpaid-due-date', '2025-02-20', '2025-03-15'],
    ['next-unpaid-due-date', '2025-03-14', '2025-03-15'],
    ['next-unpaid-due-date', '2025-03-15', '2025-04-15'],
    ['next-unpaid-due-date', '2025-05-14', '2025-05-15'],
    ['next-unpaid-due-date', '2025-05-15', '2025-05-15'],
    ['next-unpaid-due-date', '2025-06-20', '2025-05-15'],
  ] as const)('by %s on %s is due %s', (rule, day, due) => {
    expect(nextPaymentDueDate(loanOf400(), date(day), rule)).toBe(due);
  });

  it('of a loan that owes nothing is none, or the maturity', () => {
    const loan = tell({}, [['2025-02-10', pay(318)]]).loan;
    expect(nextPaymentDueDate(loan, date('2025-02-12'), 'earliest-unpaid-date')).toBeNull();
    expect(nextPaymentDueDate(loan, date('2025-02-12'), 'next-unpaid-due-date')).toBe('2025-04-15');
  });
});

describe('a loan in arrears since 15 Mar, 90 days being allowed,', () => {
  const assessed = (day: string, own: Partial<LoanTerms> = {}, state: Partial<Loan> = {}) => {
    const loan = { ...loanOf400({ overdueDaysForNonPerforming: 90, ...own }), ...state };
    return assessNonPerforming(loan, date(day)).isNonPerforming;
  };
  const strict = { leavesNonPerformingOnlyWhenArrearsCleared: true };
  const marked = { isNonPerforming: true };

  it.each<[string, string, Partial<LoanTerms>, Partial<Loan>, boolean]>([
    ['90 days after it performs', '2025-06-13', {}, {}, false],
    ['91 days after it does not', '2025-06-14', {}, {}, true],
    [
      'is not assessed by a product without a limit',
      '2025-06-14',
      { overdueDaysForNonPerforming: null },
      {},
      false,
    ],
    ['nor is its mark taken away there', '2025-06-14', { overdueDaysForNonPerforming: null }, marked, true],
    ['is not assessed once it is closed', '2025-06-14', {}, { status: 'closed' }, false],
    ['nor is its mark taken away then', '2025-06-13', {}, { status: 'closed', ...marked }, true],
    ['performs again within the limit', '2025-06-13', {}, marked, false],
    ['but where all arrears must go first', '2025-06-13', strict, marked, true],
    ['even then it must have been marked', '2025-06-13', strict, {}, false],
    ['and is freed on a day without arrears', '2025-03-15', strict, marked, false],
  ])('%s', (_, day, terms, state, isNonPerforming) => {
    expect(assessed(day, terms, state)).toBe(isNonPerforming);
  });

  it('is the same loan while nothing changes', () => {
    const loan = loanOf400({ overdueDaysForNonPerforming: 90 });
    expect(assessNonPerforming(loan, date('2025-06-13'))).toBe(loan);
  });
});

it('arrears add up what is open of the rows that were due before the day', () => {
  const [day, later] = [date('2025-04-15'), date('2025-04-16')];
  expect(arrearsOf(loanOf400(), day)).toMatchObject({ since: '2025-03-15', amounts: { principal: 10_000n } });
  expect(arrearsOf(loanOf400(), later)).toMatchObject({
    since: '2025-03-15',
    amounts: { principal: 20_000n },
  });
  expect(arrearsOf(loanOf400(), date('2025-03-15'))).toMatchObject({
    since: null,
    amounts: { principal: 0n },
  });
});

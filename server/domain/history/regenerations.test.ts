import { describe, expect, it } from 'vitest';
import { totalOf } from '../components.ts';
import { date } from '../date.ts';
import type { CloseOfBusinessStep, LoanCommand } from '../decision.ts';
import { copyInstallment } from '../installment.ts';
import { continued, fee, type Line, on, pay, penalty, type Story, tell } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { amounts, money, recalculation } from '../schedule/exampleLoan.ts';
import { payoffQuote } from '../statement/payoff.ts';
import type { LoanTerms } from '../terms.ts';
import { differencesFromRebuilt } from './rebuild.ts';

/** 5000 at 18 %, 4 months from 15 Jan: 1296.57 a month. */
const TERMS: Partial<LoanTerms> = {
  principal: money(5000),
  numberOfRepayments: 4,
  interestRatePerPeriod: '18',
  interestType: 'DECLINING_BALANCE',
  interestCalculationPeriod: 'DAILY',
  interestRecalculation: recalculation(),
};
const close =
  (...steps: CloseOfBusinessStep[]) =>
  (day: string): LoanCommand => ({ kind: 'closeBusinessDay', day: date(day), steps });

const LATE: readonly Line[] = [
  ['2025-02-25', pay('1296.57')],
  ['2025-03-20', pay('1296.57')],
];

/** `25 Feb, kept 1` of every regeneration that the loan notes. */
const noted = ({ regenerations = [] }: Loan): string[] =>
  regenerations.map(({ on: day, kept, by = 'payments' }) => `${day} kept ${kept} ${by}`);

const rebuilt = ({ loan }: Story, day: string) => differencesFromRebuilt(loan, on(day));

describe('what a loan notes of how its rows came about', () => {
  it.each<[what: string, lines: readonly Line[], notes: string[]]>([
    ['the disbursement', [], ['2025-01-15 kept 0 payments']],
    [
      'a payment after each due date: the rows before it stand',
      LATE,
      ['2025-01-15 kept 0 payments', '2025-02-25 kept 1 payments', '2025-03-20 kept 2 payments'],
    ],
    [
      'of two payments in one period the second',
      [...LATE, ['2025-03-22', pay(10)]],
      ['2025-01-15 kept 0 payments', '2025-02-25 kept 1 payments', '2025-03-22 kept 2 payments'],
    ],
    [
      'the close of a day that makes all rows anew, and nothing before it',
      [...LATE, ['2025-03-22', close('LOAN_INTEREST_RECALCULATION')]],
      ['2025-03-23 kept 0 payments'],
    ],
  ])('%s', (_what, lines, notes) => {
    const { loan } = tell(TERMS, lines);
    expect(noted(loan)).toEqual(notes);
  });

  it('a pay-off as it was quoted, where the payment alone would not have ended the rows', () => {
    const rules = {
      compounding: 'INTEREST_AND_FEE',
      compoundingFrequency: 'WEEKLY',
      compoundingDay: 1,
      preCloseRule: 'TILL_REST_FREQUENCY_DATE',
    } as const;
    const charge = { kind: 'addCharge', definition: fee(30), dueDate: date('2025-02-10') } as const;
    const owing = tell({ ...TERMS, interestRecalculation: recalculation(rules) }, [['2025-01-20', charge]]);
    const amount = totalOf(payoffQuote(owing.loan, date('2025-03-09'), on('2025-03-09')));
    const paid = continued(owing, [
      ['2025-03-09', (day): LoanCommand => ({ kind: 'pay', type: 'repayment', on: date(day), amount })],
    ]);
    expect([paid.loan.status, noted(paid.loan)]).toEqual([
      'closed',
      ['2025-01-20 kept 0 payments', '2025-03-09 kept 1 payoff'],
    ]);
    expect(rebuilt(paid, '2025-03-09')).toEqual([]);
  });

  it('nothing, where payments change no interest', () => {
    const { loan } = tell({ ...TERMS, interestRecalculation: null }, LATE);
    expect(loan).not.toHaveProperty('regenerations');
  });
});

describe('rows that later ones kept', () => {
  it('are made again as they were: with the overdue interest of then, without the fee of later', () => {
    const fees: Line = [
      '2025-03-10',
      { kind: 'addCharge', definition: fee(12), dueDate: date('2025-03-01') },
    ];
    const story = tell(TERMS, [LATE[0] as Line, fees, LATE[1] as Line]);
    expect(amounts(story.loan.installments).slice(0, 2)).toEqual(['1220.13 + 76.44', '1238.36 + 58.21']);
    expect(rebuilt(story, '2025-03-20')).toEqual([]);
  });

  it('are told from others: a cent more in the first of them is found', () => {
    const { loan } = tell(TERMS, LATE);
    const installments = loan.installments.map(copyInstallment);
    if (installments[0]) installments[0].charged.interest += 1n;
    const found = differencesFromRebuilt({ ...loan, installments }, on('2025-03-20'));
    expect(found.join()).toContain('installments 1: ');
  });

  it('are made by the terms of then, though a due date was moved since', () => {
    const moved: Line = [
      '2025-03-25',
      {
        kind: 'reschedule',
        from: date('2025-04-15'),
        submittedOn: date('2025-03-25'),
        approvedOn: date('2025-03-25'),
        adjustedDueDate: date('2025-04-25'),
      },
    ];
    const story = tell(TERMS, [...LATE, moved, ['2025-04-27', pay('1296.57')]]);
    expect(story.loan.regenerations?.map(({ variations = [] }) => variations.length)).toEqual([0, 0, 1, 0]);
    expect(rebuilt(story, '2025-04-27')).toEqual([]);
  });

  it('still know what was taken back while the loan stood still: a payment, a penalty', () => {
    const overdueCharges = [{ ...penalty(30), time: 'OVERDUE' as const }];
    const arrears = close('UPDATE_LOAN_ARREARS_AGING');
    const own = { ...TERMS, overdueCharges, overdueDaysForNonPerforming: 20 };
    const story = tell(own, [
      ['2025-02-17', close('APPLY_CHARGE_TO_OVERDUE_LOANS')],
      ['2025-02-18', close('LOAN_INTEREST_RECALCULATION')],
      ['2025-03-10', arrears],
      ['2025-03-11', (): LoanCommand => pay('1296.57')('2025-02-10')],
    ]);
    expect(story.loan.isNonPerforming).toBe(true);
    expect(story.loan.regenerations).toMatchObject([{ kept: 0, charges: 1, dropped: [1] }]);
    const goesOn = continued(story, [
      ['2025-03-12', arrears],
      ['2025-03-20', pay(700)],
    ]);
    expect(noted(goesOn.loan)).toEqual(['2025-02-19 kept 0 payments', '2025-03-20 kept 2 payments']);
    expect(rebuilt(goesOn, '2025-03-20')).toEqual([]);
    const undone = continued(goesOn, [
      ['2025-04-10', arrears],
      ['2025-04-11', (): LoanCommand => ({ kind: 'reverse', transactionId: 3, on: date('2025-03-20') })],
    ]);
    expect(undone.loan.regenerations?.at(-1)).toMatchObject({ undone: [{ id: 3 }] });
  });
});

describe('a loan of before this was noted', () => {
  const ofThen = (story: Story): Story => {
    const { regenerations: _notes, ...loan } = story.loan;
    return { ...story, loan };
  };
  const paid = continued(ofThen(tell(TERMS, LATE.slice(0, 1))), LATE.slice(1));

  it('goes on with its rows taken over as they stand', () => {
    expect(paid.loan).not.toHaveProperty('regenerations');
    expect(amounts(paid.loan.installments)).toEqual(amounts(tell(TERMS, LATE).loan.installments));
    expect(rebuilt(paid, '2025-03-20')).toEqual([]);
  });

  it('notes again as soon as all rows are made anew', () => {
    const closed = continued(paid, [['2025-03-22', close('LOAN_INTEREST_RECALCULATION')]]);
    expect(noted(closed.loan)).toEqual(['2025-03-23 kept 0 payments']);
    expect(rebuilt(closed, '2025-03-23')).toEqual([]);
  });
});

/** Whoever pays the quote owes nothing: charges on the interest, compounding, prepaid rows. */
import { describe, expect, it } from 'vitest';
import { totalOf } from '../components.ts';
import { date } from '../date.ts';
import { decide } from '../decide.ts';
import { fee, type Line, on, openOf, pay, tell } from '../life/story.ts';
import { money, recalculation } from '../schedule/exampleLoan.ts';
import { payoffQuote } from '../statement/payoff.ts';
import type { InterestRecalculation, LoanTerms } from '../terms.ts';
import { differencesFromRebuilt } from './rebuild.ts';

/** 5000 at 18 % a year from 15 Jan 2025, 4 monthly installments, recalculated daily. */
const terms = (
  rules: Partial<InterestRecalculation> = {},
  own: Partial<LoanTerms> = {},
): Partial<LoanTerms> => ({
  principal: money(5000),
  numberOfRepayments: 4,
  interestType: 'DECLINING_BALANCE',
  interestRatePerPeriod: '18',
  interestCalculationPeriod: 'DAILY',
  interestRecalculation: recalculation(rules),
  ...own,
});

const onInterest = fee(10, { calculation: 'PERCENT_OF_INTEREST' });
const WEEKLY = {
  compounding: 'INTEREST_AND_FEE',
  compoundingFrequency: 'WEEKLY',
  compoundingDay: 1,
} as const;
const BY_INTEREST = {
  strategy: 'interest-principal-penalties-fees-order-strategy',
  amortization: 'EQUAL_PRINCIPAL_PAYMENTS',
} as const;
const BY_DUE_CHARGES = {
  strategy: 'due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy',
  amortization: 'EQUAL_PRINCIPAL_PAYMENTS',
} as const;

const charged: Line = [
  '2025-01-20',
  { kind: 'addCharge', definition: onInterest, dueDate: date('2025-05-10') },
];
const flat: Line = ['2025-01-20', { kind: 'addCharge', definition: fee(30), dueDate: date('2025-02-10') }];

const STORIES: [string, Partial<LoanTerms>, Line[]][] = [
  ['a charge of 10 % of the interest, not due yet', terms(), [charged]],
  ['the same after a prepayment', terms(), [charged, ['2025-01-28', pay(2000)]]],
  [
    'fewer rows',
    terms({ rescheduleStrategy: 'REDUCE_NUMBER_OF_INSTALLMENTS' }),
    [charged, ['2025-01-28', pay(2000)]],
  ],
  [
    'rest on the due dates',
    terms({ restFrequency: 'SAME_AS_REPAYMENT_PERIOD' }),
    [charged, ['2025-01-28', pay(900)]],
  ],
  ['interest and fees compounding by the week', terms(WEEKLY), [flat, ['2025-02-03', pay(700)]]],
  ['till the rest date', terms({ ...WEEKLY, preCloseRule: 'TILL_REST_FREQUENCY_DATE' }), [flat]],
  [
    'interest first, equal principal',
    terms({ rescheduleStrategy: 'RESCHEDULE_NEXT_REPAYMENTS' }, BY_INTEREST),
    [flat],
  ],
];

const quoteOn = (loan: Parameters<typeof payoffQuote>[0], day: string) =>
  totalOf(payoffQuote(loan, date(day), on(day)));

const paying = (loan: Parameters<typeof decide>[0], day: string, amount: bigint) =>
  decide(loan, { kind: 'pay', type: 'repayment', on: date(day), amount }, on(day)).loan;

describe.each(STORIES)('the quote with %s', (_, own, lines) => {
  it.each(['2025-02-05', '2025-02-15', '2025-03-09', '2025-05-15', '2025-06-20'])('on %s', (day) => {
    const { loan } = tell(own, lines);
    const paid = paying(loan, day, quoteOn(loan, day));
    expect([paid.status, paid.overpaid, openOf(paid).filter((row) => row !== '0/0/0/0')]).toEqual([
      'closed',
      0n,
      [],
    ]);
    expect(differencesFromRebuilt(paid, on(day))).toEqual([]);
  });

  it('a cent less leaves the loan open', () => {
    const { loan } = tell(own, lines);
    expect(paying(loan, '2025-03-09', quoteOn(loan, '2025-03-09') - 1n).status).toBe('active');
  });
});

describe('a fee that this order pays only while it is open', () => {
  // Of the rows before the pay-off: laid with the fee as paid by it, the goodwill would go to the principal.
  const yearly = terms(
    {
      restFrequency: 'SAME_AS_REPAYMENT_PERIOD',
      rescheduleStrategy: 'RESCHEDULE_NEXT_REPAYMENTS',
      compounding: 'INTEREST',
      compoundingDay: 1,
    },
    { ...BY_DUE_CHARGES, interestRatePerPeriod: '7', numberOfRepayments: 6, repaymentFrequencyUnit: 'YEARS' },
  );
  const { loan } = tell(yearly, [
    ['2025-01-21', { kind: 'addCharge', definition: fee(50), dueDate: date('2025-02-06') }],
    ['2025-02-06', pay(5, { type: 'waiveInterest' })],
    ['2025-10-13', pay(1, { type: 'goodwillCredit' })],
  ]);

  it('is laid by the quote and by its payment alike', () => {
    const paid = paying(loan, '2026-09-25', quoteOn(loan, '2026-09-25'));
    expect([paid.status, paid.overpaid]).toEqual(['closed', 0n]);
  });
});

describe('charges on the interest', () => {
  it('are quoted by the interest until the pay-off: 10 % of 76.44 on 15 Feb, not of the 186.29 planned', () => {
    const { loan } = tell(terms(), [charged]);
    expect(loan.charges[0]?.amount).toBe(money('18.63'));
    expect(payoffQuote(loan, date('2025-02-15'), on('2025-02-15'))).toMatchObject({
      interest: money('76.44'),
      fees: money('7.64'),
    });
  });
});

describe('an installment fee of 2.00', () => {
  const installmentFee = fee(2, { time: 'INSTALLMENT' });

  it('ends with the rows: paid off in the first of 4, it is 2.00 in all', () => {
    const open = tell(terms(), []).loan;
    const loan = { ...open, charges: tellPending().charges };
    const paid = paying(loan, '2025-02-05', quoteOn(loan, '2025-02-05'));
    expect([paid.status, paid.charges[0]?.amount, paid.charges[0]?.paid]).toEqual([
      'closed',
      money(2),
      money(2),
    ]);
  });

  const tellPending = () =>
    tell({ ...terms(), interestRecalculation: null }, [
      ['2025-01-15', { kind: 'addCharge', definition: installmentFee }],
    ]).loan;

  it('grows with extra terms: 4 rows and 2 more make 12.00', () => {
    const day = date('2025-02-01');
    const rescheduled = decide(
      tellPending(),
      { kind: 'reschedule', from: date('2025-03-15'), submittedOn: day, approvedOn: day, extraTerms: 2 },
      on('2025-02-01'),
    ).loan;
    expect(rescheduled.charges[0]?.amount).toBe(money(12));
    expect(rescheduled.installments.map(({ charged: { fees } }) => fees)).toEqual(Array(6).fill(money(2)));
  });
});

import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { decide } from '../decide.ts';
import type { LoanCommand } from '../decision.ts';
import { listedTransactions } from '../history/history.ts';
import type { Loan } from '../loan.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import type { DelinquencyBucket, LoanTerms } from '../terms.ts';
import { requireUnrepaid } from './disbursalUndo.ts';
import { submitLoan } from './origination.ts';
import {
  accountBalances,
  answerTo,
  continued,
  fee,
  type Line,
  on,
  openOf,
  pay,
  splitOf,
  storyTerms,
  tell,
} from './story.ts';

/** 300 without interest in 3 rows from 15 Jan, of 600 that may be drawn in tranches. */
const SEVERAL: Partial<LoanTerms> = {
  interestRatePerPeriod: '0',
  interestType: 'DECLINING_BALANCE',
  multiDisburse: true,
  disallowExpectedDisbursements: true,
  overAppliedPercentage: '100',
};
const quarterDown = { enabled: true, percentage: '25', automatic: true } as const;

const TODAY = '2025-03-01';
const disburse = (
  amount: number,
  own: Partial<Extract<LoanCommand, { kind: 'disburse' }>> = {},
): LoanCommand => ({
  kind: 'disburse',
  on: date(TODAY),
  amount: money(amount),
  ...own,
});
const drawn = (amount: number, day = TODAY): Line => [day, disburse(amount, { on: date(day) })];
const undoLast: LoanCommand = { kind: 'undoLastDisbursal' };

const principals = (loan: Loan) =>
  loan.installments.map((row) => shown(row.charged.principal).replace('.00', ''));
const listed = (loan: Loan) =>
  listedTransactions(loan).map((each) =>
    `${each.date.slice(5)} ${each.type} ${shown(each.amount)} ${splitOf(each)}`.trim(),
  );

type Row = readonly [situation: string, lines: readonly Line[], line: Line, answer: string];

function answered(rows: readonly Row[], own: Partial<LoanTerms> = {}): void {
  it.each(rows)('%s', (_, lines, line, answer) => {
    expect(answerTo(() => tell({ ...SEVERAL, ...own }, [...lines, line]))).toBe(answer);
  });
}

describe('undoing the last disbursal', () => {
  const TWO =
    'aborted loan_needs_two_disbursements: Only the last of several disbursements can be undone by itself';
  const LATER =
    'aborted loan_has_later_payments: The last disbursal can not be undone: payments came after it';
  const undo: Line = ['2025-03-10', undoLast];
  const next = (command: (day: string) => LoanCommand): Line => ['2025-03-02', command];

  answered([
    ['of two', [drawn(120)], undo, 'accepted'],
    ['of one', [], undo, TWO],
    ['when the other was undone', [drawn(120), ['2025-03-02', undoLast]], undo, TWO],
    ['after a payment', [drawn(120), next(pay(5))], undo, LATER],
    ['after goodwill', [drawn(120), next(pay(5, { type: 'goodwillCredit' }))], undo, LATER],
    [
      'after a payment that was undone',
      [
        drawn(120),
        next(pay(5)),
        ['2025-03-03', { kind: 'reverse', transactionId: 3, on: date('2025-03-03') }],
      ],
      undo,
      'accepted',
    ],
    [
      'after a charge was waived',
      [
        drawn(120),
        ['2025-03-02', { kind: 'addCharge', definition: fee(5), dueDate: date('2025-03-05') }],
        ['2025-03-03', { kind: 'waiveCharge', chargeId: 1 }],
      ],
      undo,
      LATER,
    ],
    ['after a payment of the same day', [drawn(120), [TODAY, pay(5)]], undo, 'accepted'],
    [
      'after an accrual',
      [drawn(120), ['2025-03-05', { kind: 'accrue', till: date('2025-03-05') }]],
      undo,
      'accepted',
    ],
    [
      'of a closed loan',
      [drawn(120), [TODAY, pay(420)]],
      undo,
      'aborted loan_must_be_active: Loan must be Active',
    ],
    [
      'of a loan charged off',
      [drawn(120), ['2025-03-02', { kind: 'chargeOff', on: date('2025-03-02') }]],
      undo,
      'aborted loan_must_not_be_charged_off: Loan is charged off',
    ],
  ]);

  it('after interest was waived is refused, and so of a loan with one disbursement', () => {
    const interest = { interestRatePerPeriod: '24' };
    const waived = next(pay(1, { type: 'waiveInterest' }));
    expect(answerTo(() => tell({ ...SEVERAL, ...interest }, [drawn(120), waived, undo]))).toBe(LATER);
    const { loan } = tell(SEVERAL, [drawn(120)]);
    const single: Loan = { ...loan, terms: { ...loan.terms, multiDisburse: false } };
    expect(answerTo(() => decide(single, undoLast, on(TODAY)))).toBe(TWO);
  });

  it('takes what was booked with it or after it, and leaves what came before', () => {
    const { loan } = tell({ ...SEVERAL, interestRatePerPeriod: '24' }, [
      ['2025-02-15', pay(10)],
      [TODAY, pay(20)],
      drawn(120),
      [TODAY, pay(30)],
      ['2025-03-02', pay(40, { on: date('2025-02-20') })],
      ['2025-03-05', { kind: 'accrue', till: date('2025-03-05') }],
      undo,
    ]);
    expect(listed(loan).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      '01-15 disbursement 300.00',
      '02-15 repayment 10.00',
      // Income of the first installment: recognised after the disbursal, but dated before it.
      '02-15 accrual 6.00',
      '02-20 repayment 40.00',
      '03-01 repayment 20.00',
    ]);
    const hidden = loan.transactions.filter(({ reversal }) => reversal === 'bySystem');
    expect(hidden.map(({ reversedOn }) => reversedOn)).toEqual(hidden.map(() => '2025-03-10'));
    expect(loan.tranches.map(({ amount }) => shown(amount))).toEqual(['300.00']);
  });

  it('takes the one tranche of that day that was drawn last', () => {
    const { loan } = tell(SEVERAL, [drawn(50), drawn(60), undo]);
    expect(loan.tranches.map(({ amount }) => shown(amount))).toEqual(['300.00', '50.00']);
    expect(principals(loan)).toEqual(['116.67', '116.67', '116.66']);
  });

  it('takes the down payment of that day by its amount before multiples, the newest of several', () => {
    const down = { downPayment: quarterDown };
    const left = (own: Partial<LoanTerms>, ...lines: Line[]) =>
      listed(tell({ ...SEVERAL, ...down, ...own }, [...lines, undo]).loan).filter((line) =>
        line.includes('downPayment'),
      );
    expect(left({}, drawn(120))).toEqual(['01-15 downPayment 75.00 P 75']);
    expect(left({}, drawn(120), drawn(120))).toEqual([
      '01-15 downPayment 75.00 P 75',
      '03-01 downPayment 30.00 P 30',
    ]);
    // A quarter of 122 is 30.50; booked was 30, which stays (engine.md section 12, oddity 8).
    expect(left({ installmentAmountInMultiplesOf: 1 }, drawn(122))).toEqual([
      '01-15 downPayment 75.00 P 75',
      '03-01 downPayment 30.00 P 30',
    ]);
    expect(left({}, [TODAY, pay(30, { type: 'downPayment' })], drawn(120))).toEqual([
      '01-15 downPayment 75.00 P 75',
      '03-01 downPayment 30.00 P 30',
    ]);
    expect(left({}, drawn(120), ['2025-03-01', pay(5, { type: 'downPayment' })])).toEqual([
      '01-15 downPayment 75.00 P 75',
      '03-01 downPayment 5.00 P 5',
    ]);
  });

  it('opens the charges again that were kept back from it, and no others', () => {
    const ofTranche = fee(2, { time: 'TRANCHE_DISBURSEMENT', calculation: 'PERCENT_OF_DISBURSEMENT' });
    const first = fee(3, { time: 'DISBURSEMENT' });
    const START = on('2025-01-15');
    const application = {
      terms: storyTerms(SEVERAL),
      submittedOn: date('2025-01-15'),
      charges: [{ definition: first }],
    };
    const pending = submitLoan(application, START).loan;
    const approved = decide(pending, { kind: 'approve', on: date('2025-01-15') }, START).loan;
    const half = decide(approved, disburse(100, { on: date('2025-01-15') }), START).loan;
    const expecting: Loan = {
      ...half,
      tranches: [...half.tranches, { expectedOn: date(TODAY), disbursedOn: null, amount: money(200) }],
    };
    const charged = decide(expecting, { kind: 'addCharge', definition: ofTranche }, on('2025-02-01')).loan;
    const dated = decide(
      charged,
      { kind: 'addCharge', definition: fee(7), dueDate: date('2025-02-10') },
      on('2025-02-01'),
    ).loan;
    const paid = decide(
      dated,
      { kind: 'pay', type: 'repayment', on: date('2025-02-10'), amount: money(7) },
      on('2025-02-10'),
    ).loan;
    const second = decide(paid, { kind: 'disburse', on: date(TODAY) }, on(TODAY)).loan;
    expect(second.charges.map(({ paid: taken }) => shown(taken))).toEqual(['3.00', '4.00', '7.00']);
    const undone = decide(second, undoLast, on(TODAY)).loan;
    expect(undone.charges.map(({ paid: taken }) => shown(taken))).toEqual(['3.00', '0.00', '7.00']);
  });

  it('takes the terms that were agreed with it or later', () => {
    const agreed = [
      {
        kind: 'installmentAmount',
        applicableFrom: date('2025-02-28'),
        dateValue: null,
        numberValue: '110.00',
      },
      { kind: 'installmentAmount', applicableFrom: date(TODAY), dateValue: null, numberValue: '120.00' },
      {
        kind: 'dueDate',
        applicableFrom: date('2025-02-15'),
        dateValue: date('2025-02-20'),
        numberValue: null,
      },
      {
        kind: 'dueDate',
        applicableFrom: date('2025-02-15'),
        dateValue: date('2025-03-02'),
        numberValue: null,
      },
      { kind: 'graceOnInterest', applicableFrom: date(TODAY), dateValue: null, numberValue: '1' },
      { kind: 'extraTerms', applicableFrom: date('2025-03-15'), dateValue: null, numberValue: '1' },
    ] as const;
    const { loan } = tell(SEVERAL, [drawn(120)]);
    const { variations } = decide({ ...loan, variations: agreed }, undoLast, on(TODAY)).loan;
    expect(variations).toEqual([agreed[0], agreed[2], agreed[4]]);
  });
});

describe('undoing the disbursal', () => {
  const delinquencyBucket: DelinquencyBucket = {
    code: 'BUCKET',
    ranges: [
      { code: 'A', name: '1 to 3 days', minDays: 1, maxDays: 3 },
      { code: 'B', name: '4 days and more', minDays: 4, maxDays: null },
    ],
  };
  const late = fee(2, { code: 'LATE', time: 'OVERDUE', penalty: true });
  const day = '2025-02-25';

  const lived = () =>
    tell(
      {
        delinquencyBucket,
        installmentLevelDelinquency: true,
        overdueDaysForNonPerforming: 5,
        overdueCharges: [late],
      },
      [
        ['2025-01-20', { kind: 'addCharge', definition: fee(12), dueDate: date('2025-02-10') }],
        ['2025-01-20', { kind: 'addCharge', definition: fee(8), dueDate: date('2025-02-10') }],
        ['2025-01-20', { kind: 'addCharge', definition: fee(3, { time: 'INSTALLMENT' }) }],
        ['2025-01-21', { kind: 'waiveCharge', chargeId: 2 }],
        ['2025-01-21', { kind: 'waiveCharge', chargeId: 3 }],
        ['2025-02-11', pay(12)],
        ['2025-02-16', { kind: 'classifyDelinquency' }],
        [
          '2025-02-24',
          {
            kind: 'closeBusinessDay',
            day: date('2025-02-24'),
            steps: [
              'APPLY_CHARGE_TO_OVERDUE_LOANS',
              'UPDATE_LOAN_ARREARS_AGING',
              'LOAN_DELINQUENCY_CLASSIFICATION',
            ],
          },
        ],
      ],
    );

  it('leaves an approved loan, its charges open, without penalties, delinquency and history', () => {
    const before = lived().loan;
    expect([
      before.charges.length,
      before.isNonPerforming,
      before.delinquencyTags.length,
      before.installmentTags?.length,
    ]).toEqual([4, true, 2, 1]);
    const { loan } = decide(before, { kind: 'undoDisbursal' }, on(day));
    expect(loan).toMatchObject({
      status: 'approved',
      disbursedOn: null,
      closedOn: null,
      overpaidOn: null,
      overpaid: 0n,
      accruedTill: null,
      isNonPerforming: false,
      variations: [],
      installmentTags: [],
      tranches: [{ expectedOn: '2025-01-15', disbursedOn: null, amount: money(300) }],
    });
    expect(listedTransactions(loan)).toEqual([]);
    expect(loan.delinquencyTags.map(({ rangeCode, liftedOn }) => [rangeCode, liftedOn])).toEqual([
      ['A', '2025-02-24'],
      ['B', day],
    ]);
    expect(
      loan.charges.map(({ paid, waived, isWaived, active, waivedInstallments }) => [
        paid,
        waived,
        isWaived,
        active,
        waivedInstallments,
      ]),
    ).toEqual([true, true, true, false].map((active) => [0n, 0n, false, active, []]));
    expect(openOf(loan)).toEqual(['100/6/23/0', '100/6/3/0', '100/6/3/0']);
  });

  it('takes everything back in the ledger', () => {
    const story = lived();
    const { entries } = decide(story.loan, { kind: 'undoDisbursal' }, on(day));
    expect(accountBalances([...story.entries, ...entries])).toEqual({});
  });

  it('leaves charges inactive that were so', () => {
    const { loan } = lived();
    const without = {
      ...loan,
      charges: loan.charges.map((charge) => ({ ...charge, active: charge.id !== 1 })),
    };
    const undone = decide(without, { kind: 'undoDisbursal' }, on(day)).loan;
    expect(undone.charges.map(({ active }) => active)).toEqual([false, true, true, false]);
  });

  it('expects it where the first tranche was expected, in one sum', () => {
    const { loan } = tell(SEVERAL, [drawn(120), [TODAY, { kind: 'undoDisbursal' }]]);
    expect(loan.tranches).toEqual([{ expectedOn: '2025-01-15', disbursedOn: null, amount: money(300) }]);
  });

  it('is the partner’s only while nobody has paid', () => {
    const REPAID = 'aborted loan_has_repayments: The disbursal can not be undone: repayments exist';
    const answer = (own: Partial<LoanTerms>, ...lines: Line[]) =>
      answerTo(() => requireUnrepaid(tell(own, lines).loan));
    expect(answer(SEVERAL)).toBe('accepted');
    expect(answer({ ...SEVERAL, downPayment: quarterDown })).toBe('accepted');
    expect(answer(SEVERAL, [TODAY, pay(1)])).toBe(REPAID);
    expect(answer({ ...SEVERAL, downPayment: quarterDown }, [TODAY, pay(1)])).toBe(REPAID);
    const byHand = { ...SEVERAL, downPayment: { ...quarterDown, automatic: false } };
    expect(answer(byHand, [TODAY, pay(75, { type: 'downPayment' })])).toBe(REPAID);
  });
});

it('what was undone can be paid out again', () => {
  const again = continued(tell(SEVERAL, [drawn(120), [TODAY, undoLast]]), [drawn(60, '2025-03-02')]);
  expect(principals(again.loan)).toEqual(['120', '120', '120']);
});

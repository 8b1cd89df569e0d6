import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import type { LoanCommand } from '../decision.ts';
import type { Loan } from '../loan.ts';
import { rule } from '../progressive/exampleLoan.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { accountBalances, answerTo, continued, fee, type Line, pay, splitOf, tell } from './story.ts';

/** 400 without interest in 4 rows of 100, due on the 15th of February to May, paid by advanced allocation. */
const PROGRESSIVE: Partial<LoanTerms> = {
  principal: money(400),
  numberOfRepayments: 4,
  interestRatePerPeriod: '0',
  interestType: 'DECLINING_BALANCE',
  scheduleType: 'PROGRESSIVE',
  strategy: 'advanced-payment-allocation-strategy',
  allocationRules: [rule('NEXT_INSTALLMENT')],
};

const reAge = (own: Partial<Extract<LoanCommand, { kind: 'reAge' }>> = {}): LoanCommand => ({
  kind: 'reAge',
  startDate: date('2025-06-01'),
  frequencyNumber: 1,
  frequencyUnit: 'MONTHS',
  numberOfInstallments: 3,
  ...own,
});
const reAmortize: LoanCommand = { kind: 'reAmortize' };
const undoReAge: LoanCommand = { kind: 'undoReAge' };
const undoReAmortize: LoanCommand = { kind: 'undoReAmortize' };

const first: Line = ['2025-02-15', pay(100)];
const half: Line = ['2025-03-20', pay(50)];
const closed: Line = ['2025-02-15', pay(400)];

/** `2025-02-15 100 met 2025-02-15` of every row: principal charged, and when it was met. */
const rows = (loan: Loan): string[] =>
  loan.installments.map(
    ({ kind, due, charged, metOn }) =>
      `${kind} ${due} ${shown(charged.principal).replace('.00', '')}${metOn === null ? '' : ` met ${metOn}`}`,
  );
const last = ({ transactions }: Loan) => {
  const transaction = transactions.at(-1);
  return transaction && `${transaction.date} ${transaction.type} ${splitOf(transaction)}`;
};

describe('re-ageing 300 of 400 on 20 May, over three months from 1 June', () => {
  const story = () => tell(PROGRESSIVE, [first, ['2025-05-20', reAge()]]);
  const reAged = [
    'normal 2025-02-15 100 met 2025-02-15',
    'normal 2025-03-15 0 met 2025-05-20',
    'normal 2025-04-15 0 met 2025-05-20',
    'normal 2025-05-15 0 met 2025-05-20',
    'reAged 2025-06-01 100',
    'reAged 2025-07-01 100',
    'reAged 2025-08-01 100',
  ];

  it('moves the principal to new rows and the maturity with it; the ledger is left alone', () => {
    const { loan, last: decision } = story();
    expect(rows(loan)).toEqual(reAged);
    expect([loan.expectedMaturity, loan.actualMaturity]).toEqual(['2025-08-01', '2025-08-01']);
    expect(last(loan)).toBe('2025-05-20 reAge P 300');
    expect(loan.transactions.at(-1)).toMatchObject({
      amount: money(300),
      balance: 0n,
      reAge: {
        startDate: '2025-06-01',
        frequencyNumber: 1,
        frequencyUnit: 'MONTHS',
        numberOfInstallments: 3,
      },
    });
    expect(decision.entries).toEqual([]);
    expect(decision.events).toContainEqual({ name: 'loan-re-aged', transactionId: 3 });
  });

  it('is undone by hand: everything is owed where it was', () => {
    const { loan } = continued(story(), [['2025-05-25', undoReAge]]);
    expect(rows(loan)).toEqual([
      'normal 2025-02-15 100 met 2025-02-15',
      'normal 2025-03-15 100',
      'normal 2025-04-15 100',
      'normal 2025-05-15 100',
    ]);
    expect([loan.expectedMaturity, loan.actualMaturity]).toEqual(['2025-05-15', '2025-05-15']);
    expect(loan.transactions.at(-1)).toMatchObject({ reversal: 'byHand', reversedOn: '2025-05-25' });
  });

  it('takes its turn when the history before it changes', () => {
    const { loan } = continued(story(), [['2025-05-25', pay(60, { on: date('2025-03-15') })]]);
    expect(rows(loan).slice(1)).toEqual([
      'normal 2025-03-15 60 met 2025-05-20',
      'normal 2025-04-15 0 met 2025-05-20',
      'normal 2025-05-15 0 met 2025-05-20',
      'reAged 2025-06-01 80',
      'reAged 2025-07-01 80',
      'reAged 2025-08-01 80',
    ]);
  });

  it('leaves fees where they are', () => {
    const charged: Line = [
      '2025-03-01',
      { kind: 'addCharge', definition: fee(12), dueDate: date('2025-03-10') },
    ];
    const { loan } = tell(PROGRESSIVE, [first, charged, ['2025-05-20', reAge()]]);
    expect(rows(loan)[1]).toBe('normal 2025-03-15 0');
    expect(last(loan)).toBe('2025-05-20 reAge P 300');
  });
});

describe('re-amortizing 150 overdue of 400 on 20 March', () => {
  const story = () => tell(PROGRESSIVE, [half, ['2025-03-20', reAmortize]]);

  it('spreads it over the rows still to come', () => {
    const { loan, last: decision, entries } = story();
    expect(rows(loan)).toEqual([
      'normal 2025-02-15 50 met 2025-03-20',
      'normal 2025-03-15 0 met 2025-03-20',
      'normal 2025-04-15 175',
      'normal 2025-05-15 175',
    ]);
    expect(last(loan)).toBe('2025-03-20 reAmortize P 150');
    expect(decision.events).toContainEqual({ name: 'loan-re-amortized', transactionId: 3 });
    expect(accountBalances(entries)).toEqual({ loanPortfolio: '350', fundSource: '-350' });
  });

  it('is undone by hand', () => {
    const { loan } = continued(story(), [['2025-03-25', undoReAmortize]]);
    expect(rows(loan)).toEqual([
      'normal 2025-02-15 100',
      'normal 2025-03-15 100',
      'normal 2025-04-15 100',
      'normal 2025-05-15 100',
    ]);
    expect(loan.transactions.at(-1)).toMatchObject({ reversal: 'byHand', reversedOn: '2025-03-25' });
  });
});

type Row = readonly [situation: string, lines: readonly Line[], line: Line, answer: string];

function answered(table: readonly Row[], own: Partial<LoanTerms> = {}): void {
  it.each(table)('%s', (_, lines, line, answer) => {
    expect(answerTo(() => tell({ ...PROGRESSIVE, ...own }, [...lines, line]))).toBe(answer);
  });
}

const NOT_ACTIVE = 'aborted loan_must_be_active: Loan must be Active';
const UNFIT =
  'invalid_argument loan_not_restructurable: Only progressive loans without interest can be re-aged or re-amortized';
const TODAY_ALREADY = 'aborted restructured_today_already: That was done today already';
const NOTHING_TO_UNDO = 'aborted nothing_to_undo: The loan was not restructured in this way';
const PAYMENT_CAME = 'aborted payment_came_after: A payment came after it';

describe('re-ageing is refused', () => {
  const EARLY = 'permission_denied re_age_before_maturity: A loan is re-aged after its maturity';
  const START = 'invalid_argument re_age_starts_too_early: The start date must be after the maturity';
  const NUMBERS =
    'invalid_argument re_age_numbers_must_be_positive: Frequency and number of installments must be above zero';
  answered([
    ['on the day of the maturity: not', [first], ['2025-05-15', reAge()], 'accepted'],
    ['before it', [first], ['2025-05-14', reAge()], EARLY],
    [
      'from the day after the maturity: not',
      [],
      ['2025-05-20', reAge({ startDate: date('2025-05-16') })],
      'accepted',
    ],
    ['from the maturity', [], ['2025-05-20', reAge({ startDate: date('2025-05-15') })], START],
    ['over no installments', [], ['2025-05-20', reAge({ numberOfInstallments: 0 })], NUMBERS],
    ['over half an installment', [], ['2025-05-20', reAge({ numberOfInstallments: 1.5 })], NUMBERS],
    ['without a frequency', [], ['2025-05-20', reAge({ frequencyNumber: 0 })], NUMBERS],
    ['for a closed loan', [closed], ['2025-05-20', reAge()], NOT_ACTIVE],
    [
      'twice a day',
      [['2025-05-20', reAge()]],
      ['2025-05-20', reAge({ startDate: date('2025-09-01') })],
      TODAY_ALREADY,
    ],
    [
      'twice a day even when the first was undone',
      [
        ['2025-05-20', reAge()],
        ['2025-05-20', undoReAge],
      ],
      ['2025-05-20', reAge()],
      TODAY_ALREADY,
    ],
    [
      'the next day, once undone: not',
      [
        ['2025-05-20', reAge()],
        ['2025-05-20', undoReAge],
      ],
      ['2025-05-21', reAge()],
      'accepted',
    ],
    ['on the day of a payment: not', [['2025-05-20', pay(50)]], ['2025-05-20', reAge()], 'accepted'],
  ]);
  answered([['with interest', [], ['2025-05-20', reAge()], UNFIT]], { interestRatePerPeriod: '12' });
  answered([['on a cumulative loan', [], ['2025-05-20', reAge()], UNFIT]], {
    scheduleType: 'CUMULATIVE',
    strategy: 'mifos-standard-strategy',
  });
});

describe('re-amortizing is refused', () => {
  const LATE = 'permission_denied re_amortize_after_maturity: The loan has matured';
  answered([
    ['before the maturity: not', [half], ['2025-05-14', reAmortize], 'accepted'],
    ['after the maturity', [half], ['2025-05-16', reAmortize], LATE],
    ['for a closed loan', [closed], ['2025-03-20', reAmortize], NOT_ACTIVE],
    ['twice a day', [['2025-03-20', reAmortize]], ['2025-03-20', reAmortize], TODAY_ALREADY],
    [
      'a second time, the next day: not',
      [['2025-03-20', reAmortize]],
      ['2025-03-21', reAmortize],
      'accepted',
    ],
  ]);
  answered([['with interest', [], ['2025-03-20', reAmortize], UNFIT]], { interestRatePerPeriod: '12' });
});

describe('undoing is refused', () => {
  const reAged: Line = ['2025-05-20', reAge()];
  const reAmortized: Line = ['2025-03-20', reAmortize];
  const reversed = (day: string, transactionId: number): Line => [
    day,
    { kind: 'reverse', transactionId, on: date(day) },
  ];
  answered([
    ['where nothing was re-aged', [reAmortized], ['2025-03-25', undoReAge], NOTHING_TO_UNDO],
    ['where nothing was re-amortized', [reAged], ['2025-05-25', undoReAmortize], NOTHING_TO_UNDO],
    ['twice', [reAged, ['2025-05-25', undoReAge]], ['2025-05-25', undoReAge], NOTHING_TO_UNDO],
    ['after a payment before it: not', [first, reAged], ['2025-05-25', undoReAge], 'accepted'],
    [
      'once a payment came after a re-age',
      [reAged, ['2025-05-21', pay(10)]],
      ['2025-05-25', undoReAge],
      PAYMENT_CAME,
    ],
    [
      'even when that was reversed',
      [reAged, ['2025-05-21', pay(10)], reversed('2025-05-22', 3)],
      ['2025-05-25', undoReAge],
      PAYMENT_CAME,
    ],
    [
      'once a payment came after a re-amortization',
      [reAmortized, ['2025-03-21', pay(10)]],
      ['2025-03-25', undoReAmortize],
      PAYMENT_CAME,
    ],
    [
      'but not when that was reversed',
      [reAmortized, ['2025-03-21', pay(10)], reversed('2025-03-22', 3)],
      ['2025-03-25', undoReAmortize],
      'accepted',
    ],
    [
      'not for what is no payment',
      [
        reAmortized,
        ['2025-03-21', { kind: 'addCharge', definition: fee(5), dueDate: date('2025-04-01') }],
        ['2025-03-22', { kind: 'waiveCharge', chargeId: 1 }],
      ],
      ['2025-03-25', undoReAmortize],
      'accepted',
    ],
  ]);
});

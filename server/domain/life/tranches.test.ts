import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { decide } from '../decide.ts';
import type { LoanCommand } from '../decision.ts';
import { listedTransactions } from '../history/history.ts';
import type { Loan } from '../loan.ts';
import { rule } from '../progressive/exampleLoan.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { submitLoan } from './origination.ts';
import { answerTo, fee, type Line, on, openOf, pay, splitOf, storyTerms, tell } from './story.ts';

/** 300 without interest in 3 rows from 15 Jan, of 600 that may be drawn in tranches. */
const SEVERAL: Partial<LoanTerms> = {
  interestRatePerPeriod: '0',
  interestType: 'DECLINING_BALANCE',
  multiDisburse: true,
  disallowExpectedDisbursements: true,
  overAppliedPercentage: '100',
};
const PROGRESSIVE: Partial<LoanTerms> = {
  ...SEVERAL,
  scheduleType: 'PROGRESSIVE',
  strategy: 'advanced-payment-allocation-strategy',
  allocationRules: [rule('NEXT_INSTALLMENT')],
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

describe('a further disbursement', () => {
  const BALANCE =
    'invalid_argument balance_above_maximum: must not bring the outstanding balance above 420.00 [transactionAmount]';
  const paid: Line = ['2025-02-15', pay(100)];
  const chargedOff: Line = ['2025-02-20', { kind: 'chargeOff', on: date('2025-02-20') }];

  answered([
    ['up to twice what was applied for', [], drawn(300), 'accepted'],
    [
      'of more',
      [],
      drawn(301),
      'invalid_argument disbursement_above_approved: must not be above the approved 600.00 [transactionAmount]',
    ],
    [
      'of more, though some was repaid',
      [paid],
      drawn(301),
      'invalid_argument disbursement_above_approved: must not be above the approved 600.00 [transactionAmount]',
    ],
    ['on a closed loan', [['2025-02-15', pay(300)]], drawn(100), 'accepted'],
    ['on an overpaid loan', [['2025-02-15', pay(310)]], drawn(100), 'accepted'],
    [
      'before the charge-off',
      [chargedOff],
      [TODAY, disburse(10, { on: date('2025-02-19') })],
      'permission_denied date_before_charge-off: The date 2025-02-19 is before the charge-off (2025-02-20)',
    ],
    ['after the charge-off', [chargedOff], drawn(10), 'accepted'],
  ]);

  describe('where the balance may not exceed 420', () => {
    answered(
      [
        ['up to it', [], drawn(120), 'accepted'],
        ['above it', [], drawn(121), BALANCE],
        ['up to it, 100 being repaid', [paid], drawn(220), 'accepted'],
        ['above it, 100 being repaid', [paid], drawn(221), BALANCE],
      ],
      { maxOutstandingBalance: money(420) },
    );
  });

  describe('where there are two at most', () => {
    answered(
      [
        ['the second', [], drawn(10), 'accepted'],
        [
          'the third',
          [drawn(10)],
          drawn(10),
          'invalid_argument too_many_disbursements: The loan can be disbursed at most 2 times',
        ],
      ],
      { maxTrancheCount: 2 },
    );
  });

  it('shares the rows, and moves no date', () => {
    const { loan } = tell(SEVERAL, [['2025-02-15', pay(100)], drawn(120)]);
    expect(principals(loan)).toEqual(['140', '140', '140']);
    expect(openOf(loan)).toEqual(['40/0/0/0', '140/0/0/0', '140/0/0/0']);
    expect(
      loan.tranches.map(({ expectedOn, disbursedOn, amount }) => [expectedOn, disbursedOn, shown(amount)]),
    ).toEqual([
      ['2025-01-15', '2025-01-15', '300.00'],
      [TODAY, TODAY, '120.00'],
    ]);
    expect(loan.disbursedOn).toBe('2025-01-15');
  });

  it('without amount is of what was approved and not paid out', () => {
    const pending = submitLoan(
      { terms: storyTerms(SEVERAL), submittedOn: date('2025-01-15') },
      on('2025-01-15'),
    ).loan;
    const approved = decide(pending, { kind: 'approve', on: date('2025-01-15') }, on('2025-01-15')).loan;
    const first = decide(approved, disburse(120, { on: date('2025-01-15') }), on('2025-01-15')).loan;
    const { loan } = decide(first, { kind: 'disburse', on: date(TODAY) }, on(TODAY));
    expect(loan.tranches.map(({ amount }) => shown(amount))).toEqual(['120.00', '180.00']);
  });

  it('of an expected tranche takes the first one that is still to come', () => {
    const { loan } = tell(
      { ...SEVERAL, disallowExpectedDisbursements: false, overAppliedPercentage: null },
      [],
    );
    const [done] = loan.tranches;
    const still = [
      { expectedOn: date('2025-02-20'), disbursedOn: null, amount: money(70) },
      { expectedOn: date('2025-03-20'), disbursedOn: null, amount: money(30) },
    ];
    const expecting: Loan = {
      ...loan,
      approvedPrincipal: money(400),
      tranches: [...(done ? [done] : []), ...still],
    };
    const after = decide(expecting, { kind: 'disburse', on: date(TODAY) }, on(TODAY)).loan;
    expect(
      after.tranches.map(({ expectedOn, disbursedOn, amount }) => [expectedOn, disbursedOn, shown(amount)]),
    ).toEqual([
      ['2025-01-15', '2025-01-15', '300.00'],
      ['2025-03-20', null, '30.00'],
      ['2025-02-20', TODAY, '70.00'],
    ]);
  });
});

describe('charges kept back from a disbursement', () => {
  const ofTranche = fee(2, {
    code: 'TRANCHE',
    time: 'TRANCHE_DISBURSEMENT',
    calculation: 'PERCENT_OF_DISBURSEMENT',
  });
  const ofApproved = fee(1, { code: 'ONCE', time: 'DISBURSEMENT', calculation: 'PERCENT_OF_AMOUNT' });
  const START = on('2025-01-15');

  /** 300 approved, 100 of it paid out at once, the rest in March. */
  const inTwo = (): Loan => {
    const charges = [{ definition: ofTranche }, { definition: ofApproved }];
    const terms = storyTerms(SEVERAL);
    const pending = submitLoan({ terms, submittedOn: date('2025-01-15'), charges }, START).loan;
    const approved = decide(pending, { kind: 'approve', on: date('2025-01-15') }, START).loan;
    return decide(approved, disburse(100, { on: date('2025-01-15'), paymentType: 'cash' }), START).loan;
  };

  it('are a share of the tranche, or of what was approved', () => {
    const loan = inTwo();
    expect(listed(loan)).toEqual(['01-15 disbursement 100.00', '01-15 repaymentAtDisbursement 5.00 F 5']);
    expect(loan.charges.map(({ amount, paid }) => [shown(amount), shown(paid)])).toEqual([
      ['2.00', '2.00'],
      ['3.00', '3.00'],
    ]);
    expect(loan.transactions.at(-1)).toMatchObject({
      paymentType: 'cash',
      chargesPaid: [
        { chargeId: 1, amount: money(2) },
        { chargeId: 2, amount: money(3) },
      ],
    });
  });

  it('are taken once', () => {
    const { loan } = decide(inTwo(), disburse(200), on(TODAY));
    expect(listed(loan).slice(2)).toEqual(['03-01 disbursement 200.00']);
    expect(loan.charges.map(({ paid }) => shown(paid))).toEqual(['2.00', '3.00']);
  });

  it('leave other charges as they are', () => {
    const expecting: Loan = {
      ...inTwo(),
      tranches: [...inTwo().tranches, { expectedOn: date(TODAY), disbursedOn: null, amount: money(200) }],
    };
    const dated = decide(
      expecting,
      { kind: 'addCharge', definition: fee(7), dueDate: date('2025-02-10') },
      on('2025-02-01'),
    ).loan;
    const second = decide(dated, { kind: 'addCharge', definition: ofTranche }, on('2025-02-01')).loan;
    const { loan } = decide(second, { kind: 'disburse', on: date(TODAY) }, on(TODAY));
    expect(loan.charges.map(({ amount, paid }) => [shown(amount), shown(paid)])).toEqual([
      ['2.00', '2.00'],
      ['3.00', '3.00'],
      ['7.00', '0.00'],
      ['4.00', '4.00'],
    ]);
  });
});

describe('an automatic down payment of a quarter', () => {
  const down = { downPayment: quarterDown };
  const downPayments = (loan: Loan) =>
    loan.transactions
      .filter(({ type }) => type === 'downPayment')
      .map(({ amount, paymentType }) => [shown(amount), paymentType]);

  it.each<[string, Partial<LoanTerms>, number, string[]]>([
    // What the overpayment covers needs no down payment.
    ['cumulative, nothing overpaid', SEVERAL, 225, ['75.00', '30.00']],
    ['cumulative, 20 overpaid: the balance rises by 100 of 120', SEVERAL, 245, ['75.00', '10.00']],
    ['cumulative, 95 overpaid: it rises by 25', SEVERAL, 320, ['75.00']],
    ['cumulative, 150 overpaid: some is left', SEVERAL, 375, ['75.00']],
    ['progressive, nothing overpaid', PROGRESSIVE, 225, ['75.00', '30.00']],
    ['progressive, 20 overpaid: the disbursement takes it', PROGRESSIVE, 245, ['75.00', '10.00']],
    ['progressive, 150 overpaid: it takes all of it', PROGRESSIVE, 375, ['75.00']],
  ])('of 120 more: %s', (_, own, paid, amounts) => {
    const { loan } = tell({ ...own, ...down }, [['2025-02-15', pay(paid)], drawn(120)]);
    expect(downPayments(loan).map(([amount]) => amount)).toEqual(amounts);
  });

  it('is paid in the way the money went out', () => {
    const { loan } = tell({ ...SEVERAL, ...down }, [[TODAY, disburse(120, { paymentType: 'cash' })]]);
    expect(downPayments(loan)).toEqual([
      ['75.00', null],
      ['30.00', 'cash'],
    ]);
  });

  it('is not booked of nothing, nor where it is paid by hand', () => {
    const ofNothing = { ...SEVERAL, downPayment: { ...quarterDown, percentage: '0' } };
    expect(downPayments(tell(ofNothing, []).loan)).toEqual([]);
    expect(
      downPayments(tell({ ...SEVERAL, downPayment: { ...quarterDown, automatic: false } }, []).loan),
    ).toEqual([]);
  });
});

describe('the first due date agreed at a disbursement', () => {
  const agreed = { adjustedFirstDueDate: date('2025-03-25') };
  const dueDates = (loan: Loan) => loan.installments.map(({ kind, due }) => `${kind} ${due.slice(5)}`);

  it.each<[string, Partial<LoanTerms>, Line[], string[]]>([
    ['is that of the first row from that day on', {}, [], ['normal 02-15', 'normal 03-25', 'normal 04-25']],
    [
      'not of a down payment',
      { downPayment: { ...quarterDown, automatic: false } },
      [],
      ['downPayment 01-15', 'normal 02-15', 'downPayment 03-01', 'normal 03-25', 'normal 04-25'],
    ],
    [
      'nor of a row that is paid',
      {},
      [['2025-02-20', pay(200)]],
      ['normal 02-15', 'normal 03-15', 'normal 03-25'],
    ],
  ])('%s', (_, own, lines, rows) => {
    const { loan } = tell({ ...SEVERAL, ...own }, [...lines, [TODAY, disburse(90, agreed)]]);
    expect(dueDates(loan)).toEqual(rows);
  });
});

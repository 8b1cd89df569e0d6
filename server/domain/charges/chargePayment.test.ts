import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import type { LoanCommand } from '../decision.ts';
import { loanAsOf } from '../history/asOf.ts';
import { listedTransactions } from '../history/history.ts';
import { differencesFromRebuilt } from '../history/rebuild.ts';
import {
  accountBalances,
  answerTo,
  continued,
  fee,
  type Line,
  on,
  openOf,
  pay,
  penalty,
  type Story,
  splitOf,
  tell,
} from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { eventsOf } from '../loanEvent.ts';
import { controlBalancesOf } from '../posting/controls.ts';
import { DEFAULT_RULE } from '../progressive/allocation.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import { explainInstallment } from '../statement/explain.ts';
import type { AllocationRule, LoanTerms } from '../terms.ts';

type PayCharge = Extract<LoanCommand, { kind: 'payCharge' }>;

const payCharge =
  (chargeId: number, own: Partial<PayCharge> = {}) =>
  (day: string): LoanCommand => ({ kind: 'payCharge', chargeId, on: date(day), ...own });

const charge = (due: string, definition = fee(10)): Line => [
  '2025-01-15',
  { kind: 'addCharge', definition, dueDate: date(due) },
];
const FEE = charge('2025-02-10');
const INSTALLMENT_FEE: Line = [
  '2025-01-15',
  { kind: 'addCharge', definition: fee(2, { time: 'INSTALLMENT' }) },
];

/** 300 in 3 rows without interest: what is told here is about charges. */
const PLAIN = { interestRatePerPeriod: '0' } as const;
const rule: AllocationRule = { ...DEFAULT_RULE, futureInstallments: 'LAST_INSTALLMENT' };
const PROGRESSIVE: Partial<LoanTerms> = {
  ...PLAIN,
  interestType: 'DECLINING_BALANCE',
  strategy: 'advanced-payment-allocation-strategy',
  scheduleType: 'PROGRESSIVE',
  allocationRules: [DEFAULT_RULE, { ...rule, transactionType: 'CHARGE_PAYMENT' }],
};

const paymentsOf = ({ loan }: Story): string[] =>
  listedTransactions(loan)
    .filter(({ type, reversal }) => reversal === 'none' && type !== 'disbursement' && type !== 'accrual')
    .map((each) => `${each.type} ${each.date} ${splitOf(each)}`);

const idOf = (loan: Loan, type: string): number =>
  loan.transactions.findLast((each) => each.type === type)?.id ?? 0;
const metOn = (loan: Loan) => loan.installments.map((row) => row.metOn);
const rebuilt = ({ loan }: Story, day: string) => differencesFromRebuilt(loan, on(day));

describe('the payment of one charge', () => {
  it('settles exactly that charge, in the installment where it lies', () => {
    const story = tell(PLAIN, [FEE, charge('2025-03-01', penalty(5)), ['2025-02-20', payCharge(2)]]);
    expect(openOf(story.loan)).toEqual(['100/0/10/0', '100/0/0/0', '100/0/0/0']);
    expect(paymentsOf(story)).toEqual(['chargePayment 2025-02-20 N 5']);
    expect(story.loan.charges.map(({ paid }) => shown(paid))).toEqual(['0.00', '5.00']);
    expect(story.loan.installments.map(({ inAdvance, late }) => [inAdvance, late])[1]).toEqual([
      money(5),
      0n,
    ]);
    expect(rebuilt(story, '2025-02-20')).toEqual([]);
  });

  it('may be a part of it, which is not more than what is open', () => {
    const story = tell(PLAIN, [FEE, ['2025-02-05', payCharge(1, { amount: money(4) })]]);
    expect(openOf(story.loan)[0]).toBe('100/0/6/0');
    const more = () => continued(story, [['2025-02-06', payCharge(1, { amount: money('6.01') })]]);
    expect(answerTo(more)).toBe(
      'invalid_argument payment_above_charge: must not be above what is open of the charge (6.00) [transactionAmount]',
    );
    const rest = continued(story, [['2025-02-06', payCharge(1)]]);
    expect(openOf(rest.loan)[0]).toBe('100/0/0/0');
  });

  it('posts like a repayment, after a charge-off as recovered', () => {
    const chargeOff = (day: string): LoanCommand => ({ kind: 'chargeOff', on: date(day) });
    const before = tell(PLAIN, [FEE, ['2025-02-15', { kind: 'accrue', till: date('2025-02-15') }]]);
    const paid = continued(before, [['2025-02-16', payCharge(1)]]);
    expect(accountBalances(paid.last.entries)).toEqual({ fundSource: '10', feeReceivable: '-10' });
    const lost = continued(before, [
      ['2025-02-16', chargeOff],
      ['2025-02-20', payCharge(1)],
    ]);
    expect(accountBalances(lost.last.entries)).toEqual({ fundSource: '10', recoveryIncome: '-10' });
    const books = accountBalances(paid.entries);
    for (const { account, amount } of controlBalancesOf(paid.loan))
      expect([account, books[account] ?? '0']).toEqual([account, shown(amount).replace(/\.00$/, '')]);
  });

  it('closes the loan when nothing else is open, and is told like a repayment', () => {
    const before = tell(PLAIN, [['2025-04-15', pay(300)]]);
    const charged = continued(before, [
      ['2025-04-20', { kind: 'addCharge', definition: fee(7), dueDate: date('2025-04-25') }],
    ]);
    expect(charged.loan.status).toBe('active');
    const paid = continued(charged, [['2025-04-22', payCharge(1)]]);
    expect([paid.loan.status, paid.loan.closedOn]).toEqual(['closed', '2025-04-22']);
    expect(eventsOf(charged.loan, paid.last).map(({ type }) => type)).toEqual(['loan.repaid', 'loan.closed']);
    expect(rebuilt(paid, '2025-04-22')).toEqual([]);
  });

  it('is explained as what settled the charge', () => {
    const story = tell(PLAIN, [
      FEE,
      ['2025-02-20', payCharge(1)],
      ['2025-02-21', pay(50, { on: date('2025-02-12') })],
    ]);
    const told = explainInstallment(story.loan, { installment: 1, component: 'fees' }, on('2025-02-21'));
    expect(told.settledBy).toMatchObject([{ type: 'chargePayment', date: '2025-02-20', paid: money(10) }]);
    expect(told.settledBy).toHaveLength(1);
    expect(told.outstanding).toBe(0n);
  });

  it('is not known before its day', () => {
    const { loan } = tell(PLAIN, [FEE, ['2025-02-20', payCharge(1)]]);
    expect(openOf(loanAsOf(loan, date('2025-02-19'), on('2025-02-20')))[0]).toBe('100/0/10/0');
  });
});

describe('a charge with a payment of its own', () => {
  const PAID: Line[] = [FEE, ['2025-02-20', payCharge(1)]];
  const earlier: Line = ['2025-02-21', pay(110, { on: date('2025-02-12') })];

  it('is kept for it on a cumulative loan, whatever comes in with an earlier date', () => {
    const story = tell(PLAIN, [...PAID, earlier]);
    expect(paymentsOf(story)).toEqual(['repayment 2025-02-12 P 110', 'chargePayment 2025-02-20 F 10']);
    expect(openOf(story.loan)).toEqual(['0/0/0/0', '90/0/0/0', '100/0/0/0']);
    expect(metOn(story.loan)).toEqual(['2025-02-20', null, null]);
    expect(rebuilt(story, '2025-02-21')).toEqual([]);
  });

  it('is still owed on a day before it, as a charge-off of that day says', () => {
    const chargeOff: Line = ['2025-02-25', { kind: 'chargeOff', on: date('2025-02-25') }];
    const back: Line = ['2025-02-26', pay(20, { on: date('2025-02-18') })];
    const story = tell(PLAIN, [FEE, chargeOff, ['2025-02-26', payCharge(1)], back]);
    expect(paymentsOf(story)).toEqual([
      'repayment 2025-02-18 P 20',
      'chargeOff 2025-02-25 P 280 F 10',
      'chargePayment 2025-02-26 F 10',
    ]);
  });

  it('takes its turn on a progressive loan; what finds the charge settled goes by the rule of its kind', () => {
    const story = tell(PROGRESSIVE, [...PAID, earlier]);
    expect(paymentsOf(story)).toEqual(['repayment 2025-02-12 P 100 F 10', 'chargePayment 2025-02-20 P 10']);
    expect(openOf(story.loan)).toEqual(['0/0/0/0', '100/0/0/0', '90/0/0/0']);
    expect(rebuilt(story, '2025-02-21')).toEqual([]);
  });

  it('stands in a progressive schedule from the day on which it was paid at the latest', () => {
    const late: Line = [
      '2025-02-20',
      { kind: 'addCharge', definition: fee(10), dueDate: date('2025-03-01') },
    ];
    const story = tell(PROGRESSIVE, [late, ['2025-02-20', payCharge(1, { on: date('2025-02-16') })]]);
    expect(paymentsOf(story)).toEqual(['chargePayment 2025-02-16 F 10']);
    expect(openOf(story.loan)).toEqual(['100/0/0/0', '100/0/0/0', '100/0/0/0']);
    expect(rebuilt(story, '2025-02-20')).toEqual([]);
  });

  it('is open again when the payment is undone', () => {
    for (const own of [PLAIN, PROGRESSIVE]) {
      const story = tell(own, [...PAID, earlier]);
      const transactionId = idOf(story.loan, 'chargePayment');
      const undone = continued(story, [
        ['2025-02-22', { kind: 'reverse', transactionId, on: date('2025-02-22') }],
      ]);
      expect(paymentsOf(undone)).toEqual(['repayment 2025-02-12 P 100 F 10']);
      expect(openOf(undone.loan)).toEqual(['0/0/0/0', '100/0/0/0', '100/0/0/0']);
      expect(rebuilt(undone, '2025-02-22')).toEqual([]);
    }
  });

  it('may be paid on another day after all, but not with another amount', () => {
    const story = tell(PLAIN, [INSTALLMENT_FEE, ['2025-02-20', payCharge(1, { installment: 2 })]]);
    const edit = (own: object): Line => [
      '2025-02-25',
      {
        kind: 'adjust',
        transactionId: idOf(story.loan, 'chargePayment'),
        on: date('2025-02-18'),
        amount: money(2),
        ...own,
      },
    ];
    const moved = continued(story, [edit({})]);
    expect(paymentsOf(moved)).toEqual(['chargePayment 2025-02-18 F 2']);
    expect(openOf(moved.loan)).toEqual(['100/0/2/0', '100/0/0/0', '100/0/2/0']);
    expect(answerTo(() => continued(story, [edit({ amount: money(1) })]))).toMatch(
      /^aborted amount_can_not_be_edited/,
    );
  });

  it('leaves its money to the loan when the penalty it paid is taken back', () => {
    const overdueCharges = [{ ...penalty(5), time: 'OVERDUE' as const }];
    const close: Line = [
      '2025-02-21',
      { kind: 'closeBusinessDay', day: date('2025-02-20'), steps: ['APPLY_CHARGE_TO_OVERDUE_LOANS'] },
    ];
    const story = tell({ ...PLAIN, overdueCharges }, [close, ['2025-02-22', payCharge(1)]]);
    expect(paymentsOf(story)).toEqual(['chargePayment 2025-02-22 N 5']);
    const inTime = continued(story, [['2025-02-23', pay(100, { on: date('2025-02-15') })]]);
    expect(paymentsOf(inTime)).toEqual(['repayment 2025-02-15 P 100', 'chargePayment 2025-02-22 P 5']);
    expect(openOf(inTime.loan)[1]).toBe('95/0/0/0');
    expect(rebuilt(inTime, '2025-02-23')).toEqual([]);
  });
});

describe('an installment fee that is paid by itself', () => {
  it('is paid in the installment that is named, else in the earliest open one', () => {
    const named = tell(PLAIN, [INSTALLMENT_FEE, ['2025-02-10', payCharge(1, { installment: 2 })]]);
    expect(openOf(named.loan)).toEqual(['100/0/2/0', '100/0/0/0', '100/0/2/0']);
    const first = continued(named, [['2025-02-11', payCharge(1)]]);
    expect(openOf(first.loan)).toEqual(['100/0/0/0', '100/0/0/0', '100/0/2/0']);
    const others = continued(first, [['2025-02-12', pay(302)]]);
    expect([others.loan.status, others.loan.charges[0]?.paid]).toEqual(['closed', money(6)]);
    expect(rebuilt(others, '2025-02-12')).toEqual([]);
  });

  it('keeps to its installment when another one is paid or waived', () => {
    const story = tell(PLAIN, [
      INSTALLMENT_FEE,
      ['2025-02-10', payCharge(1, { installment: 2 })],
      ['2025-02-15', pay(102)],
      ['2025-02-16', { kind: 'waiveCharge', chargeId: 1 }],
    ]);
    expect(openOf(story.loan)).toEqual(['0/0/0/0', '100/0/0/0', '100/0/0/0']);
    expect(story.loan.installments.map((row) => row.waived.fees)).toEqual([0n, 0n, money(2)]);
    expect(rebuilt(story, '2025-02-16')).toEqual([]);
  });

  it('counts the down payment among the installments that callers number', () => {
    const downPayment = { enabled: true, percentage: '25', automatic: true };
    const story = tell({ ...PLAIN, downPayment }, [
      INSTALLMENT_FEE,
      ['2025-02-10', payCharge(1, { installment: 2 })],
    ]);
    expect(openOf(story.loan)).toEqual(['0/0/0/0', '75/0/0/0', '75/0/2/0', '75/0/2/0']);
    const none = () => continued(story, [['2025-02-11', payCharge(1, { installment: 1 })]]);
    expect(answerTo(none)).toBe(
      'invalid_argument installment_without_charge: has no share of the charge [installment]',
    );
  });

  it('is handed back from its installment by a cash refund', () => {
    const refund = pay(102, { type: 'refund' });
    const story = tell(PLAIN, [
      INSTALLMENT_FEE,
      ['2025-02-10', payCharge(1, { installment: 3 })],
      ['2025-02-10', pay(100)],
      ['2025-02-10', refund],
    ]);
    expect(openOf(story.loan)).toEqual(['100/0/2/0', '100/0/2/0', '100/0/2/0']);
    expect(story.loan.charges[0]).toMatchObject({ paid: 0n, paidInstallments: [] });
    expect(rebuilt(story, '2025-02-10')).toEqual([]);
  });
});

describe('the payment of a charge is refused', () => {
  const story = () => tell(PLAIN, [FEE]);
  const answer = (given: Story, line: Line) => answerTo(() => continued(given, [line]));

  it('when the charge is settled or unknown', () => {
    const settled = 'aborted charge_already_settled: The charge is already paid or waived';
    const paid = continued(story(), [['2025-02-10', payCharge(1)]]);
    expect(answer(paid, ['2025-02-10', payCharge(1)])).toBe(settled);
    const waived = continued(story(), [['2025-02-10', { kind: 'waiveCharge', chargeId: 1 }]]);
    expect(answer(waived, ['2025-02-10', payCharge(1)])).toBe(settled);
    const byPlace = tell(PLAIN, [INSTALLMENT_FEE, ['2025-02-10', payCharge(1, { installment: 2 })]]);
    expect(answer(byPlace, ['2025-02-10', payCharge(1, { installment: 2 })])).toBe(settled);
    expect(answer(story(), ['2025-02-10', payCharge(7)])).toBe(
      'not_found charge_not_found: Charge 7 does not exist on this loan',
    );
  });

  it('when it is taken out of a disbursement, or has no installments of its own', () => {
    const told = tell({ ...PLAIN, multiDisburse: true }, []);
    const next = { expectedOn: date('2025-03-01'), disbursedOn: null, amount: money(100) };
    const expecting = { ...told, loan: { ...told.loan, tranches: [...told.loan.tranches, next] } };
    const definition = fee(5, { time: 'DISBURSEMENT' });
    const added = continued(expecting, [['2025-01-20', { kind: 'addCharge', definition }]]);
    expect(answer(added, ['2025-01-20', payCharge(1)])).toBe(
      'aborted charge_taken_at_disbursement: The charge is taken out of a disbursement',
    );
    expect(answer(story(), ['2025-02-10', payCharge(1, { installment: 1 })])).toBe(
      'invalid_argument charge_not_by_installment: is for installment fees only [installment]',
    );
  });

  it('on days on which no payment is taken', () => {
    const future = payCharge(1, { on: date('2025-02-11') });
    expect(answer(story(), ['2025-02-10', future])).toMatch(/^permission_denied date_in_the_future/);
    const before = payCharge(1, { on: date('2025-01-14') });
    expect(answer(story(), ['2025-02-10', before])).toMatch(/^permission_denied date_before_disbursement/);
  });

  it('on a loan that is not active, and of nothing', () => {
    const over = continued(story(), [['2025-02-10', pay(400)]]);
    expect(answer(over, ['2025-02-10', payCharge(1)])).toBe(
      'aborted loan_must_be_active: Loan must be Active',
    );
    expect(answer(story(), ['2025-02-10', payCharge(1, { amount: 0n })])).toBe(
      'invalid_argument amount_must_be_positive: must be greater than zero [transactionAmount]',
    );
  });
});

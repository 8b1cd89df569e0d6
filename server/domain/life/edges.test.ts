import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { differencesFromRebuilt } from '../history/rebuild.ts';
import { outstandingOf } from '../installment.ts';
import { assertBalanced, netOf } from '../ledger.ts';
import type { Loan } from '../loan.ts';
import { sum } from '../money.ts';
import { controlBalancesOf } from '../posting/controls.ts';
import { DEFAULT_RULE } from '../progressive/allocation.ts';
import { money } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { fee, type Line, on, pay, type Story, splitOf, tell } from './story.ts';

/** 300 in three months at 24 % a year, progressive; the schedule is fixed by the disbursements. */
const progressive: Partial<LoanTerms> = {
  scheduleType: 'PROGRESSIVE',
  strategy: 'advanced-payment-allocation-strategy',
  allocationRules: [DEFAULT_RULE],
  interestType: 'DECLINING_BALANCE',
  interestCalculationPeriod: 'DAILY',
  allowPartialPeriodInterest: false,
  multiDisburse: true,
  disallowExpectedDisbursements: true,
  overAppliedPercentage: '50',
  daysInYear: '360',
  daysInMonth: '30',
};

const recalculating: Partial<LoanTerms> = {
  ...progressive,
  interestRecalculation: {
    restFrequency: 'DAILY',
    rescheduleStrategy: 'ADJUST_LAST_UNPAID_PERIOD',
    preCloseRule: 'TILL_PRE_CLOSE_DATE',
    compounding: 'NONE',
    compoundingDay: null,
    arrearsBasedOnOriginalSchedule: false,
  },
};

const disburse = (day: string, amount: number, booked = day): Line => [
  booked,
  { kind: 'disburse', on: date(day), amount: money(amount) },
];

/** Of all accounts that mirror the loan: what the ledger holds, beside what the loan says of itself. */
const controls = ({ loan, entries }: Story) =>
  controlBalancesOf(loan).map(({ account, amount }) => [
    account,
    netOf(entries.flatMap(({ lines }) => lines)).get(account) ?? 0n,
    amount,
  ]);

function requireTrue(story: Story, day: string): void {
  for (const entry of story.entries) assertBalanced(entry);
  for (const [account, ledger, loan] of controls(story)) expect([account, ledger]).toEqual([account, loan]);
  expect(differencesFromRebuilt(story.loan, on(day))).toEqual([]);
}

const principalOf = ({ installments }: Loan) => sum(installments.map(({ charged }) => charged.principal));

describe('interest that an overpayment settles', () => {
  it('of a new tranche is booked against what was receivable', () => {
    const story = tell({ ...progressive, principal: money(1000) }, [
      ['2025-02-01', pay(1200)],
      disburse('2025-02-10', 100),
    ]);
    const tranche = story.loan.transactions.findLast(({ type }) => type === 'disbursement');
    expect(tranche?.overpaid).toBeGreaterThan(0n);
    expect(tranche?.settledAtOnce?.interest).toBeGreaterThan(0n);
    requireTrue(story, '2025-02-10');
  });

  it('of a chargeback comes out of the overpayment, and its entry balances', () => {
    const creditAllocationRules: LoanTerms['creditAllocationRules'] = [
      { transactionType: 'CHARGEBACK', order: ['interest', 'fees', 'penalties', 'principal'] },
    ];
    const story = tell({ ...progressive, creditAllocationRules }, [
      ['2025-02-15', pay('106.00')],
      ['2025-02-20', pay(400)],
      ['2025-02-25', { kind: 'chargeback', transactionId: 2, on: date('2025-02-25'), amount: money(5) }],
    ]);
    const chargeback = story.loan.transactions.find(({ type }) => type === 'chargeback');
    expect(chargeback && splitOf(chargeback)).toBe('I 5 O 5');
    expect(chargeback?.settledAtOnce?.interest).toBe(money(5));
    requireTrue(story, '2025-02-25');
  });
});

describe('a tranche dated back on a loan whose interest payments do not change', () => {
  it('leaves the principal that was paid on a row', () => {
    const steep = { interestRatePerPeriod: '60', numberOfRepayments: 5, installmentAmountInMultiplesOf: 1 };
    const { loan } = tell({ ...progressive, ...steep, principal: money('111.92') }, [
      ['2025-01-31', pay('76.48')],
      disburse('2025-02-03', 1, '2025-02-07'),
    ]);
    expect(principalOf(loan)).toBe(money('112.92'));
    for (const row of loan.installments) expect(outstandingOf(row, 'principal')).toBeGreaterThanOrEqual(0n);
    expect(loan.installments[0]?.charged.principal).toBe(loan.installments[0]?.paid.principal);
  });
});

describe('a charge in percent of principal and interest', () => {
  it('on a progressive loan is priced by the rows of the tranche that changes it', () => {
    const story = tell({ ...progressive, principal: money(200) }, [
      [
        '2025-01-20',
        {
          kind: 'addCharge',
          definition: fee(10, { calculation: 'PERCENT_OF_AMOUNT_AND_INTEREST' }),
          dueDate: date('2025-03-20'),
        },
      ],
    ]);
    const priced = ({ loan }: Story) =>
      sum(loan.installments.map(({ charged }) => charged.principal + charged.interest)) / 10n;
    expect(story.loan.charges[0]?.amount).toBe(priced(story));
    requireTrue(story, '2025-01-20');
  });
});

describe('a loss on a progressive loan that recalculates interest', () => {
  it('holds what has become overdue until its day', () => {
    const story = tell(recalculating, [
      ['2025-01-20', pay(10)],
      ['2025-03-01', { kind: 'chargeOff', on: date('2025-03-01') }],
    ]);
    const chargeOff = story.loan.transactions.find(({ type }) => type === 'chargeOff');
    const open = story.loan.installments.flatMap((row) =>
      (['principal', 'interest'] as const).map((component) => outstandingOf(row, component)),
    );
    expect(chargeOff?.amount).toBe(sum(open));
    expect(differencesFromRebuilt(story.loan, on('2025-03-01'))).toEqual([]);
  });

  it('and the state of a day is proved as of that day, later too', () => {
    const { loan } = tell(recalculating, [['2025-02-20', pay(10)]]);
    expect(loan.laidOn).toBe('2025-02-20');
    expect(differencesFromRebuilt(loan, on('2025-03-31'))).toEqual([]);
    expect(tell(progressive, []).loan.laidOn).toBeUndefined();
  });
});

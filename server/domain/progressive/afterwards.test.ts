/** Loans after two losses, and after an overpayment that a tranche had used up is taken back. */
import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { differencesFromRebuilt } from '../history/rebuild.ts';
import { outstandingOnLoan } from '../history/settlement.ts';
import { accountBalances, continued, fee, on, openOf, pay, tell } from '../life/story.ts';
import { money, recalculation } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { DEFAULT_RULE } from './allocation.ts';

/** 1000 at 12 % a year, 30/360, 3 monthly installments from 15 Jan 2025. */
const terms = (own: Partial<LoanTerms> = {}): Partial<LoanTerms> => ({
  principal: money(1000),
  scheduleType: 'PROGRESSIVE',
  strategy: 'advanced-payment-allocation-strategy',
  allocationRules: [DEFAULT_RULE],
  interestType: 'DECLINING_BALANCE',
  interestCalculationPeriod: 'DAILY',
  interestRatePerPeriod: '12',
  daysInYear: '360',
  daysInMonth: '30',
  interestRecalculation: recalculation({ rescheduleStrategy: 'ADJUST_LAST_UNPAID_PERIOD' }),
  ...own,
});

describe('a loan charged off before, and written off after, its first due date', () => {
  const { loan } = tell(terms(), [
    ['2025-02-10', { kind: 'chargeOff', on: date('2025-02-10') }],
    ['2025-02-25', { kind: 'writeOff', on: date('2025-02-25') }],
  ]);

  it('bears no overdue interest after the charge-off: what is written off is what is charged', () => {
    expect(openOf(loan)).toEqual(['0/0/0/0', '0/0/0/0', '0/0/0/0']);
    expect(
      loan.installments.map(({ charged, writtenOff }) => charged.interest - writtenOff.interest),
    ).toEqual([0n, 0n, 0n]);
    expect(outstandingOnLoan(loan)).toBe(0n);
  });
});

describe('a tranche used up what a payment had overpaid, interest included; then the payment is taken back', () => {
  const tranches: Partial<LoanTerms> = {
    multiDisburse: true,
    disallowExpectedDisbursements: true,
    overAppliedPercentage: '200',
    // An early payment owes interest until the due date, so the tranche settles some at once.
    interestRecalculation: recalculation({
      rescheduleStrategy: 'ADJUST_LAST_UNPAID_PERIOD',
      preCloseRule: 'TILL_REST_FREQUENCY_DATE',
    }),
  };
  const used = tell(terms(tranches), [
    ['2025-01-20', pay(1200)],
    ['2025-01-26', { kind: 'disburse', on: date('2025-01-26'), amount: money(500) }],
  ]);
  const { loan, entries } = continued(used, [
    ['2025-02-01', { kind: 'reverse', transactionId: 2, on: date('2025-02-01') }],
  ]);

  it('the tranche and the ledger forget that it ever was', () => {
    const tranche = used.loan.transactions.find(
      ({ type, date: day }) => type === 'disbursement' && day > '2025-01-20',
    );
    expect(tranche?.settledAtOnce?.interest).toBeGreaterThan(0n);
    expect(loan.transactions.find(({ id }) => id === tranche?.id)?.settledAtOnce).toBeUndefined();
    const { loanPortfolio, overpayment, fundSource } = accountBalances(entries);
    expect([loanPortfolio, overpayment, fundSource]).toEqual(['1500', undefined, '-1500']);
    expect(differencesFromRebuilt(loan, on('2025-02-01'))).toEqual([]);
  });
});

describe('re-aged installments lie inside the additional one of later fees', () => {
  it('each fee is paid as a charge, too', () => {
    const { loan } = tell(terms({ interestRatePerPeriod: '0', interestRecalculation: null }), [
      ['2025-05-01', { kind: 'addCharge', definition: fee(5), dueDate: date('2025-05-01') }],
      ['2025-05-02', { kind: 'addCharge', definition: fee(7), dueDate: date('2025-07-20') }],
      [
        '2025-05-10',
        {
          kind: 'reAge',
          startDate: date('2025-06-01'),
          frequencyNumber: 1,
          frequencyUnit: 'MONTHS',
          numberOfInstallments: 3,
        },
      ],
      ['2025-05-11', pay(1012)],
    ]);
    expect(loan.charges.map(({ paid }) => paid)).toEqual([money(5), money(7)]);
    expect(loan.status).toBe('closed');
  });
});

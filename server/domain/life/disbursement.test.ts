import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { decide } from '../decide.ts';
import type { Loan } from '../loan.ts';
import { exampleTerms, money, shown } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { submitLoan } from './origination.ts';
import { continued, type Line, on, tell } from './story.ts';

const DECLINING = {
  interestType: 'DECLINING_BALANCE',
  interestRatePerPeriod: '12',
  multiDisburse: true,
  disallowExpectedDisbursements: true,
  overAppliedPercentage: '100',
} as const satisfies Partial<LoanTerms>;

const totals = (loan: Loan): string[] =>
  loan.installments.map(({ charged }) => shown(charged.principal + charged.interest));

/** Approved to be paid out on 15 Jan. */
const approved = (own: Partial<LoanTerms> = {}): Loan => {
  const submitted = submitLoan(
    { terms: exampleTerms(own), submittedOn: date('2025-01-10') },
    on('2025-01-10'),
  );
  return decide(submitted.loan, { kind: 'approve', on: date('2025-01-10') }, on('2025-01-10')).loan;
};

describe('an installment amount agreed at a disbursement', () => {
  const agreed = { fixedInstallmentAmount: money(200) };

  it('holds for the whole loan, and goes when the disbursal is undone', () => {
    const pending = approved();
    const disburse = {
      kind: 'disburse',
      on: date('2025-01-15'),
      fixedInstallmentAmount: money(2000),
    } as const;
    const active = decide(pending, disburse, on('2025-01-15')).loan;
    expect(totals(active)).toEqual(['2000.00', '2000.00', '1137.94']);
    const undone = decide(active, { kind: 'undoDisbursal' }, on('2025-01-16')).loan;
    expect(undone.terms).toEqual(pending.terms);
    expect(undone.installments).toEqual(pending.installments);
  });

  it('goes with its tranche when the last disbursal is undone', () => {
    const once = tell(DECLINING, []);
    const again: Line = [
      '2025-03-01',
      { kind: 'disburse', on: date('2025-03-01'), amount: money(120), ...agreed },
    ];
    const twice = continued(once, [again]);
    expect(totals(twice.loan)).not.toEqual(totals(once.loan));
    const { loan } = continued(twice, [['2025-03-02', { kind: 'undoLastDisbursal' }]]);
    expect(loan.variations).toEqual([]);
    expect(loan.installments).toEqual(once.loan.installments);
  });
});

describe('a first due date agreed at the disbursement', () => {
  it.each([
    ['on the expected day', '2025-01-15', ['2025-03-01', '2025-04-01', '2025-05-01', '2025-06-01']],
    ['later than expected', '2025-02-05', ['2025-03-01', '2025-04-01', '2025-05-01', '2025-06-01']],
  ])('moves the first installment when the money goes out %s', (_, day, dueDates) => {
    const disburse = { kind: 'disburse', on: date(day), adjustedFirstDueDate: date('2025-03-01') } as const;
    const { loan } = decide(approved(), disburse, on(day));
    expect(loan.installments.map(({ due }) => due)).toEqual(dueDates);
  });
});

describe('more than was approved', () => {
  const most = { overAppliedPercentage: '50', principal: money(1000) } as const;
  const disburse = (amount: number) =>
    ({ kind: 'disburse', on: date('2025-01-15'), amount: money(amount) }) as const;

  it('goes out where the product allows it and keeps no list of expected disbursements', () => {
    const { loan } = decide(approved(most), disburse(1500), on('2025-01-15'));
    expect(shown(loan.tranches[0]?.amount ?? 0n)).toBe('1500.00');
  });

  it('never where disbursements are expected', () => {
    const loan = approved({ ...most, disallowExpectedDisbursements: false });
    expect(() => decide(loan, disburse(1001), on('2025-01-15'))).toThrow('1000.00');
  });
});

import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { decide } from '../decide.ts';
import { listedTransactions } from '../history/history.ts';
import { differencesFromRebuilt } from '../history/rebuild.ts';
import { submitLoan } from '../life/origination.ts';
import { continued, fee, type Line, on, openOf, pay, splitOf, storyTerms, tell } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { money, recalculation } from '../schedule/exampleLoan.ts';

const START = date('2025-01-15');
const PLAIN = { interestRatePerPeriod: '0' } as const;
const FEE: Line = ['2025-01-15', { kind: 'addCharge', definition: fee(2, { time: 'INSTALLMENT' }) }];
const WAIVE: Line = ['2025-02-20', { kind: 'waiveCharge', chargeId: 1 }];

const feesOpen = (loan: Loan) => openOf(loan).map((row) => row.split('/')[2]);
const idOf = (loan: Loan, type: string) => loan.transactions.findLast((each) => each.type === type)?.id ?? 0;

/** The first installment is paid with its fee, then the fee of the next one is waived. */
const waived = () => tell(PLAIN, [FEE, ['2025-02-15', pay(102)], WAIVE]);

describe('an installment fee whose earliest installments are paid', () => {
  it('is waived in the first one that is open; the payment stays as it was', () => {
    const { loan } = waived();
    expect(loan.installments.map((row) => row.waived.fees)).toEqual([0n, money(2), 0n]);
    expect(feesOpen(loan)).toEqual(['0', '0', '2']);
    expect(listedTransactions(loan).map(splitOf)).toEqual(['', 'P 100 F 2', '']);
    expect(differencesFromRebuilt(loan, on('2025-02-20'))).toEqual([]);
  });

  it('is open there again when the waiver is undone', () => {
    const story = waived();
    const transactionId = idOf(story.loan, 'waiveCharges');
    const { loan } = continued(story, [['2025-02-21', { kind: 'undoWaiveCharge', transactionId }]]);
    expect(feesOpen(loan)).toEqual(['0', '2', '2']);
    expect(differencesFromRebuilt(loan, on('2025-02-21'))).toEqual([]);
  });

  it('is open in no row, where the loan has fewer by now', () => {
    const interestRecalculation = recalculation({ rescheduleStrategy: 'REDUCE_NUMBER_OF_INSTALLMENTS' });
    const own = { interestType: 'DECLINING_BALANCE', interestCalculationPeriod: 'DAILY' } as const;
    const charges = [{ definition: fee(2, { time: 'INSTALLMENT' }) }];
    const made = submitLoan(
      { terms: storyTerms({ ...own, interestRecalculation }), submittedOn: START, charges },
      on(START),
    );
    const waive: Line = ['2025-01-16', { kind: 'waiveCharge', chargeId: 1 }];
    const story = continued({ loan: made.loan, entries: made.entries, last: made }, [
      [START, { kind: 'approve', on: START }],
      [START, { kind: 'disburse', on: START }],
      ...[waive, waive, waive],
      ['2025-01-25', pay(220)],
    ]);
    const transactionId = idOf(story.loan, 'waiveCharges');
    const undone = continued(story, [['2025-01-26', { kind: 'undoWaiveCharge', transactionId }]]);
    expect(feesOpen(undone.loan)).toEqual(['0', '0']);
    expect(differencesFromRebuilt(undone.loan, on('2025-01-26'))).toEqual([]);
  });

  it('keeps the waiver in its place when the payment is undone; the next waiver takes the first', () => {
    const story = waived();
    const undo = {
      kind: 'reverse',
      transactionId: idOf(story.loan, 'repayment'),
      on: date('2025-02-21'),
    } as const;
    const reopened = continued(story, [['2025-02-21', undo]]);
    expect(feesOpen(reopened.loan)).toEqual(['2', '0', '2']);
    const again = continued(reopened, [['2025-02-22', { kind: 'waiveCharge', chargeId: 1 }]]);
    expect(feesOpen(again.loan)).toEqual(['0', '0', '2']);
    const paid = continued(again, [['2025-02-23', pay(302)]]);
    expect([paid.loan.status, paid.loan.charges[0]?.paid]).toEqual(['closed', money(2)]);
  });

  it('is taken back from the latest installment first when cash is handed back', () => {
    const dated: Line = [
      '2025-01-15',
      { kind: 'addCharge', definition: fee(5), dueDate: date('2025-02-20') },
    ];
    const refund = pay(108, { type: 'refund' });
    const { loan } = tell(PLAIN, [FEE, dated, ['2025-02-15', pay(209)], ['2025-02-15', refund]]);
    expect(feesOpen(loan)).toEqual(['0', '7', '2']);
    expect(loan.charges.map(({ paid }) => paid)).toEqual([money(2), 0n]);
  });

  it('asks no payment for what was waived where interest is recalculated', () => {
    const recalculating = {
      interestType: 'DECLINING_BALANCE',
      interestCalculationPeriod: 'DAILY',
      interestRecalculation: recalculation(),
    } as const;
    const fees = [{ definition: fee(2, { time: 'INSTALLMENT' }) }];
    const start = date('2025-01-15');
    const { loan } = submitLoan(
      { terms: storyTerms(recalculating), submittedOn: start, charges: fees },
      on(start),
    );
    const lines: Line[] = [
      ['2025-01-15', { kind: 'approve', on: start }],
      ['2025-01-15', { kind: 'disburse', on: start }],
      ['2025-01-20', { kind: 'waiveCharge', chargeId: 1 }],
      ['2025-02-15', pay(105)],
    ];
    const paid = lines.reduce((sofar, [day, line]) => {
      return decide(sofar, typeof line === 'function' ? line(day) : line, on(day)).loan;
    }, loan);
    const without = tell(recalculating, [['2025-02-15', pay(105)]]).loan;
    const figures = ({ installments }: Loan) =>
      installments.map(({ charged: { principal, interest } }) => [principal, interest]);
    expect(figures(paid)).toEqual(figures(without));
  });
});

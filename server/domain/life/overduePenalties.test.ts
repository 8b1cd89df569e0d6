import { describe, expect, it } from 'vitest';
import type { ChargeDefinition } from '../charge.ts';
import { date } from '../date.ts';
import { decide } from '../decide.ts';
import type { Loan } from '../loan.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import { DEFAULT_SETTINGS, type EngineSettings, type LoanTerms } from '../terms.ts';
import { continued, fee, type Line, openOf, pay, tell } from './story.ts';

const late = (amount: number | string, own: Partial<ChargeDefinition> = {}): ChargeDefinition =>
  fee(amount, { code: 'LATE', time: 'OVERDUE', penalty: true, ...own });
const weekly = { feeFrequency: { every: 1, unit: 'WEEKS' } } as const;

const close = (day: string): Line => [
  day,
  { kind: 'closeBusinessDay', day: date(day), steps: ['APPLY_CHARGE_TO_OVERDUE_LOANS'] },
];

/** 300 in 3 rows of 100 + 6, due on the 15th of February, March and April. */
const unpaid = (overdueCharges: ChargeDefinition[], own: Partial<LoanTerms> = {}) =>
  tell({ overdueCharges, ...own }, []).loan;

/** `LATE of 1 on 02-15: 2.00`: charge, installment, due date and amount of what stands. */
const penalties = (loan: Loan): string[] =>
  loan.charges
    .filter(({ active }) => active)
    .map(
      ({ definition, overdueInstallment, dueDate, amount }) =>
        `${definition.code} of ${overdueInstallment} on ${dueDate?.slice(5)}: ${shown(amount)}`,
    );

const closed = (loan: Loan, day: string, own: Partial<EngineSettings> = {}): Loan => {
  const [, command] = close(day);
  const context = { businessDate: date(day), settings: { ...DEFAULT_SETTINGS, ...own } };
  return typeof command === 'function' ? loan : decide(loan, command, context).loan;
};

describe('an overdue penalty on the installment due on 15 February', () => {
  it.each<[string, Partial<EngineSettings>, string, string[]]>([
    // Closed is the 16th when the business date is the 17th.
    ['waits for a whole day', {}, '2025-02-16', []],
    ['is raised when the second is closed', {}, '2025-02-17', ['LATE of 1 on 02-15: 2.00']],
    [
      'is raised with the due date itself without a wait',
      { penaltyWaitPeriod: 0 },
      '2025-02-15',
      ['LATE of 1 on 02-15: 2.00'],
    ],
    [
      'is dated a day later with a day of grace',
      { graceOnPenaltyPosting: 1 },
      '2025-02-18',
      ['LATE of 1 on 02-16: 2.00'],
    ],
    ['two with two', { graceOnPenaltyPosting: 2 }, '2025-02-18', ['LATE of 1 on 02-17: 2.00']],
    [
      'but never later than it waits',
      { graceOnPenaltyPosting: 9 },
      '2025-02-18',
      ['LATE of 1 on 02-17: 2.00'],
    ],
    ['is made up for when a day was missed', {}, '2025-02-19', ['LATE of 1 on 02-15: 2.00']],
    ['but not where penalties are not dated back', { backdatePenalties: false }, '2025-02-18', []],
    [
      'which are raised on their day only',
      { backdatePenalties: false },
      '2025-02-17',
      ['LATE of 1 on 02-15: 2.00'],
    ],
    ['and not before', { backdatePenalties: false }, '2025-02-16', []],
  ])('%s', (_, settings, day, raised) => {
    expect(penalties(closed(unpaid([late(2)]), day, settings))).toEqual(raised);
  });

  it.each<[string, ChargeDefinition, string[]]>([
    ['a flat amount', late('2.50'), ['LATE of 1 on 02-15: 2.50']],
    [
      'a share of the open principal',
      late(10, { calculation: 'PERCENT_OF_AMOUNT' }),
      ['LATE of 1 on 02-15: 10.00'],
    ],
    ['of the open interest', late(10, { calculation: 'PERCENT_OF_INTEREST' }), ['LATE of 1 on 02-15: 0.60']],
    ['of both', late(10, { calculation: 'PERCENT_OF_AMOUNT_AND_INTEREST' }), ['LATE of 1 on 02-15: 10.60']],
  ])('is %s', (_, definition, raised) => {
    expect(penalties(closed(unpaid([definition]), '2025-02-18'))).toEqual(raised);
  });

  it('is a share of what is still open, and nothing of nothing', () => {
    const ofPrincipal = late(10, { calculation: 'PERCENT_OF_AMOUNT' });
    const ofInterest = late(10, { code: 'INTEREST', calculation: 'PERCENT_OF_INTEREST' });
    const { loan } = tell({ overdueCharges: [ofPrincipal, ofInterest] }, [['2025-02-15', pay(46)]]);
    expect(penalties(closed(loan, '2025-02-18'))).toEqual(['LATE of 1 on 02-15: 6.00']);
  });

  it('is owed in the installment it falls due in', () => {
    expect(openOf(closed(unpaid([late(2)]), '2025-02-18'))).toEqual(['100/6/0/2', '100/6/0/0', '100/6/0/0']);
  });
});

describe('overdue penalties', () => {
  it('are raised once for each installment and each charge', () => {
    const both = unpaid([late(2), late(3, { code: 'LETTER' })]);
    const first = closed(both, '2025-02-18');
    expect(penalties(first)).toEqual(['LATE of 1 on 02-15: 2.00', 'LETTER of 1 on 02-15: 3.00']);
    expect(penalties(closed(first, '2025-02-19'))).toEqual(penalties(first));
    expect(penalties(closed(first, '2025-03-18'))).toEqual([
      ...penalties(first),
      'LATE of 2 on 03-15: 2.00',
      'LETTER of 2 on 03-15: 3.00',
    ]);
  });

  it('come again as often as the charge says', () => {
    const loan = unpaid([late(2, weekly)]);
    // A close later than one without a frequency: the third day after the due date has to be over.
    expect(penalties(closed(loan, '2025-02-17'))).toEqual([]);
    const first = closed(loan, '2025-02-18');
    expect(penalties(first)).toEqual(['LATE of 1 on 02-15: 2.00']);
    expect(penalties(closed(first, '2025-02-24'))).toEqual(penalties(first));
    expect(penalties(closed(first, '2025-02-25'))).toEqual([...penalties(first), 'LATE of 1 on 02-22: 2.00']);
    expect(penalties(closed(loan, '2025-03-04'))).toEqual([
      'LATE of 1 on 02-15: 2.00',
      'LATE of 1 on 02-22: 2.00',
      'LATE of 1 on 03-01: 2.00',
    ]);
  });

  it.each<[string, Partial<EngineSettings>, string, string[]]>([
    [
      'dated on the day itself with as long a grace on posting',
      { graceOnPenaltyPosting: 2 },
      '02-25',
      ['17', '24'],
    ],
    ['after five days', { penaltyWaitPeriod: 5 }, '02-28', ['15', '22']],
    ['not dated back', { backdatePenalties: false }, '02-25', ['22']],
    ['which come on their day only', { backdatePenalties: false }, '02-26', []],
  ])('that come every week: %s', (_, settings, day, raised) => {
    const expected = raised.map((on) => `LATE of 1 on 02-${on}: 2.00`);
    expect(penalties(closed(unpaid([late(2, weekly)]), `2025-${day}`, settings))).toEqual(expected);
  });

  it('by the month they count the months from the day after the wait', () => {
    // Due 28 Feb, so 3 Mar, 3 Apr, 3 May: three days before each, though March has 31 days.
    const own = { overdueCharges: [late(2, { feeFrequency: { every: 1, unit: 'MONTHS' } })] };
    const { loan } = tell({ ...own, firstRepaymentDate: date('2025-02-28'), numberOfRepayments: 1 }, []);
    expect(penalties(closed(loan, '2025-05-03'))).toEqual([
      'LATE of 1 on 02-28: 2.00',
      'LATE of 1 on 03-31: 2.00',
      'LATE of 1 on 04-30: 2.00',
    ]);
  });

  it('after the maturity open an additional installment up to the latest', () => {
    const { loan } = tell({ overdueCharges: [late(2, weekly)] }, [['2025-03-15', pay(212)]]);
    const after = closed(loan, '2025-04-25');
    expect(penalties(after)).toEqual(['LATE of 3 on 04-15: 2.00', 'LATE of 3 on 04-22: 2.00']);
    expect(after.installments.at(-1)).toMatchObject({ kind: 'additional', due: '2025-04-22' });
    expect(openOf(after)).toEqual(['0/0/0/0', '0/0/0/0', '100/6/0/2', '0/0/0/2']);
  });

  it.each<[string, Loan]>([
    ['without such a charge', unpaid([])],
    ['charged off', { ...unpaid([late(2)]), chargedOffOn: date('2025-02-16') }],
    ['paid in time', tell({ overdueCharges: [late(2)] }, [['2025-02-15', pay(106)]]).loan],
    ['of which only interest after maturity is open', withRowOf('interestOnly')],
    ['not paid out yet', { ...unpaid([late(2)]), status: 'approved' }],
  ])('are never raised on a loan %s', (_, loan) => {
    const after = closed(loan, '2025-02-18');
    expect(after).toEqual({ ...loan, lastClosedBusinessDate: '2025-02-18' });
  });

  function withRowOf(kind: 'interestOnly'): Loan {
    const loan = unpaid([late(2)]);
    return { ...loan, installments: loan.installments.map((row) => ({ ...row, kind })) };
  }
});

describe('a penalty that was raised', () => {
  const raised = () => tell({ overdueCharges: [late(2)] }, [close('2025-02-18'), close('2025-03-18')]);
  const both = ['LATE of 1 on 02-15: 2.00', 'LATE of 2 on 03-15: 2.00'];
  const after = (...lines: Line[]) => penalties(continued(raised(), lines).loan);
  const paid = (on: string, own: Parameters<typeof pay>[1] = {}): Line => [
    '2025-03-19',
    pay(10, { on: date(on), ...own }),
  ];

  it.each<[string, Line, string[]]>([
    ['stays when money comes later', paid('2025-03-16'), both],
    ['goes when the money came on its due date', paid('2025-03-15'), both.slice(0, 1)],
    ['stays on an installment that was due before the money came', paid('2025-02-16'), both.slice(0, 1)],
    ['goes on both when it came in time for both', paid('2025-02-15'), []],
    ['goes for goodwill as well', paid('2025-02-15', { type: 'goodwillCredit' }), []],
    ['stays when interest is waived', paid('2025-02-15', { type: 'waiveInterest' }), both],
  ])('%s', (_, line, left) => {
    expect(after(line)).toEqual(left);
  });

  it('stays waived', () => {
    const { loan } = continued(raised(), [
      ['2025-03-18', { kind: 'waiveCharge', chargeId: 1 }],
      paid('2025-02-15'),
    ]);
    expect(loan.charges.map(({ active, waived }) => [active, waived])).toEqual([
      [true, money(2)],
      [false, 0n],
    ]);
  });

  it('leaves fees alone', () => {
    const add: Line = ['2025-03-18', { kind: 'addCharge', definition: fee(5), dueDate: date('2025-03-10') }];
    expect(after(add, paid('2025-02-15'))).toEqual(['FEE of null on 03-10: 5.00']);
  });
});

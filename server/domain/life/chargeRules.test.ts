import { describe, expect, it } from 'vitest';
import type { ChargeDefinition } from '../charge.ts';
import { date } from '../date.ts';
import { decide } from '../decide.ts';
import type { LoanCommand } from '../decision.ts';
import { rule } from '../progressive/exampleLoan.ts';
import { money, recalculation, shown } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
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
  penalty,
  storyTerms,
  tell,
} from './story.ts';

const PLAIN = { interestRatePerPeriod: '0' } as const;
const TODAY = '2025-03-01';

const add = (definition: ChargeDefinition, due?: string): LoanCommand => ({
  kind: 'addCharge',
  definition,
  ...(due === undefined ? {} : { dueDate: date(due) }),
});
const feeOf12: Line = ['2025-02-01', add(fee(12), '2025-02-10')];
const paid: Line = ['2025-02-15', pay(106)];
const chargedOff: Line = ['2025-02-20', { kind: 'chargeOff', on: date('2025-02-20') }];
const writtenOff: Line = ['2025-02-20', { kind: 'writeOff', on: date('2025-02-20') }];
const waive = (chargeId: number): LoanCommand => ({ kind: 'waiveCharge', chargeId });
const undoWaiver = (transactionId: number): LoanCommand => ({ kind: 'undoWaiveCharge', transactionId });
const adjust = (
  amount: number,
  own: Partial<Extract<LoanCommand, { kind: 'adjustCharge' }>> = {},
): LoanCommand => ({
  kind: 'adjustCharge',
  chargeId: 1,
  on: date(TODAY),
  amount: money(amount),
  ...own,
});

const installmentFee = fee(3, { time: 'INSTALLMENT' });
const atDisbursement = fee(3, { time: 'DISBURSEMENT' });
const ofTranche = fee(1, { time: 'TRANCHE_DISBURSEMENT', calculation: 'PERCENT_OF_DISBURSEMENT' });

type Row = readonly [situation: string, lines: readonly Line[], command: LoanCommand, answer: string];

function answered(rows: readonly Row[], own: Partial<LoanTerms> = {}): void {
  it.each(rows)('%s', (_, lines, command, answer) => {
    expect(answerTo(() => tell(own, [...lines, [TODAY, command]]))).toBe(answer);
  });
}

describe('adding a charge', () => {
  const BY_HAND =
    'invalid_argument overdue_charge_by_hand: Overdue penalties are raised by close of business [charge]';
  const TOO_LATE =
    'invalid_argument disbursement_charge_too_late: The loan has been disbursed already [charge]';
  const NOT_OPEN =
    'aborted loan_must_be_open_for_charges: Charges can not be added to a loan that was written off, rejected or withdrawn';

  answered([
    ['to a running loan', [], add(fee(1), TODAY), 'accepted'],
    ['to a closed loan', [['2025-02-15', pay(318)]], add(fee(1), TODAY), 'accepted'],
    ['to an overpaid loan', [['2025-02-15', pay(348)]], add(fee(1), TODAY), 'accepted'],
    [
      'to a loan charged off',
      [chargedOff],
      add(fee(1), TODAY),
      'aborted loan_must_not_be_charged_off: Loan is charged off',
    ],
    ['to a loan written off', [writtenOff], add(fee(1), TODAY), NOT_OPEN],
    ['due on the day of the disbursement', [], add(fee(1), '2025-01-15'), 'accepted'],
    [
      'due before the disbursement',
      [],
      add(fee(1), '2025-01-14'),
      'permission_denied date_before_disbursement: The date 2025-01-14 is before the disbursement (2025-01-15)',
    ],
    [
      'without due date',
      [],
      add(fee(1)),
      'invalid_argument charge_due_date_required: the charge needs a due date [dueDate]',
    ],
    [
      'of nothing',
      [],
      add(fee(0), TODAY),
      'invalid_argument amount_must_be_positive: must be greater than zero [amount]',
    ],
    ['of a cent', [], add(fee('0.01'), TODAY), 'accepted'],
    ['that is an overdue penalty', [], add({ ...penalty(1), time: 'OVERDUE' }, TODAY), BY_HAND],
    ['that is an overdue fee', [], add({ ...fee(1), time: 'OVERDUE' }, TODAY), BY_HAND],
    ['to every installment', [], add(installmentFee), 'accepted'],
    ['at disbursement, all being disbursed', [], add(atDisbursement), TOO_LATE],
    ['of a tranche, all being disbursed', [], add(ofTranche), TOO_LATE],
  ]);

  describe('where interest is recalculated', () => {
    answered(
      [
        [
          'due before the last transaction',
          [paid],
          add(fee(1), '2025-02-14'),
          'permission_denied date_before_last_transaction: The date 2025-02-14 is before the last transaction (2025-02-15)',
        ],
        ['due on its day', [paid], add(fee(1), '2025-02-15'), 'accepted'],
        [
          'to every installment',
          [],
          add(installmentFee),
          'invalid_argument installment_fee_on_recalculating_loan: A running loan that recalculates interest takes no installment fee [charge]',
        ],
      ],
      {
        interestRecalculation: recalculation(),
        interestType: 'DECLINING_BALANCE',
        interestCalculationPeriod: 'DAILY',
      },
    );
  });

  describe('on a progressive loan', () => {
    answered(
      [
        ['with a due date', [], add(fee(1), TODAY), 'accepted'],
        [
          'to every installment',
          [],
          add(installmentFee),
          'invalid_argument installment_fee_on_progressive_loan: Advanced payment allocation knows no installment fees [charge]',
        ],
      ],
      {
        ...PLAIN,
        scheduleType: 'PROGRESSIVE',
        strategy: 'advanced-payment-allocation-strategy',
        allocationRules: [rule('NEXT_INSTALLMENT')],
      },
    );
  });

  describe('before the disbursement', () => {
    const START = on('2025-01-15');
    const pending = (own: Partial<LoanTerms> = {}) =>
      submitLoan({ terms: storyTerms(own), submittedOn: date('2025-01-15') }, START).loan;

    it.each<[string, LoanCommand, Partial<LoanTerms>]>([
      ['at disbursement', add(atDisbursement), {}],
      ['of a tranche', add(ofTranche), {}],
      ['with a due date before it', add(fee(1), '2025-01-10'), {}],
      [
        'to every installment, though interest will be recalculated',
        add(installmentFee),
        {
          interestRecalculation: recalculation(),
          interestType: 'DECLINING_BALANCE',
          interestCalculationPeriod: 'DAILY',
        },
      ],
    ])('%s: accepted', (_, command, own) => {
      const { loan } = decide(pending(own), command, START);
      expect([loan.status, loan.charges.length]).toEqual(['pending', 1]);
    });

    it.each(['reject', 'withdraw'] as const)('never to a loan that ended by %s', (kind) => {
      const { loan } = decide(pending(), { kind, on: date('2025-01-15') }, START);
      expect(answerTo(() => decide(loan, add(fee(1), TODAY), START))).toBe(NOT_OPEN);
    });

    it('a dated one stands in the schedule at once, one at disbursement does not', () => {
      const dated = decide(pending(), add(fee(12), '2025-02-10'), START).loan;
      expect(openOf(dated)[0]).toBe('100/6/12/0');
      const kept = decide(pending(), add(atDisbursement), START).loan;
      expect(openOf(kept)[0]).toBe('100/6/0/0');
    });
  });

  it('numbers charges in turn; only dated ones have a due date', () => {
    const { loan } = tell(PLAIN, [feeOf12, ['2025-02-02', add(installmentFee, '2025-03-03')]]);
    expect(loan.charges.map(({ id, dueDate, submittedOn }) => [id, dueDate, submittedOn])).toEqual([
      [1, '2025-02-10', '2025-02-01'],
      [2, null, '2025-02-02'],
    ]);
  });

  it('asks for its own amount instead of the agreed one', () => {
    const { loan } = tell(PLAIN, [
      [
        '2025-02-01',
        { kind: 'addCharge', definition: fee(12), dueDate: date('2025-02-10'), amountOrPercentage: '7.5' },
      ],
    ]);
    expect(loan.charges.map(({ amount }) => shown(amount))).toEqual(['7.50']);
  });

  it('makes a closed loan active again, from its due date on', () => {
    const closed: Line = ['2025-02-15', pay(300)];
    const { loan, last } = tell(PLAIN, [closed, ['2025-03-01', add(fee(12), '2025-04-10')]]);
    expect([loan.status, loan.closedOn, loan.actualMaturity]).toEqual(['active', null, '2025-04-15']);
    expect(last.events).toContainEqual({
      name: 'loan-status-changed',
      transactionId: null,
      status: 'active',
    });
  });

  it('takes what was overpaid; a loan that it brings to zero is closed on its due date', () => {
    const { loan } = tell(PLAIN, [
      ['2025-02-15', pay(312)],
      ['2025-03-01', add(fee(12), '2025-04-10')],
    ]);
    expect([loan.status, loan.closedOn, loan.overpaid]).toEqual(['closed', '2025-04-10', 0n]);
  });
});

describe('waiving a charge', () => {
  const SETTLED = 'aborted charge_already_settled: The charge is already paid or waived';
  answered([
    ['in part paid', [feeOf12, ['2025-02-11', pay(5)]], waive(1), 'accepted'],
    ['that is paid', [feeOf12, ['2025-02-11', pay(12)]], waive(1), SETTLED],
    ['that is waived', [feeOf12, ['2025-02-11', waive(1)]], waive(1), SETTLED],
    ['that is not there', [], waive(7), 'not_found charge_not_found: Charge 7 does not exist on this loan'],
    [
      'of a closed loan',
      [feeOf12, ['2025-02-15', pay(330)]],
      waive(1),
      'aborted loan_must_be_active: Loan must be Active',
    ],
  ]);

  const recognised = (lines: readonly Line[], day = '2025-02-12') => {
    const { loan } = tell(PLAIN, [feeOf12, ...lines, [day, waive(1)]]);
    const waiver = loan.transactions.findLast(({ type }) => type === 'waiveCharges');
    return (
      waiver &&
      [waiver.date, waiver.amount, waiver.portions.fees, waiver.unrecognised].map((each) =>
        typeof each === 'bigint' ? shown(each) : each.slice(5),
      )
    );
  };
  const accrued: Line = ['2025-02-11', { kind: 'accrue', till: date('2025-02-11') }];

  it.each<[string, Line[], string, string[]]>([
    ['nothing was accrued', [], '2025-02-12', ['02-10', '12.00', '0.00', '12.00']],
    ['before its due date, the waiver is of today', [], '2025-02-05', ['02-05', '12.00', '0.00', '12.00']],
    ['all was accrued', [accrued], '2025-02-12', ['02-10', '12.00', '12.00', '0.00']],
    [
      'all was accrued, 5 were paid',
      [accrued, ['2025-02-11', pay(5)]],
      '2025-02-12',
      ['02-10', '7.00', '7.00', '0.00'],
    ],
    [
      '5 were paid and nothing accrued',
      [['2025-02-11', pay(5)]],
      '2025-02-12',
      ['02-10', '7.00', '0.00', '7.00'],
    ],
  ])('where %s: dated, waived, booked and not booked', (_, lines, day, figures) => {
    expect(recognised(lines, day)).toEqual(figures);
  });

  it('settles it: what is paid and what is waived are the whole charge', () => {
    const { loan } = tell(PLAIN, [feeOf12, ['2025-02-11', pay(5)], ['2025-02-12', waive(1)]]);
    expect(loan.charges[0]).toMatchObject({ paid: money(5), waived: money(7), isWaived: true });
    expect(openOf(loan)[0]).toBe('100/0/0/0');
  });

  it('of every installment goes installment by installment, each on its due date at the latest', () => {
    const story = tell(PLAIN, [
      ['2025-01-20', add(installmentFee)],
      ['2025-02-20', waive(1)],
      ['2025-02-21', waive(1)],
      ['2025-02-22', waive(1)],
    ]);
    const waivers = story.loan.transactions.filter(({ type }) => type === 'waiveCharges');
    expect(waivers.map(({ date: day, amount }) => `${day} ${shown(amount)}`)).toEqual([
      '2025-02-15 3.00',
      '2025-02-21 3.00',
      '2025-02-22 3.00',
    ]);
    expect(story.loan.charges[0]).toMatchObject({ waived: money(9), isWaived: true });
    expect(answerTo(() => continued(story, [['2025-02-23', waive(1)]]))).toBe(SETTLED);
    const undone = continued(story, [['2025-02-23', undoWaiver(3)]]);
    expect(openOf(undone.loan)).toEqual(['100/0/0/0', '100/0/3/0', '100/0/0/0']);
    expect(undone.loan.charges[0]).toMatchObject({ waived: money(6), isWaived: false });
    expect(undone.loan.charges[0]?.waivedInstallments?.map(({ place }) => place)).toEqual([1, 3]);
  });
});

describe('undoing the waiver of a charge', () => {
  const waived: Line = ['2025-02-11', waive(1)];
  const NOT_IN_FORCE = 'aborted waiver_already_undone: The transaction is not a charge waiver in force';
  answered([
    ['in force', [feeOf12, waived], undoWaiver(2), 'accepted'],
    ['that was undone', [feeOf12, waived, ['2025-02-12', undoWaiver(2)]], undoWaiver(2), NOT_IN_FORCE],
    [
      'that is an adjustment',
      [feeOf12, ['2025-02-12', adjust(3, { on: date('2025-02-12') })]],
      undoWaiver(2),
      NOT_IN_FORCE,
    ],
    [
      'that is a payment',
      [feeOf12, paid],
      undoWaiver(2),
      'not_found charge_not_found: Charge 0 does not exist on this loan',
    ],
    [
      'that is not there',
      [feeOf12],
      undoWaiver(9),
      'not_found transaction_not_found: Transaction 9 does not exist on this loan',
    ],
    [
      'made before the charge-off',
      [feeOf12, waived, chargedOff],
      undoWaiver(2),
      'aborted waiver_before_charge_off: A waiver made before the charge-off can not be undone',
    ],
    [
      'of the day of the charge-off',
      [['2025-02-20', add(fee(12), '2025-02-20')], ['2025-02-20', waive(1)], chargedOff],
      undoWaiver(2),
      'aborted waiver_before_charge_off: A waiver made before the charge-off can not be undone',
    ],
    [
      'on a closed loan',
      [feeOf12, waived, ['2025-02-15', pay(318)]],
      undoWaiver(2),
      'aborted loan_must_be_active: Loan must be Active',
    ],
  ]);

  const late = fee(2, { code: 'LATE', time: 'OVERDUE', penalty: true });
  const raised: Line = [
    '2025-02-18',
    { kind: 'closeBusinessDay', day: date('2025-02-18'), steps: ['APPLY_CHARGE_TO_OVERDUE_LOANS'] },
  ];
  answered(
    [
      [
        'of an overdue penalty',
        [raised, ['2025-02-19', waive(1)]],
        undoWaiver(2),
        'aborted waiver_not_undoable: Only waivers of dated charges and installment fees can be undone',
      ],
    ],
    { overdueCharges: [late] },
  );

  it('comes by the ordinary way of undoing a transaction, too', () => {
    const { loan } = tell(PLAIN, [
      feeOf12,
      waived,
      ['2025-02-12', { kind: 'reverse', transactionId: 2, on: date('2025-02-12') }],
    ]);
    expect(openOf(loan)[0]).toBe('100/0/12/0');
    expect(loan.charges[0]).toMatchObject({ waived: 0n, isWaived: false });
  });
});

describe('adjusting a charge', () => {
  const ABOVE = 'invalid_argument adjustment_above_charge: must not be above what is left of the charge';
  const adjusted: Line = ['2025-02-20', adjust(5, { on: date('2025-02-20') })];
  answered([
    ['by all of it', [feeOf12], adjust(12), 'accepted'],
    ['by more', [feeOf12], adjust(13), `${ABOVE} (12.00) [amount]`],
    ['by what is left', [feeOf12, adjusted], adjust(7), 'accepted'],
    ['by more than is left', [feeOf12, adjusted], adjust(8), `${ABOVE} (7.00) [amount]`],
    [
      'beside another that was adjusted',
      [feeOf12, feeOf12, adjusted],
      adjust(12, { chargeId: 2 }),
      'accepted',
    ],
    [
      'by nothing',
      [feeOf12],
      adjust(0),
      'invalid_argument amount_must_be_positive: must be greater than zero [amount]',
    ],
    [
      'in the future',
      [feeOf12],
      adjust(1, { on: date('2025-03-02') }),
      'permission_denied date_in_the_future: The date 2025-03-02 is after the business date 2025-03-01',
    ],
    ['that is not there', [], adjust(1), 'not_found charge_not_found: Charge 1 does not exist on this loan'],
    [
      'of a loan written off',
      [feeOf12, writtenOff],
      adjust(1),
      'aborted loan_must_be_payable: Loan must be Active, Fully Paid or Overpaid',
    ],
  ]);

  it('of a closed loan makes it overpaid on the day of its last transaction', () => {
    const { loan, entries } = tell(PLAIN, [feeOf12, ['2025-02-15', pay(312)], ['2025-03-01', adjust(7)]]);
    expect([loan.status, loan.overpaid, loan.overpaidOn]).toEqual(['overpaid', money(7), '2025-03-01']);
    expect(accountBalances(entries)).toMatchObject({ overpayment: '-7', feeIncome: '-5' });
  });
});

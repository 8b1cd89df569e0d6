import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import type { LoanCommand } from '../decision.ts';
import { money, recalculation } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { answerTo, type Line, pay, tell } from './story.ts';

const TODAY = '2025-03-01';
const TOMORROW = date('2025-03-02');

const paid: Line = ['2025-02-15', pay(106)];
const closed: Line = ['2025-02-15', pay(318)];
const overpaid: Line = ['2025-02-15', pay(348)];
const writtenOff: Line = ['2025-02-20', { kind: 'writeOff', on: date('2025-02-20') }];
const chargedOff: Line = ['2025-02-20', { kind: 'chargeOff', on: date('2025-02-20') }];
const accrued: Line = ['2025-02-21', { kind: 'accrue', till: date('2025-02-21') }];
const undone: Line = ['2025-02-16', { kind: 'reverse', transactionId: 2, on: date('2025-02-16') }];
const backOf = (transactionId: number, day = '2025-02-16'): Line => [
  day,
  { kind: 'chargeback', transactionId, on: date(day), amount: money(50) },
];

type Pay = Extract<LoanCommand, { kind: 'pay' }>;

const payment = (own: Partial<Pay> = {}): LoanCommand => ({
  kind: 'pay',
  type: 'repayment',
  on: date(TODAY),
  amount: money(10),
  ...own,
});
const chargeback = (amount: number, transactionId = 2): LoanCommand => ({
  kind: 'chargeback',
  transactionId,
  on: date(TODAY),
  amount: money(amount),
});
const reverse = (transactionId: number): LoanCommand => ({ kind: 'reverse', transactionId, on: date(TODAY) });
const adjust = (amount: number, on = TODAY): LoanCommand => ({
  kind: 'adjust',
  transactionId: 2,
  on: date(on),
  amount: money(amount),
});

const IN_THE_FUTURE =
  'permission_denied date_in_the_future: The date 2025-03-02 is after the business date 2025-03-01';
const BEFORE_DISBURSEMENT =
  'permission_denied date_before_disbursement: The date 2025-01-14 is before the disbursement (2025-01-15)';
const NOTHING = 'invalid_argument amount_must_be_positive: must be greater than zero [transactionAmount]';
const NOT_ACTIVE = 'aborted loan_must_be_active: Loan must be Active';
const NOT_PAYABLE = 'loan_must_be_payable: Loan must be Active, Fully Paid or Overpaid';

type Row = readonly [situation: string, lines: readonly Line[], command: LoanCommand, answer: string];

/** What a loan of 300 in 3 rows answers on 1 March. */
function answered(rows: readonly Row[], own: Partial<LoanTerms> = {}): void {
  it.each(rows)('%s', (_, lines, command, answer) => {
    expect(answerTo(() => tell(own, [...lines, [TODAY, command]]))).toBe(answer);
  });
}

describe('a payment', () => {
  answered([
    ['in the future', [], payment({ on: TOMORROW }), IN_THE_FUTURE],
    ['today', [], payment(), 'accepted'],
    ['before the disbursement', [], payment({ on: date('2025-01-14') }), BEFORE_DISBURSEMENT],
    ['on the day of the disbursement', [], payment({ on: date('2025-01-15') }), 'accepted'],
    ['of nothing', [], payment({ amount: 0n }), NOTHING],
    ['of a cent', [], payment({ amount: 1n }), 'accepted'],
    ['on a closed loan', [closed], payment(), 'accepted'],
    ['on an overpaid loan', [overpaid], payment(), 'accepted'],
    ['on a loan written off', [writtenOff], payment(), `failed_precondition ${NOT_PAYABLE}`],
    [
      'of goodwill on a loan written off',
      [writtenOff],
      payment({ type: 'goodwillCredit' }),
      `aborted ${NOT_PAYABLE}`,
    ],
    ['before an earlier one', [paid], payment({ on: date('2025-02-14') }), 'accepted'],
  ]);

  describe('where interest is recalculated', () => {
    const recalculating = {
      interestRecalculation: recalculation(),
      interestCalculationPeriod: 'DAILY',
    } as const;
    const declining = { ...recalculating, interestType: 'DECLINING_BALANCE' } as const;
    const EARLIER =
      'permission_denied date_before_last_transaction: The date 2025-02-14 is before the last transaction (2025-02-15)';
    answered(
      [
        ['before an earlier one', [paid], payment({ on: date('2025-02-14') }), EARLIER],
        ['on the day of an earlier one', [paid], payment({ on: date('2025-02-15') }), 'accepted'],
        ['is no longer undone after a later one', [['2025-02-14', pay(10)], paid], reverse(2), EARLIER],
        ['is undone as the last', [['2025-02-14', pay(10)], paid], reverse(3), 'accepted'],
        [
          'waives interest before an earlier one',
          [paid],
          payment({ type: 'waiveInterest', amount: 1n, on: date('2025-02-14') }),
          EARLIER,
        ],
        [
          'can not be charged back',
          [paid],
          chargeback(10),
          'aborted chargeback_with_recalculation: Loans that recalculate interest know no chargeback',
        ],
      ],
      declining,
    );
  });
});

describe('a waiver of interest', () => {
  const waive = (amount: number | string, on = TODAY) =>
    payment({ type: 'waiveInterest', amount: money(amount), on: date(on) });
  const ABOVE = 'aborted waiver_above_interest: The amount must not be above the interest outstanding';
  answered([
    ['of more than is open', [], waive('18.01'), `${ABOVE} (18.00)`],
    ['of all that is open', [], waive(18), 'accepted'],
    ['of more than is still open', [paid], waive('12.01'), `${ABOVE} (12.00)`],
    ['on a closed loan', [closed], waive(1), NOT_ACTIVE],
    ['in the future', [], waive(1, TOMORROW), IN_THE_FUTURE],
    ['of nothing', [], waive(0), NOTHING],
  ]);
});

describe('a cash refund', () => {
  const refund = (amount: number | string, on = TODAY) =>
    payment({ type: 'refund', amount: money(amount), on: date(on) });
  const ahead: Line = ['2025-02-15', pay(136)];
  const ABOVE = 'aborted refund_above_advance: The amount must not be above the amount paid in advance';
  answered([
    ['of nothing paid in advance', [paid], refund(1), `${ABOVE} (0.00)`],
    ['of what was paid in advance', [ahead], refund(30), 'accepted'],
    ['of more', [ahead], refund('30.01'), `${ABOVE} (30.00)`],
    ['of what was overpaid, and in advance', [overpaid], refund(242), 'accepted'],
    ['of more than that', [overpaid], refund(243), `${ABOVE} (242.00)`],
    ['of nothing', [ahead], refund(0), NOTHING],
    [
      'on a closed loan',
      [closed],
      refund(1),
      'aborted loan_must_be_active: A cash refund needs an Active or Overpaid loan',
    ],
    ['in the future', [ahead], refund(1, TOMORROW), IN_THE_FUTURE],
    [
      'before the last payment',
      [ahead],
      refund(1, '2025-02-14'),
      'permission_denied date_before_last_payment: The date 2025-02-14 is before the last payment (2025-02-15)',
    ],
    ['on the day of it', [ahead], refund(1, '2025-02-15'), 'accepted'],
    [
      'before an earlier refund',
      [ahead, ['2025-02-25', refund(1, '2025-02-25')]],
      refund(1, '2025-02-24'),
      'permission_denied date_before_last_payment: The date 2025-02-24 is before the last payment (2025-02-25)',
    ],
    [
      'before the charge-off',
      [ahead, chargedOff],
      refund(1, '2025-02-19'),
      'permission_denied date_before_charge-off: The date 2025-02-19 is before the charge-off (2025-02-20)',
    ],
  ]);
});

describe('a credit balance refund', () => {
  const refund = (amount: number | string, on = TODAY) =>
    payment({ type: 'creditBalanceRefund', amount: money(amount), on: date(on) });
  answered([
    ['on an active loan', [], refund(1), 'aborted loan_must_be_overpaid: Loan must be Overpaid'],
    ['of what is overpaid', [overpaid], refund(30), 'accepted'],
    [
      'of more',
      [overpaid],
      refund('30.01'),
      'aborted refund_above_overpaid: The amount must not be above the overpaid amount (30.00)',
    ],
    ['of nothing', [overpaid], refund(0), NOTHING],
    ['in the future', [overpaid], refund(1, TOMORROW), IN_THE_FUTURE],
    [
      'before the payment behind it',
      [overpaid],
      refund(1, '2025-02-14'),
      'permission_denied date_before_last_payment: The date 2025-02-14 is before the last payment (2025-02-15)',
    ],
    [
      'before an earlier one',
      [overpaid, ['2025-02-25', refund(1, '2025-02-25')]],
      refund(1, '2025-02-24'),
      'permission_denied date_before_last_payment: The date 2025-02-24 is before the last payment (2025-02-25)',
    ],
  ]);
});

describe('a recovery', () => {
  const recovery = (amount: number | string, on = TODAY) =>
    payment({ type: 'recoveryRepayment', amount: money(amount), on: date(on) });
  const recovered: Line = ['2025-02-25', recovery(100, '2025-02-25')];
  const ABOVE = 'aborted recovery_above_written_off: The amount must not be above the amount written off';
  answered([
    [
      'on an active loan',
      [],
      recovery(1),
      'aborted loan_must_be_written_off: Only a loan that was written off can recover',
    ],
    ['of all that was written off', [writtenOff], recovery(318), 'accepted'],
    ['of more', [writtenOff], recovery('318.01'), `${ABOVE} (318.00)`],
    ['of what is left', [writtenOff, recovered], recovery(218), 'accepted'],
    ['of more than is left', [writtenOff, recovered], recovery('218.01'), `${ABOVE} (218.00)`],
    ['of nothing', [writtenOff], recovery(0), NOTHING],
    ['in the future', [writtenOff], recovery(1, TOMORROW), IN_THE_FUTURE],
  ]);
});

describe('undoing a transaction', () => {
  const NOT_REVERSIBLE =
    'aborted transaction_not_reversible: Only payments, waivers and credit balance refunds can be undone';
  answered([
    [
      'that is undone',
      [paid, undone],
      reverse(2),
      'aborted transaction_already_reversed: The transaction is already reversed',
    ],
    ['that is a disbursement', [], reverse(1), NOT_REVERSIBLE],
    ['that is a charge-off', [chargedOff], reverse(2), NOT_REVERSIBLE],
    [
      'that is not there',
      [],
      reverse(9),
      'not_found transaction_not_found: Transaction 9 does not exist on this loan',
    ],
    [
      'that was charged back',
      [paid, backOf(2)],
      reverse(2),
      'aborted transaction_was_charged_back: The transaction has been charged back',
    ],
    ['beside one that was charged back', [paid, ['2025-02-15', pay(50)], backOf(3)], reverse(2), 'accepted'],
    [
      'of a loan written off',
      [paid, writtenOff],
      reverse(2),
      'aborted loan_must_not_be_written_off: A transaction of a loan that was written off can not be undone',
    ],
  ]);
});

describe('editing a transaction', () => {
  const goodwill: Line = ['2025-02-15', pay(50, { type: 'goodwillCredit' })];
  const FIXED =
    'aborted amount_can_not_be_edited: The amount of a refund, goodwill credit or charge payment can not be changed; reverse it and post a new one';
  answered([
    ['to another amount', [paid], adjust(40), 'accepted'],
    ['to less than nothing', [paid], adjust(-1), NOTHING],
    ['to a day in the future', [paid], adjust(40, TOMORROW), IN_THE_FUTURE],
    ['that is goodwill, to another amount', [goodwill], adjust(40), FIXED],
    [
      'that is a merchant refund',
      [['2025-02-15', pay(50, { type: 'merchantIssuedRefund' })]],
      adjust(40),
      FIXED,
    ],
    ['that is a payout refund', [['2025-02-15', pay(50, { type: 'payoutRefund' })]], adjust(40), FIXED],
    ['that is goodwill, to the same amount on another day', [goodwill], adjust(50, '2025-02-16'), 'accepted'],
    ['that is goodwill, to nothing: it is undone', [goodwill], adjust(0), 'accepted'],
  ]);
});

describe('a chargeback', () => {
  const NOT_CHARGEABLE =
    'aborted transaction_not_chargeable: Only a payment that was not reversed can be charged back';
  const ABOVE = 'invalid_argument chargeback_above_payment: must not be above what is left of the payment';
  answered([
    ['of a disbursement', [], chargeback(10, 1), NOT_CHARGEABLE],
    ['of a payment that was undone', [paid, undone], chargeback(10), NOT_CHARGEABLE],
    ['of more than was paid', [paid], chargeback(107), `${ABOVE} (106.00) [transactionAmount]`],
    ['of more than is left', [paid, backOf(2)], chargeback(57), `${ABOVE} (56.00) [transactionAmount]`],
    ['of what is left', [paid, backOf(2)], chargeback(56), 'accepted'],
    [
      'of all of one payment, another being charged back',
      [paid, ['2025-02-15', pay(50)], backOf(3)],
      chargeback(106),
      'accepted',
    ],
    [
      'of nothing',
      [paid],
      chargeback(0),
      'invalid_argument amount_must_be_positive: must be greater than zero [amount]',
    ],
    ['on a loan written off', [paid, writtenOff], chargeback(10), `aborted ${NOT_PAYABLE}`],
    ['in the future', [paid], { ...chargeback(10), on: TOMORROW } as LoanCommand, IN_THE_FUTURE],
  ]);
});

describe('a charge-off', () => {
  const chargeOff = (on = TODAY): LoanCommand => ({ kind: 'chargeOff', on: date(on) });
  const undo: LoanCommand = { kind: 'undoChargeOff' };
  const NO_LONGER_LAST =
    'aborted charge_off_must_be_last: The charge-off is no longer the last transaction of the loan';
  answered([
    [
      'of a loan charged off',
      [chargedOff],
      chargeOff(),
      'aborted loan_must_not_be_charged_off: Loan is charged off',
    ],
    ['of a closed loan', [closed], chargeOff(), NOT_ACTIVE],
    ['in the future', [], chargeOff(TOMORROW), IN_THE_FUTURE],
    [
      'before the last payment',
      [paid],
      chargeOff('2025-02-14'),
      'permission_denied date_before_last_transaction: The date 2025-02-14 is before the last transaction (2025-02-15)',
    ],
    ['on the day of the last payment', [paid], chargeOff('2025-02-15'), 'accepted'],
    ['is undone', [chargedOff], undo, 'accepted'],
    [
      'is undone though it is not there',
      [],
      undo,
      'aborted loan_must_be_charged_off: Loan is not charged off',
    ],
    ['is undone after a payment', [chargedOff, ['2025-02-25', pay(10)]], undo, NO_LONGER_LAST],
    [
      'is undone after a payment that was undone',
      [
        chargedOff,
        ['2025-02-25', pay(10)],
        ['2025-02-26', { ...reverse(3), on: date('2025-02-26') } as LoanCommand],
      ],
      undo,
      'accepted',
    ],
    ['is undone after an accrual', [['2025-02-20', pay(10)], chargedOff, accrued], undo, 'accepted'],
    [
      'is undone twice',
      [chargedOff, ['2025-02-21', undo]],
      undo,
      'aborted loan_must_be_charged_off: Loan is not charged off',
    ],
    ['is undone on a loan that has closed', [chargedOff, ['2025-02-25', pay(318)]], undo, NOT_ACTIVE],
  ]);
});

describe('a write-off', () => {
  const writeOff = (on = TODAY): LoanCommand => ({ kind: 'writeOff', on: date(on) });
  const undo: LoanCommand = { kind: 'undoWriteOff' };
  answered([
    ['of a closed loan', [closed], writeOff(), NOT_ACTIVE],
    ['in the future', [], writeOff(TOMORROW), IN_THE_FUTURE],
    [
      'before the last payment',
      [paid],
      writeOff('2025-02-14'),
      'permission_denied date_before_last_transaction: The date 2025-02-14 is before the last transaction (2025-02-15)',
    ],
    ['after a charge-off', [chargedOff], writeOff(), 'accepted'],
    [
      'is undone though it is not there',
      [],
      undo,
      'aborted loan_must_be_written_off: Loan is not written off',
    ],
    ['is undone', [writtenOff], undo, 'accepted'],
    [
      'is undone after money was recovered',
      [writtenOff, ['2025-02-25', pay(10, { type: 'recoveryRepayment' })]],
      undo,
      'aborted loan_has_recovered: The write-off can not be undone: money was recovered since',
    ],
  ]);
});

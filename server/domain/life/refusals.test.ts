import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import type { LoanCommand } from '../decision.ts';
import { Refusal } from '../refusal.ts';
import { money } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { submitLoan } from './origination.ts';
import { fee, type Line, on, pay, penalty, storyTerms, tell } from './story.ts';

const TODAY = '2025-03-01';

const paid: Line = ['2025-02-15', pay(106)];
const closed: Line = ['2025-02-15', pay(318)];
const overpaid: Line = ['2025-02-15', pay(348)];
const writtenOff: Line = ['2025-02-20', { kind: 'writeOff', on: date('2025-02-20') }];
const chargedOff: Line = ['2025-02-20', { kind: 'chargeOff', on: date('2025-02-20') }];
const charged: Line = ['2025-02-01', { kind: 'addCharge', definition: fee(10), dueDate: date('2025-02-10') }];
const undone: Line = ['2025-02-16', { kind: 'reverse', transactionId: 2, on: date('2025-02-16') }];
const chargedBack: Line = [
  '2025-02-16',
  { kind: 'chargeback', transactionId: 2, on: date('2025-02-16'), amount: money(50) },
];

const payment = (own: Partial<Extract<LoanCommand, { kind: 'pay' }>> = {}): LoanCommand => ({
  kind: 'pay',
  type: 'repayment',
  on: date(TODAY),
  amount: money(10),
  ...own,
});

/** What the refusal is about, and its code. */
function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (refusal) {
    if (refusal instanceof Refusal) return `${refusal.kind} ${refusal.code}`;
    throw refusal;
  }
  return 'accepted';
}

type Row = readonly [situation: string, lines: readonly Line[], command: LoanCommand, answer: string];

const disburse = (amount: number): LoanCommand => ({
  kind: 'disburse',
  on: date(TODAY),
  amount: money(amount),
});
const chargeback = (amount: number, transactionId = 2): LoanCommand => ({
  kind: 'chargeback',
  transactionId,
  on: date(TODAY),
  amount: money(amount),
});
const reverse = (transactionId: number): LoanCommand => ({ kind: 'reverse', transactionId, on: date(TODAY) });
const later = date('2025-03-02');

const TABLE: readonly Row[] = [
  ['a payment in the future', [], payment({ on: later }), 'permission_denied date_in_the_future'],
  [
    'a payment before the disbursement',
    [],
    payment({ on: date('2025-01-14') }),
    'permission_denied date_before_disbursement',
  ],
  ['a payment of nothing', [], payment({ amount: 0n }), 'invalid_argument amount_must_be_positive'],
  ['a payment on a closed loan', [closed], payment(), 'accepted'],
  ['a payment after a write-off', [writtenOff], payment(), 'failed_precondition loan_must_be_payable'],
  [
    'a goodwill credit after a write-off',
    [writtenOff],
    payment({ type: 'goodwillCredit' }),
    'aborted loan_must_be_payable',
  ],
  [
    'more interest waived than is open',
    [],
    payment({ type: 'waiveInterest', amount: money(19) }),
    'aborted waiver_above_interest',
  ],
  [
    'as much interest waived as is open',
    [],
    payment({ type: 'waiveInterest', amount: money(18) }),
    'accepted',
  ],
  [
    'interest waived on a closed loan',
    [closed],
    payment({ type: 'waiveInterest' }),
    'aborted loan_must_be_active',
  ],
  [
    'recovery on an active loan',
    [],
    payment({ type: 'recoveryRepayment' }),
    'aborted loan_must_be_written_off',
  ],
  [
    'more recovered than was written off',
    [writtenOff],
    payment({ type: 'recoveryRepayment', amount: money(319) }),
    'aborted recovery_above_written_off',
  ],
  [
    'a cash refund without advance payment',
    [paid],
    payment({ type: 'refund', amount: money(1) }),
    'aborted refund_above_advance',
  ],
  [
    'a credit balance refund on an active loan',
    [],
    payment({ type: 'creditBalanceRefund' }),
    'aborted loan_must_be_overpaid',
  ],
  [
    'more refunded than is overpaid',
    [overpaid],
    payment({ type: 'creditBalanceRefund', amount: money('30.01') }),
    'aborted refund_above_overpaid',
  ],
  [
    'a refund before the payment behind it',
    [overpaid],
    payment({ type: 'creditBalanceRefund', on: date('2025-02-14') }),
    'permission_denied date_before_last_payment',
  ],
  ['undoing what is undone', [paid, undone], reverse(2), 'aborted transaction_already_reversed'],
  ['undoing a disbursement', [], reverse(1), 'aborted transaction_not_reversible'],
  ['undoing what is not there', [], reverse(9), 'not_found transaction_not_found'],
  ['undoing what was charged back', [paid, chargedBack], reverse(2), 'aborted transaction_was_charged_back'],
  ['undoing after a write-off', [paid, writtenOff], reverse(2), 'aborted loan_must_not_be_written_off'],
  [
    'editing the amount of a goodwill credit',
    [['2025-02-15', pay(50, { type: 'goodwillCredit' })]],
    { kind: 'adjust', transactionId: 2, on: date(TODAY), amount: money(40) },
    'aborted amount_can_not_be_edited',
  ],
  ['charging back a disbursement', [], chargeback(10, 1), 'aborted transaction_not_chargeable'],
  ['charging back more than was paid', [paid], chargeback(107), 'invalid_argument chargeback_above_payment'],
  [
    'charging back more than is left',
    [paid, chargedBack],
    chargeback(57),
    'invalid_argument chargeback_above_payment',
  ],
  ['charging back what is left', [paid, chargedBack], chargeback(56), 'accepted'],
  [
    'adding a charge after a charge-off',
    [chargedOff],
    { kind: 'addCharge', definition: fee(1), dueDate: date(TODAY) },
    'aborted loan_must_not_be_charged_off',
  ],
  [
    'adding a charge after a write-off',
    [writtenOff],
    { kind: 'addCharge', definition: fee(1), dueDate: date(TODAY) },
    'aborted loan_must_be_open_for_charges',
  ],
  [
    'a charge before the disbursement',
    [],
    { kind: 'addCharge', definition: fee(1), dueDate: date('2025-01-14') },
    'permission_denied date_before_disbursement',
  ],
  [
    'a charge without due date',
    [],
    { kind: 'addCharge', definition: fee(1) },
    'invalid_argument charge_due_date_required',
  ],
  [
    'an overdue penalty by hand',
    [],
    { kind: 'addCharge', definition: { ...penalty(1), time: 'OVERDUE' }, dueDate: date(TODAY) },
    'invalid_argument overdue_charge_by_hand',
  ],
  [
    'an overdue fee by hand',
    [],
    { kind: 'addCharge', definition: { ...fee(1), time: 'OVERDUE' }, dueDate: date(TODAY) },
    'invalid_argument overdue_charge_by_hand',
  ],
  [
    'waiving a charge that is paid',
    [charged, ['2025-02-11', pay(10)]],
    { kind: 'waiveCharge', chargeId: 1 },
    'aborted charge_already_settled',
  ],
  [
    'waiving a charge that is not there',
    [],
    { kind: 'waiveCharge', chargeId: 7 },
    'not_found charge_not_found',
  ],
  [
    'adjusting a charge beyond its amount',
    [charged],
    { kind: 'adjustCharge', chargeId: 1, on: date(TODAY), amount: money(11) },
    'invalid_argument adjustment_above_charge',
  ],
  [
    'charging off twice',
    [chargedOff],
    { kind: 'chargeOff', on: date(TODAY) },
    'aborted loan_must_not_be_charged_off',
  ],
  [
    'charging off before the last payment',
    [paid],
    { kind: 'chargeOff', on: date('2025-02-14') },
    'permission_denied date_before_last_transaction',
  ],
  [
    'charging off a closed loan',
    [closed],
    { kind: 'chargeOff', on: date(TODAY) },
    'aborted loan_must_be_active',
  ],
  [
    'undoing a charge-off that is not there',
    [],
    { kind: 'undoChargeOff' },
    'aborted loan_must_be_charged_off',
  ],
  [
    'undoing a charge-off after a payment',
    [chargedOff, ['2025-02-25', pay(10)]],
    { kind: 'undoChargeOff' },
    'aborted charge_off_must_be_last',
  ],
  ['undoing a charge-off', [chargedOff], { kind: 'undoChargeOff' }, 'accepted'],
  [
    'writing off before the last payment',
    [paid],
    { kind: 'writeOff', on: date('2025-02-14') },
    'permission_denied date_before_last_transaction',
  ],
  ['writing off in the future', [], { kind: 'writeOff', on: later }, 'permission_denied date_in_the_future'],
  ['undoing a write-off that is not there', [], { kind: 'undoWriteOff' }, 'aborted loan_must_be_written_off'],
  ['undoing a write-off', [writtenOff], { kind: 'undoWriteOff' }, 'accepted'],
  ['a second disbursement of a single one', [], disburse(10), 'aborted loan_must_be_approved'],
  ['approving twice', [], { kind: 'approve', on: date(TODAY) }, 'aborted loan_must_be_pending'],
  ['rejecting a running loan', [], { kind: 'reject', on: date(TODAY) }, 'aborted loan_must_be_pending'],
  ['undoing the approval of a running loan', [], { kind: 'undoApproval' }, 'aborted loan_must_be_approved'],
  [
    'undoing the last of one disbursal',
    [],
    { kind: 'undoLastDisbursal' },
    'aborted loan_needs_two_disbursements',
  ],
  [
    'undoing the disbursal of a closed loan',
    [closed],
    { kind: 'undoDisbursal' },
    'aborted loan_must_be_active',
  ],
  [
    're-ageing a loan with interest',
    [],
    {
      kind: 'reAge',
      startDate: date('2025-05-01'),
      frequencyNumber: 1,
      frequencyUnit: 'MONTHS',
      numberOfInstallments: 3,
    },
    'invalid_argument loan_not_restructurable',
  ],
];

describe('on a loan of 300 in 3 rows, on 1 March', () => {
  it.each(TABLE)('%s', (_, lines, command, answer) => {
    expect(refusalOf(() => tell({}, [...lines, [TODAY, command]]))).toBe(answer);
  });
});

describe('with several disbursements', () => {
  const several: Partial<LoanTerms> = {
    multiDisburse: true,
    disallowExpectedDisbursements: true,
    overAppliedPercentage: '50',
    maxOutstandingBalance: money(420),
    maxTrancheCount: 2,
  };
  const ROWS: readonly Row[] = [
    ['up to the maximum of the balance', [], disburse(120), 'accepted'],
    ['above the maximum of the balance', [], disburse(121), 'invalid_argument balance_above_maximum'],
    ['above what may be over-applied', [paid], disburse(151), 'invalid_argument disbursement_above_approved'],
    [
      'more often than agreed',
      [[TODAY, disburse(10)]],
      disburse(10),
      'invalid_argument too_many_disbursements',
    ],
    [
      'before a charge-off',
      [chargedOff],
      { ...disburse(10), on: date('2025-02-19') } as LoanCommand,
      'permission_denied date_before_charge-off',
    ],
    [
      'the last one undone after a payment',
      [
        [TODAY, disburse(10)],
        [later, pay(5)],
      ],
      { kind: 'undoLastDisbursal' },
      'aborted loan_has_later_payments',
    ],
  ];

  it.each(ROWS)('%s', (_, lines, command, answer) => {
    const day = lines.at(-1)?.[0] ?? TODAY;
    expect(refusalOf(() => tell(several, [...lines, [day > TODAY ? day : TODAY, command]]))).toBe(answer);
  });
});

describe('an application', () => {
  const START = '2025-01-15';
  const ROWS: readonly (readonly [string, Partial<LoanTerms>, string, string])[] = [
    ['in the future', {}, '2025-01-16', 'permission_denied date_in_the_future'],
    [
      'after the expected disbursement',
      { expectedDisbursementDate: date('2025-01-14') },
      START,
      'permission_denied date_before_submission',
    ],
    ['for nothing', { principal: 0n }, START, 'invalid_argument amount_must_be_positive'],
    [
      'without installments',
      { numberOfRepayments: 0 },
      START,
      'invalid_argument number_of_repayments_must_be_positive',
    ],
    [
      'progressive, paid in a fixed order',
      { scheduleType: 'PROGRESSIVE' },
      START,
      'invalid_argument strategy_must_fit_schedule_type',
    ],
    [
      'cumulative, paid by advanced allocation',
      { strategy: 'advanced-payment-allocation-strategy' },
      START,
      'invalid_argument strategy_must_fit_schedule_type',
    ],
    [
      'advanced without rules',
      { scheduleType: 'PROGRESSIVE', strategy: 'advanced-payment-allocation-strategy' },
      START,
      'invalid_argument allocation_rules_required',
    ],
    ['as it should be', {}, START, 'accepted'],
  ];

  it.each(ROWS)('%s', (_, own, submittedOn, answer) => {
    const application = { terms: storyTerms(own), submittedOn: date(submittedOn) };
    expect(refusalOf(() => submitLoan(application, on(START)))).toBe(answer);
  });
});

import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { decide } from '../decide.ts';
import type { LoanCommand } from '../decision.ts';
import type { Loan } from '../loan.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { submitLoan } from './origination.ts';
import { originateLoan } from './preview.ts';
import { answerTo, fee, on, storyTerms } from './story.ts';

const START = '2025-01-15';
const TODAY = '2025-01-20';

/** 300 applied for on 15 Jan, to be paid out that day. */
const application = (own: Partial<LoanTerms> = {}, submittedOn = START) => ({
  terms: storyTerms(own),
  submittedOn: date(submittedOn),
});
const pending = (own: Partial<LoanTerms> = {}): Loan => submitLoan(application(own), on(START)).loan;
const approve = (own: Partial<Extract<LoanCommand, { kind: 'approve' }>> = {}): LoanCommand => ({
  kind: 'approve',
  on: date(START),
  ...own,
});
const approved = (own: Partial<LoanTerms> = {}): Loan => decide(pending(own), approve(), on(START)).loan;
const rejected = (): Loan => decide(pending(), { kind: 'reject', on: date(START) }, on(START)).loan;

const IN_THE_FUTURE =
  'permission_denied date_in_the_future: The date 2025-01-21 is after the business date 2025-01-20';
const BEFORE_SUBMISSION =
  'permission_denied date_before_submission: The date 2025-01-14 is before the submission (2025-01-15)';
const NOT_PENDING =
  'aborted loan_must_be_pending: Loan Account is not in submitted and pending approval state';
const NOT_APPROVED = 'aborted loan_must_be_approved: Loan Account is not in approved and not disbursed state';

describe('an application', () => {
  const NO_INSTALLMENTS =
    'invalid_argument number_of_repayments_must_be_positive: must be a whole number above zero [numberOfRepayments]';
  const UNFIT =
    'invalid_argument strategy_must_fit_schedule_type: Advanced payment allocation goes with progressive schedules, and only with them [strategy]';
  const advanced = { strategy: 'advanced-payment-allocation-strategy' } as const;
  const TOO_SHORT =
    'invalid_argument fixed_length_too_short: ' +
    'the fixed length of the loan must reach beyond the last but one installment [numberOfRepayments]';
  const byWeeks = { numberOfRepayments: 4, repaymentEvery: 2, repaymentFrequencyUnit: 'WEEKS' } as const;

  const ROWS: readonly (readonly [string, Partial<LoanTerms>, string, string])[] = [
    ['as it should be', {}, START, 'accepted'],
    ['of 7 weeks in four installments, every 2 weeks', { ...byWeeks, fixedLength: 7 }, START, 'accepted'],
    ['of 6 weeks in these', { ...byWeeks, fixedLength: 6 }, START, TOO_SHORT],
    ['of today', { expectedDisbursementDate: date(TODAY) }, TODAY, 'accepted'],
    ['in the future', { expectedDisbursementDate: date('2025-01-21') }, '2025-01-21', IN_THE_FUTURE],
    [
      'after the expected disbursement',
      { expectedDisbursementDate: date('2025-01-14') },
      START,
      'permission_denied date_before_submission: The date 2025-01-14 is before the submission (2025-01-15)',
    ],
    [
      'for nothing',
      { principal: 0n },
      START,
      'invalid_argument amount_must_be_positive: must be greater than zero [principal]',
    ],
    ['without installments', { numberOfRepayments: 0 }, START, NO_INSTALLMENTS],
    ['with half an installment', { numberOfRepayments: 1.5 }, START, NO_INSTALLMENTS],
    ['progressive, paid in a fixed order', { scheduleType: 'PROGRESSIVE' }, START, UNFIT],
    ['cumulative, paid by advanced allocation', advanced, START, UNFIT],
    [
      'advanced without rules',
      { scheduleType: 'PROGRESSIVE', ...advanced },
      START,
      'invalid_argument allocation_rules_required: Advanced payment allocation needs the rules of its order [allocationRules]',
    ],
  ];

  it.each(ROWS)('%s', (_, own, submittedOn, answer) => {
    expect(answerTo(() => submitLoan(application(own, submittedOn), on(TODAY)))).toBe(answer);
  });

  it.each(ROWS)('new terms %s: the same', (_, own, submittedOn, answer) => {
    const command = { kind: 'modify', ...application(own, submittedOn) } as const;
    expect(answerTo(() => decide(pending(), command, on(TODAY)))).toBe(answer);
  });

  it('makes a loan of which nothing has happened yet', () => {
    const { loan, changed, entries, events } = submitLoan(application(), on(START));
    expect(events).toEqual([{ name: 'loan-created', transactionId: null }]);
    expect([changed, entries]).toEqual([[], []]);
    expect(loan).toMatchObject({
      status: 'pending',
      expectedMaturity: '2025-04-15',
      actualMaturity: '2025-04-15',
    });
    expect(loan.tranches).toEqual([{ expectedOn: START, disbursedOn: null, amount: money(300) }]);
    const { variations, charges, transactions, delinquencyActions, delinquencyTags } = loan;
    expect([variations, charges, transactions, delinquencyActions, delinquencyTags]).toEqual([
      [],
      [],
      [],
      [],
      [],
    ]);
  });

  it('with charges shows them in its schedule, percentages computed on it', () => {
    const definition = fee('10', { calculation: 'PERCENT_OF_INTEREST' });
    const charges = [{ definition, dueDate: date('2025-02-10') }];
    const { loan } = submitLoan({ ...application(), charges }, on(START));
    expect(loan.charges.map(({ amount }) => shown(amount))).toEqual(['1.80']);
    expect(loan.installments.map(({ charged }) => shown(charged.fees))).toEqual(['1.80', '0.00', '0.00']);
  });

  it('that is changed takes its amount and day from the new terms', () => {
    const terms = storyTerms({ principal: money(600), expectedDisbursementDate: date('2025-02-01') });
    const { loan } = decide(pending(), { kind: 'modify', terms, submittedOn: date('2025-01-10') }, on(TODAY));
    expect([loan.submittedOn, loan.approvedPrincipal]).toEqual(['2025-01-10', money(600)]);
    expect(loan.tranches).toEqual([{ expectedOn: '2025-02-01', disbursedOn: null, amount: money(600) }]);
    expect(loan.installments.map(({ number, due, accrued }) => [number, due, accrued.interest])).toEqual([
      [1, '2025-03-01', 0n],
      [2, '2025-04-01', 0n],
      [3, '2025-05-01', 0n],
    ]);
    expect(answerTo(() => decide(approved(), { kind: 'modify', ...application() }, on(TODAY)))).toBe(
      NOT_PENDING,
    );
  });
});

describe('an approval', () => {
  const ABOVE =
    'invalid_argument approved_amount_above_applied: must not be above the amount applied for [approvedLoanAmount]';
  const overApplied = { overAppliedPercentage: '10', disallowExpectedDisbursements: true };

  it.each<[string, Loan, LoanCommand, string]>([
    ['of all that was applied for', pending(), approve(), 'accepted'],
    ['of less', pending(), approve({ amount: money(1) }), 'accepted'],
    ['of more', pending(), approve({ amount: money('300.01') }), ABOVE],
    [
      'of a tenth more, where the product allows it',
      pending(overApplied),
      approve({ amount: money(330) }),
      'accepted',
    ],
    ['of yet more', pending(overApplied), approve({ amount: money('330.01') }), ABOVE],
    [
      'of a tenth more, disbursements being expected one by one',
      pending({ ...overApplied, disallowExpectedDisbursements: false }),
      approve({ amount: money(330) }),
      ABOVE,
    ],
    [
      'of nothing',
      pending(),
      approve({ amount: 0n }),
      'invalid_argument amount_must_be_positive: must be greater than zero [approvedLoanAmount]',
    ],
    ['today', pending(), approve({ on: date(TODAY) }), 'accepted'],
    ['in the future', pending(), approve({ on: date('2025-01-21') }), IN_THE_FUTURE],
    ['before the submission', pending(), approve({ on: date('2025-01-14') }), BEFORE_SUBMISSION],
    [
      'after the expected disbursement',
      pending(),
      approve({ on: date(TODAY), expectedDisbursementDate: date('2025-01-19') }),
      'permission_denied date_before_approval: The date 2025-01-19 is before the approval (2025-01-20)',
    ],
    ['of an approved loan', approved(), approve(), 'aborted loan_must_be_pending: Loan is already approved'],
    ['of a rejected loan', rejected(), approve(), NOT_PENDING],
  ])('%s', (_, loan, command, answer) => {
    expect(answerTo(() => decide(loan, command, on(TODAY)))).toBe(answer);
  });

  it('that comes later than the disbursement was expected moves it along', () => {
    const { loan } = decide(pending(), approve({ on: date('2025-01-18') }), on(TODAY));
    expect(loan.tranches).toEqual([{ expectedOn: '2025-01-18', disbursedOn: null, amount: money(300) }]);
    expect(loan).toMatchObject({ approvedOn: '2025-01-18', approvedPrincipal: money(300) });
  });

  it('is undone as long as nothing was paid out', () => {
    const lower = decide(pending(), approve({ amount: money(240), on: date('2025-01-18') }), on(TODAY)).loan;
    const { loan } = decide(lower, { kind: 'undoApproval' }, on(TODAY));
    expect(loan).toEqual(pending());
    expect(answerTo(() => decide(loan, { kind: 'undoApproval' }, on(TODAY)))).toBe(NOT_APPROVED);
  });
});

describe('the end of an application', () => {
  it.each<['reject' | 'withdraw', string]>([
    ['reject', 'aborted loan_must_be_pending: Loan Account Reject is not allowed'],
    ['withdraw', NOT_PENDING],
  ])('by %s', (kind, notPending) => {
    const ended = (loan: Loan, day: string) =>
      answerTo(() => decide(loan, { kind, on: date(day) }, on(TODAY)));
    expect(ended(pending(), TODAY)).toBe('accepted');
    expect(ended(pending(), '2025-01-21')).toBe(IN_THE_FUTURE);
    expect(ended(pending(), START)).toBe('accepted');
    expect(ended(pending(), '2025-01-14')).toBe(BEFORE_SUBMISSION);
    expect(ended(approved(), TODAY)).toBe(notPending);
  });
});

describe('a disbursement', () => {
  type Disburse = Extract<LoanCommand, { kind: 'disburse' }>;
  const disburse = (own: Partial<Disburse> = {}): LoanCommand => ({
    kind: 'disburse',
    on: date(TODAY),
    ...own,
  });
  const active = () => decide(approved(), disburse({ on: date(START) }), on(START)).loan;
  const fixed = (amount: number) => disburse({ fixedInstallmentAmount: money(amount) });
  const firstOn = (day: string) =>
    approved({ firstRepaymentDate: date(day), expectedDisbursementDate: date(START) });

  it.each<[string, Loan, LoanCommand, string]>([
    ['today', approved(), disburse(), 'accepted'],
    ['in the future', approved(), disburse({ on: date('2025-01-21') }), IN_THE_FUTURE],
    [
      'before the approval',
      approved(),
      disburse({ on: date('2025-01-14') }),
      'permission_denied date_before_approval: The date 2025-01-14 is before the approval (2025-01-15)',
    ],
    [
      'of nothing',
      approved(),
      disburse({ amount: 0n }),
      'invalid_argument amount_must_be_positive: must be greater than zero [transactionAmount]',
    ],
    [
      'of more than was approved',
      approved(),
      disburse({ amount: money('300.01') }),
      'invalid_argument disbursement_above_approved: must not be above the approved 300.00 [transactionAmount]',
    ],
    ['of a pending loan', pending(), disburse(), NOT_APPROVED],
    ['of a loan paid out in one', active(), disburse({ amount: 1n }), NOT_APPROVED],
    ['on the first repayment date', firstOn(TODAY), disburse(), 'accepted'],
    [
      'after the first repayment date',
      firstOn('2025-01-19'),
      disburse(),
      'permission_denied disbursement_after_first_repayment: The first disbursement must not be after the first repayment date (2025-01-19)',
    ],
    [
      'with an installment of nothing',
      approved({ interestType: 'DECLINING_BALANCE' }),
      fixed(0),
      'invalid_argument amount_must_be_positive: must be greater than zero [fixedInstallmentAmount]',
    ],
    [
      'with an installment of the principal',
      approved({ interestType: 'DECLINING_BALANCE' }),
      fixed(300),
      'accepted',
    ],
    [
      'with an installment above the principal',
      approved({ interestType: 'DECLINING_BALANCE' }),
      fixed(301),
      'invalid_argument installment_above_principal: must not be above the principal [fixedInstallmentAmount]',
    ],
  ])('%s', (_, loan, command, answer) => {
    expect(answerTo(() => decide(loan, command, on(TODAY)))).toBe(answer);
  });

  it('pays out what was approved unless told otherwise, by the payment type it is told', () => {
    const { loan } = decide(approved(), disburse({ paymentType: 'cash' }), on(TODAY));
    expect(loan).toMatchObject({ status: 'active', disbursedOn: TODAY });
    expect(loan.tranches).toEqual([{ expectedOn: START, disbursedOn: TODAY, amount: money(300) }]);
    expect(loan.transactions).toMatchObject([
      { type: 'disbursement', amount: money(300), paymentType: 'cash' },
    ]);
  });

  it('is announced with all that led to it', () => {
    const { events, changed } = originateLoan(application(), on(START));
    expect(events.map(({ name, status }) => (status ? `${name}: ${status}` : name))).toEqual([
      'loan-created',
      'loan-status-changed: approved',
      'disbursement-created',
      'loan-status-changed: active',
    ]);
    expect(changed.map(({ type }) => type)).toEqual(['disbursement']);
  });
});

import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { decide } from '../decide.ts';
import type { LoanCommand } from '../decision.ts';
import type { Loan } from '../loan.ts';
import { rule } from '../progressive/exampleLoan.ts';
import { money, printed } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { answerTo, fee, type Line, on, pay, tell } from './story.ts';

const TODAY = '2025-02-01';

type Reschedule = Extract<LoanCommand, { kind: 'reschedule' }>;

/** From the installment due on 15 Mar, asked for and approved on 1 Feb. */
const asked = (own: Partial<Reschedule>): LoanCommand => ({
  kind: 'reschedule',
  from: date('2025-03-15'),
  submittedOn: date(TODAY),
  approvedOn: date(TODAY),
  ...own,
});
const later = { adjustedDueDate: date('2025-03-20') };

const PROGRESSIVE: Partial<LoanTerms> = {
  interestType: 'DECLINING_BALANCE',
  interestRatePerPeriod: '12',
  scheduleType: 'PROGRESSIVE',
  strategy: 'advanced-payment-allocation-strategy',
  allocationRules: [rule('NEXT_INSTALLMENT')],
};

const varied = ({ variations }: Loan) =>
  variations.map(
    ({ kind, applicableFrom, dateValue, numberValue }) =>
      `${kind} ${applicableFrom} ${dateValue ?? numberValue}`,
  );

describe('a loan of 300 without interest, rescheduled from the installment due on 15 March', () => {
  it.each<[string, Partial<Reschedule>, string[], string[]]>([
    [
      'to another day',
      later,
      ['dueDate 2025-03-15 2025-03-20'],
      ['2025-02-15 100.00 + 0.00', '2025-03-20 100.00 + 0.00', '2025-04-20 100.00 + 0.00'],
    ],
    [
      'with two more terms',
      { extraTerms: 2 },
      ['extraTerms 2025-03-15 2'],
      [
        '2025-02-15 100.00 + 0.00',
        '2025-03-15 50.00 + 0.00',
        '2025-04-15 50.00 + 0.00',
        '2025-05-15 50.00 + 0.00',
        '2025-06-15 50.00 + 0.00',
      ],
    ],
    [
      'with grace on the principal of one, which adds a term',
      { graceOnPrincipal: 1 },
      ['graceOnPrincipal 2025-03-15 1', 'extraTerms 2025-03-15 1'],
      [
        '2025-02-15 100.00 + 0.00',
        '2025-03-15 0.00 + 0.00',
        '2025-04-15 100.00 + 0.00',
        '2025-05-15 100.00 + 0.00',
      ],
    ],
  ])('%s', (_, own, variations, rows) => {
    const { loan } = tell({ interestRatePerPeriod: '0' }, [[TODAY, asked(own)]]);
    expect(varied(loan)).toEqual(variations);
    expect(printed(loan.installments)).toEqual(rows);
    expect(loan.expectedMaturity).toBe(rows.at(-1)?.slice(0, 10));
  });

  it('counts the days of the loan that was paid out later than expected', () => {
    const expectedDisbursementDate = date('2025-01-10');
    const { loan } = tell({ expectedDisbursementDate }, [
      [TODAY, asked({ from: date('2025-02-10'), adjustedDueDate: date('2025-02-12') })],
    ]);
    expect(loan.installments.map(({ due }) => due)).toEqual(['2025-02-12', '2025-03-12', '2025-04-12']);
  });
});

type Row = readonly [situation: string, lines: readonly Line[], own: Partial<Reschedule>, answer: string];

function answered(rows: readonly Row[], terms: Partial<LoanTerms> = {}): void {
  it.each(rows)('%s', (_, lines, own, answer) => {
    const today = [TODAY, ...lines.map(([day]) => day)].sort().at(-1) ?? TODAY;
    expect(answerTo(() => tell(terms, [...lines, [today, asked(own)]]))).toBe(answer);
  });
}

describe('a request to reschedule', () => {
  const NOTHING = 'invalid_argument nothing_to_reschedule: The request changes nothing';
  const COUNT =
    'invalid_argument reschedule_count_malformed: Grace and extra terms are whole numbers, not below zero';
  const future =
    'permission_denied date_in_the_future: The date 2025-02-02 is after the business date 2025-02-01';
  const NO_ROW = 'invalid_argument no_installment_due: No installment is due on';
  const EARLY = 'permission_denied adjusted_date_too_early: The new due date must not be before the old one';

  answered([
    ['for nothing', [], {}, NOTHING],
    [
      'for grace over no installment',
      [],
      { graceOnPrincipal: 0, graceOnInterest: 0, extraTerms: 0 },
      NOTHING,
    ],
    ['for another day', [], later, 'accepted'],
    ['for grace on principal', [], { graceOnPrincipal: 1 }, 'accepted'],
    ['for grace on interest', [], { graceOnInterest: 1 }, 'accepted'],
    ['for another rate', [], { newInterestRate: '12' }, 'accepted'],
    ['for more terms, and no grace', [], { extraTerms: 1, graceOnInterest: 0 }, 'accepted'],
    ['for fewer terms', [], { extraTerms: -1 }, COUNT],
    ['for half a term', [], { extraTerms: 0.5 }, COUNT],
    ['for grace over less than nothing', [], { extraTerms: 1, graceOnPrincipal: -1 }, COUNT],
    ['for grace over a share of an installment', [], { extraTerms: 1, graceOnInterest: 1.5 }, COUNT],
    ['submitted in the future', [], { ...later, submittedOn: date('2025-02-02') }, future],
    ['approved in the future', [], { ...later, approvedOn: date('2025-02-02') }, future],
    [
      'submitted before the disbursement',
      [],
      { ...later, submittedOn: date('2025-01-14') },
      'permission_denied date_before_disbursement: The date 2025-01-14 is before the disbursement (2025-01-15)',
    ],
    [
      'approved before it was submitted',
      [],
      { ...later, approvedOn: date('2025-01-31') },
      'permission_denied date_before_submission: The date 2025-01-31 is before the submission (2025-02-01)',
    ],
    ['for a day before the old one', [], { adjustedDueDate: date('2025-03-14') }, EARLY],
    ['for the same day', [], { adjustedDueDate: date('2025-03-15') }, 'accepted'],
    [
      'from a day on which nothing is due',
      [],
      { ...later, from: date('2025-03-14') },
      `${NO_ROW} 2025-03-14`,
    ],
    [
      'from an installment that is paid',
      [['2025-02-01', pay(212)]],
      later,
      'aborted installment_already_met: The installment is already paid',
    ],
    ['from one that is paid in part', [['2025-02-01', pay(200)]], later, 'accepted'],
    [
      'of a closed loan',
      [['2025-02-01', pay(318)]],
      later,
      'aborted loan_must_be_active: Loan must be Active',
    ],
    [
      'of a loan charged off',
      [['2025-02-01', { kind: 'chargeOff', on: date('2025-02-01') }]],
      later,
      'aborted loan_must_not_be_charged_off: Loan is charged off',
    ],
  ]);

  describe('with a down payment', () => {
    answered(
      [['from the down payment', [], { extraTerms: 1, from: date('2025-01-15') }, `${NO_ROW} 2025-01-15`]],
      {
        downPayment: { enabled: true, percentage: '25', automatic: false },
      },
    );
  });

  describe('with expected disbursements', () => {
    const several = {
      multiDisburse: true,
      disallowExpectedDisbursements: false,
      maxTrancheCount: 2,
    } as const;
    const expecting = (own: Partial<LoanTerms>) => {
      const { loan } = tell(own, []);
      return {
        ...loan,
        tranches: [
          ...loan.tranches,
          { expectedOn: date('2025-03-01'), disbursedOn: null, amount: money(50) },
        ],
      };
    };
    it.each<[string, Partial<LoanTerms>, string]>([
      ['is refused', several, 'aborted tranches_still_expected: The loan still expects disbursements'],
      ['is accepted where there is only one', {}, 'accepted'],
    ])('%s', (_, own, answer) => {
      expect(answerTo(() => decide(expecting(own), asked(later), on(TODAY)))).toBe(answer);
    });
    answered([['is accepted once all are paid out', [], later, 'accepted']], several);
  });

  describe('with overdue penalties', () => {
    const overdueCharges = [fee(2, { code: 'LATE', time: 'OVERDUE', penalty: true })];
    const closing = (day: string): Line => [
      day,
      { kind: 'closeBusinessDay', day: date(day), steps: ['APPLY_CHARGE_TO_OVERDUE_LOANS'] },
    ];
    const PENALISED = 'aborted overdue_penalty_exists: An overdue penalty was raised on the installments';
    const from = (day: string) => ({ from: date(day), extraTerms: 1 });
    answered(
      [
        // The penalty on the installment of 15 Feb is dated on that day: the next one begins there.
        ['from the installment it was raised on', [closing('2025-02-18')], from('2025-02-15'), PENALISED],
        ['from the next one', [closing('2025-02-18')], from('2025-03-15'), 'accepted'],
        [
          'that a payment took back',
          [closing('2025-02-18'), ['2025-02-19', pay(50, { on: date('2025-02-15') })]],
          from('2025-02-15'),
          'accepted',
        ],
        [
          'but ordinary fees',
          [['2025-02-16', { kind: 'addCharge', definition: fee(3), dueDate: date('2025-02-10') }]],
          from('2025-02-15'),
          'accepted',
        ],
      ],
      { overdueCharges },
    );
  });

  describe('of a progressive loan', () => {
    const PLAIN =
      'invalid_argument reschedule_not_supported: Progressive loans know no grace and no extra terms';
    const rate = { newInterestRate: '10' };
    const known: Line = [TODAY, asked(rate)];
    answered(
      [
        ['for another day', [], later, 'accepted'],
        ['for another rate', [], rate, 'accepted'],
        [
          'for both',
          [],
          { ...later, ...rate },
          'invalid_argument one_change_at_a_time: Change the due date and the rate one at a time',
        ],
        ['for more terms', [], { extraTerms: 1 }, PLAIN],
        ['for grace on principal', [], { graceOnPrincipal: 1 }, PLAIN],
        ['for grace on interest', [], { graceOnInterest: 1 }, PLAIN],
        ['for another day and grace over nothing', [], { ...later, graceOnPrincipal: 0 }, 'accepted'],
        [
          'for another rate from today',
          [['2025-03-15', pay(1)]],
          rate,
          'permission_denied rate_change_in_the_past: A rate changes from a future date',
        ],
        [
          'for a rate from a day that has one',
          [known],
          rate,
          'aborted rate_change_exists: The rate already changes on that date',
        ],
        ['for a rate from another day', [known], { ...rate, from: date('2025-04-15') }, 'accepted'],
        ['for another day where the rate changes', [known], later, 'accepted'],
      ],
      PROGRESSIVE,
    );
  });
});

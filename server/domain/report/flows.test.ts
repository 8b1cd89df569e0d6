import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, type CivilDate, date } from '../date.ts';
import { decide } from '../decide.ts';
import type { LoanCommand } from '../decision.ts';
import { submitLoan } from '../life/origination.ts';
import { continued, fee, type Line, on, pay, penalty, storyTerms, tell } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { rule } from '../progressive/exampleLoan.ts';
import { Refusal } from '../refusal.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { type Due, duesOf, type Flow, flowsOf } from './flows.ts';

/** `2025-02-15 repayment +1: amount 106.00, principal 100.00, interest 6.00`, one line a transaction. */
function moved(flows: readonly Flow[]): string[] {
  const lines: string[] = [];
  for (const { day, type, figure, by } of flows)
    if (figure === 'count') lines.push(`${day} ${type} ${by > 0n ? '+' : ''}${by}:`);
    else lines[lines.length - 1] += ` ${figure} ${shown(by)}`;
  return lines;
}

/** `2025-02-15 principal 100.00`, one line a component of a row. */
const asked = (dues: readonly Due[]): string[] =>
  dues.map(({ day, component, by }) => `${day} ${component} ${shown(by)}`);

/** What the last of the lines changes; the loan is 300 in 3 rows of 100 + 6, due from 15 Feb 2025. */
function lastChange(lines: readonly Line[], own: Partial<LoanTerms> = {}) {
  const before = tell(own, lines.slice(0, -1));
  const { loan: after } = continued(before, lines.slice(-1));
  return { flows: moved(flowsOf(before.loan, after)), dues: asked(duesOf(before.loan, after)) };
}

const PROGRESSIVE: Partial<LoanTerms> = {
  interestType: 'DECLINING_BALANCE',
  interestRatePerPeriod: '0',
  scheduleType: 'PROGRESSIVE',
  strategy: 'advanced-payment-allocation-strategy',
  allocationRules: [rule('NEXT_INSTALLMENT')],
};

const REPAID = '2025-02-15 repayment +1: amount 106.00 principal 100.00 interest 6.00';

describe('what moves', () => {
  const punctual: Line = ['2025-02-15', pay(106)];
  const cases: readonly [what: string, lines: readonly Line[], flows: string[]][] = [
    ['a repayment, on its day', [punctual], [REPAID]],
    [
      'more than was owed: the rest is overpaid',
      [['2025-02-15', pay(400)]],
      ['2025-02-15 repayment +1: amount 400.00 principal 300.00 interest 18.00 overpaid 82.00'],
    ],
    [
      'a fee and a penalty, of what was paid',
      [
        ['2025-01-20', { kind: 'addCharge', definition: fee(5), dueDate: date('2025-02-12') }],
        ['2025-01-20', { kind: 'addCharge', definition: penalty(2), dueDate: date('2025-02-14') }],
        ['2025-02-15', pay(60)],
      ],
      ['2025-02-15 repayment +1: amount 60.00 principal 47.00 interest 6.00 fees 5.00 penalties 2.00'],
    ],
    [
      'a repayment taken back, on the day that it was of',
      [punctual, ['2025-02-20', { kind: 'reverse', transactionId: 2, on: date('2025-02-20') }]],
      ['2025-02-15 repayment -1: amount -106.00 principal -100.00 interest -6.00'],
    ],
    [
      'an adjusted repayment: the old one goes, the new one comes',
      [
        punctual,
        ['2025-02-20', { kind: 'adjust', transactionId: 2, on: date('2025-02-15'), amount: money(56) }],
      ],
      [
        '2025-02-15 repayment -1: amount -106.00 principal -100.00 interest -6.00',
        '2025-02-15 repayment +1: amount 56.00 principal 50.00 interest 6.00',
      ],
    ],
    [
      'a payment dated back: the later one is split anew',
      [
        ['2025-03-15', pay(100)],
        ['2025-03-20', pay(106, { on: date('2025-02-15') })],
      ],
      [
        '2025-03-15 repayment -1: amount -100.00 principal -94.00 interest -6.00',
        '2025-03-15 repayment +1: amount 100.00 principal 94.00 interest 6.00',
        REPAID,
      ],
    ],
    [
      'a write-off, by component',
      [punctual, ['2025-03-01', (day) => ({ kind: 'writeOff', on: date(day) })]],
      ['2025-03-01 writeOff +1: amount 212.00 principal 200.00 interest 12.00'],
    ],
    [
      'a charge-off',
      [punctual, ['2025-03-01', (day) => ({ kind: 'chargeOff', on: date(day) })]],
      ['2025-03-01 chargeOff +1: amount 212.00 principal 200.00 interest 12.00'],
    ],
  ];
  it.each(cases)('%s', (_what, lines, flows) => {
    expect(lastChange(lines).flows).toEqual(flows);
  });

  it('a loan that is made with its disbursement: all that it holds', () => {
    const { loan } = tell({}, [punctual]);
    expect(moved(flowsOf(null, loan))).toEqual(['2025-01-15 disbursement +1: amount 300.00', REPAID]);
  });

  it('nothing, where the loan stays as it was', () => {
    const { loan } = tell({}, [punctual]);
    expect(flowsOf(loan, loan)).toEqual([]);
  });

  const reAge: LoanCommand = {
    kind: 'reAge',
    startDate: date('2025-06-01'),
    frequencyNumber: 1,
    frequencyUnit: 'MONTHS',
    numberOfInstallments: 2,
  };
  const inner: readonly [what: string, line: Line, type: string][] = [
    ['an accrual', ['2025-02-01', { kind: 'accrue', till: date('2025-01-31') }], 'accrual'],
    ['re-ageing', ['2025-05-20', reAge], 'reAge'],
    ['re-amortizing', ['2025-03-20', { kind: 'reAmortize' }], 'reAmortize'],
    [
      'accrual activity',
      [
        '2025-02-16',
        { kind: 'closeBusinessDay', day: date('2025-02-15'), steps: ['ACCRUAL_ACTIVITY_POSTING'] },
      ],
      'accrualActivity',
    ],
  ];
  it.each(inner)('nothing by %s, which is an inner doing', (_what, line, type) => {
    const own =
      type === 'accrual'
        ? {}
        : { ...PROGRESSIVE, ...(type === 'accrualActivity' ? { interestRatePerPeriod: '12' } : {}) };
    const before = tell(own, []);
    const { loan } = continued(before, [line]);
    expect(loan.transactions.map((each) => each.type)).toContain(type);
    expect(added(keyed(flowsOf(before.loan, loan), []))).toEqual(new Map());
  });
});

/** The last row falls due two weeks later. */
const postponed: LoanCommand = {
  kind: 'reschedule',
  from: date('2025-04-15'),
  submittedOn: date('2025-02-20'),
  approvedOn: date('2025-02-20'),
  adjustedDueDate: date('2025-04-30'),
};

describe('what the schedule asks for', () => {
  const rows = (from: string[]) => from.flatMap((day) => [`${day} principal 100.00`, `${day} interest 6.00`]);
  const ALL = rows(['2025-02-15', '2025-03-15', '2025-04-15']);
  const taken = (lines: readonly string[]) => lines.map((line) => line.replace(/ (\S+)$/, ' -$1'));

  it('nothing before the money is out, every row from then on', () => {
    const start = date('2025-01-15');
    const { loan: made } = submitLoan({ terms: storyTerms(), submittedOn: start }, on(start));
    const { loan: approved } = decide(made, { kind: 'approve', on: start }, on(start));
    const { loan: paidOut } = decide(approved, { kind: 'disburse', on: start }, on(start));
    expect(made.installments).toHaveLength(3);
    expect(asked(duesOf(null, made))).toEqual([]);
    expect(asked(duesOf(made, approved))).toEqual([]);
    expect(asked(duesOf(approved, paidOut))).toEqual(ALL);
    expect(asked(duesOf(null, paidOut))).toEqual(ALL);
  });

  it('is given back when the disbursal is undone', () => {
    expect(lastChange([['2025-01-20', { kind: 'undoDisbursal' }]])).toEqual({
      flows: ['2025-01-15 disbursement -1: amount -300.00'],
      dues: taken(ALL),
    });
  });

  it('a payment changes nothing of it, nor does its reversal', () => {
    const back: Line = ['2025-02-20', { kind: 'reverse', transactionId: 2, on: date('2025-02-20') }];
    expect(lastChange([['2025-02-15', pay(106)]]).dues).toEqual([]);
    expect(lastChange([['2025-02-15', pay(106)], back]).dues).toEqual([]);
  });

  it('a fee is asked for with the row that it falls into', () => {
    const { dues } = lastChange([
      ['2025-01-20', { kind: 'addCharge', definition: fee(5), dueDate: date('2025-03-01') }],
    ]);
    const [february, march, april] = [ALL.slice(0, 2), ALL.slice(2, 4), ALL.slice(4)];
    expect(dues).toEqual([...taken(ALL), ...february, ...march, '2025-03-15 fees 5.00', ...april]);
  });

  it('a chargeback after the last due date is asked for in a row of its own', () => {
    const { dues } = lastChange([
      ['2025-04-15', pay(318)],
      ['2025-05-10', { kind: 'chargeback', transactionId: 2, on: date('2025-05-10'), amount: money(70) }],
    ]);
    expect(dues).toEqual([...taken(ALL), ...ALL, '2025-05-10 principal 70.00']);
  });

  it('that row goes again when a refund of an overpayment is covered after all', () => {
    const on = date('2025-04-20');
    const { dues } = lastChange([
      ['2025-04-15', pay(400)],
      ['2025-04-20', pay(82, { type: 'creditBalanceRefund' })],
      // The repayment was of 350: of the 82 paid out, 50 are owed; the row asks for 82 and has 32 of them.
      ['2025-04-20', { kind: 'adjust', transactionId: 2, on: date('2025-04-15'), amount: money(350) }],
      ['2025-04-20', pay(50, { on: date('2025-04-16') })],
    ]);
    expect(dues).toEqual([...taken([...ALL, `${on} principal 82.00`]), ...ALL]);
  });

  it('a new due date moves what is asked for, and nothing else where there is no interest', () => {
    const { dues } = lastChange([['2025-02-20', postponed]], PROGRESSIVE);
    const days = ['2025-02-15', '2025-03-15'].map((day) => `${day} principal 100.00`);
    const before = [...days, '2025-04-15 principal 100.00'];
    expect(dues).toEqual([...taken(before), ...days, '2025-04-30 principal 100.00']);
  });

  // 300 x 2 % x 3.5 months = 21.
  it('with flat interest, the whole term bears half a month more of it', () => {
    const { dues } = lastChange([['2025-02-20', postponed]]);
    const pushed = rows(['2025-02-15', '2025-03-15', '2025-04-30']).map((row) => row.replace('6.00', '7.00'));
    expect(dues).toEqual([...taken(ALL), ...pushed]);
  });
});

const COMMANDS: readonly ((day: CivilDate) => LoanCommand)[] = [
  pay(20),
  pay(106),
  pay(400),
  (day) => pay(30)(addDays(day, -12)),
  (day) => ({ kind: 'reverse', transactionId: 2, on: day }),
  (day) => ({ kind: 'adjust', transactionId: 3, on: day, amount: money(12) }),
  (day) => ({ kind: 'chargeback', transactionId: 2, on: day, amount: money(15) }),
  (day) => ({ kind: 'addCharge', definition: fee(9), dueDate: addDays(day, 4) }),
  (day) => ({ kind: 'chargeOff', on: day }),
  (day) => ({ kind: 'writeOff', on: day }),
  (day) => ({ kind: 'accrue', till: day }),
  () => ({ kind: 'undoDisbursal' }),
];

/** Sums by day and kind; what comes to nothing is left out. */
function added(moves: readonly (readonly [key: string, by: bigint])[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const [key, by] of moves) sums.set(key, (sums.get(key) ?? 0n) + by);
  return new Map([...sums].filter(([, sum]) => sum !== 0n).sort());
}
const keyed = (flows: readonly Flow[], dues: readonly Due[]) => [
  ...flows.map(({ day, type, figure, by }) => [`${day} ${type} ${figure}`, by] as const),
  ...dues.map(({ day, component, by }) => [`${day} due ${component}`, by] as const),
];

it('whatever happens to a loan, its changes add up to what it holds in the end', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom(...COMMANDS)), {
    maxLength: 10,
  });
  fc.assert(
    fc.property(fc.constantFrom({}, PROGRESSIVE), steps, (own, lived) => {
      let { loan } = tell(own, []);
      let today = date('2025-01-15');
      const moves = keyed(flowsOf(null, loan), duesOf(null, loan));
      for (const [days, command] of lived) {
        today = addDays(today, days);
        const before = loan;
        loan = tried(loan, command(today), today);
        moves.push(...keyed(flowsOf(before, loan), duesOf(before, loan)));
      }
      expect(added(moves)).toEqual(added(keyed(flowsOf(null, loan), duesOf(null, loan))));
    }),
    { numRuns: 60 },
  );
});

/** The loan after the command, or as it was when it is refused. */
function tried(loan: Loan, command: LoanCommand, today: CivilDate): Loan {
  try {
    return decide(loan, command, on(today)).loan;
  } catch (refusal) {
    if (refusal instanceof Refusal) return loan;
    throw refusal;
  }
}

import { describe, expect, it } from 'vitest';
import type { ChargeDefinition } from '../charge.ts';
import { COMPONENTS, type Component } from '../components.ts';
import { date } from '../date.ts';
import { answerTo, continued, fee, type Line, on, pay, penalty, type Story, tell } from '../life/story.ts';
import { sum } from '../money.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { explainBalance, explainInstallment } from './explain.ts';

const DAILY = {
  principal: money(5000),
  numberOfRepayments: 4,
  interestType: 'DECLINING_BALANCE',
  interestRatePerPeriod: '18',
  interestCalculationPeriod: 'DAILY',
} as const;

const about = ({ loan }: Story, installment: number, component: Component) =>
  explainInstallment(loan, { installment, component }, on('2025-06-01'));

describe('the interest of an installment', () => {
  it('comes from its days, its balance and its factor, rounded once', () => {
    const story = tell(DAILY, [['2025-02-15', pay(100)]]);
    const { charged, chargedFrom, settledBy, outstanding } = about(story, 1, 'interest');
    expect(chargedFrom).toEqual([
      {
        kind: 'stretch',
        from: '2025-01-15',
        to: '2025-02-15',
        days: 31,
        balance: money(5000),
        factor: '0.0152876712329',
        exact: '76.4383561645',
        amount: money('76.44'),
      },
    ]);
    expect(settledBy).toEqual([
      {
        transactionId: 2,
        type: 'repayment',
        date: '2025-02-15',
        paid: money('76.44'),
        waived: 0n,
        writtenOff: 0n,
      },
    ]);
    expect([charged, outstanding]).toEqual([money('76.44'), 0n]);
  });

  it('is cut where a tranche joins', () => {
    const story = tell({ ...DAILY, multiDisburse: true, overAppliedPercentage: '50' }, [
      ['2025-02-01', { kind: 'disburse', on: date('2025-02-01'), amount: money(1000) }],
    ]);
    const { charged, chargedFrom } = about(story, 1, 'interest');
    expect(chargedFrom.map((part) => part.kind === 'stretch' && [part.days, part.balance])).toEqual([
      [17, money(5000)],
      [14, money(6000)],
    ]);
    expect(sum(chargedFrom.map(({ amount }) => amount))).toBe(charged);
  });

  it('of a grace row is carried to the next', () => {
    const story = tell(
      { ...DAILY, interestCalculationPeriod: 'SAME_AS_REPAYMENT_PERIOD', graceOnInterest: 1 },
      [],
    );
    expect(about(story, 1, 'interest').chargedFrom.at(-1)).toEqual({ kind: 'carried', amount: money(-75) });
    expect(about(story, 2, 'interest').chargedFrom.at(-1)).toEqual({ kind: 'carried', amount: money(75) });
  });

  it('of a flat loan is a share of the total', () => {
    expect(about(tell({}, []), 2, 'interest').chargedFrom).toEqual([
      { kind: 'shareOfTotal', total: money(18), rows: 3, amount: money(6) },
    ]);
  });
});

describe('the principal of an installment', () => {
  it('is what the installment amount leaves, and what was credited back', () => {
    const story = tell(DAILY, [
      ['2025-02-15', pay('1296.57')],
      ['2025-02-20', { kind: 'chargeback', transactionId: 2, on: date('2025-02-20'), amount: money(40) }],
    ]);
    expect(about(story, 1, 'principal').chargedFrom).toEqual([
      {
        kind: 'installmentLessInterest',
        installment: money('1296.57'),
        interest: money('76.44'),
        amount: money('1220.13'),
      },
    ]);
    expect(about(story, 2, 'principal').chargedFrom.at(-1)).toEqual({
      kind: 'credit',
      transactionId: 3,
      type: 'chargeback',
      amount: money(40),
    });
  });
});

describe('the principal of an installment comes from', () => {
  const parts = (own: Partial<LoanTerms>, installment = 1) =>
    about(tell({ ...DAILY, ...own }, []), installment, 'principal').chargedFrom.map(
      ({ kind, amount }) => `${kind} ${shown(amount)}`,
    );
  const downPayment = { enabled: true, percentage: '25', automatic: false };

  it.each<[string, Partial<LoanTerms>, number, string[]]>([
    ['the installment, less interest', {}, 1, ['installmentLessInterest 1220.13']],
    [
      'a share, where principal parts are equal',
      { amortization: 'EQUAL_PRINCIPAL_PAYMENTS' },
      1,
      ['shareOfPrincipal 1250.00'],
    ],
    ['a share, where interest is flat', { interestType: 'FLAT' }, 1, ['shareOfPrincipal 1250.00']],
    ['a share, where there is no interest', { interestRatePerPeriod: '0' }, 1, ['shareOfPrincipal 1250.00']],
    ['a down payment', { downPayment }, 1, ['downPayment 1250.00']],
    ['nothing, in a row of grace', { graceOnPrincipal: 1 }, 1, []],
  ])('%s', (_, own, installment, expected) => {
    expect(parts(own, installment)).toEqual(expected);
  });
});

describe('what settled an installment', () => {
  const settled = (lines: Line[], installment: number, component: Component, own: Partial<LoanTerms> = {}) =>
    about(tell({ interestRatePerPeriod: '0', ...own }, lines), installment, component).settledBy.map(
      ({ type, paid, waived, writtenOff }) =>
        `${type} ${[paid, waived, writtenOff].map((each) => each / 100n).join(' ')}`,
    );
  const add = (definition: ChargeDefinition, due: string): Line => [
    '2025-01-20',
    { kind: 'addCharge', definition, dueDate: date(due) },
  ];
  const waive = (chargeId: number, day = '2025-01-21'): Line => [day, { kind: 'waiveCharge', chargeId }];
  const feeIn1 = add(fee(12), '2025-02-10');

  it.each<[string, Line[], number, Component, string[]]>([
    [
      'two payments, each its part',
      [
        ['2025-02-10', pay(60)],
        ['2025-02-15', pay(70)],
      ],
      1,
      'principal',
      ['repayment 60 0 0', 'repayment 40 0 0'],
    ],
    [
      'the rest of the second goes on',
      [
        ['2025-02-10', pay(60)],
        ['2025-02-15', pay(70)],
      ],
      2,
      'principal',
      ['repayment 30 0 0'],
    ],
    [
      'a write-off; what was recovered since settles nothing',
      [
        ['2025-02-20', { kind: 'writeOff', on: date('2025-02-20') }],
        ['2025-02-21', pay(40, { type: 'recoveryRepayment' })],
      ],
      1,
      'principal',
      ['writeOff 0 0 100'],
    ],
    [
      'the waiver of its own fee',
      [feeIn1, add(fee(5), '2025-03-10'), waive(2)],
      2,
      'fees',
      ['waiveCharges 0 5 0'],
    ],
    ['not that of a fee elsewhere', [feeIn1, add(fee(5), '2025-03-10'), waive(2)], 1, 'fees', []],
    ['not that of a penalty', [feeIn1, add(penalty(5), '2025-02-10'), waive(2)], 1, 'fees', []],
    [
      'an adjustment is a payment',
      [
        feeIn1,
        ['2025-02-20', { kind: 'adjustCharge', chargeId: 1, on: date('2025-02-20'), amount: money(4) }],
      ],
      1,
      'fees',
      ['chargeAdjustment 4 0 0'],
    ],
    ['nothing, where nothing is settled', [feeIn1], 1, 'fees', []],
  ])('%s', (_, lines, installment, component, expected) => {
    expect(settled(lines, installment, component)).toEqual(expected);
  });

  it('is told apart for each installment of a fee', () => {
    const lines: Line[] = [
      ['2025-01-15', { kind: 'addCharge', definition: fee(2, { time: 'INSTALLMENT' }) }],
      waive(1),
      waive(1, '2025-01-22'),
    ];
    expect([1, 2, 3].map((number) => settled(lines, number, 'fees'))).toEqual([
      ['waiveCharges 0 2 0'],
      ['waiveCharges 0 2 0'],
      [],
    ]);
    const { settledBy } = about(tell({}, lines), 2, 'fees');
    expect(settledBy.map(({ transactionId }) => transactionId)).toEqual([3]);
  });

  it('is told apart for a down payment and the installment beside it', () => {
    const own = { downPayment: { enabled: true, percentage: '25', automatic: false } };
    const lines: Line[] = [['2025-01-20', pay(95)]];
    expect(settled(lines, 1, 'principal', own)).toEqual(['repayment 75 0 0']);
    expect(settled(lines, 2, 'principal', own)).toEqual(['repayment 20 0 0']);
  });

  it('of an additional installment begins where the installment does', () => {
    const lines: Line[] = [
      ['2025-04-15', pay(300)],
      ['2025-05-10', { kind: 'chargeback', transactionId: 2, on: date('2025-05-10'), amount: money(70) }],
      ['2025-05-12', pay(30)],
    ];
    expect(settled(lines, 4, 'principal')).toEqual(['repayment 30 0 0']);
    expect(about(tell({ interestRatePerPeriod: '0' }, lines), 4, 'principal').chargedFrom).toEqual([
      { kind: 'credit', transactionId: 3, type: 'chargeback', amount: money(70) },
    ]);
  });
});

describe('the fees of an installment', () => {
  it('are those that fall into it, and none of another or of another kind', () => {
    const story = tell({ interestRatePerPeriod: '0' }, [
      [
        '2025-01-15',
        { kind: 'addCharge', definition: fee(1, { time: 'INSTALLMENT', calculation: 'PERCENT_OF_AMOUNT' }) },
      ],
      ['2025-01-15', { kind: 'addCharge', definition: fee(12), dueDate: date('2025-03-10') }],
      ['2025-01-15', { kind: 'addCharge', definition: penalty(5), dueDate: date('2025-02-10') }],
      ['2025-01-15', { kind: 'addCharge', definition: fee(7), dueDate: date('2025-04-25') }],
    ]);
    const parts = (installment: number, component: Component) =>
      about(story, installment, component).chargedFrom.map(
        (part) => part.kind === 'charge' && `${part.chargeId}: ${shown(part.amount)}`,
      );
    expect([1, 2, 3, 4].map((installment) => parts(installment, 'fees'))).toEqual([
      ['1: 1.00'],
      ['1: 1.00', '2: 12.00'],
      ['1: 1.00'],
      ['4: 7.00'],
    ]);
    expect([1, 2].map((installment) => parts(installment, 'penalties'))).toEqual([['3: 5.00'], []]);
  });

  it('come from an installment fee; a waiver settles the installment that it let off', () => {
    const story = tell({ interestRatePerPeriod: '0' }, [
      ['2025-01-15', { kind: 'addCharge', definition: fee(2, { time: 'INSTALLMENT' }) }],
      ['2025-02-15', pay(102)],
      ['2025-02-20', { kind: 'waiveCharge', chargeId: 1 }],
    ]);
    const settlements = [1, 2, 3].map((installment) => about(story, installment, 'fees').settledBy);
    expect(settlements.map((by) => by.map(({ type, paid, waived }) => [type, paid + waived]))).toEqual([
      [['repayment', money(2)]],
      [['waiveCharges', money(2)]],
      [],
    ]);
  });

  it('come from its charges; a waiver settles its own', () => {
    const story = tell({}, [
      ['2025-02-01', { kind: 'addCharge', definition: fee(12), dueDate: date('2025-02-10') }],
      ['2025-02-01', { kind: 'addCharge', definition: fee(5), dueDate: date('2025-02-12') }],
      ['2025-02-05', { kind: 'waiveCharge', chargeId: 1 }],
      ['2025-02-15', pay(3)],
    ]);
    const { chargedFrom, settledBy, outstanding } = about(story, 1, 'fees');
    expect(chargedFrom.map((part) => part.kind === 'charge' && [part.chargeId, shown(part.amount)])).toEqual([
      [1, '12.00'],
      [2, '5.00'],
    ]);
    expect(settledBy.map(({ type, paid, waived }) => [type, shown(paid), shown(waived)])).toEqual([
      ['waiveCharges', '0.00', '12.00'],
      ['repayment', '3.00', '0.00'],
    ]);
    expect(outstanding).toBe(money(2));
  });
});

describe('every trace', () => {
  it('adds up to what it explains', () => {
    const story = continued(tell(DAILY, []), [
      ['2025-02-01', { kind: 'addCharge', definition: fee(12), dueDate: date('2025-05-20') }],
      ['2025-02-20', pay(2000)],
      ['2025-03-01', pay(300, { type: 'goodwillCredit' })],
      ['2025-03-20', { kind: 'chargeback', transactionId: 2, on: date('2025-03-20'), amount: money(50) }],
      ['2025-05-25', { kind: 'writeOff', on: date('2025-05-25') }],
    ]);
    for (const row of story.loan.installments)
      for (const component of COMPONENTS) {
        const subject = { installment: row.number, component };
        const { charged, chargedFrom, settledBy } = explainInstallment(story.loan, subject, on('2025-06-01'));
        expect(sum(chargedFrom.map(({ amount }) => amount))).toBe(charged);
        expect(sum(settledBy.map((each) => each.paid))).toBe(row.paid[component]);
        expect(sum(settledBy.map((each) => each.writtenOff))).toBe(row.writtenOff[component]);
      }
  });

  it('of the balance runs through all that moved it', () => {
    const { loan } = tell({}, [
      ['2025-02-15', pay(106)],
      ['2025-02-15', { kind: 'reverse', transactionId: 2, on: date('2025-02-15') }],
      ['2025-02-20', pay(56)],
    ]);
    expect(explainBalance(loan).map(({ type, balance }) => `${type} ${shown(balance)}`)).toEqual([
      'disbursement 300.00',
      'repayment 250.00',
    ]);
  });

  it('of the balance says what each moved', () => {
    const { loan } = tell({}, [['2025-02-15', pay(106)]]);
    expect(
      explainBalance(loan).map(
        ({ type, amount, principal }) => `${type} ${shown(amount)}: ${shown(principal)}`,
      ),
    ).toEqual(['disbursement 300.00: 300.00', 'repayment 106.00: 100.00']);
  });

  it('asks for an installment that is there', () => {
    const { loan } = tell({}, []);
    const asked = () => explainInstallment(loan, { installment: 9, component: 'fees' }, on('2025-06-01'));
    expect(answerTo(asked)).toBe('not_found installment_not_found: Installment 9 does not exist');
  });
});

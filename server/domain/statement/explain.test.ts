import { describe, expect, it } from 'vitest';
import { COMPONENTS } from '../components.ts';
import { date } from '../date.ts';
import { continued, fee, on, pay, type Story, tell } from '../life/story.ts';
import { sum } from '../money.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import { explainBalance, explainInstallment } from './explain.ts';

const DAILY = {
  principal: money(5000),
  numberOfRepayments: 4,
  interestType: 'DECLINING_BALANCE',
  interestRatePerPeriod: '18',
  interestCalculationPeriod: 'DAILY',
} as const;

const about = ({ loan }: Story, installment: number, component: 'principal' | 'interest' | 'fees') =>
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

describe('the fees of an installment', () => {
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

  it('asks for an installment that is there', () => {
    const { loan } = tell({}, []);
    expect(() => explainInstallment(loan, { installment: 9, component: 'fees' }, on('2025-06-01'))).toThrow(
      'Installment 9 does not exist',
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { ChargeCalculation, ChargeDefinition, ChargeTime } from '../charge.ts';
import { date } from '../date.ts';
import { type Installment, newInstallment } from '../installment.ts';
import { fee } from '../life/story.ts';
import { EUR, money, shown } from '../schedule/exampleLoan.ts';
import { amountOn, type ChargeBases, chargeAmount, installmentShares } from './amount.ts';

const row = (number: number, principal: number, interest: number, own: Partial<Installment> = {}) => ({
  ...newInstallment({ number, kind: 'normal', from: date('2025-01-15'), due: date('2025-02-15') }),
  charged: { principal: money(principal), interest: money(interest), fees: money(9), penalties: money(9) },
  ...own,
});

/** 1000 in two rows of 500 with 30 and 15 of interest; 2000 were approved. */
const bases: ChargeBases = {
  currency: EUR,
  principal: money(1000),
  approvedPrincipal: money(2000),
  multiDisburse: false,
  tranches: [],
  installments: [row(1, 500, 30), row(2, 500, 15)],
};

const inTranches: ChargeBases = {
  ...bases,
  multiDisburse: true,
  tranches: [
    { date: date('2025-01-15'), amount: money(400) },
    { date: date('2025-02-15'), amount: money(600) },
  ],
};

const percent = (calculation: ChargeCalculation, own: Partial<ChargeDefinition> = {}) =>
  fee('1.5', { calculation, ...own });

const amountOf = (definition: ChargeDefinition, from: ChargeBases = bases, due: string | null = null) =>
  shown(chargeAmount({ definition, dueDate: due === null ? null : date(due) }, from));

describe('a charge amounts to', () => {
  it.each<[ChargeCalculation, string, string]>([
    ['FLAT', '1.50', 'what it says'],
    ['PERCENT_OF_AMOUNT', '15.00', '1.5 % of 1000'],
    ['PERCENT_OF_AMOUNT_AND_INTEREST', '15.68', '1.5 % of 1045, half-even from 15.675'],
    ['PERCENT_OF_INTEREST', '0.68', '1.5 % of 45, half-even from 0.675'],
    ['PERCENT_OF_DISBURSEMENT', '15.00', '1.5 % of 1000'],
  ])('%s: %s (%s)', (calculation, amount) => {
    expect(amountOf(percent(calculation))).toBe(amount);
  });

  it.each([
    [null, null, '15.00'],
    [20, null, '20.00'],
    [10, null, '15.00'],
    [null, 12, '12.00'],
    [null, 18, '15.00'],
    [20, 30, '20.00'],
  ])('at least %s and at most %s: %s', (least, most, amount) => {
    const minCap = least === null ? null : money(least);
    const maxCap = most === null ? null : money(most);
    expect(amountOf(percent('PERCENT_OF_AMOUNT', { minCap, maxCap }))).toBe(amount);
  });

  it('its flat amount whatever the caps', () => {
    expect(shown(amountOn(money(1000), fee(5, { minCap: money(7) }), EUR))).toBe('5.00');
  });
});

describe('on a loan of two tranches, 400 on 15 Jan and 600 on 15 Feb, 2000 approved, 1.5 % are taken of', () => {
  it.each<[string, ChargeTime, string | null, string]>([
    ['what was approved, at the disbursement', 'DISBURSEMENT', null, '30.00'],
    ['the latest tranche, at each of them', 'TRANCHE_DISBURSEMENT', null, '9.00'],
    ['the tranches until its due date', 'SPECIFIED_DUE_DATE', '2025-02-14', '6.00'],
    ['the tranche of its due date too', 'SPECIFIED_DUE_DATE', '2025-02-15', '15.00'],
    ['the principal, without a due date', 'SPECIFIED_DUE_DATE', null, '15.00'],
  ])('%s', (_, time, due, amount) => {
    expect(amountOf(percent('PERCENT_OF_AMOUNT', { time }), inTranches, due)).toBe(amount);
  });

  it('the principal as long as no tranche is known, or if there is only ever one', () => {
    const definition = percent('PERCENT_OF_AMOUNT', { time: 'DISBURSEMENT' });
    expect(amountOf(definition, { ...inTranches, tranches: [] })).toBe('15.00');
    expect(amountOf(definition, { ...inTranches, multiDisburse: false })).toBe('15.00');
  });
});

describe('an installment fee', () => {
  const fees = (calculation: ChargeCalculation, rows = bases.installments) =>
    [...installmentShares(percent(calculation, { time: 'INSTALLMENT' }), rows, EUR)].map(
      ([number, amount]) => `${number}: ${shown(amount)}`,
    );

  it.each<[ChargeCalculation, string[]]>([
    ['FLAT', ['1: 1.50', '2: 1.50']],
    ['PERCENT_OF_AMOUNT', ['1: 7.50', '2: 7.50']],
    ['PERCENT_OF_AMOUNT_AND_INTEREST', ['1: 7.95', '2: 7.72']],
    ['PERCENT_OF_INTEREST', ['1: 0.45', '2: 0.22']],
  ])('%s is %s', (calculation, amounts) => {
    expect(fees(calculation)).toEqual(amounts);
  });

  it('amounts to the sum of its installments, each rounded', () => {
    expect(amountOf(percent('PERCENT_OF_INTEREST', { time: 'INSTALLMENT' }))).toBe('0.67');
  });

  it('is taken of normal installments, and not of what a chargeback added to them', () => {
    const credited = { principal: money(100), interest: 0n, fees: 0n, penalties: 0n };
    const rows = [
      row(1, 100, 0, { kind: 'downPayment' }),
      row(2, 600, 30, { credited }),
      row(3, 100, 0, { kind: 'additional' }),
    ];
    expect(fees('PERCENT_OF_AMOUNT', rows)).toEqual(['2: 7.50']);
    expect(fees('PERCENT_OF_AMOUNT_AND_INTEREST', rows)).toEqual(['2: 7.95']);
  });
});

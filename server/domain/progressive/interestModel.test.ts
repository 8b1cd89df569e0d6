import { Decimal } from 'decimal.js';
import { describe, expect, test } from 'vitest';
import { addMonths, type CivilDate, date } from '../date.ts';
import { type Currency, formatMoney, type Money, parseMoney } from '../money.ts';
import type { RestFrequency } from '../terms.ts';
import { disburse } from './equalInstallment.ts';
import { type FactorRule, partFactor } from './interestFactor.ts';
import { type InterestModel, newModel, payInterest, payPrincipal } from './interestModel.ts';
import { correctOverdue, type OverdueProgress } from './overdueCorrection.ts';
import { payableOn } from './payable.ts';

const EUR: Currency = { code: 'EUR', decimals: 2, inMultiplesOf: 0 };
const thirty360: FactorRule = {
  percentPerYear: new Decimal(12),
  every: 1,
  unit: 'MONTHS',
  daysInYear: '360',
  daysInMonth: '30',
  precision: 12,
  known: new Map(),
};
const actual365: FactorRule = {
  ...thirty360,
  daysInYear: '365',
  daysInMonth: 'ACTUAL',
  known: new Map(),
};
const actualActual: FactorRule = { ...actual365, daysInYear: 'ACTUAL', known: new Map() };

const money = (amount: number | string): Money => parseMoney(amount, EUR);

function monthly(
  rule: FactorRule,
  start: string,
  count: number,
  multiples: number | null = null,
): InterestModel {
  const dates = Array.from({ length: count + 1 }, (_, index) => addMonths(date(start), index));
  const stretches = dates.slice(1).map((due, index) => ({ from: dates[index] as CivilDate, due }));
  return newModel({ rule, currency: EUR, installmentAmountInMultiplesOf: multiples }, stretches);
}

const rowsOf = (model: InterestModel): string[] =>
  model.periods.map((row) => `${formatMoney(row.duePrincipal, EUR)} + ${formatMoney(row.dueInterest, EUR)}`);

const installmentsOf = (model: InterestModel): string[] =>
  model.periods.map(({ emi }) => formatMoney(emi, EUR));

function loanOf2000(rule = thirty360): InterestModel {
  const model = monthly(rule, '2025-01-15', 4);
  disburse(model, date('2025-01-15'), money(2000));
  return model;
}

/** Pays a whole installment the way the allocation does: principal, then interest. */
function payRow(
  model: InterestModel,
  row: number,
  payment: { on: string; principal: string; interest: string },
): void {
  payPrincipal(model, row - 1, { on: date(payment.on), amount: money(payment.principal) });
  payInterest(model, row - 1, money(payment.interest));
}

function chargeOverdue(
  model: InterestModel,
  on: string,
  rest: RestFrequency = 'DAILY',
  progress: OverdueProgress = { chargedUntil: null },
): void {
  correctOverdue(model, progress, { on: date(on), rest });
}

describe('factors of a stretch', () => {
  const cases: [string, FactorRule, [string, string], [string, string], string][] = [
    ['30/360, a whole month', thirty360, ['2025-01-15', '2025-02-15'], ['2025-01-15', '2025-02-15'], '0.01'],
    [
      '30/360, 17 of 31 days',
      thirty360,
      ['2025-01-15', '2025-02-01'],
      ['2025-01-15', '2025-02-15'],
      '0.00548387096774',
    ],
    [
      'ACT/365, January',
      actual365,
      ['2025-01-15', '2025-02-15'],
      ['2025-01-15', '2025-02-15'],
      '0.0101917808219',
    ],
    [
      'ACT/365, February',
      actual365,
      ['2025-02-15', '2025-03-15'],
      ['2025-02-15', '2025-03-15'],
      '0.00920547945204',
    ],
    [
      'ACT/365, April',
      actual365,
      ['2025-04-15', '2025-05-15'],
      ['2025-04-15', '2025-05-15'],
      '0.00986301369863',
    ],
    [
      'ACT/ACT across New Year',
      actualActual,
      ['2023-12-15', '2024-01-15'],
      ['2023-12-15', '2024-01-15'],
      '0.0101783067595',
    ],
  ];
  test.each(cases)('%s', (_name, rule, part, period, factor) => {
    const [from, due] = part;
    const whole = { from: date(period[0]), due: date(period[1]) };
    expect(partFactor(rule, { from: date(from), due: date(due) }, whole).toFixed()).toBe(factor);
  });
});

describe('installments of a new loan', () => {
  test('2000 at 12 %, 30/360, 4 months: EMI 512.56, the last row absorbs the rounding', () => {
    const model = loanOf2000();
    expect(rowsOf(model)).toEqual(['492.56 + 20.00', '497.49 + 15.07', '502.46 + 10.10', '507.49 + 5.07']);
    expect(installmentsOf(model)).toEqual(['512.56', '512.56', '512.56', '512.56']);
  });

  test('the same on actual days of a 365-day year: EMI 512.39, last 512.38', () => {
    const model = loanOf2000(actual365);
    expect(model.periods.map(({ dueInterest }) => formatMoney(dueInterest, EUR))).toEqual([
      '20.38',
      '13.88',
      '10.29',
      '5.00',
    ]);
    expect(installmentsOf(model)).toEqual(['512.39', '512.39', '512.39', '512.38']);
  });

  test('an installment in multiples of 10 leaves the difference to the last row', () => {
    const model = monthly(thirty360, '2025-01-15', 4, 10);
    disburse(model, date('2025-01-15'), money(2000));
    expect(installmentsOf(model).slice(0, 3)).toEqual(['510.00', '510.00', '510.00']);
    expect(model.periods.reduce((total, row) => total + row.duePrincipal, 0n)).toBe(money(2000));
  });
});

describe('a second disbursement', () => {
  test('300 on top of 600 inside the second row changes the rows from there and is levelled', () => {
    const model = monthly(thirty360, '2025-01-15', 3);
    disburse(model, date('2025-01-15'), money(600));
    disburse(model, date('2025-03-01'), money(300));
    expect(rowsOf(model)).toEqual(['198.01 + 6.00', '349.99 + 5.52', '352.00 + 3.52']);
  });

  test('on a due date it changes the installments of the following rows only', () => {
    const model = monthly(thirty360, '2025-01-15', 3);
    disburse(model, date('2025-01-15'), money(600));
    disburse(model, date('2025-02-15'), money(300));
    expect(rowsOf(model)[0]).toBe('198.01 + 6.00');
    expect(model.periods.reduce((total, row) => total + row.duePrincipal, 0n)).toBe(money(900));
  });
});

describe('early payments', () => {
  test('512.56 paid on 1 Feb: what accrues after the payment is shown in the next row', () => {
    const model = loanOf2000();
    expect(payableOn(model, 0, date('2025-02-01'))).toEqual({
      principal: money('501.59'),
      interest: money('10.97'),
    });
    payRow(model, 1, { on: '2025-02-01', principal: '501.59', interest: '10.97' });
    expect(rowsOf(model)).toEqual(['501.59 + 10.97', '490.81 + 21.75', '502.48 + 10.08', '505.12 + 5.05']);
  });

  test('800 paid on 1 Mar after a punctual row: row 2 is settled, the rest is principal of row 3', () => {
    const model = loanOf2000();
    payRow(model, 1, { on: '2025-02-15', principal: '492.56', interest: '20.00' });
    expect(payableOn(model, 1, date('2025-03-01'))).toEqual({
      principal: money('505.02'),
      interest: money('7.54'),
    });
    payRow(model, 2, { on: '2025-03-01', principal: '505.02', interest: '7.54' });
    expect(payableOn(model, 2, date('2025-03-01'))).toEqual({ principal: money('512.56'), interest: 0n });
    payPrincipal(model, 2, { on: date('2025-03-01'), amount: money('287.44') });
    expect(rowsOf(model).slice(1)).toEqual(['505.02 + 7.54', '501.84 + 10.72', '500.58 + 5.01']);
  });

  test('a pay-off on 1 Mar leaves rows of bare principal', () => {
    const model = loanOf2000();
    payRow(model, 1, { on: '2025-02-15', principal: '492.56', interest: '20.00' });
    for (const index of [1, 2, 3]) {
      const payable = payableOn(model, index, date('2025-03-01'));
      payPrincipal(model, index, { on: date('2025-03-01'), amount: payable.principal });
      payInterest(model, index, payable.interest);
    }
    expect(rowsOf(model).slice(1)).toEqual(['505.02 + 7.54', '512.56 + 0.00', '489.86 + 0.00']);
  });
});

describe('overdue principal', () => {
  const late = { on: '2025-02-25', principal: '492.56', interest: '20.00' };

  test('bears interest day by day until it is paid', () => {
    const model = loanOf2000();
    chargeOverdue(model, '2025-02-25');
    payRow(model, 1, late);
    expect(rowsOf(model)).toEqual(['492.56 + 20.00', '495.73 + 16.83', '502.44 + 10.12', '509.27 + 5.09']);
  });

  test('bears interest for the whole next period when rests are the repayment dates', () => {
    const model = loanOf2000();
    chargeOverdue(model, '2025-02-25', 'SAME_AS_REPAYMENT_PERIOD');
    payRow(model, 1, late);
    expect(rowsOf(model).slice(1, 3)).toEqual(['492.56 + 20.00', '502.41 + 10.15']);
    expect(rowsOf(model)[3]?.startsWith('512.47')).toBe(true);
  });

  test('is charged once, however often it is looked at', () => {
    const once = loanOf2000();
    chargeOverdue(once, '2025-03-10');
    const often = loanOf2000();
    const progress: OverdueProgress = { chargedUntil: null };
    for (const day of ['2025-02-20', '2025-02-25', '2025-02-25', '2025-03-10'])
      chargeOverdue(often, day, 'DAILY', progress);
    expect(often.periods[1]?.pieces.length).toBeGreaterThan(once.periods[1]?.pieces.length ?? 0);
    expect(rowsOf(often)).toEqual(rowsOf(once));
  });

  test('bears none after the last due date', () => {
    const atMaturity = loanOf2000();
    chargeOverdue(atMaturity, '2025-05-16');
    const later = loanOf2000();
    chargeOverdue(later, '2026-01-01');
    expect(rowsOf(later)).toEqual(rowsOf(atMaturity));
  });
});

describe('equal installments at 12 %, 30/360', () => {
  const lent = (amount: number, count: number): InterestModel => {
    const model = monthly(thirty360, '2025-01-15', count);
    disburse(model, date('2025-01-15'), money(amount));
    return model;
  };
  const firstAndLast = (model: InterestModel) => [installmentsOf(model).at(0), installmentsOf(model).at(-1)];

  test.each<[string, number, number, string[]]>([
    ['a difference of 8 cents over 12 is levelled: 44.42 and 44.50 become', 500, 12, ['44.43', '44.37']],
    ['13 cents over 24: 28.24 and 28.37 become', 600, 24, ['28.25', '28.13']],
    ['not where it would not get smaller: 7 cents either way', 100, 12, ['8.88', '8.95']],
    ['nor where it would grow, from 13 to 17 cents', 1300, 24, ['61.20', '61.07']],
    ['a cent or two stays', 2000, 4, ['512.56', '512.56']],
    ['a single installment has none', 1000, 1, ['1010.00', '1010.00']],
  ])('%s', (_, amount, count, expected) => {
    expect(firstAndLast(lent(amount, count))).toEqual(expected);
  });

  test.each<[string, string, string[]]>([
    [
      'of the first day counts from the first row',
      '2025-01-15',
      ['297.02 + 9.00', '299.99 + 6.03', '302.99 + 3.03'],
    ],
    [
      'of a due date from the next row: 701.99 over two',
      '2025-02-15',
      ['198.01 + 6.00', '349.25 + 7.02', '352.74 + 3.53'],
    ],
  ])('a tranche %s', (_, on, expected) => {
    const model = lent(600, 3);
    disburse(model, date(on), money(300));
    expect(rowsOf(model)).toEqual(expected);
  });

  test('a tranche of the very last due date is repaid that day', () => {
    const model = lent(600, 3);
    disburse(model, date('2025-04-15'), money(300));
    expect(rowsOf(model)).toEqual(['198.01 + 6.00', '199.99 + 4.02', '502.00 + 2.02']);
  });

  test('a row that is not there is a defect', () => {
    const model = lent(600, 3);
    const on = date('2025-02-01');
    expect(() => payInterest(model, 3, money(1))).toThrow('repayment period 3 is missing');
    expect(() => payPrincipal(model, 3, { on, amount: money(1) })).toThrow('repayment period 3 is missing');
    expect(() => payableOn(model, 3, on)).toThrow('repayment period 3 is missing');
  });

  test('a tranche of the day after finds no row', () => {
    expect(() => disburse(lent(600, 3), date('2025-04-16'), money(300))).toThrow(
      'no repayment period contains the disbursement date 2025-04-16',
    );
  });
});

describe('what settles a row of 2000 at 12 % on a day: principal and interest', () => {
  const payable = (model: InterestModel, row: number, on: string): string => {
    const { principal, interest } = payableOn(model, row - 1, date(on));
    return `${formatMoney(principal, EUR)} + ${formatMoney(interest, EUR)}`;
  };

  test.each<[number, string, string]>([
    [1, '2025-01-15', '512.56 + 0.00'],
    [1, '2025-02-01', '501.59 + 10.97'],
    [1, '2025-02-15', '492.56 + 20.00'],
    [1, '2025-02-20', '492.56 + 20.00'],
    [2, '2025-02-01', '512.56 + 0.00'],
    [2, '2025-02-15', '512.56 + 0.00'],
    [2, '2025-03-01', '505.02 + 7.54'],
    // Rows before it leave 507.49 for the last one.
    [4, '2025-02-01', '507.49 + 0.00'],
    [4, '2025-05-15', '507.49 + 5.07'],
  ])('row %i on %s: %s', (row, on, expected) => {
    expect(payable(loanOf2000(), row, on)).toBe(expected);
  });

  test.each<[number, string, string]>([
    [1, '2025-02-01', '501.59 + 10.97'],
    // 6.77 of the first period are carried on: 7.49 for 14 days of 1498.41 come on top.
    [2, '2025-02-10', '512.56 + 0.00'],
    [2, '2025-02-15', '505.79 + 6.77'],
    [2, '2025-03-01', '498.30 + 14.26'],
    [2, '2025-03-15', '490.81 + 21.75'],
    [3, '2025-03-15', '512.56 + 0.00'],
  ])('after 512.56 on 1 Feb row %i on %s: %s', (row, on, expected) => {
    const model = loanOf2000();
    payRow(model, 1, { on: '2025-02-01', principal: '501.59', interest: '10.97' });
    expect(payable(model, row, on)).toBe(expected);
  });

  test('what later rows have paid is not owed again before', () => {
    const model = loanOf2000();
    payPrincipal(model, 3, { on: date('2025-02-01'), amount: money('507.49') });
    // 1492.51 are left: rows 1 and 2 take 494.85 and 502.58, so that 495.08 remain for row 3.
    expect(payable(model, 3, '2025-02-01')).toBe('495.08 + 0.00');
  });
});

/**
 * The worked examples that Regulation Z, Appendix J, paragraph (c) publishes with their answers:
 * https://www.consumerfinance.gov/rules-policy/regulations/1026/j/
 */
import { describe, expect, it } from 'vitest';
import { type CivilDate, date, type PeriodUnit } from '../date.ts';
import { annualPercentageRate, type CashFlow, costOfCredit } from './apr.ts';
import { dueDateRule, dueDates } from './dueDates.ts';

const cents = (amount: number): bigint => BigInt(Math.round(amount * 100));

interface Example {
  readonly paragraph: string;
  readonly what: string;
  readonly advanced: number;
  readonly on: string;
  readonly every: number;
  readonly unit: PeriodUnit;
  /** Date of the first payment. */
  readonly first: string;
  readonly amounts: readonly number[];
  readonly apr: number;
}

const times = (count: number, amount: number): number[] => Array<number>(count).fill(amount);

const EXAMPLES: readonly Example[] = [
  {
    paragraph: '(c)(1)(i)',
    what: 'monthly, regular first period',
    advanced: 5000,
    on: '1978-01-10',
    every: 1,
    unit: 'MONTHS',
    first: '1978-02-10',
    amounts: times(24, 230),
    apr: 9.69,
  },
  {
    paragraph: '(c)(1)(ii)',
    what: 'monthly, long first period',
    advanced: 6000,
    on: '1978-02-10',
    every: 1,
    unit: 'MONTHS',
    first: '1978-04-01',
    amounts: times(36, 200),
    apr: 11.82,
  },
  {
    paragraph: '(c)(1)(iv)',
    what: 'quarterly, long first period',
    advanced: 10_000,
    on: '1978-05-23',
    every: 3,
    unit: 'MONTHS',
    first: '1978-10-01',
    amounts: times(40, 385),
    apr: 8.97,
  },
  {
    paragraph: '(c)(1)(v)',
    what: 'weekly, long first period',
    advanced: 500,
    on: '1978-03-20',
    every: 1,
    unit: 'WEEKS',
    first: '1978-04-21',
    amounts: times(30, 17.6),
    apr: 14.96,
  },
  {
    paragraph: '(c)(2)(i)',
    what: 'monthly, irregular first payment',
    advanced: 5000,
    on: '1978-01-10',
    every: 1,
    unit: 'MONTHS',
    first: '1978-02-10',
    amounts: [250, ...times(23, 230)],
    apr: 10.08,
  },
  {
    paragraph: '(c)(2)(ii)',
    what: 'every 4 weeks, long first period, irregular first payment',
    advanced: 400,
    on: '1978-03-18',
    every: 4,
    unit: 'WEEKS',
    first: '1978-04-20',
    amounts: [39.5, ...times(11, 38.31)],
    apr: 28.5,
  },
  {
    paragraph: '(c)(3)(i)',
    what: 'monthly, irregular final payment',
    advanced: 5000,
    on: '1978-01-10',
    every: 1,
    unit: 'MONTHS',
    first: '1978-02-10',
    amounts: [...times(23, 230), 280],
    apr: 10.5,
  },
  {
    paragraph: '(c)(3)(ii)',
    what: 'every 2 weeks, short first period, irregular final payment',
    advanced: 200,
    on: '1978-04-03',
    every: 2,
    unit: 'WEEKS',
    first: '1978-04-11',
    amounts: [...times(19, 9.5), 30],
    apr: 12.22,
  },
  {
    paragraph: '(c)(4)(i)',
    what: 'monthly, irregular first and final payment',
    advanced: 5000,
    on: '1978-01-10',
    every: 1,
    unit: 'MONTHS',
    first: '1978-02-10',
    amounts: [250, ...times(22, 230), 280],
    apr: 10.9,
  },
  {
    paragraph: '(c)(4)(ii)',
    what: 'every 2 months, short first period, irregular first and final payment',
    advanced: 8000,
    on: '1978-01-10',
    every: 2,
    unit: 'MONTHS',
    first: '1978-03-01',
    amounts: [449.36, ...times(18, 465), 200],
    apr: 7.3,
  },
  {
    paragraph: '(c)(5)(i)',
    what: 'a single payment within a year, measured in days',
    advanced: 1000,
    on: '1978-01-03',
    every: 1,
    unit: 'MONTHS',
    first: '1978-09-15',
    amounts: [1080],
    apr: 11.45,
  },
];

function paymentsOn(first: string, example: Pick<Example, 'every' | 'unit' | 'amounts'>): CashFlow[] {
  const rule = dueDateRule(
    {
      firstRepaymentDate: date(first),
      repaymentEvery: example.every,
      repaymentFrequencyUnit: example.unit,
      repaymentStartDateType: 'DISBURSEMENT_DATE',
    },
    date(first),
  );
  const dates: CivilDate[] = dueDates(rule, example.amounts.length);
  return dates.map((on, index) => ({ on, amount: cents(example.amounts[index] ?? 0) }));
}

describe('the annual percentage rate agrees with the published examples of Appendix J', () => {
  it.each(EXAMPLES)('$paragraph $what: $apr %', (example) => {
    const advances = [{ on: date(example.on), amount: cents(example.advanced) }];
    const payments = paymentsOn(example.first, example);
    const { every, unit } = example;
    expect(annualPercentageRate({ advances, payments, every, unit }).toNumber()).toBe(example.apr);
  });
});

describe('the annual percentage rate of a schedule', () => {
  const monthly = { every: 1, unit: 'MONTHS' } as const;
  const four = paymentsOn('2025-02-15', { ...monthly, amounts: [1297.22, 1297.22, 1297.22, 1297.24] });

  it('is the nominal rate when there are no fees: 5000 at 18 % in 4 months', () => {
    const advances = [{ on: date('2025-01-15'), amount: cents(5000) }];
    expect(annualPercentageRate({ advances, payments: four, ...monthly }).toNumber()).toBe(18);
  });

  it('rises with a fee kept back at disbursement: 100.00 of 5000 makes 27.98 %', () => {
    const advances = [{ on: date('2025-01-15'), amount: cents(4900) }];
    expect(annualPercentageRate({ advances, payments: four, ...monthly }).toNumber()).toBe(27.98);
  });

  it('is 0 for credit that costs nothing', () => {
    const advances = [{ on: date('2025-01-15'), amount: cents(300) }];
    const payments = paymentsOn('2025-02-15', { ...monthly, amounts: [100, 100, 100] });
    expect(costOfCredit({ advances, payments, ...monthly })).toBe(0n);
    expect(annualPercentageRate({ advances, payments, ...monthly }).toNumber()).toBe(0);
  });

  it('counts month ends as full months: 31 Jan, 28 Feb, 31 Mar are regular periods', () => {
    const advances = [{ on: date('2025-01-31'), amount: cents(1000) }];
    const payments = [
      { on: date('2025-02-28'), amount: cents(510) },
      { on: date('2025-03-31'), amount: cents(505.1) },
    ];
    const regular = [
      { on: date('2025-02-15'), amount: cents(510) },
      { on: date('2025-03-15'), amount: cents(505.1) },
    ];
    const sameOnThe15th = { advances: [{ on: date('2025-01-15'), amount: cents(1000) }], payments: regular };
    const atMonthEnd = annualPercentageRate({ advances, payments, ...monthly }).toNumber();
    expect(atMonthEnd).toBe(annualPercentageRate({ ...sameOnThe15th, ...monthly }).toNumber());
  });

  it('weighs tranches by their dates: a second advance later costs more per year', () => {
    const payments = paymentsOn('2025-02-15', { ...monthly, amounts: [310, 310, 310] });
    const together = [{ on: date('2025-01-15'), amount: cents(900) }];
    const apart = [
      { on: date('2025-01-15'), amount: cents(600) },
      { on: date('2025-03-01'), amount: cents(300) },
    ];
    const early = annualPercentageRate({ advances: together, payments, ...monthly });
    const late = annualPercentageRate({ advances: apart, payments, ...monthly });
    expect(late.gt(early)).toBe(true);
  });
});

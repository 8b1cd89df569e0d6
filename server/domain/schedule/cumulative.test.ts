import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import type { Tranche } from '../loan.ts';
import { Refusal } from '../refusal.ts';
import { DEFAULT_SETTINGS, type LoanTerms } from '../terms.ts';
import { amounts, exampleTerms, money, printed, schedule } from './exampleLoan.ts';

type Row = readonly [what: string, terms: Partial<LoanTerms>, rows: readonly string[]];

const DAILY: Partial<LoanTerms> = { interestCalculationPeriod: 'DAILY' };
const FLAT: Partial<LoanTerms> = { interestType: 'FLAT' };

const tranche = (on: string, amount: number): Tranche => ({
  expectedOn: date(on),
  disbursedOn: date(on),
  amount: money(amount),
});

describe('5000 at 18 % a year, 4 months from 15 Jan 2025 (engine.md 3.3 to 3.6)', () => {
  it.each<Row>([
    ['same as repayment', {}, ['1222.22 + 75.00', '1240.55 + 56.67', '1259.16 + 38.06', '1278.07 + 19.17']],
    [
      'daily ACT/365: the last row pays for the 30-day months inside the EMI',
      DAILY,
      ['1220.13 + 76.44', '1244.38 + 52.19', '1257.81 + 38.76', '1277.68 + 18.90'],
    ],
    [
      'installments in multiples of 10',
      { installmentAmountInMultiplesOf: 10 },
      ['1225.00 + 75.00', '1243.38 + 56.62', '1262.03 + 37.97', '1269.59 + 19.04'],
    ],
    [
      'equal principal',
      { amortization: 'EQUAL_PRINCIPAL_PAYMENTS' },
      ['1250.00 + 75.00', '1250.00 + 56.25', '1250.00 + 37.50', '1250.00 + 18.75'],
    ],
    [
      'grace on principal in row 1',
      { graceOnPrincipal: 1 },
      ['0.00 + 75.00', '1641.91 + 75.00', '1666.54 + 50.37', '1691.55 + 25.37'],
    ],
    [
      'grace on interest payment in row 1',
      { graceOnInterest: 1 },
      ['1222.22 + 0.00', '1240.55 + 131.67', '1259.16 + 38.06', '1278.07 + 19.17'],
    ],
    [
      'grace on interest payment in all rows: what is left goes to the last one',
      { graceOnInterest: 4 },
      ['1222.22 + 0.00', '1240.55 + 0.00', '1259.16 + 0.00', '1278.07 + 188.90'],
    ],
    [
      'row 1 free of interest',
      { graceInterestFree: 1 },
      ['1297.22 + 0.00', '1241.68 + 55.54', '1260.30 + 36.92', '1200.80 + 18.01'],
    ],
    [
      'equal principal with grace on principal: shared over the 3 rows left',
      { amortization: 'EQUAL_PRINCIPAL_PAYMENTS', graceOnPrincipal: 1 },
      ['0.00 + 75.00', '1666.67 + 75.00', '1666.67 + 50.00', '1666.66 + 25.00'],
    ],
    [
      'equal principal by a fixed percentage: 20 % a row, the rest in the last',
      { amortization: 'EQUAL_PRINCIPAL_PAYMENTS', fixedPrincipalPercentagePerInstallment: '20' },
      ['1000.00 + 75.00', '1000.00 + 60.00', '1000.00 + 45.00', '2000.00 + 30.00'],
    ],
    [
      'no interest',
      { interestRatePerPeriod: '0' },
      ['1250.00 + 0.00', '1250.00 + 0.00', '1250.00 + 0.00', '1250.00 + 0.00'],
    ],
  ])('%s', (_what, own, rows) => {
    expect(amounts(schedule(own))).toEqual(rows);
  });
});

describe('flat interest (engine.md 3.5)', () => {
  it.each<Row>([
    ['as the repayment period', FLAT, Array<string>(4).fill('1250.00 + 75.00')],
    [
      'daily ACT/365: 120 days make 295.89',
      { ...FLAT, ...DAILY },
      ['1250.00 + 73.97', '1250.00 + 73.97', '1250.00 + 73.97', '1250.00 + 73.98'],
    ],
    [
      '1000 at 12 %, 3 months, whole units: principal and interest make a multiple',
      {
        ...FLAT,
        principal: money(1000),
        interestRatePerPeriod: '12',
        numberOfRepayments: 3,
        installmentAmountInMultiplesOf: 1,
      },
      ['333.00 + 10.00', '333.00 + 10.00', '334.00 + 10.00'],
    ],
    [
      '1000 at 18 %, whole units: 375 made of 367.50 + 7.50 and so on',
      {
        ...FLAT,
        principal: money(1000),
        interestRatePerPeriod: '9',
        numberOfRepayments: 3,
        installmentAmountInMultiplesOf: 1,
      },
      ['333.50 + 7.50', '333.50 + 7.50', '333.00 + 7.50'],
    ],
    [
      'grace on interest spreads the total over the paying rows',
      { ...FLAT, graceOnInterest: 1 },
      ['1250.00 + 0.00', '1250.00 + 100.00', '1250.00 + 100.00', '1250.00 + 100.00'],
    ],
    [
      'equal principal: grace on interest is carried to the next row',
      { ...FLAT, amortization: 'EQUAL_PRINCIPAL_PAYMENTS', graceOnInterest: 1 },
      ['1250.00 + 0.00', '1250.00 + 150.00', '1250.00 + 75.00', '1250.00 + 75.00'],
    ],
    [
      'a row free of interest is gone for good',
      { ...FLAT, graceInterestFree: 1 },
      ['1250.00 + 0.00', '1250.00 + 75.00', '1250.00 + 75.00', '1250.00 + 75.00'],
    ],
    [
      'grace on principal',
      { ...FLAT, graceOnPrincipal: 1 },
      ['0.00 + 75.00', '1666.67 + 75.00', '1666.67 + 75.00', '1666.66 + 75.00'],
    ],
    [
      'on the amount less the down payment',
      { ...FLAT, downPayment: { enabled: true, percentage: '25', automatic: false } },
      ['1250.00 + 0.00', '937.50 + 56.25', '937.50 + 56.25', '937.50 + 56.25', '937.50 + 56.25'],
    ],
  ])('%s', (_what, own, rows) => {
    expect(amounts(schedule(own))).toEqual(rows);
  });
});

describe('an installment amount agreed with the borrower (engine.md 3.3)', () => {
  const fixed = { fixedInstallmentAmount: money(1000) };

  it('makes rows until the principal is gone; a small rest joins the row before it', () => {
    expect(amounts(schedule(fixed))).toEqual([
      '925.00 + 75.00',
      '938.88 + 61.12',
      '952.96 + 47.04',
      '967.25 + 32.75',
      '1215.91 + 18.24',
    ]);
  });

  it('lets the rest stand alone when the threshold is 0 %', () => {
    const rows = amounts(schedule({ ...fixed, principalThresholdForLastInstallment: '0' }));
    expect(rows.slice(-2)).toEqual(['981.76 + 18.24', '234.15 + 3.51']);
  });

  it('is refused when it does not cover the interest of a period', () => {
    expect(() => schedule({ fixedInstallmentAmount: money(60) })).toThrow(Refusal);
  });

  it('or, by the setting, all of it goes to interest and the excess is put off to the next row', () => {
    const settings = { ...DEFAULT_SETTINGS, interestRecoveredFirstWhenAboveInstallment: true };
    const own = { interestRatePerPeriod: '60', firstRepaymentDate: date('2025-09-15') };
    expect(() => schedule(own)).toThrow(Refusal);
    expect(amounts(schedule(own, { settings }))).toEqual([
      '0.00 + 1410.06',
      '570.12 + 839.94',
      '1188.57 + 221.49',
      '3241.31 + 162.07',
    ]);
  });
});

describe('tranches (engine.md 3.7)', () => {
  const own: Partial<LoanTerms> = {
    interestRatePerPeriod: '12',
    numberOfRepayments: 3,
    multiDisburse: true,
    principal: money(900),
  };
  const tranches = [tranche('2025-01-15', 600), tranche('2025-03-01', 300)];

  it('has the EMI of all tranches from the first row on; interest splits on the day of a tranche', () => {
    expect(printed(schedule(own, { tranches }))).toEqual([
      '2025-02-15 300.02 + 6.00',
      '2025-03-15 301.81 + 4.21',
      '2025-04-15 298.17 + 2.98',
    ]);
  });

  it('charges a full period for each stretch without partial periods', () => {
    const whole = { ...own, allowPartialPeriodInterest: false };
    expect(amounts(schedule(whole, { tranches }))[1]).toBe('297.02 + 9.00');
  });

  it('counts expected tranches until their date has passed', () => {
    const expected = [
      tranche('2025-01-15', 600),
      { expectedOn: date('2025-03-01'), disbursedOn: null, amount: money(300) },
    ];
    const due = schedule(own, { tranches: expected, businessDate: date('2025-03-01') });
    const passed = schedule(own, { tranches: expected, businessDate: date('2025-03-02') });
    expect(amounts(due)[1]).toBe('301.81 + 4.21');
    expect(amounts(passed)).toEqual(['198.01 + 6.00', '199.99 + 4.02', '202.00 + 2.02']);
  });

  it('refuses a balance above the maximum', () => {
    const limited = { ...own, maxOutstandingBalance: money(500) };
    expect(() => schedule(limited, { tranches })).toThrow(/maximum outstanding/);
  });
});

describe('down payments (engine.md 3.8)', () => {
  const own: Partial<LoanTerms> = {
    principal: money(1000),
    numberOfRepayments: 3,
    interestRatePerPeriod: '0',
    multiDisburse: true,
    downPayment: { enabled: true, percentage: '25', automatic: false },
  };

  it('come first, on the day of the disbursement; the normal rows share the rest', () => {
    expect(printed(schedule(own))).toEqual([
      '2025-01-15 250.00 + 0.00',
      '2025-02-15 250.00 + 0.00',
      '2025-03-15 250.00 + 0.00',
      '2025-04-15 250.00 + 0.00',
    ]);
  });

  it('stand before the normal row of the period in which a tranche falls', () => {
    const tranches = [tranche('2025-01-15', 600), tranche('2025-02-15', 400)];
    const rows = schedule(own, { tranches });
    expect(rows.map(({ number, kind, due }) => `${number} ${kind} ${due}`)).toEqual([
      '1 downPayment 2025-01-15',
      '2 downPayment 2025-02-15',
      '3 normal 2025-02-15',
      '4 normal 2025-03-15',
      '5 normal 2025-04-15',
    ]);
  });

  it('come in multiples where installments do', () => {
    const rows = schedule({ ...own, principal: money(1002), installmentAmountInMultiplesOf: 1 });
    expect(amounts(rows)[0]).toBe('250.00 + 0.00');
  });
});

describe('dates (engine.md 2 and 3.2)', () => {
  it('charges an odd first period for its length', () => {
    const own = { firstRepaymentDate: date('2025-03-01') };
    expect(printed(schedule(own))[0]).toBe('2025-03-01 1184.72 + 112.50');
  });

  it('or as one regular period, by the setting', () => {
    const settings = { ...DEFAULT_SETTINGS, interestChargedFromSameAsDisbursal: false };
    const own = { firstRepaymentDate: date('2025-03-01') };
    expect(printed(schedule(own, { settings }))[0]).toBe('2025-03-01 1222.22 + 75.00');
  });

  it('charges nothing before the interest start date', () => {
    const own = { ...DAILY, interestChargedFrom: date('2025-02-20') };
    const rows = amounts(schedule(own));
    expect(rows[0]).toBe('1296.57 + 0.00');
    expect(rows[1]).toBe('1254.56 + 42.01');
  });

  it('runs from the submission where the terms say so; interest only from the disbursement', () => {
    const own = { ...DAILY, repaymentStartDateType: 'SUBMITTED_ON_DATE' } as const;
    const rows = schedule(own, { submittedOn: date('2025-01-05') });
    expect(rows[0]).toMatchObject({ from: '2025-01-05', due: '2025-02-05' });
    expect(amounts(rows)[0]).toBe('1244.79 + 51.78');
  });

  it('ends a loan of fixed length on its last day', () => {
    const own = {
      repaymentEvery: 30,
      repaymentFrequencyUnit: 'DAYS',
      numberOfRepayments: 3,
      fixedLength: 80,
    } as const;
    expect(schedule(own).map(({ due }) => due)).toEqual(['2025-02-14', '2025-03-16', '2025-04-05']);
  });

  it('shows the calendar days of every row', () => {
    const terms = exampleTerms();
    expect(schedule().map(({ from, due }) => `${from} ${due}`)).toEqual([
      `${terms.expectedDisbursementDate} 2025-02-15`,
      '2025-02-15 2025-03-15',
      '2025-03-15 2025-04-15',
      '2025-04-15 2025-05-15',
    ]);
  });
});

describe('currencies without decimals', () => {
  it('come in multiples at every step: 10,000,000 in 24 rows of hundreds', () => {
    const rows = schedule({
      currency: { code: 'TZS', decimals: 0, inMultiplesOf: 100 },
      principal: 10_000_000n,
      numberOfRepayments: 24,
      interestRatePerPeriod: '0',
    });
    const principal = rows.map(({ charged }) => charged.principal);
    expect(new Set(principal.slice(0, -1))).toEqual(new Set([416_700n]));
    expect(principal.at(-1)).toBe(415_900n);
  });
});

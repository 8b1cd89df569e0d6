import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LoanCharge } from '../charge.ts';
import { noPortions, totalOf } from '../components.ts';
import { type CivilDate, date } from '../date.ts';
import { type Installment, totalOutstanding } from '../installment.ts';
import { type Currency, formatMoney, type Money, parseMoney, sum } from '../money.ts';
import type { ReplayInput, ReplayResult } from '../replayResult.ts';
import {
  type AllocationRule,
  DEFAULT_SETTINGS,
  type FutureInstallmentRule,
  type LoanTerms,
} from '../terms.ts';
import type { LoanTransaction, TransactionType } from '../transaction.ts';
import { DEFAULT_RULE } from './allocation.ts';
import { payoffQuote } from './payoff.ts';
import { replayProgressive } from './replay.ts';

const EUR: Currency = { code: 'EUR', decimals: 2, inMultiplesOf: 0 };
const money = (amount: number | string): Money => parseMoney(amount, EUR);
const shown = (amount: Money): number => Number(formatMoney(amount, EUR));

const rule = (future: FutureInstallmentRule): AllocationRule => ({
  ...DEFAULT_RULE,
  futureInstallments: future,
});

const terms = (own: Partial<LoanTerms> = {}): LoanTerms => ({
  currency: EUR,
  principal: money(400),
  installmentAmountInMultiplesOf: null,
  expectedDisbursementDate: date('2025-01-15'),
  firstRepaymentDate: null,
  termFrequency: 4,
  termFrequencyUnit: 'MONTHS',
  numberOfRepayments: 4,
  repaymentEvery: 1,
  repaymentFrequencyUnit: 'MONTHS',
  repaymentStartDateType: 'DISBURSEMENT_DATE',
  interestRatePerPeriod: '0',
  interestRateUnit: 'YEAR',
  interestType: 'DECLINING_BALANCE',
  amortization: 'EQUAL_INSTALLMENTS',
  interestCalculationPeriod: 'DAILY',
  allowPartialPeriodInterest: false,
  daysInYear: '360',
  daysInMonth: '30',
  interestChargedFrom: null,
  interestRecalculation: null,
  graceOnPrincipal: 0,
  graceOnInterest: 0,
  graceInterestFree: 0,
  graceOnArrearsAgeing: 0,
  strategy: 'advanced-payment-allocation-strategy',
  scheduleType: 'PROGRESSIVE',
  scheduleProcessing: 'HORIZONTAL',
  allocationRules: [rule('NEXT_INSTALLMENT')],
  creditAllocationRules: [],
  downPayment: { enabled: false, percentage: null, automatic: false },
  multiDisburse: true,
  disallowExpectedDisbursements: true,
  maxTrancheCount: null,
  maxOutstandingBalance: null,
  overAppliedPercentage: null,
  principalThresholdForLastInstallment: '50',
  fixedLength: null,
  fixedInstallmentAmount: null,
  fixedPrincipalPercentagePerInstallment: null,
  installmentLevelDelinquency: false,
  overdueDaysForNonPerforming: null,
  leavesNonPerformingOnlyWhenArrearsCleared: false,
  delinquencyBucket: null,
  accounting: {
    method: 'NONE',
    accounts: {} as LoanTerms['accounting']['accounts'],
    fundSourceByPaymentType: {},
  },
  ...own,
});

const withInterest: Partial<LoanTerms> = {
  principal: money(2000),
  interestRatePerPeriod: '12',
  interestRecalculation: {
    restFrequency: 'DAILY',
    rescheduleStrategy: 'ADJUST_LAST_UNPAID_PERIOD',
    preCloseRule: 'TILL_PRE_CLOSE_DATE',
    compounding: 'NONE',
    compoundingDay: null,
    arrearsBasedOnOriginalSchedule: false,
  },
};

type Line = [type: TransactionType, on: string, amount: number, extra?: Partial<LoanTransaction>];

const transactionsOf = (lines: readonly Line[]): LoanTransaction[] =>
  lines.map(([type, on, amount, extra], index) => ({
    id: index + 1,
    sequence: 10 * (index + 1),
    type,
    date: date(on),
    submittedOn: date(on),
    amount: money(amount),
    portions: noPortions(),
    overpaid: 0n,
    unrecognised: 0n,
    chargesPaid: [],
    balance: 0n,
    reversal: 'none',
    reversedOn: null,
    relatedTransactionId: null,
    relatedChargeId: null,
    paymentType: null,
    reAge: null,
    bookedAs: 'performing',
    ...extra,
  }));

const fee = (id: number, amount: number, due: string, added: string, sequence = 15): LoanCharge => ({
  id,
  definition: {
    code: 'FEE',
    name: 'Fee',
    time: 'SPECIFIED_DUE_DATE',
    calculation: 'FLAT',
    amountOrPercentage: String(amount),
    minCap: null,
    maxCap: null,
    penalty: false,
    feeFrequency: null,
  },
  dueDate: date(due),
  submittedOn: date(added),
  sequence,
  amount: money(amount),
  paid: 0n,
  waived: 0n,
  writtenOff: 0n,
  overdueInstallment: null,
  active: true,
  isWaived: false,
});

interface Case {
  terms?: Partial<LoanTerms>;
  lines: readonly Line[];
  charges?: readonly LoanCharge[];
  on?: string;
}

const inputOf = ({ terms: own = {}, lines, charges = [], on = '2025-02-01' }: Case): ReplayInput => ({
  terms: terms(own),
  submittedOn: date('2025-01-15'),
  tranches: [],
  variations: [],
  charges,
  transactions: transactionsOf(lines),
  installments: [],
  businessDate: date(on),
  settings: DEFAULT_SETTINGS,
  chargedOffOn: null,
  isNonPerforming: false,
  nextSequence: 1000,
});

const replay = (story: Case): ReplayResult => replayProgressive(inputOf(story));

const perRow = (result: ReplayResult, figure: (row: Installment) => Money): number[] =>
  result.installments.map((row) => shown(figure(row)));

const principals = (result: ReplayResult): number[] => perRow(result, (row) => row.charged.principal);

const paidOf = (result: ReplayResult): string[] =>
  result.installments.map(({ paid }) => `${shown(paid.principal)}/${shown(paid.fees)}`);

const splitOf = (result: ReplayResult, id: number): Record<string, number> => {
  const found = result.transactions.find((each) => each.id === id);
  if (!found) throw new Error(`no transaction ${id}`);
  const { principal, interest, fees, penalties } = found.portions;
  const all = { principal, interest, fees, penalties, overpaid: found.overpaid };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value ? [[name, shown(value)]] : [])),
  );
};

describe('rows without interest', () => {
  test('a second disbursement raises the rows that fall due after it', () => {
    const lines: Line[] = [
      ['disbursement', '2025-01-15', 600],
      ['disbursement', '2025-03-01', 300],
    ];
    expect(principals(replay({ terms: { numberOfRepayments: 3 }, lines }))).toEqual([200, 350, 350]);
  });

  test('a down payment of 25 % stands in a row of its own date before the others', () => {
    const result = replay({
      terms: { numberOfRepayments: 3, downPayment: { enabled: true, percentage: '25', automatic: false } },
      lines: [['disbursement', '2025-01-15', 1000]],
    });
    expect(principals(result)).toEqual([250, 250, 250, 250]);
    expect(result.installments.map(({ kind, number }) => `${number} ${kind}`).slice(0, 2)).toEqual([
      '1 downPayment',
      '2 normal',
    ]);
  });

  test('before anything is disbursed the rows are those of the agreed principal', () => {
    expect(principals(replay({ lines: [] }))).toEqual([100, 100, 100, 100]);
  });
});

describe('200 paid on 20 Feb on 400 in 4 rows, fee 10 due 10 Feb, fee 6 due 1 Mar', () => {
  const charges = [fee(1, 10, '2025-02-10', '2025-01-20'), fee(2, 6, '2025-03-01', '2025-01-20')];
  const lines: Line[] = [
    ['disbursement', '2025-01-15', 400],
    ['repayment', '2025-02-20', 200],
  ];
  const table: [FutureInstallmentRule, LoanTerms['scheduleProcessing'], string[]][] = [
    ['NEXT_INSTALLMENT', 'HORIZONTAL', ['100/10', '84/6', '0/0', '0/0']],
    ['NEXT_INSTALLMENT', 'VERTICAL', ['100/10', '84/6', '0/0', '0/0']],
    ['LAST_INSTALLMENT', 'HORIZONTAL', ['100/10', '0/0', '0/0', '90/0']],
    ['LAST_INSTALLMENT', 'VERTICAL', ['100/10', '0/6', '0/0', '84/0']],
    ['REAMORTIZATION', 'HORIZONTAL', ['100/10', '28/6', '28/0', '28/0']],
    ['REAMORTIZATION', 'VERTICAL', ['100/10', '28/6', '28/0', '28/0']],
  ];
  test.each(table)('%s, %s', (future, scheduleProcessing, paid) => {
    const result = replay({ terms: { allocationRules: [rule(future)], scheduleProcessing }, lines, charges });
    expect(paidOf(result)).toEqual(paid);
  });

  test('a kind of payment with a rule of its own follows that', () => {
    const own = { ...rule('LAST_INSTALLMENT'), transactionType: 'GOODWILL_CREDIT' };
    const goodwill: Line[] = [
      ['disbursement', '2025-01-15', 400],
      ['goodwillCredit', '2025-01-20', 50],
    ];
    const result = replay({ terms: { allocationRules: [rule('NEXT_INSTALLMENT'), own] }, lines: goodwill });
    expect(paidOf(result)).toEqual(['0/0', '0/0', '0/0', '50/0']);
  });
});

describe('charges enter at their turn', () => {
  const threeRows = { numberOfRepayments: 3, principal: money(300) };

  test('what an earlier payment left over settles a fee added later', () => {
    const result = replay({
      terms: threeRows,
      lines: [
        ['disbursement', '2025-01-15', 300],
        ['repayment', '2025-02-15', 330],
      ],
      charges: [fee(1, 12, '2025-03-01', '2025-02-20', 21)],
    });
    expect(splitOf(result, 2)).toEqual({ principal: 300, fees: 12, overpaid: 18 });
    expect(shown(result.overpaid)).toBe(18);
    expect(result.charges[0]?.paid).toBe(money(12));
    expect(result.changed).toEqual([2]);
  });

  test('a fee after the last due date opens an additional row, which a late payment meets', () => {
    const result = replay({
      terms: threeRows,
      lines: [
        ['disbursement', '2025-01-15', 300],
        ['repayment', '2025-04-30', 312],
      ],
      charges: [fee(1, 12, '2025-04-25', '2025-04-20')],
      on: '2025-04-30',
    });
    const last = result.installments.at(-1);
    expect(last).toMatchObject({ number: 4, kind: 'additional', from: '2025-04-15', due: '2025-04-25' });
    expect(result.installments.map(({ metOn }) => metOn)).toEqual(Array(4).fill('2025-04-30'));
    expect(perRow(result, ({ late }) => late)).toEqual([100, 100, 100, 12]);
  });
});

describe('money that goes back', () => {
  const threeRows = { numberOfRepayments: 3, principal: money(300) };
  const start: Line[] = [['disbursement', '2025-01-15', 300]];

  test('a chargeback is owed again in the row that comes next', () => {
    const lines: Line[] = [...start, ['repayment', '2025-02-15', 100], ['chargeback', '2025-02-20', 40]];
    const result = replay({ terms: threeRows, lines });
    expect(principals(result)).toEqual([100, 140, 100]);
    expect(splitOf(result, 3)).toEqual({ principal: 40 });
  });

  test('after the last due date it opens an additional row', () => {
    const lines: Line[] = [...start, ['repayment', '2025-05-01', 300], ['chargeback', '2025-05-10', 70]];
    const result = replay({ terms: threeRows, lines });
    expect(principals(result)).toEqual([100, 100, 100, 70]);
    expect(result.installments[3]).toMatchObject({
      from: '2025-04-15',
      due: '2025-05-10',
      kind: 'additional',
    });
  });

  test('what is overpaid goes first; the row carries the whole amount', () => {
    const lines: Line[] = [...start, ['repayment', '2025-02-15', 330], ['chargeback', '2025-02-20', 100]];
    const result = replay({ terms: threeRows, lines });
    expect(splitOf(result, 3)).toEqual({ principal: 70, overpaid: 30 });
    const row = result.installments[1];
    expect(
      row && [row.charged.principal, row.paid.principal, row.inAdvance, totalOutstanding(row)].map(shown),
    ).toEqual([200, 130, 130, 70]);
  });

  test('a credit allocation rule splits it over the portions of the payment', () => {
    const order = ['penalties', 'fees', 'interest', 'principal'] as const;
    const creditAllocationRules = [{ transactionType: 'CHARGEBACK', order }];
    const lines: Line[] = [
      ...start,
      ['repayment', '2025-02-15', 110],
      ['chargeback', '2025-02-20', 40, { relatedTransactionId: 2 }],
      ['chargeback', '2025-02-21', 20, { relatedTransactionId: 2 }],
    ];
    const charges = [fee(1, 10, '2025-02-10', '2025-01-20')];
    const result = replay({ terms: { ...threeRows, creditAllocationRules }, lines, charges });
    expect(splitOf(result, 3)).toEqual({ principal: 30, fees: 10 });
    expect(splitOf(result, 4)).toEqual({ principal: 20 });
    expect(perRow(result, (row) => row.charged.principal + row.charged.fees)).toEqual([110, 160, 100]);
  });

  test('a credit balance refund takes what is overpaid', () => {
    const lines: Line[] = [
      ...start,
      ['repayment', '2025-02-15', 330],
      ['creditBalanceRefund', '2025-02-20', 30],
    ];
    const result = replay({ terms: threeRows, lines });
    expect(splitOf(result, 3)).toEqual({ overpaid: 30 });
    expect(result.overpaid).toBe(0n);
    expect(principals(result)).toEqual([100, 100, 100]);
  });

  test('a cash refund opens the last rows again, in the default order backwards', () => {
    const lines: Line[] = [...start, ['repayment', '2025-01-20', 300], ['refund', '2025-01-25', 130]];
    const result = replay({ terms: threeRows, lines });
    expect(paidOf(result)).toEqual(['100/0', '70/0', '0/0']);
    expect(perRow(result, ({ inAdvance }) => inAdvance)).toEqual([100, 70, 0]);
  });

  test('a new disbursement uses up what is overpaid', () => {
    const lines: Line[] = [...start, ['repayment', '2025-01-20', 340], ['disbursement', '2025-02-20', 100]];
    const result = replay({ terms: threeRows, lines });
    expect(splitOf(result, 3)).toEqual({ overpaid: 40 });
    expect(result.overpaid).toBe(0n);
    expect(sum(result.installments.map(totalOutstanding))).toBe(money(60));
  });
});

describe('re-age and re-amortize', () => {
  test('re-age moves open principal to new rows after maturity', () => {
    const reAge = {
      startDate: date('2025-06-01'),
      frequencyNumber: 1,
      frequencyUnit: 'MONTHS',
      numberOfInstallments: 3,
    } as const;
    const result = replay({
      lines: [
        ['disbursement', '2025-01-15', 400],
        ['repayment', '2025-02-15', 100],
        ['reAge', '2025-05-20', 300, { reAge }],
      ],
    });
    expect(principals(result)).toEqual([100, 0, 0, 0, 100, 100, 100]);
    expect(result.installments.slice(4).map(({ from, due }) => `${from} ${due}`)).toEqual([
      '2025-05-15 2025-06-01',
      '2025-06-01 2025-07-01',
      '2025-07-01 2025-08-01',
    ]);
    expect(result.installments[2]?.metOn).toBe('2025-05-20');
    expect(splitOf(result, 3)).toEqual({ principal: 300 });
  });

  test('re-amortize moves what is unpaid and due to the rows still to come', () => {
    const result = replay({
      lines: [
        ['disbursement', '2025-01-15', 400],
        ['repayment', '2025-03-20', 50],
        ['reAmortize', '2025-03-20', 150],
      ],
    });
    expect(principals(result)).toEqual([50, 0, 175, 175]);
    expect(splitOf(result, 3)).toEqual({ principal: 150 });
  });
});

describe('loans that recalculate interest', () => {
  const rows = (result: ReplayResult): string[] =>
    result.installments.map(({ charged }) => `${shown(charged.principal)} + ${shown(charged.interest)}`);
  const start: Line[] = [['disbursement', '2025-01-15', 2000]];

  test('an early payment moves the interest of the rest of the period into the next row', () => {
    const result = replay({ terms: withInterest, lines: [...start, ['repayment', '2025-02-01', 512.56]] });
    expect(rows(result)).toEqual(['501.59 + 10.97', '490.81 + 21.75', '502.48 + 10.08', '505.12 + 5.05']);
    expect(splitOf(result, 2)).toEqual({ principal: 501.59, interest: 10.97 });
    expect(result.installments[0]?.metOn).toBe('2025-02-01');
  });

  test('800 on 1 Mar settles row 2 and goes on to the principal of row 3', () => {
    const lines: Line[] = [...start, ['repayment', '2025-02-15', 512.56], ['repayment', '2025-03-01', 800]];
    const result = replay({ terms: withInterest, lines, on: '2025-03-01' });
    expect(rows(result).slice(1)).toEqual(['505.02 + 7.54', '501.84 + 10.72', '500.58 + 5.01']);
    expect(perRow(result, ({ paid }) => paid.principal)).toEqual([492.56, 505.02, 287.44, 0]);
  });

  test('an installment paid ten days late makes the next row bear interest on it for ten days', () => {
    const lines: Line[] = [...start, ['repayment', '2025-02-25', 512.56]];
    const result = replay({ terms: withInterest, lines, on: '2025-02-25' });
    expect(rows(result)).toEqual(['492.56 + 20', '495.73 + 16.83', '502.44 + 10.12', '509.27 + 5.09']);
  });

  test('the pay-off quote is the balance with the interest up to its date', () => {
    const quote = payoffQuote(inputOf({ terms: withInterest, lines: start }), date('2025-02-05'));
    expect(shown(totalOf(quote))).toBe(2013.55);
    const tillRest = {
      ...withInterest.interestRecalculation,
      preCloseRule: 'TILL_REST_FREQUENCY_DATE',
    } as const;
    const own = { ...withInterest, interestRecalculation: tillRest as LoanTerms['interestRecalculation'] };
    expect(shown(totalOf(payoffQuote(inputOf({ terms: own, lines: start }), date('2025-02-05'))))).toBe(2020);
  });

  test('paying the quote leaves nothing open, also when installments are overdue', () => {
    const lines: Line[] = [...start, ['repayment', '2025-03-20', 600]];
    for (const day of ['2025-03-25', '2025-04-15', '2025-05-15', '2025-07-01']) {
      const before = inputOf({ terms: withInterest, lines, on: day });
      const quote = shown(totalOf(payoffQuote(before, date(day))));
      const result = replay({ terms: withInterest, lines: [...lines, ['repayment', day, quote]], on: day });
      expect([day, sum(result.installments.map(totalOutstanding)), result.overpaid]).toEqual([day, 0n, 0n]);
    }
  });
});

describe('whatever happens', () => {
  const days = fc
    .integer({ min: 0, max: 150 })
    .map((offset) => new Date(Date.UTC(2025, 0, 15 + offset)).toISOString().slice(0, 10));
  const payments = fc.array(fc.tuple(days, fc.integer({ min: 1, max: 60_000 })), { maxLength: 7 });
  const loans = fc.record({
    future: fc.constantFrom<FutureInstallmentRule>('NEXT_INSTALLMENT', 'LAST_INSTALLMENT', 'REAMORTIZATION'),
    scheduleProcessing: fc.constantFrom<LoanTerms['scheduleProcessing']>('HORIZONTAL', 'VERTICAL'),
    interest: fc.boolean(),
    payments,
    second: fc.option(fc.integer({ min: 1, max: 50_000 }), { nil: undefined }),
  });
  type Drawn = typeof loans extends fc.Arbitrary<infer T> ? T : never;

  const storyOf = (drawn: Drawn): Case => ({
    terms: {
      ...(drawn.interest ? withInterest : {}),
      scheduleProcessing: drawn.scheduleProcessing,
      allocationRules: [rule(drawn.future)],
    },
    charges: [fee(1, 7.5, '2025-03-01', '2025-02-10'), fee(2, 3.33, '2025-05-20', '2025-01-20')],
    lines: [
      ['disbursement', '2025-01-15', 1000] as Line,
      ...(drawn.second ? [['disbursement', '2025-02-20', drawn.second / 100] as Line] : []),
      ...drawn.payments.map(([on, cents]): Line => ['repayment', on, cents / 100]),
    ],
    on: '2025-06-15',
  });

  test('portions and overpaid part add up to the payment, and rows to the portions', () => {
    fc.assert(
      fc.property(loans, (drawn) => {
        const result = replay(storyOf(drawn));
        const payments = result.transactions.filter(({ type }) => type === 'repayment');
        for (const { amount, portions, overpaid } of payments)
          expect(totalOf(portions) + overpaid).toBe(amount);
        expect(sum(result.installments.map(({ paid }) => totalOf(paid))) + result.overpaid).toBe(
          sum(payments.map(({ amount }) => amount)),
        );
      }),
      { numRuns: 150 },
    );
  });

  test('principal of the rows adds up to what was disbursed, and no row is paid more than it charges', () => {
    fc.assert(
      fc.property(loans, (drawn) => {
        const story = storyOf(drawn);
        const result = replay(story);
        const disbursed = sum(
          inputOf(story)
            .transactions.filter(({ type }) => type === 'disbursement')
            .map(({ amount }) => amount),
        );
        expect(sum(result.installments.map(({ charged }) => charged.principal))).toBe(disbursed);
        for (const row of result.installments)
          for (const component of ['principal', 'interest', 'fees', 'penalties'] as const)
            expect(row.paid[component] <= row.charged[component] && row.paid[component] >= 0n).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test('the order in which the same history arrives does not matter', () => {
    fc.assert(
      fc.property(loans, fc.nat(), (drawn, turn) => {
        const input = inputOf(storyOf(drawn));
        const by = turn % Math.max(1, input.transactions.length);
        const turned = [...input.transactions.slice(by), ...input.transactions.slice(0, by)].reverse();
        expect(replayProgressive({ ...input, transactions: turned })).toEqual(replayProgressive(input));
      }),
      { numRuns: 60 },
    );
  });

  test('a second replay changes nothing', () => {
    fc.assert(
      fc.property(loans, (drawn) => {
        const input = inputOf(storyOf(drawn));
        const first = replayProgressive(input);
        const charges = first.charges;
        const again = replayProgressive({
          ...input,
          charges,
          transactions: first.transactions,
          nextSequence: first.nextSequence,
        });
        expect(again.installments).toEqual(first.installments);
        expect(again.changed).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('a loan paid off by its quote ends at zero', () => {
    fc.assert(
      fc.property(loans, days, (drawn, day) => {
        const story = { ...storyOf(drawn), on: day };
        const lines = story.lines.filter(([, on]) => on <= day);
        if (lines.length === 0) return;
        const charges = story.charges?.map((charge) => ({
          ...charge,
          submittedOn: date('2025-01-15') as CivilDate,
        }));
        const quote = totalOf(payoffQuote(inputOf({ ...story, lines, charges: charges ?? [] }), date(day)));
        if (quote === 0n) return;
        const paid = replay({
          ...story,
          charges: charges ?? [],
          lines: [...lines, ['repayment', day, shown(quote)]],
        });
        expect(sum(paid.installments.map(totalOutstanding))).toBe(0n);
      }),
      { numRuns: 150 },
    );
  });
});

import { describe, expect, test } from 'vitest';
import { totalOf } from '../components.ts';
import { date } from '../date.ts';
import { totalOutstanding } from '../installment.ts';
import { sum } from '../money.ts';
import type { ReplayResult } from '../replayResult.ts';
import { money } from '../schedule/exampleLoan.ts';
import type { FutureInstallmentRule, LoanTerms } from '../terms.ts';
import {
  fee,
  inputOf,
  type Line,
  paidOf,
  perRow,
  principals,
  replay,
  rule,
  shown,
  splitOf,
  withInterest,
} from './exampleLoan.ts';
import { payoffQuote } from './payoff.ts';

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

  test('a disbursement after the last due date is refused', () => {
    const lines: Line[] = [
      ['disbursement', '2025-01-15', 100],
      ['disbursement', '2025-05-15', 100],
    ];
    expect(() => replay({ lines, on: '2025-05-15' })).toThrow(/falls due after it/);
  });

  test('before anything is disbursed the rows are those of the agreed principal', () => {
    expect(principals(replay({ lines: [] }))).toEqual([100, 100, 100, 100]);
  });
});

describe('200 paid on 20 Feb on 400 in 4 rows, fee 10 due 10 Feb, fee 6 due 1 Mar', () => {
  const charges = [
    fee(1, 10, { due: '2025-02-10', added: '2025-01-20' }),
    fee(2, 6, { due: '2025-03-01', added: '2025-01-20' }),
  ];
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
      charges: [fee(1, 12, { due: '2025-03-01', added: '2025-02-20', sequence: 21 })],
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
      charges: [fee(1, 12, { due: '2025-04-25', added: '2025-04-20' })],
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
    const charges = [fee(1, 10, { due: '2025-02-10', added: '2025-01-20' })];
    const result = replay({ terms: { ...threeRows, creditAllocationRules }, lines, charges });
    expect(splitOf(result, 3)).toEqual({ principal: 30, fees: 10 });
    expect(splitOf(result, 4)).toEqual({ principal: 20 });
    expect(perRow(result, (row) => row.charged.principal + row.charged.fees)).toEqual([110, 160, 100]);
  });

  test('what a payment had overpaid is charged back as principal', () => {
    const creditAllocationRules = [{ transactionType: 'CHARGEBACK', order: ['fees', 'principal'] as const }];
    const lines: Line[] = [
      ...start,
      ['repayment', '2025-02-15', 330],
      ['chargeback', '2025-02-20', 330, { relatedTransactionId: 2 }],
    ];
    const result = replay({ terms: { ...threeRows, creditAllocationRules }, lines });
    expect(splitOf(result, 3)).toEqual({ principal: 330, overpaid: 30 });
    expect(shown(sum(result.installments.map(totalOutstanding)))).toBe(300);
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

  test('a charge due after the last installment opens an additional row', () => {
    const charges = [fee(1, 9, { due: '2025-05-25', added: '2025-01-20' })];
    const result = replay({ terms: withInterest, lines: start, charges });
    expect(result.installments.at(-1)).toMatchObject({
      kind: 'additional',
      from: '2025-05-15',
      due: '2025-05-25',
    });
    expect(perRow(result, ({ charged }) => charged.fees)).toEqual([0, 0, 0, 0, 9]);
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

  test('overdue principal bears no interest after a charge-off or a write-off', () => {
    const until: Line[] = [...start, ['repayment', '2025-02-15', 512.56]];
    for (const loss of ['chargeOff', 'writeOff'] as const) {
      const lines: Line[] = [...until, [loss, '2025-03-25', 1]];
      const soon = replay({ terms: withInterest, lines, on: '2025-03-25' });
      const later = replay({ terms: withInterest, lines, on: '2025-08-01' });
      expect(rows(later)).toEqual(rows(soon));
      expect(splitOf(later, 3)).toEqual(splitOf(soon, 3));
      const split = later.transactions.find(({ id }) => id === 3);
      expect(split?.amount).toBe(split && totalOf(split.portions));
    }
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

import { describe, expect, it } from 'vitest';
import { type CivilDate, date } from '../date.ts';
import type { Tranche } from '../loan.ts';
import type { LoanTerms } from '../terms.ts';
import { addAmount, balanceChanges, type DatedAmounts, inDateOrder, takeUntil } from './datedAmounts.ts';
import { exampleTerms, money, shown } from './exampleLoan.ts';
import { downPaymentOf, downPaymentRow, drawdowns } from './tranches.ts';

const TODAY = date('2025-03-01');
const tranche = (amount: number, expectedOn: string, disbursedOn: string | null = null): Tranche => ({
  expectedOn: date(expectedOn),
  disbursedOn: disbursedOn === null ? null : date(disbursedOn),
  amount: money(amount),
});

describe('what a schedule draws down', () => {
  const drawn = (tranches: Tranche[], own: Partial<LoanTerms> = {}) =>
    drawdowns(exampleTerms(own), tranches, TODAY).map(({ on, amount }) => `${on.slice(5)} ${shown(amount)}`);

  it.each<[string, Tranche[], string[]]>([
    ['without tranches the principal, when it is expected', [], ['01-15 5000.00']],
    [
      'expected tranches by date',
      [tranche(20, '2025-04-01'), tranche(10, '2025-02-01'), tranche(30, '2025-05-01')],
      ['02-01 10.00', '04-01 20.00', '05-01 30.00'],
    ],
    ['what was paid out, on its day', [tranche(10, '2025-02-01', '2025-02-03')], ['02-03 10.00']],
    [
      'and what is still to come, today included',
      [tranche(30, '2025-03-02'), tranche(20, '2025-03-01'), tranche(10, '2025-02-01', '2025-02-03')],
      ['02-03 10.00', '03-01 20.00', '03-02 30.00'],
    ],
    [
      'not what was expected before today',
      [tranche(20, '2025-02-28'), tranche(10, '2025-02-01', '2025-02-03')],
      ['02-03 10.00'],
    ],
    [
      'two of one day in their order',
      [tranche(20, '2025-02-01'), tranche(10, '2025-02-01'), tranche(5, '2025-01-20')],
      ['01-20 5.00', '02-01 20.00', '02-01 10.00'],
    ],
  ])('%s', (_, tranches, expected) => {
    expect(drawn(tranches)).toEqual(expected);
  });

  it('is above zero', () => {
    expect(() => drawn([tranche(0, '2025-02-01')])).toThrow('a tranche is above zero');
    expect(() => drawn([tranche(-1, '2025-02-01')])).toThrow('a tranche is above zero');
    expect(drawn([tranche(0.01, '2025-02-01')])).toEqual(['02-01 0.01']);
  });
});

describe('the down payment of a tranche', () => {
  const down = (percentage: string | null, own: Partial<LoanTerms> = {}, enabled = { enabled: true }) =>
    shown(
      downPaymentOf(
        money(1001),
        exampleTerms({ downPayment: { ...enabled, percentage, automatic: false }, ...own }),
      ),
    );

  it.each<[string, string, string]>([
    ['is its share', down('25'), '250.25'],
    ['in multiples where installments are', down('25', { installmentAmountInMultiplesOf: 1 }), '250.00'],
    ['none where the product has none', down('25', {}, { enabled: false }), '0.00'],
    ['none without a percentage', down(null), '0.00'],
  ])('%s', (_, amount, expected) => {
    expect(amount).toBe(expected);
  });

  it('stands in a row of its day; the others repay the rest', () => {
    const terms = exampleTerms({ downPayment: { enabled: true, percentage: '25', automatic: false } });
    const [first] = drawdowns(terms, [], TODAY);
    expect(first && [shown(first.downPayment), shown(first.scheduled)]).toEqual(['1250.00', '3750.00']);
    expect(first && downPaymentRow(first, 3)).toMatchObject({
      number: 3,
      kind: 'downPayment',
      from: '2025-01-15',
      due: '2025-01-15',
      charged: { principal: money(1250), interest: 0n, fees: 0n, penalties: 0n },
    });
  });
});

describe('amounts by date', () => {
  const dated = (entries: Record<string, bigint>): DatedAmounts =>
    new Map(Object.entries(entries).map(([on, amount]) => [date(on), amount] as [CivilDate, bigint]));

  it('add up on one day', () => {
    const amounts = dated({ '2025-03-01': 5n });
    addAmount(amounts, date('2025-03-01'), 3n);
    addAmount(amounts, date('2025-02-01'), 2n);
    expect(inDateOrder(amounts)).toEqual([
      ['2025-02-01', 2n],
      ['2025-03-01', 8n],
    ]);
  });

  it('are taken out up to a day, that day included', () => {
    const amounts = dated({ '2025-03-02': 1n, '2025-03-01': 2n, '2025-02-01': 4n });
    expect(takeUntil(amounts, date('2025-03-01'))).toBe(6n);
    expect(inDateOrder(amounts)).toEqual([['2025-03-02', 1n]]);
    expect(takeUntil(amounts, date('2025-03-01'))).toBe(0n);
  });

  it('stand in order of date', () => {
    const amounts = dated({ '2025-03-02': 1n, '2025-01-01': 2n, '2025-02-01': 4n });
    expect(inDateOrder(amounts).map(([on]) => on)).toEqual(['2025-01-01', '2025-02-01', '2025-03-02']);
  });

  it('raise a balance and reduce it, in order of date', () => {
    const more = [{ on: date('2025-02-15'), amount: 7n }];
    const raises = dated({ '2025-03-01': 5n });
    const reductions = dated({ '2025-04-01': 1n, '2025-01-01': 2n });
    expect(balanceChanges(raises, reductions, more)).toEqual([
      { on: '2025-01-01', amount: -2n },
      { on: '2025-02-15', amount: 7n },
      { on: '2025-03-01', amount: 5n },
      { on: '2025-04-01', amount: -1n },
    ]);
    expect(more).toHaveLength(1);
  });
});

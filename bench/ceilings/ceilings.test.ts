import { describe, expect, it } from 'vitest';
import { rowsFor } from './bareRows.ts';
import { transactionsIn } from './pgbench.ts';

describe('a row of a repayment', () => {
  const template = {
    table: 'loan_transaction',
    columns: ['loan_id', 'seq', 'id', 'type', 'amount', 'external_id', 'note'],
    rows: [['7', '2', '31', 'repayment', '500', null, null]],
  };
  it('is made for another loan: keys anew, the rest as it was, and what was empty stays empty', () => {
    const [row] = rowsFor(template, '99', 5);
    expect(row).toEqual(['99', '10000005', '10000005', 'repayment', '500', null, null]);
  });
  it('has keys that no other change has', () => {
    const keys = [1, 2, 3].map((change) => JSON.stringify(rowsFor(template, '99', change)));
    expect(new Set(keys).size).toBe(3);
  });
});

describe('the report of pgbench', () => {
  const text = [
    'number of transactions actually processed: 12345',
    'latency average = 12.345 ms',
    'initial connection time = 80.000 ms',
    'tps = 1234.567890 (without initial connection time)',
  ].join('\n');
  it('is read', () => expect(transactionsIn(text)).toBe(1234.56789));
  it('without a figure is a failure', () =>
    expect(() => transactionsIn('aborted')).toThrow('nothing of tps'));
});

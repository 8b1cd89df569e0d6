import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { currencyNamed } from '../../operations/currency.ts';
import { csvStream } from './writing.ts';

it('CSV: negative amounts stay numbers, texts are never formulas', async () => {
  const row = (name: string, amount: bigint) => ({
    currency: currencyNamed('TZS'),
    cells: { name, amount, share: { of: amount, in: 100n } },
  });
  const table = {
    title: 'Test',
    days: [],
    columns: [
      { key: 'name', label: 'Name', type: 'text' },
      { key: 'amount', label: 'Amount', type: 'money' },
      { key: 'share', label: 'Share', type: 'share' },
    ] as const,
    rows: [row('Loss', -12_345n), row('=1+1', 50n), row('-1', 0n), row('Fees, "late"', 7n)],
  };
  expect((await text(csvStream(table))).split('\n')).toEqual([
    'Name,Amount,Share',
    'Loss,-123.45,-123.45',
    "'=1+1,0.50,0.5",
    "'-1,0.00,0",
    '"Fees, ""late""",0.07,0.07',
    '',
  ]);
});

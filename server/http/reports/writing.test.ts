import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { currencyNamed } from '../../operations/currency.ts';
import { csvStream } from './writing.ts';

async function* inParts<Part>(parts: readonly Part[]): AsyncGenerator<Part> {
  yield* parts;
}

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
  const [head, ...rest] = table.rows;
  const stream = await csvStream(table.columns, inParts([head ? [head] : [], [], rest]));
  expect((await text(stream)).split('\n')).toEqual([
    'Name,Amount,Share',
    'Loss,-123.45,-123.45',
    "'=1+1,0.50,0.5",
    "'-1,0.00,0",
    '"Fees, ""late""",0.07,0.07',
    '',
  ]);
});

it('CSV: a part is read when the one before it was sent, and the rest not at all when nobody listens', async () => {
  const columns = [{ key: 'name', label: 'Name', type: 'text' }] as const;
  let read = 0;
  let isOver = false;
  async function* endless() {
    try {
      for (;;) {
        read += 1;
        yield Array.from({ length: 100 }, () => ({ currency: currencyNamed('TZS'), cells: { name: 'x' } }));
      }
    } finally {
      isOver = true;
    }
  }
  const stream = await csvStream(columns, endless());
  const chunks: unknown[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
    expect(read - chunks.length).toBeLessThanOrEqual(2);
    if (chunks.length === 50) break;
  }
  expect(isOver).toBe(true);
});

it('CSV: what fails before anything was sent fails as a call', async () => {
  // biome-ignore lint/correctness/useYield: it fails before
  async function* failing(): AsyncGenerator<never> {
    throw new Error('no database');
  }
  await expect(csvStream([], failing())).rejects.toThrow('no database');
});

import { describe, expect, it } from 'vitest';
import type { CivilDate } from '../../domain/date.ts';
import type { Tx } from '../../store/database.ts';
import { currencyNamed } from '../currency.ts';
import type { ReportScope } from './definition.ts';
import { reportParts, wholeReport } from './parts.ts';

const currency = currencyNamed('TZS');
const NO_TX: Tx = { query: async () => [] };
const period = (from: string, to: string): ReportScope => ({
  from: from as CivilDate,
  to: to as CivilDate,
  productId: undefined,
  currency: 'TZS',
});

/** Says which periods it was asked for: `2025-01-15 2025-02-14`. */
const asked = async (_tx: Tx, { from, to }: ReportScope) => [{ currency, cells: { asked: `${from} ${to}` } }];

async function partsOf(by: { isByDay?: true }, scope: ReportScope): Promise<unknown[]> {
  const definition = { read: asked, ...by };
  const cells: unknown[] = [];
  for await (const part of reportParts(NO_TX, definition, scope))
    cells.push(...part.map((row) => row.cells.asked));
  return cells;
}

describe('a report in parts', () => {
  it.each([
    ['2024-02-29', '2024-02-29', ['2024-02-29 2024-02-29']],
    ['2025-01-15', '2025-02-14', ['2025-01-15 2025-02-14']],
    ['2025-01-15', '2025-02-15', ['2025-01-15 2025-02-14', '2025-02-15 2025-02-15']],
    ['2024-01-31', '2024-04-01', ['2024-01-31 2024-03-01', '2024-03-02 2024-04-01']],
  ])('by day, from %s to %s: each day once', async (from, to, expected) => {
    expect(await partsOf({ isByDay: true }, period(from, to))).toEqual(expected);
  });

  it('is one part when its rows are not of one day each', async () => {
    expect(await partsOf({}, period('2024-01-01', '2024-12-31'))).toEqual(['2024-01-01 2024-12-31']);
  });
});

describe('a whole report', () => {
  let read = 0;
  async function* inParts(sizes: readonly number[]) {
    read = 0;
    for (const size of sizes) {
      read += 1;
      yield Array.from({ length: size }, () => ({ currency, cells: {} }));
    }
  }

  it('has as many rows as fit', async () => {
    expect(await wholeReport(inParts([2, 0, 3]), { most: 5, format: 'xlsx' })).toHaveLength(5);
  });

  it('is refused when it is longer, and not read to its end', async () => {
    await expect(wholeReport(inParts([2, 4, 9, 9]), { most: 5, format: 'xlsx' })).rejects.toMatchObject({
      kind: 'invalid_argument',
      code: 'report_long',
      field: 'format',
      message: expect.stringContaining('more than the 5 rows that fit into xlsx: ask for csv'),
    });
    expect(read).toBe(2);
  });
});

import { describe, expect, it } from 'vitest';
import { median, shareOf, turnsOf } from './share.ts';

describe('the median', () => {
  it.each<[string, number[], number]>([
    ['the only one', [7], 7],
    ['the middle one, in whatever order they come', [9, 1, 5], 5],
    ['the mean of the middle two', [4, 100, 1, 2], 3],
    ['by amount, not by spelling', [10, 9, 100], 10],
  ])('is %s', (_what, amounts, expected) => expect(median(amounts)).toBe(expected));
  it('of nothing is no number', () => expect(median([])).toBeNaN());
});

describe('turns', () => {
  it('swap who goes first from pair to pair', () =>
    expect(turnsOf(3)).toEqual(['small', 'large', 'large', 'small', 'small', 'large']));
  it('of no pairs are none', () => expect(turnsOf(0)).toEqual([]));
});

describe('the share of the larger book', () => {
  it('is the median of the ratios of neighbours, beside the medians of both', () => {
    const pairs = [
      { small: 1000, large: 950 },
      { small: 800, large: 760 },
      { small: 900, large: 864 },
      { small: 900, large: 882 },
    ];
    const { small, large, share, lowest, highest } = shareOf(pairs);
    expect([small, large]).toEqual([900, 873]);
    expect(share).toBeCloseTo(0.955, 10);
    expect([lowest, highest].map((ratio) => ratio.toFixed(4))).toEqual(['0.9500', '0.9800']);
  });
  it('does not move with the speed of the machine, as a ratio of medians would', () => {
    const speeds = [1, 0.5, 2, 0.75, 0.6];
    const { share, lowest, highest } = shareOf(
      speeds.map((speed) => ({ small: 1000 * speed, large: 900 * speed })),
    );
    for (const each of [share, lowest, highest]) expect(each).toBeCloseTo(0.9, 10);
  });
  it('is spoilt by one disturbed pair no more than by none', () => {
    const quiet = { small: 1000, large: 900 };
    const disturbed = { small: 1000, large: 100 };
    expect(shareOf([quiet, disturbed, quiet, quiet])).toMatchObject({ share: 0.9, lowest: 0.1 });
  });
  it.each([[[]], [[{ small: 0, large: 5 }]]])('is none when nothing was answered: %j', (pairs) =>
    expect(() => shareOf(pairs)).toThrow('nothing was answered'),
  );
});

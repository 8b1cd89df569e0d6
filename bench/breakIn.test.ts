import { describe, expect, it } from 'vitest';
import { isBrokenIn, isSteady } from './breakIn.ts';

describe('a server gets no faster', () => {
  it.each<[string, number[]]>([
    ['when all rounds are alike', [100, 100, 100]],
    ['when the last two gain 3 % and no more', [100, 103, 103]],
    ['when it gets slower', [100, 90, 80]],
    ['when only an earlier round was better', [80, 120, 100, 110]],
  ])('%s', (_what, rounds) => expect(isSteady(rounds)).toBe(true));
  it.each<[string, number[]]>([
    ['before there was any round to compare with', [100, 100]],
    ['when the last round gained more', [100, 100, 104]],
    ['when the one before the last gained more', [100, 104, 100]],
    ['when there was no round', []],
  ])('is not said %s', (_what, rounds) => expect(isSteady(rounds)).toBe(false));
});

describe('the break-in', () => {
  const limits = { roundSeconds: 10, leastSeconds: 40, mostSeconds: 180 };
  const roundsUntilOver = (perSecond: (round: number) => number): number => {
    const rounds: number[] = [];
    while (!isBrokenIn(rounds, limits)) rounds.push(perSecond(rounds.length));
    return rounds.length;
  };
  it('lasts forty seconds where nothing gets faster', () => expect(roundsUntilOver(() => 100)).toBe(4));
  it('lasts two rounds longer than the gain', () =>
    expect(roundsUntilOver((round) => 100 + 10 * Math.min(round, 6))).toBe(9));
  it('ends after three minutes where there is no end to it', () =>
    expect(roundsUntilOver((round) => 2 ** round)).toBe(18));
  it('never lasts longer than it may, whatever a round takes', () =>
    expect(isBrokenIn([1, 2, 4], { roundSeconds: 7, leastSeconds: 7, mostSeconds: 27 })).toBe(true));
});

import { describe, expect, it } from 'vitest';
import { wishOf } from './options.ts';
import { poolSizeFor } from './poolSize.ts';
import { restartAfter } from './restarting.ts';
import { coresIn } from './scheduling.ts';

const ALL = ['auth', 'api', 'worker'];

describe('the command line', () => {
  it.each([
    [[], { parts: ALL, workers: undefined, acceptSettings: false }],
    [['--workers', '3'], { parts: ALL, workers: 3, acceptSettings: false }],
    [['--only=api', '--workers=1'], { parts: ['api'], workers: 1, acceptSettings: false }],
    [['--only', 'worker'], { parts: ['worker'], workers: undefined, acceptSettings: false }],
    [['--accept-settings', '--workers', '2'], { parts: ALL, workers: 2, acceptSettings: true }],
    [['--reset-password', 'me@example.com'], { resetPasswordOf: 'me@example.com' }],
  ])('%j is understood', (args, wish) => {
    expect(wishOf(args)).toEqual(wish);
  });

  it.each([
    [['--only', 'console']],
    [['--only']],
    [['api']],
    [['--verbose', 'yes']],
    [['--only', 'api', '--only', 'auth']],
    [['--reset-password', 'nobody']],
    [['--reset-password', 'me@example.com', '--only', 'api']],
    [['--reset-password', 'me@example.com', '--accept-settings']],
  ])('%j is refused with the options there are', (args) => {
    expect(() => wishOf(args)).toThrow(/^unknown options .*--workers N, --only auth/);
  });

  it.each(['0', '-1', 'all', '1.5', '257'])('--workers %s is refused', (count) => {
    expect(() => wishOf(['--workers', count])).toThrow(/^--workers must be a whole number from 1 to 256/);
  });
});

describe('connections of each process', () => {
  it.each([
    ['as many as a process makes use of', { asked: undefined, workers: 2, allowed: 197 }, 10],
    ['fewer where many processes share', { asked: undefined, workers: 32, allowed: 97 }, 2],
    ['as asked', { asked: 30, workers: 3, allowed: 97 }, 30],
  ])('are %s', (_name, wish, size) => {
    expect(poolSizeFor(wish)).toBe(size);
  });

  it.each([
    { asked: undefined, workers: 64, allowed: 97 },
    { asked: 50, workers: 2, allowed: 97 },
  ])('are refused where they are more than the database allows: %j', (wish) => {
    expect(() => poolSizeFor(wish)).toThrow(/more than the 97 that the database allows/);
  });
});

describe('a worker that has ended', () => {
  it('starts later each time it ends at once, and in the end no more', () => {
    const waits: unknown[] = [];
    for (let quickDeaths = 0; ; ) {
      const next = restartAfter({ livedMilliseconds: 100, quickDeaths });
      waits.push(next === 'giveUp' ? next : next.milliseconds);
      if (next === 'giveUp') break;
      quickDeaths = next.quickDeaths;
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 'giveUp']);
  });

  it('starts soon when it has lived for a while', () => {
    expect(restartAfter({ livedMilliseconds: 30_000, quickDeaths: 7 })).toEqual({
      milliseconds: 250,
      quickDeaths: 0,
    });
  });
});

describe('the cores that a process may use', () => {
  it.each([
    ['0', [0]],
    ['0-1', [0, 1]],
    ['0-2,5,8-9', [0, 1, 2, 5, 8, 9]],
    ['', []],
  ])('%j are understood', (list, cores) => {
    expect(coresIn(list)).toEqual(cores);
  });
});

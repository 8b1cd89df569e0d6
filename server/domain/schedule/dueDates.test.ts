import { describe, expect, it } from 'vitest';
import { type CivilDate, date, type PeriodUnit } from '../date.ts';
import type { TermVariation } from '../loan.ts';
import {
  adjustToSeed,
  type DueDateTerms,
  dueDateFrom,
  dueDateMoves,
  dueDateRule,
  dueDates,
  newWalk,
  scheduleStart,
  stepDueDate,
} from './dueDates.ts';
import { exampleTerms } from './exampleLoan.ts';

interface Case {
  readonly what: string;
  readonly start: string;
  readonly every?: number;
  readonly unit?: PeriodUnit;
  readonly first?: string;
  readonly fixedLength?: number;
  readonly moved?: readonly [string, string];
  readonly dates: readonly string[];
}

const CASES: readonly Case[] = [
  { what: 'monthly', start: '2025-01-15', dates: ['2025-02-15', '2025-03-15', '2025-04-15'] },
  {
    what: 'from the last day of a month',
    start: '2025-01-31',
    dates: ['2025-02-28', '2025-03-31', '2025-04-30', '2025-05-31'],
  },
  { what: 'from the 30th', start: '2025-01-30', dates: ['2025-02-28', '2025-03-30', '2025-04-30'] },
  {
    what: 'from the 28th: no seed',
    start: '2025-01-28',
    dates: ['2025-02-28', '2025-03-28', '2025-04-28'],
  },
  {
    what: 'first repayment date given, its day is the seed',
    start: '2025-01-10',
    first: '2025-01-31',
    dates: ['2025-01-31', '2025-02-28', '2025-03-31'],
  },
  {
    what: 'every 15 days',
    start: '2025-01-15',
    every: 15,
    unit: 'DAYS',
    dates: ['2025-01-30', '2025-02-14', '2025-03-01'],
  },
  {
    what: 'every 2 weeks',
    start: '2025-01-15',
    every: 2,
    unit: 'WEEKS',
    dates: ['2025-01-29', '2025-02-12', '2025-02-26'],
  },
  {
    what: 'yearly from 29 Feb',
    start: '2024-02-29',
    unit: 'YEARS',
    dates: ['2025-02-28', '2026-02-28', '2027-02-28'],
  },
  {
    what: 'a moved date shifts those that follow',
    start: '2025-01-15',
    moved: ['2025-02-15', '2025-02-20'],
    dates: ['2025-02-20', '2025-03-20', '2025-04-20'],
  },
  {
    what: 'a fixed length sets the last date only',
    start: '2025-01-01',
    every: 30,
    unit: 'DAYS',
    fixedLength: 85,
    dates: ['2025-01-31', '2025-03-02', '2025-03-27'],
  },
  {
    what: 'a fixed length grows by the days a move gained',
    start: '2025-01-01',
    every: 30,
    unit: 'DAYS',
    fixedLength: 85,
    moved: ['2025-01-31', '2025-02-05'],
    dates: ['2025-02-05', '2025-03-07', '2025-04-01'],
  },
];

function ruleOf({ start, every = 1, unit = 'MONTHS', first }: Omit<Case, 'what' | 'dates'>) {
  const terms: DueDateTerms = {
    firstRepaymentDate: first ? date(first) : null,
    repaymentEvery: every,
    repaymentFrequencyUnit: unit,
    repaymentStartDateType: 'DISBURSEMENT_DATE',
  };
  return dueDateRule(terms, date(start));
}

const movesOf = (moved: Case['moved']) =>
  dueDateMoves(
    moved
      ? [
          {
            kind: 'dueDate',
            applicableFrom: date(moved[0]),
            dateValue: date(moved[1]),
            numberValue: null,
          },
        ]
      : [],
  );

describe('the chain of due dates (engine.md 2)', () => {
  it.each(CASES)('$what: from $start', (one) => {
    const fixedLength = one.fixedLength ?? null;
    const found = dueDates(ruleOf(one), one.dates.length, { moves: movesOf(one.moved), fixedLength });
    expect(found).toEqual(one.dates);
  });

  it('a move that starts between two due dates takes the one that follows, once', () => {
    const rule = ruleOf({ start: '2025-01-20' });
    const moves = movesOf(['2025-02-15', '2025-02-25']);
    expect(dueDates(rule, 3, { moves })).toEqual(['2025-02-25', '2025-03-25', '2025-04-25']);
  });

  it('starts from the submission where the terms say so', () => {
    const terms = exampleTerms({ repaymentStartDateType: 'SUBMITTED_ON_DATE' });
    expect(scheduleStart(terms, date('2025-01-15'), date('2025-01-10'))).toBe('2025-01-10');
    expect(scheduleStart(exampleTerms(), date('2025-01-15'), date('2025-01-10'))).toBe('2025-01-15');
  });
});

describe('the first due date on or after a day', () => {
  it.each([
    ['2025-01-20', '2025-02-15'],
    ['2025-02-15', '2025-02-15'],
    ['2025-02-16', '2025-03-15'],
    ['2026-01-01', '2026-01-15'],
  ])('%s: %s', (day, due) => {
    expect(dueDateFrom(newWalk(), ruleOf({ start: '2025-01-15' }), date(day))).toBe(due);
  });

  it('counts on from the latest move', () => {
    const rule = ruleOf({ start: '2025-01-15' });
    const walk = newWalk();
    const seen: CivilDate[] = [stepDueDate(walk, rule, movesOf(['2025-02-15', '2025-02-20']))];
    expect(seen).toEqual(['2025-02-20']);
    expect(dueDateFrom(walk, rule, date('2025-03-16'))).toBe('2025-03-20');
  });
});

describe('moves of due dates', () => {
  const variation = (
    kind: TermVariation['kind'],
    applicableFrom: string,
    dateValue: string | null,
  ): TermVariation => ({
    kind,
    applicableFrom: date(applicableFrom),
    dateValue: dateValue === null ? null : date(dateValue),
    numberValue: null,
  });

  it('are the changes of due dates, oldest first', () => {
    const variations = [
      variation('dueDate', '2025-04-15', '2025-04-20'),
      variation('extraTerms', '2025-01-15', '2025-01-20'),
      variation('dueDate', '2025-02-15', '2025-02-17'),
      variation('dueDate', '2025-03-15', null),
      variation('dueDate', '2025-03-16', '2025-03-19'),
    ];
    expect(dueDateMoves(variations)).toEqual([
      { from: '2025-02-15', to: '2025-02-17' },
      { from: '2025-03-16', to: '2025-03-19' },
      { from: '2025-04-15', to: '2025-04-20' },
    ]);
    expect(dueDateMoves([])).toEqual([]);
  });

  it('follow one another: each counts on from the one before', () => {
    const rule = dueDateRule(exampleTerms(), date('2025-01-15'));
    const moves = [
      { from: date('2025-02-15'), to: date('2025-02-20') },
      { from: date('2025-03-20'), to: date('2025-03-25') },
    ];
    expect(dueDates(rule, 4, { moves })).toEqual(['2025-02-20', '2025-03-25', '2025-04-25', '2025-05-25']);
  });
});

describe('a monthly date at the end of a month', () => {
  it.each([
    ['2025-04-30', '2025-01-31', 'MONTHS', '2025-04-30'],
    ['2025-03-28', '2025-01-31', 'MONTHS', '2025-03-31'],
    ['2025-03-27', '2025-01-31', 'MONTHS', '2025-03-27'],
    ['2025-03-28', '2025-01-28', 'MONTHS', '2025-03-28'],
    ['2025-03-30', '2025-01-28', 'MONTHS', '2025-03-30'],
    ['2025-03-28', '2025-01-29', 'MONTHS', '2025-03-29'],
    ['2025-03-28', '2025-01-31', 'WEEKS', '2025-03-28'],
  ] as const)('%s, seed %s, in %s: %s', (candidate, seed, unit, expected) => {
    expect(adjustToSeed(date(candidate), date(seed), unit)).toBe(expected);
  });
});

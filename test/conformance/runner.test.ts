/**
 * The runner itself, on a folder of its own: what it can't play fails with the reason, what differs is shown.
 */
import { describe, expect, it } from 'vitest';
import type { ConformanceFolder, Step, Vector } from './format.ts';
import { failuresOf, playVector } from './play.ts';
import { countLines, failureLines, reportOf, selected } from './report.ts';

const folder: ConformanceFolder = {
  products: {},
  charges: new Map(),
  accounts: new Map(),
  delinquency: { buckets: [], noDelinquency: 'NO_DELINQUENCY', ranges: [] },
  settings: { rounding: { mathPrecision: 12 }, config: { 'penalty-wait-period': 2 }, cobSteps: [] },
  files: [],
};

const vector = (id: string, ...steps: Step[]): Vector => ({ id, title: id, requires: ['a', id], steps });
const day = (date: string): Step => ({ op: 'business-date', date });
const expectDay = (date: string): Step => ({ expect: 'business-date', date });

describe('playing a vector', () => {
  it('passes when every step does what it should', () => {
    expect(playVector(vector('passes', day('2025-01-15'), expectDay('2025-01-15')), folder)).toBeNull();
  });

  it('fails at the first step that does not, with what was expected and what was found', () => {
    const failing = vector('fails', day('2025-01-15'), expectDay('2025-01-16'), expectDay('2025-01-17'));
    expect(playVector(failing, folder)).toEqual({
      id: 'fails',
      step: '2 business-date',
      expected: '2025-01-16',
      actual: '2025-01-15',
    });
    expect([...failuresOf(failing, folder)].map(({ step }) => step)).toEqual([
      '2 business-date',
      '3 business-date',
    ]);
  });

  it.each<[string, Step, string]>([
    ['an operation', { op: 'dance' }, 'operation "dance" is not known'],
    ['an expectation', { expect: 'applause' }, 'expectation "applause" is not known'],
    ['a setting', { op: 'set-config', key: 'volume', value: 11 }, 'setting "volume" is not known'],
    [
      'a product',
      { op: 'create-loan', product: 'LP9', submittedOn: '2025-01-15', terms: {} },
      'product "LP9"',
    ],
    ['a field', { op: 'business-date' }, 'field "date" is missing'],
    ['a loan', { expect: 'status', value: 'ACTIVE' }, 'There is no loan-1'],
  ])('counts %s that it does not know as a failure, with the reason', (_, step, reason) => {
    expect(String(playVector(vector('unplayable', step), folder)?.actual)).toContain(reason);
  });

  it('wants a refusal where one is due, and a refusal by a rule of lending, not a failure of ours', () => {
    const accepted = playVector(
      vector('accepted', { ...day('2025-01-15'), refused: true, reason: 'no' }),
      folder,
    );
    expect(accepted?.actual).toBe('accepted');
    const unknown = playVector(vector('unknown', { op: 'dance', refused: true, reason: 'no' }), folder);
    expect(unknown?.expected).toBe('refused: no');
    expect(
      playVector(vector('refused', { op: 'write-off', on: '2025-01-15', refused: true }), folder),
    ).toBeNull();
  });

  it('makes no loan outside the limits of its product', () => {
    const limits = { principal: { min: 100, max: 500 }, numberOfRepayments: {}, interestRatePerPeriod: {} };
    const products = { LP1: limits } as unknown as ConformanceFolder['products'];
    const terms = { principal: 501, numberOfRepayments: 3, interestRatePerPeriod: 0 };
    const create = { op: 'create-loan', product: 'LP1', submittedOn: '2025-01-15', terms, refused: true };
    expect(playVector(vector('limits', create), { ...folder, products })).toBeNull();
    const within = { ...create, terms: { ...terms, principal: 500 }, refused: false };
    expect(String(playVector(vector('within', within), { ...folder, products })?.actual)).not.toContain(
      'limits',
    );
  });

  it('starts each vector from an empty book', () => {
    playVector(vector('first', day('2025-01-15')), folder);
    expect(playVector(vector('second', expectDay('2025-01-15')), folder)).not.toBeNull();
  });
});

describe('reporting', () => {
  const failure = {
    id: 'b',
    step: '3 schedule',
    expected: { due: 100, paid: 40 },
    actual: { due: 100, paid: 30 },
  };
  const report = reportOf([
    { file: 'X.json', tags: ['fees'], failure: null },
    { file: 'X.json', tags: ['fees', 'cob'], failure },
  ]);

  it('counts by feature file and by tag', () => {
    expect([report.total, report.passed, report.failed]).toEqual([2, 1, 1]);
    expect(report.byFile).toEqual({ 'X.json': { passed: 1, failed: 1 } });
    expect(report.byTag).toEqual({ cob: { passed: 0, failed: 1 }, fees: { passed: 1, failed: 1 } });
    expect(report.failures).toEqual([failure]);
    expect(countLines('tag', report.byTag)).toEqual([
      'tag   passed  failed',
      'cob        0       1',
      'fees       1       1',
    ]);
  });

  it('shows the differing row under the expected one and points at the cells', () => {
    expect(failureLines(failure, { withTable: false })).toEqual([
      'b, step 3 schedule',
      '            due  paid',
      '  expected  100  40  ',
      '  actual    100  30  ',
      '                 ^^^^',
    ]);
  });

  it('selects by tag and by id', () => {
    const files = [{ name: 'X.json', vectors: [vector('x'), vector('y')] }];
    const ids = (selection: { tag?: string; id?: string }) =>
      selected(files, selection).flatMap(({ vectors }) => vectors.map(({ id }) => id));
    expect([ids({}), ids({ tag: 'y' }), ids({ id: 'x' }), ids({ id: 'x', tag: 'y' })]).toEqual([
      ['x', 'y'],
      ['y'],
      ['x'],
      [],
    ]);
  });
});

/** The rules of the house, run over every file. A failure names the file, the line and the rule. */
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { functionsOf, percentile } from './functions.ts';
import { directionFaults, importCycles, writingRouteFaults } from './imports.ts';
import * as rules from './rules.ts';
import { type Fault, isShipped, isTest, SOURCES, type SourceFile } from './sources.ts';
import { strayQueryFaults, transactionParameterFaults } from './store.ts';

const MAX_FILES_PER_FOLDER = 20;
const MAX_DEPTH = 2;

function faultsIn(files: readonly SourceFile[], rule: (file: SourceFile) => Fault[]): Fault[] {
  return files.flatMap(rule);
}

const shipped = SOURCES.filter(isShipped);
const notTests = SOURCES.filter((file) => !isTest(file));

describe('directions', () => {
  it('lets every layer import only what lies below it', () => {
    expect(faultsIn(SOURCES, directionFaults)).toEqual([]);
  });
  it('lets routes only read from the store', () => {
    expect(faultsIn(SOURCES, writingRouteFaults)).toEqual([]);
  });
  it('has no import cycles', () => {
    expect(importCycles(SOURCES)).toEqual([]);
  });
  it('has no barrel files', () => {
    expect(faultsIn(SOURCES, rules.barrelFaults)).toEqual([]);
  });
  it('keeps SQL in the store, with tx first', () => {
    expect(faultsIn(SOURCES, strayQueryFaults)).toEqual([]);
    expect(faultsIn(SOURCES, transactionParameterFaults)).toEqual([]);
  });
});

describe('sizes', () => {
  const lengths = shipped
    .flatMap(functionsOf)
    .filter((fact) => fact.isNamed)
    .map((fact) => fact.lines);

  it('keeps files at 500 lines and lines at 110 characters', () => {
    expect(faultsIn(SOURCES, rules.sizeFaults)).toEqual([]);
  });
  it('keeps functions at 70 lines', () => {
    expect(faultsIn(notTests, rules.longFunctionFaults)).toEqual([]);
  });
  it('keeps the median named function at 10 lines and nine of ten at 30', () => {
    expect(percentile(lengths, 0.5), 'median lines of a function').toBeLessThanOrEqual(10);
    expect(percentile(lengths, 0.9), '90th percentile of lines of a function').toBeLessThanOrEqual(30);
  });
  it('keeps parameters at three, none of them a boolean', () => {
    expect(faultsIn(notTests, rules.parameterFaults)).toEqual([]);
    expect(faultsIn(notTests, rules.booleanParameterFaults)).toEqual([]);
  });
  it('keeps folders at 20 source files and packages two folders deep', () => {
    expect(crowdedFolders(shipped)).toEqual([]);
    expect(deepFiles(SOURCES)).toEqual([]);
  });
});

describe('names and syntax', () => {
  it('avoids empty words and abbreviations', () => {
    expect(faultsIn(SOURCES, rules.nameFaults)).toEqual([]);
  });
  it('has named exports only, no enum, no any, no non-null mark', () => {
    expect(faultsIn(SOURCES, rules.syntaxFaults)).toEqual([]);
  });
  it('has no base classes', () => {
    expect(faultsIn(SOURCES, rules.inheritanceFaults)).toEqual([]);
  });
});

describe('the domain', () => {
  it('opens each file with the rule in words', () => {
    expect(faultsIn(SOURCES, rules.headFaults)).toEqual([]);
  });
  it('has no I/O, no clock and no randomness', () => {
    expect(faultsIn(SOURCES, rules.purityFaults)).toEqual([]);
  });
});

function crowdedFolders(files: readonly SourceFile[]): Fault[] {
  const counts = new Map<string, number>();
  for (const file of files) {
    const folder = posix.dirname(file.path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > MAX_FILES_PER_FOLDER)
    .map(
      ([folder, count]) => `${folder}: ${count} source files, at most ${MAX_FILES_PER_FOLDER}: split by noun`,
    );
}

function deepFiles(files: readonly SourceFile[]): Fault[] {
  return files
    .filter((file) => file.path.split('/').length - 2 > MAX_DEPTH)
    .map((file) => `${file.path}:1: deeper than ${MAX_DEPTH} folders inside its package`);
}

/** The conformance command: plays a folder of vectors through the engine and says where the two differ. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type ConformanceFolder, isConformanceFolder, readConformanceFolder } from './format.ts';
import { type Failure, failuresOf, playVector } from './play.ts';
import {
  countLines,
  failureLines,
  type Played,
  type Report,
  reportOf,
  type Selection,
  selected,
} from './report.ts';

const USAGE = 'usage: npm run conformance -- [DIR] [--tag TAG] [--id ID] [--json FILE]';

export interface Known {
  readonly vectors: readonly string[];
}

export const readKnown = (root: string): ReadonlySet<string> => {
  const file = `${root}/test/conformance/known.json`;
  if (!existsSync(file)) return new Set();
  return new Set((JSON.parse(readFileSync(file, 'utf8')) as Known).vectors);
};

export function playFolder(folder: ConformanceFolder, selection: Selection = {}): Played[] {
  return selected(folder.files, selection).flatMap(({ name, vectors }) =>
    vectors.map((vector) => ({ file: name, tags: vector.requires, failure: playVector(vector, folder) })),
  );
}

/** Runs the command; the exit code is 1 when a vector fails that is not among the known ones. */
export function runConformance(args: readonly string[], root: string): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { tag: { type: 'string' }, id: { type: 'string' }, json: { type: 'string' } },
  });
  const directory = positionals[0] ?? `${root}/../shared/conformance`;
  if (!isConformanceFolder(directory)) {
    console.error(`There is no conformance folder at ${directory}.\n${USAGE}`);
    return 2;
  }
  const { tag, id, json } = values;
  const selection = { ...(tag === undefined ? {} : { tag }), ...(id === undefined ? {} : { id }) };
  const folder = readConformanceFolder(directory);
  const played = playFolder(folder, selection);
  if (played.length === 0) {
    console.error(`No vector of ${directory} fits.\n${USAGE}`);
    return 2;
  }
  const report = reportOf(played);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  const failures = id === undefined ? report.failures : everyFailure(folder, selection);
  for (const failure of failures)
    console.log(`${failureLines(failure, { withTable: id !== undefined }).join('\n')}\n`);
  printCounts(report);
  const known = readKnown(root);
  return report.failures.some((failure) => !known.has(failure.id)) ? 1 : 0;
}

/** Of a single vector all differences are of interest, not only the first. */
const everyFailure = (folder: ConformanceFolder, selection: Selection): Failure[] =>
  selected(folder.files, selection)
    .flatMap(({ vectors }) => vectors)
    .flatMap((vector) => [...failuresOf(vector, folder)]);

function printCounts(report: Report): void {
  console.log(`${countLines('feature file', report.byFile).join('\n')}\n`);
  console.log(`${countLines('tag', report.byTag).join('\n')}\n`);
  console.log(`${report.passed} of ${report.total} vectors passed, ${report.failed} failed.`);
}

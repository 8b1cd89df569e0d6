/**
 * Plays the shared vectors through the engine, when they are there, and checks the list of known differences.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isConformanceFolder, readConformanceFolder } from './format.ts';
import { readKnown } from './main.ts';
import { playVector } from './play.ts';
import { failureLines } from './report.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const directory = `${root}/../shared/conformance`;
const known = readKnown(root);

it('docs/conformance.md gives the evidence for every known difference', () => {
  const evidence = readFileSync(`${root}/docs/conformance.md`, 'utf8');
  const undocumented = [...known].filter((id) => !evidence.includes(`| ${id} |`));
  expect(undocumented).toEqual([]);
});

describe.skipIf(!isConformanceFolder(directory))(
  'the engine agrees with the conformance vectors (skipped when ../shared/conformance is absent)',
  () => {
    const folder = isConformanceFolder(directory) ? readConformanceFolder(directory) : null;
    for (const { name, vectors } of folder?.files ?? [])
      it(name, () => {
        const failures = vectors.flatMap((vector) => (folder && playVector(vector, folder)) ?? []);
        const unknown = failures.filter(({ id }) => !known.has(id));
        expect(unknown.flatMap((failure) => failureLines(failure, { withTable: false })).join('\n')).toBe('');
        const failed = new Set(failures.map(({ id }) => id));
        const nowPassing = vectors.filter(({ id }) => known.has(id) && !failed.has(id)).map(({ id }) => id);
        expect(nowPassing, 'these pass now: take them off known.json and docs/conformance.md').toEqual([]);
      });
  },
);

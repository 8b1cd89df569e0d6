/**
 * The shared vectors through the real API and job. `npm test` plays a part of them; `npm run conformance:api`
 * all, or what it is told, and writes what they came to.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ConformanceFolder,
  isConformanceFolder,
  readConformanceFolder,
  type Vector,
} from '../conformance/format.ts';
import { readKnown } from '../conformance/main.ts';
import { failureLines } from '../conformance/report.ts';
import { type Deployment, environmentOf, openDeployment } from './deployment.ts';
import { obstacleOf, type PlayedVector, playVector } from './play.ts';
import { apiReportOf } from './report.ts';
import { chosen } from './selection.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const directory = process.env.VECTORS_DIRECTORY ?? `${root}/../shared/conformance`;
const folder = isConformanceFolder(directory) ? readConformanceFolder(directory) : null;
/** Vectors that the engine itself differs from, and those that the contract or an issue decides otherwise. */
const known = readKnown(root);
const DIFFERENT: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(`${root}/test/vectors/known.json`, 'utf8'),
);

const reasonsOf = (ids: ReadonlySet<string>) =>
  Object.fromEntries([...ids].map((id) => [id, 'the engine differs as well, see above']));

const deployments = new Map<string, Deployment>();
const played: PlayedVector[] = [];

const keyOf = (environment: Readonly<Record<string, string>>): string => JSON.stringify(environment);

/** One server for all vectors with the same settings. */
async function openAll(whole: ConformanceFolder, vectors: readonly Vector[]): Promise<void> {
  for (const vector of vectors) {
    const environment = environmentOf(vector);
    if (obstacleOf(vector) !== null || typeof environment === 'string') continue;
    const key = keyOf(environment);
    if (!deployments.has(key)) deployments.set(key, await openDeployment(whole, environment));
  }
}

async function outcomeOf(vector: Vector): Promise<PlayedVector> {
  const environment = environmentOf(vector);
  const deployment = typeof environment === 'string' ? undefined : deployments.get(keyOf(environment));
  if (deployment !== undefined && obstacleOf(vector) === null) return playVector(deployment, vector);
  const reason = obstacleOf(vector) ?? String(environment);
  return { vector, failure: null, reason, compared: 0, untold: 0 };
}

describe.skipIf(folder === null)(
  'the API agrees with the conformance vectors (skipped when ../shared/conformance is absent)',
  () => {
    afterAll(async () => {
      const { VECTORS_JSON: file } = process.env;
      if (file !== undefined)
        writeFileSync(
          file,
          `${JSON.stringify(apiReportOf(played, { ...reasonsOf(known), ...DIFFERENT }), null, 2)}\n`,
        );
      for (const { world } of deployments.values()) await world.close();
    });

    const vectors = chosen(folder?.files.flatMap(({ vectors: all }) => all) ?? [], process.env);
    beforeAll(() => openAll(folder as ConformanceFolder, vectors), 600_000);
    test.each(vectors.map((vector) => [vector.id, vector] as const))('%s', async (id, vector) => {
      const outcome = await outcomeOf(vector);
      played.push(outcome);
      const { failure } = outcome;
      if (id in DIFFERENT || known.has(id))
        expect(failure, 'it passes now: take it off known.json').not.toBeNull();
      else expect(failure && failureLines(failure, { withTable: false }).join('\n')).toBeNull();
    });
  },
);

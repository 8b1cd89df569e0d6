/** Fast-check for mutation runs: few draws, always the same, and no search for the smallest counterexample. */
import { createRequire } from 'node:module';

const fc = createRequire(import.meta.url)('fast-check');
const MOST_RUNS = 10;

const assert = (property, { numRuns = MOST_RUNS, ...rest } = {}) =>
  fc.assert(property, {
    ...rest,
    numRuns: Math.min(numRuns, MOST_RUNS),
    seed: 20250115,
    endOnFailure: true,
  });

export default { ...fc, assert };

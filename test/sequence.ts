/**
 * In which order the test files run. Those that take longest come first, so that none of them is left over
 * at the end with one worker at it and the others idle.
 */
import { BaseSequencer, type TestSequencerConstructor, type TestSpecification } from 'vitest/node';

/** As measured; a file that is not here takes less, and keeps the place that it would have. */
const LONGEST: readonly string[] = [
  'test/badInput/sweep.test.ts',
  'test/platform/start.test.ts',
  'test/contract/contract.test.ts',
  'test/closing/killed.test.ts',
  'test/simulation.test.ts',
  'test/simulation/year.test.ts',
  'test/vectors/vectors.test.ts',
];

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
  return place < 0 ? LONGEST.length : place;
};

const orderOf = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;

/** Vitest's own order otherwise: by project, then by size, or by what a run before took. */
export const longestFirst: TestSequencerConstructor = class {
  readonly #standard: BaseSequencer;

  constructor(...given: ConstructorParameters<typeof BaseSequencer>) {
    this.#standard = new BaseSequencer(...given);
  }

  shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    return this.#standard.shard(files);
  }

  async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await this.#standard.sort(files);
    return sorted.sort((a, b) => orderOf(a) - orderOf(b) || placeOf(a) - placeOf(b));
  }
};

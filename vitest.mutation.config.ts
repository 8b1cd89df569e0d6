/**
 * The domain's own tests as a mutation run plays them for every mutant: modules are loaded once, and tests that
 * are likely to notice come first (beside the mutated file, then tables, then properties).
 */
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const mutatedFolder = process.env.MUTATED_FOLDER ?? 'server/domain';

function rank({ moduleId }: TestSpecification): number {
  const isBeside = new RegExp(`${mutatedFolder}/[^/]+$`).test(moduleId);
  return (isBeside ? 0 : 2) + (moduleId.endsWith('.property.test.ts') ? 1 : 0);
}

class LikelyFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

export default defineConfig({
  test: {
    name: 'mutation',
    include: ['server/domain/**/*.test.ts'],
    setupFiles: ['test/mutation.ts'],
    sequence: { sequencer: LikelyFirst },
    isolate: false,
    testTimeout: 60_000,
  },
});

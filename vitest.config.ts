import { defineConfig } from 'vitest/config';

const skipped = ['**/node_modules/**', '**/dist/**', '**/data/**'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    // The database works beside the tests: two files at a time keep two cores busy.
    maxWorkers: 2,
    setupFiles: ['test/seed.ts'],
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          // Needs no database, so a run of these alone starts none.
          name: 'pure',
          include: [
            ...['server/domain/**/*.test.ts', 'test/tidy/*.test.ts', 'test/conformance/**/*.test.ts'],
            'bench/**/*.test.ts',
          ],
          exclude: skipped,
        },
      },
      {
        extends: true,
        test: {
          name: 'world',
          include: ['server/**/*.test.ts', 'sdk/**/*.test.ts', 'cli/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...skipped, 'server/domain/**', 'test/tidy/**', 'test/conformance/**'],
          globalSetup: ['test/globalSetup.ts'],
        },
      },
    ],
  },
});

import { defineConfig } from 'vitest/config';
import { longestFirst } from './test/sequence.ts';

const skipped = ['**/node_modules/**', '**/dist/**', '**/data/**'];

export default defineConfig({
  test: {
    // Ten times what they take when nothing else runs, and more: a busy machine proves nothing.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // PostgreSQL is stopped in good order.
    teardownTimeout: 60_000,
    // The database and the servers work beside the tests, and many a test waits: more would crowd two cores.
    maxWorkers: 2,
    // What the files import is read once by each worker, not once by each of two hundred files. What the
    // server keeps in memory it keeps by database or by host, and every file has its own of both.
    isolate: false,
    setupFiles: ['test/seed.ts'],
    sequence: { sequencer: longestFirst },
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
          // A worker serves the files of one project: those of the other come after it.
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          // How V8 makes objects depends on all that its process has run before, so this is the first it runs.
          name: 'alone',
          isolate: true,
          include: ['test/shapes.test.ts'],
          exclude: skipped,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'world',
          include: ['server/**/*.test.ts', 'sdk/**/*.test.ts', 'cli/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [
            ...skipped,
            'server/domain/**',
            'test/tidy/**',
            'test/conformance/**',
            'test/shapes.test.ts',
          ],
          globalSetup: ['test/globalSetup.ts'],
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

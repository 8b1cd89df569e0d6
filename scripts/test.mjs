/** `npm test`: the whole gate, one step after the other; the first that fails ends it. The last line is the tests' total. */
import './nodeVersion.mjs';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { build, ensureBuilt, ensureInstalled, root, run } = await import('./checkout.mjs');
const tool = (path, ...args) => run(process.execPath, [join(root, 'node_modules', path), ...args]);

const folder = mkdtempSync(join(tmpdir(), 'loanbook-report-'));
const report = join(folder, 'tests.json');
const steps = [
  ['packages are those of the lock file', () => ensureInstalled()],
  ['types are sound (tsc -b)', () => build(['.'])],
  ['the server is built', () => ensureBuilt()],
  ['style and lint (biome)', () => tool('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.')],
  [
    'tests (vitest)',
    () =>
      tool(
        'vitest/vitest.mjs',
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...process.argv.slice(2),
      ),
  ],
];

let failed;
for (const [name, step] of steps) {
  const from = Date.now();
  console.log(`\n== ${name}`);
  const code = step() ?? 0;
  console.log(
    `== ${name}: ${code === 0 ? 'ok' : `FAILED (exit code ${code})`}, ${Math.round((Date.now() - from) / 1000)} s`,
  );
  if (code !== 0) {
    failed = name;
    break;
  }
}
if (failed !== undefined) console.log(`\nfailed step: ${failed}`);
console.log(summary());
rmSync(folder, { recursive: true, force: true });
process.exit(failed === undefined ? 0 : 1);

/** A step that failed before or outside the tests counts as one failure. */
function summary() {
  const { passed, bad } = totals();
  return `${passed} passed, ${failed !== undefined && bad === 0 ? 1 : bad} failed`;
}

function totals() {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, bad: numFailedTests || numFailedTestSuites };
  } catch {
    return { passed: 0, bad: 0 };
  }
}

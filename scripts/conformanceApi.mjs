// Plays conformance vectors through the API of a server:
// npm run conformance:api -- [DIR] [--tag TAG] [--id ID] [--json FILE] [--docs]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tag: { type: 'string' },
    id: { type: 'string' },
    json: { type: 'string' },
    // Writes the table into docs/conformance.md.
    docs: { type: 'boolean', default: false },
  },
});

const directory = resolve(positionals[0] ?? join(root, '../shared/conformance'));
const folder = mkdtempSync(join(tmpdir(), 'loanbook-vectors-'));
const file = join(folder, 'report.json');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'world', 'test/vectors/'], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    VECTORS: 'all',
    VECTORS_DIRECTORY: directory,
    VECTORS_JSON: file,
    ...(values.tag !== undefined && { VECTORS_TAG: values.tag }),
    ...(values.id !== undefined && { VECTORS_ID: values.id }),
  },
});
const { module } = await runnerImport(`${root}/test/vectors/report.ts`, {
  root,
  configFile: false,
  logLevel: 'error',
});
try {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  const text = module.textOf(report);
  console.log(text);
  if (values.docs) {
    const path = join(root, 'docs/conformance.md');
    writeFileSync(path, module.withText(readFileSync(path, 'utf8'), text));
  }
} catch (error) {
  console.error(`The run left no report: ${error.message}. Is there a conformance folder at ${directory}?`);
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = status ?? 1;

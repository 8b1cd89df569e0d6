// Plays conformance vectors through the engine: npm run conformance -- [DIR] [--tag TAG] [--id ID] [--json FILE]
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const { module } = await runnerImport(`${root}/test/conformance/main.ts`, {
  root,
  configFile: false,
  logLevel: 'error',
});
process.exitCode = module.runConformance(process.argv.slice(2), root);

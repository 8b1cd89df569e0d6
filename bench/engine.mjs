// Measures the loan engine on one core: npm run bench:engine -- [--json FILE]
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const { module } = await runnerImport(`${root}/bench/engine.ts`, {
  root,
  configFile: false,
  logLevel: 'error',
});
module.benchEngine(process.argv.slice(2));

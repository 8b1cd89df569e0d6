// A simulated year of a lender: npm run simulate:year -- [options]; --help tells them.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const { module } = await runnerImport(`${root}/test/simulation/main.ts`, {
  root,
  configFile: false,
  logLevel: 'error',
});
await module.simulate(process.argv.slice(2));
process.exit();

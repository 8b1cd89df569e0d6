// Measures Loanbook as its users run it: npm run bench -- [scenario ...] [options]; --help tells them.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const { module } = await runnerImport(`${root}/bench/main.ts`, {
  root,
  configFile: false,
  logLevel: 'error',
});
await module.bench(process.argv.slice(2));
process.exit();

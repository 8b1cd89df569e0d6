#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('./dist/main.js', import.meta.url);
if (!existsSync(main)) {
  process.stderr.write('loanbook: not built yet: run npm start or npm run build once\n');
  process.exit(1);
}
await import(main.href);

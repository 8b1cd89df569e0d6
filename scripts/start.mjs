/**
 * `npm start`: installs and builds where needed, then becomes the server, in this very process: a signal reaches it directly
 * and nothing is left behind when it ends.
 */
import './nodeVersion.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// A signal to npm alone may end npm and its shell without reaching us: then their end is the signal.
const parent = process.ppid;
if (process.env.npm_lifecycle_event === 'start') {
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}

const { ensureBuilt, ensureInstalled, root } = await import('./checkout.mjs');
ensureInstalled();
ensureBuilt();
const { main } = await import(pathToFileURL(join(root, 'server', 'dist', 'main.js')).href);
await main(process.argv.slice(2));

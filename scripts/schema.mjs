/** `node scripts/schema.mjs`: writes db/schema.sql anew, from a fresh database that all migrations were applied to. */
import './nodeVersion.mjs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, root } from './checkout.mjs';

ensureInstalled();
ensureBuilt();
const store = (file) => import(pathToFileURL(join(root, 'server', 'dist', 'store', file)).href);
const { startEmbedded } = await store('embedded.js');
const { openDatabase } = await store('database.js');
const { migrate } = await store('migrate.js');
const { describeSchema } = await store('schema.js');

const dataDir = mkdtempSync(join(tmpdir(), 'loanbook-schema-'));
const embedded = await startEmbedded({ dataDir });
const db = openDatabase(embedded.url);
try {
  await migrate(db);
  writeFileSync(join(root, 'db', 'schema.sql'), await describeSchema(db.read));
  console.log('db/schema.sql is written');
} finally {
  await db.close();
  await embedded.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** `node scripts/schema.mjs`: writes db/schema.sql anew, from a fresh database that all migrations were applied to. */
import './nodeVersion.mjs';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, root, writeWhereOther } from './checkout.mjs';

ensureInstalled();
ensureBuilt();
const store = (file) => import(pathToFileURL(join(root, 'server', 'dist', 'store', file)).href);
const { startEmbedded } = await store('embedded.js');
const { openDatabase } = await store('database.js');
const { migrate } = await store('migrate.js');
const { describeSchema } = await store('schema.js');

/** A scratch database on the server of DATABASE_URL where one is given, else on a server of its own. */
const folder = mkdtempSync(join(tmpdir(), 'loanbook-schema-'));
chmodSync(folder, 0o755); // run by root, PostgreSQL is another account, which must be able to enter
const embedded = process.env.DATABASE_URL ? undefined : await startEmbedded({ dataDir: folder });
const server = embedded?.url ?? process.env.DATABASE_URL;
const scratch = `loanbook_schema_${process.pid}`;
const maintenance = openDatabase(server, { poolSize: 1 });
try {
  await maintenance.read.query(`create database ${scratch}`);
  const db = openDatabase(server.replace(/\/[^/?]*(\?|$)/, `/${scratch}$1`), { poolSize: 1 });
  try {
    await migrate(db);
    writeWhereOther('db/schema.sql', await describeSchema(db.read));
    console.log('db/schema.sql is written');
  } finally {
    await db.close();
  }
} finally {
  await maintenance.read.query(`drop database if exists ${scratch}`);
  await maintenance.close();
  await embedded?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** `node scripts/openapi.mjs`: writes docs/openapi.json anew from the schemas of the code. */
import './nodeVersion.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, root, writeWhereOther } from './checkout.mjs';

ensureInstalled();
ensureBuilt();
const { standardDocument } = await import(
  pathToFileURL(join(root, 'server', 'dist', 'http', 'document.js')).href
);
writeWhereOther('docs/openapi.json', `${JSON.stringify(await standardDocument(), null, 2)}\n`);

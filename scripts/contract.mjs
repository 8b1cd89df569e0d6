// Writes sdk/contract.ts, the types of the API, from docs/openapi.json.
import { readFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';
import { writeWhereOther } from './checkout.mjs';

const document = new URL('../docs/openapi.json', import.meta.url);

const HEAD = `/** Generated from docs/openapi.json by scripts/contract.mjs: do not edit. */\n\n`;

const types = await openapiTS(JSON.parse(await readFile(document, 'utf8')), {
  exportType: false,
  immutable: true,
});
writeWhereOther('sdk/contract.ts', HEAD + astToString(types));

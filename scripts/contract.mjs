// Writes sdk/contract.ts, the types of the API, from docs/openapi.json.
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const document = new URL('../docs/openapi.json', import.meta.url);
const contract = new URL('../sdk/contract.ts', import.meta.url);

const HEAD = `/** Generated from docs/openapi.json by scripts/contract.mjs: do not edit. */\n\n`;

const types = await openapiTS(JSON.parse(await readFile(document, 'utf8')), {
  exportType: false,
  immutable: true,
});
await writeFile(contract, HEAD + astToString(types));

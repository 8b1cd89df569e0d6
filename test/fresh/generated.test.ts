/** Generated files are made anew; a file that differs is left rewritten, and the test fails: commit it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../tidy/sources.ts';

/** In this order: the contract is made from the document. */
const GENERATED = [
  { file: 'docs/openapi.json', script: 'scripts/openapi.mjs' },
  { file: 'sdk/contract.ts', script: 'scripts/contract.mjs' },
  { file: 'db/schema.sql', script: 'scripts/schema.mjs' },
];

const read = (file: string): string =>
  existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8') : '';

/** A script may have to build the server first. */
const TIMEOUT = 240_000;

describe('generated files', { timeout: TIMEOUT }, () => {
  it.each(GENERATED)('$file is as its script writes it', ({ file, script }) => {
    const before = read(file);
    execFileSync(process.execPath, [join(ROOT, script)], { cwd: ROOT });
    const isFresh = read(file) === before;
    expect(isFresh, `${file} was out of date and has been written anew: commit it`).toBe(true);
  });
});

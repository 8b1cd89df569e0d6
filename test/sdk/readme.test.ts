/** The examples of the SDK's README are sound TypeScript, and run as they stand against a real server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as sdk from '../../sdk/client.ts';
import { PASSWORD } from '../beginning.ts';
import { ROOT } from '../tidy/sources.ts';
import { makeWorld, type World } from '../world.ts';

const README = readFileSync(join(ROOT, 'sdk/README.md'), 'utf8');
const blocks = [...README.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
const lines = blocks.join('\n').split('\n');
const isImport = (line: string): boolean => line.startsWith('import ');
/** All examples as one module: later ones use what earlier ones made. */
const imports = [...new Set(lines.filter(isImport))].join('\n');
const program = lines.filter((line) => !isImport(line)).join('\n');

const EXAMPLE = join(ROOT, 'sdk/readmeExample.ts');

function typeFaults(text: string): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const settings: ts.CompilerOptions = { ...options, composite: false, noEmit: true, noUnusedLocals: false };
  const host = ts.createCompilerHost(settings);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (path) => path === EXAMPLE || fileExists(path);
  host.getSourceFile = (path, target) =>
    path === EXAMPLE ? ts.createSourceFile(path, text, target) : getSourceFile.call(host, path, target);
  const checked = ts.createProgram([EXAMPLE], settings, host);
  const diagnostics = ts.getPreEmitDiagnostics(checked, checked.getSourceFile(EXAMPLE));
  return diagnostics.map((each) => ts.flattenDiagnosticMessageText(each.messageText, '\n'));
}

async function runExamples(world: World): Promise<unknown[][]> {
  const printed: unknown[][] = [];
  const adapted = program
    .replace('http://127.0.0.1:4000', world.apiUrl)
    .replace('http://127.0.0.1:4001', world.authUrl)
    .replace('correct horse battery', PASSWORD);
  const { outputText } = ts.transpileModule(adapted, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const run = new AsyncFunction('createClient', 'LoanbookError', 'console', outputText);
  const log = (...values: unknown[]): number => printed.push(values);
  await run(sdk.createClient, sdk.LoanbookError, { log });
  return printed;
}

describe('the examples', () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld({ businessDate: '2025-01-15' });
  });
  afterAll(() => world?.close());

  it('have sound types', () => {
    expect(blocks.length).toBeGreaterThan(4);
    const text = `${imports}\n${program}`.replaceAll("'@loanbook/sdk'", "'./client.ts'");
    expect(typeFaults(text)).toEqual([]);
  });

  it('run as they stand', async () => {
    const printed = await runExamples(world);
    expect(printed[0]).toEqual(['Active', '2025-02-15', 11_347.15]);
    expect(printed[1]).toEqual([8_600, 2_400]);
    expect(printed).toContainEqual(['invalid_argument']);
    expect(printed).toContainEqual([400]);
  });
});

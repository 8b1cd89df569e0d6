/**
 * The project's own TypeScript files, parsed once per test run; generated and installed files are left out.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Workspaces and folders with code of ours. */
const FOLDERS = ['server', 'sdk', 'cli', 'console', 'test', 'bench'];
const SKIPPED = new Set(['node_modules', 'dist', 'data', 'reports']);
/** Written by a script from the contract; `test/fresh` looks after them. */
const GENERATED = new Set(['sdk/contract.ts']);

export interface SourceFile {
  /** From the root of the project, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

/** One broken rule, as `path:line: what is wrong`. */
export type Fault = string;

export function parseSource(path: string, text: string): SourceFile {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

/** Paths of all files below a folder, from the root of the project. */
export function filesBelow(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) found.push(...filesBelow(path));
    if (entry.isFile()) found.push(path);
  }
  return found.sort();
}

function readSources(): SourceFile[] {
  const present = new Set(readdirSync(ROOT));
  return FOLDERS.filter((folder) => present.has(folder))
    .flatMap(filesBelow)
    .filter((path) => path.endsWith('.ts') && !GENERATED.has(path))
    .map((path) => parseSource(path, readFileSync(join(ROOT, path), 'utf8')));
}

export const SOURCES: readonly SourceFile[] = readSources();

export const isTest = (file: SourceFile): boolean => file.path.endsWith('.test.ts');

/** What runs in production: the workspaces without their tests. */
export const isShipped = (file: SourceFile): boolean =>
  /^(server|sdk|cli|console)\//.test(file.path) && !isTest(file);

export const isDomain = (file: SourceFile): boolean =>
  file.path.startsWith('server/domain/') && !isTest(file);

export const nameOf = (file: SourceFile): string => basename(file.path).replace(/(\.test)?\.ts$/, '');

export function lineOf(file: SourceFile, node: ts.Node): number {
  return file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree)).line + 1;
}

export function faultAt(file: SourceFile, node: ts.Node, rule: string): Fault {
  return `${file.path}:${lineOf(file, node)}: ${rule}`;
}

/** Every node of the file, parents first. */
export function nodesOf(file: SourceFile): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file.tree);
  return nodes;
}

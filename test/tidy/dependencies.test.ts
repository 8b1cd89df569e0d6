/**
 * Every runtime dependency is a decision with a reason, and nothing names a machine that the code was written
 * on.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './sources.ts';

const WORKSPACES = ['server', 'sdk', 'cli', 'console'];

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function manifests(): Manifest[] {
  const present = new Set(readdirSync(ROOT));
  const read = (path: string): Manifest => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Manifest;
  const workspaces = WORKSPACES.filter((name) => present.has(name));
  return ['package.json', ...workspaces.map((name) => `${name}/package.json`)].map(read);
}

/** Names in the first column of the decisions' tables that have words in the last one. */
function decidedDependencies(): Set<string> {
  const folder = join(ROOT, 'docs/decisions');
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  const rows = lines.map((line) => /^\| `([^`]+)` \|.*\| [^|]{20,} \|$/.exec(line)?.[1]);
  return new Set(rows.filter((name) => name !== undefined));
}

/** Files under version control, and new ones that are not ignored. */
function projectFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
  });
  const present = new Set<string>();
  for (const path of listed.toString().split('\n')) if (isFile(join(ROOT, path))) present.add(path);
  return [...present].sort();
}

/** A file that was just removed is still listed, a folder that is a link is listed as one. */
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/**
 * Home folders and work folders of a machine; written in parts so that this file does not hold one itself.
 */
const MACHINE_PATH = new RegExp(
  `(^|[\\s"'\`(=])/(${['work', 'root', 'home', 'Users', 'mnt'].join('|')})/[\\w.-]`,
);

function machinePaths(path: string): string[] {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return text
    .split('\n')
    .map((line, index) => (MACHINE_PATH.test(line) ? `${path}:${index + 1}: path of a machine` : ''))
    .filter((fault) => fault !== '');
}

describe('dependencies', () => {
  const all = manifests();

  it('are named in a decision with the reason', () => {
    const decided = decidedDependencies();
    const ours = new Set(all.map((manifest) => manifest.name));
    const undecided = all
      .flatMap((manifest) => Object.keys(manifest.dependencies ?? {}))
      .filter((name) => !ours.has(name) && !decided.has(name))
      .map((name) => `${name}: no row in a table of docs/decisions says why it is there`);
    expect(undecided).toEqual([]);
  });

  it('are none in the SDK', () => {
    const sdk = all.find((manifest) => manifest.name === '@loanbook/sdk');
    expect(Object.keys(sdk?.dependencies ?? {})).toEqual([]);
  });

  it('come from wherever npm is told to look: the lock file names no host', () => {
    const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
    expect([...lock.matchAll(/"resolved": "(https?:[^"]+)"/g)].map((match) => match[1])).toEqual([]);
  });
});

describe('the project', () => {
  it('names no path of a machine', () => {
    const texts = projectFiles().filter((path) => !/\.(png|jpg|woff2?|pdf|ico)$/.test(path));
    expect(texts.flatMap(machinePaths)).toEqual([]);
  });
});

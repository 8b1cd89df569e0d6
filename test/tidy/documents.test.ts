/** The documents speak of files that exist, and each other's links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, ROOT } from './sources.ts';

const documents = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...filesBelow('docs').filter((path) => path.endsWith('.md')),
  ...['sdk/README.md', 'cli/README.md'].filter((path) => existsSync(join(ROOT, path))),
];

/** Files and folders of ours that a document puts into code marks. */
function namedPaths(text: string): string[] {
  const named = text.matchAll(/`((?:server|sdk|cli|test|db|docs|scripts|bench)\/[\w./-]*)`/g);
  return [...named].map((match) => match[1] ?? '').filter((path) => !path.includes('...'));
}

function linksOf(text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? '');
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

describe.each(documents)('%s', (path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');

  it('names files that exist', () => {
    expect(namedPaths(text).filter((each) => !existsSync(join(ROOT, each)))).toEqual([]);
  });
  it('links to files that exist', () => {
    const missing = linksOf(text).filter((link) => !existsSync(join(ROOT, dirname(path), link)));
    expect(missing).toEqual([]);
  });
});

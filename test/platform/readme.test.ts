/** The quickstart of README.md, run as written against a fresh start: every answer holds what is shown. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../server/root.ts';
import { cleanUp, freePorts, freshFolder, type Loanbook, passwordIn, start, stop } from './loanbook.ts';

/** A block of commands, and the JSON that the README shows under it. */
interface Step {
  readonly commands: string;
  readonly shown: unknown;
}

function quickstart(): Step[] {
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const section = /\n## Quickstart\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? '';
  const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```(?:\s*```json\n([\s\S]*?)```)?/g)];
  return blocks.map(([, commands = '', json]) => ({
    commands,
    shown: json === undefined ? undefined : JSON.parse(json),
  }));
}

const MARK = '--- next block ---';

/** All blocks in one shell, as a person types them into one terminal; answers what each printed. */
function runInShell(steps: readonly Step[], settings: Readonly<Record<string, string>>): string[] {
  const script = steps.map((step) => withSettings(step.commands, settings)).join(`\necho; echo '${MARK}'\n`);
  const { stdout, stderr, error } = spawnSync('sh', ['-s'], { input: script, encoding: 'utf8' });
  if (error) throw error;
  expect(stderr).toBe('');
  return stdout.split(MARK);
}

/** The lines in which a person fills in ports and password. */
function withSettings(commands: string, settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings).reduce(
    (text, [name, value]) => text.replace(new RegExp(`^${name}=.*$`, 'm'), `${name}='${value}'`),
    commands,
  );
}

/** What is shown and not there: an answer may hold more fields, and lists more items in between. */
function missingFrom(answer: unknown, shown: unknown, path: string): string[] {
  if (Array.isArray(shown)) return missingItems(answer, shown, path);
  if (typeof shown !== 'object' || shown === null)
    return answer === shown ? [] : [`${path}: shown ${JSON.stringify(shown)}, got ${JSON.stringify(answer)}`];
  const fields = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {};
  return Object.entries(shown).flatMap(([name, value]) =>
    missingFrom(fields[name], value, `${path}.${name}`),
  );
}

function missingItems(answer: unknown, shown: readonly unknown[], path: string): string[] {
  const items = Array.isArray(answer) ? answer : [];
  let from = 0;
  return shown.flatMap((item, index) => {
    const found = items.findIndex((each, at) => at >= from && missingFrom(each, item, '').length === 0);
    if (found < 0) return [`${path}[${index}]: ${JSON.stringify(item)} is not in ${JSON.stringify(items)}`];
    from = found + 1;
    return [];
  });
}

describe('the quickstart of the README', () => {
  const steps = quickstart();
  let loanbook: Loanbook;
  let printed: string[];

  beforeAll(async () => {
    const dataDir = join(freshFolder(), 'data');
    loanbook = await start({
      ...(await freePorts()),
      LOANBOOK_DATA_DIR: dataDir,
      LOANBOOK_LOG_LEVEL: 'error',
    });
    const password = passwordIn(loanbook.printed()) ?? 'none was printed';
    const settings = { API: loanbook.apiUrl, AUTH: loanbook.authUrl, PASSWORD: password };
    printed = runInShell(steps, settings);
  }, 600_000);
  afterAll(async () => {
    if (loanbook) await stop(loanbook);
    cleanUp();
  });

  it('has commands, and answers under most of them', () => {
    expect(steps.length).toBeGreaterThan(5);
    expect(steps.filter((step) => step.shown !== undefined).length).toBeGreaterThan(5);
    expect(printed).toHaveLength(steps.length);
  });

  it.each(steps.map((step, index) => ({ ...step, index, title: step.commands.trim().split('\n')[0] })))(
    '$title',
    ({ shown, index }) => {
      if (shown === undefined) return;
      expect(missingFrom(JSON.parse(printed[index] ?? ''), shown, 'answer')).toEqual([]);
    },
  );
});

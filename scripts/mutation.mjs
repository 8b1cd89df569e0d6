// Mutation tests of the domain: npm run mutation -- [FOLDER or FILE of server/domain] (default: all of it)
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const DOMAIN = 'server/domain';
const EXCLUDED = ['**/*.test.ts', '**/example*.ts', 'life/story.ts'].map((path) => `!${DOMAIN}/${path}`);

/** `schedule`, `money`, `money.ts` or a path from the root. */
function located(name) {
  const short = name.replace(/\/$/, '').replace(/^server\/domain\/?/, '');
  const found = [short, `${short}.ts`].find((path) => existsSync(join(root, DOMAIN, path)));
  if (found === undefined) {
    console.error(`mutation: ${name} is no folder or file of ${DOMAIN}`);
    process.exit(2);
  }
  return found;
}

const names = process.argv.slice(2).map(located);
const isFolder = (path) => statSync(join(root, DOMAIN, path)).isDirectory();
const patterns = names.map((path) => `${DOMAIN}/${path}${isFolder(path) ? '/**/*.ts' : ''}`);
const mutate = [...(names.length > 0 ? patterns : [`${DOMAIN}/**/*.ts`]), ...EXCLUDED];

const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js'), 'run', '--mutate', mutate.join(',')],
  { cwd: root, stdio: 'inherit' },
);
process.exit(status ?? 1);

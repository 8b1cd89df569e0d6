/** What a checkout needs before it runs: the right Node, the packages of the lock file, and files built from the sources. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Ends the process with one line that says what to do. */
export function stop(message) {
  process.stderr.write(`loanbook: ${message}\n`);
  process.exit(1);
}

/** Runs a program with our terminal; answers its exit code. */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) stop(`${program} cannot be run: ${result.error.message}`);
  return result.status ?? 1;
}

/** Installs the packages when they are missing or others than the lock file names; needs no network when they are there. */
export function ensureInstalled() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  console.log(`loanbook: installing packages (${missing.length} missing or outdated, e.g. ${missing[0]})`);
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund'];
  const code = npm?.endsWith('.js') ? run(process.execPath, [npm, ...args]) : run('npm', args);
  if (code !== 0) stop('npm ci failed: the lines above say why; it needs the package registry once');
}

function missingPackages() {
  const wanted = readJson('package-lock.json').packages;
  const installed = readJson('node_modules/.package-lock.json')?.packages ?? {};
  return Object.entries(wanted)
    .filter(([path, entry]) => path.startsWith('node_modules/') && !entry.link && !entry.optional)
    .filter(([path, entry]) => installed[path]?.version !== entry.version || !existsSync(join(root, path)))
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
}

function readJson(path) {
  const file = join(root, path);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Leaves a file alone that is so already: others read it meanwhile, and its age may mean something. */
export function writeWhereOther(file, text) {
  const path = join(root, file);
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

const BUILT = ['server', 'sdk', 'cli'];
const stamp = join(root, 'server', 'dist', '.built');

/** Builds when a source differs from those of the last build; a clone without changes is built once. */
export function ensureBuilt() {
  const sources = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  console.log('loanbook: building');
  if (build(BUILT) !== 0) stop('the build failed: the lines above say why');
  try {
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, sources);
  } catch (error) {
    stop(`cannot write the built files: ${error.message}; run as the owner of the checkout`);
  }
}

export const build = (projects) =>
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', ...projects]);

function hashOfSources() {
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'tsconfig.base.json']) hash.update(readFileSync(join(root, file)));
  for (const folder of BUILT) hashFolder(hash, folder);
  return hash.digest('hex');
}

function hashFolder(hash, folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'dist' && entry.name !== 'node_modules') hashFolder(hash, path);
    if (entry.isFile() && /\.(ts|json)$/.test(entry.name))
      hash.update(path).update(readFileSync(join(root, path)));
  }
}

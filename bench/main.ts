/** `npm run bench`: see USAGE in options.ts, and docs/performance.md for what is measured and how. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../server/root.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { type Machine, machineOf } from './place/machine.ts';
import { measurePace, type Pace } from './place/pace.ts';
import type { Asked } from './play.ts';
import { reportOf } from './report.ts';
import { type BenchResult, type BookResult, writtenResult } from './results.ts';
import type { SizeShare } from './share.ts';
import { playBooks, playClosing } from './stages.ts';

const say = (line: string): void => console.error(`${new Date().toISOString().slice(11, 19)}  ${line}`);

export async function bench(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) return console.log(USAGE);
  const options = optionsIn(args);
  if (!options) return;
  const books: BookResult[] = [];
  const shares: SizeShare[] = [];
  const paces: Pace[] = [await measurePace(cpus().length)];
  let machine: Machine | undefined;
  const onStart: Asked['onStart'] = async ({ databaseUrl }) => {
    machine ??= await machineOf(databaseUrl);
  };
  const keep = (): BenchResult | undefined => {
    if (!machine) return undefined;
    const workers = options.workers ?? ('as it starts by itself' as const);
    const result = { machine, paces, workers, books, shares };
    if (options.json) writeFileSync(options.json, `${JSON.stringify(writtenResult(result), writable, 2)}\n`);
    return result;
  };
  for (const play of playsOf(options)) {
    try {
      await play({ options, say, onStart, books, shares, keep });
    } catch (error) {
      say(`a book broke: ${error instanceof Error ? error.stack : String(error)}`);
      process.exitCode = 1;
    }
    keep();
  }
  paces.push(await measurePace(cpus().length));
  finish(keep(), options);
}

function optionsIn(args: readonly string[]): Options | undefined {
  try {
    return readOptions(args);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 2;
    return undefined;
  }
}

const playsOf = ({ names }: Options): ((asked: Asked) => Promise<void>)[] => [
  ...(names.some((name) => name !== 'close-of-business') ? [playBooks] : []),
  ...(names.includes('close-of-business') ? [playClosing] : []),
];

/** Minor units are bigints, which JSON does not know. */
const writable = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;

function finish(result: BenchResult | undefined, { docs }: Options): void {
  if (!result) return;
  const report = reportOf(result);
  console.log(report);
  if (docs) writeDocs(report, result);
  const isWrong = result.books.some(
    ({ failures, runs }) => failures.length > 0 || runs.some(({ faults }) => faults.length > 0),
  );
  if (isWrong) {
    say('something is wrong: see the balances and the broken parts above');
    process.exitCode = 1;
  }
}

/** Puts the figures into docs/performance.md, in the place of the last ones: closed days have their own. */
function writeDocs(report: string, { books }: BenchResult): void {
  const isClosing = books.every(({ runs }) => runs.length === 0);
  const command = isClosing ? 'npm run bench close-of-business' : 'npm run bench';
  const [begin, end] = [`<!-- ${command}: begin -->`, `<!-- ${command}: end -->`];
  const path = join(projectRoot, 'docs', 'performance.md');
  const text = readFileSync(path, 'utf8');
  const [from, till] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || till < from) throw new Error('docs/performance.md has no place for the figures');
  writeFileSync(path, `${text.slice(0, from)}${begin}\n\n${report}\n\n${text.slice(till)}`);
}

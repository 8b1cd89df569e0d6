/**
 * Several processes behind the same ports. The one that was started opens the ports and hands every new
 * connection to the next worker in turn; it starts a worker that ends anew, later each time it ends at once,
 * and gives up when that does not help. Workers end with it, whatever ends it: node:cluster ends a worker
 * that has lost its parent.
 */
import cluster, { type Worker } from 'node:cluster';
import { dirname, extname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MEMORY_OPTIONS } from '../memory.ts';
import { within } from '../stopping.ts';
import { StartFailure } from '../store/embedded/startFailure.ts';
import { answerScrape } from './figures.ts';
import type { Urls } from './hosting.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import type { Part } from './options.ts';
import { restartAfter } from './restarting.ts';

export interface TeamPlan {
  readonly workers: number;
  readonly parts: readonly Part[];
  /** One for each worker to keep to, with its connections to the database; none: where they like. */
  readonly cores: readonly number[];
  /** Settings of the workers that differ from ours. */
  readonly environment: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
  /** Called when a worker ends at once again and again. */
  readonly onGivenUp: (error: unknown) => void;
}

export interface Team {
  readonly urls: Urls;
  /** Workers finish what is in flight; who takes longer than this is killed. */
  stop(seconds: number): Promise<void>;
}

type Members = Map<number, Worker>;

/** Answers when every worker has its ports; throws what the first failing one says. */
export async function startTeam(plan: TeamPlan): Promise<Team> {
  const members: Members = new Map();
  const ending = new AbortController();
  const stop = (seconds: number): Promise<void> => {
    ending.abort();
    return endAll(members, seconds);
  };
  const numbers = Array.from({ length: plan.workers }, (_, index) => index + 1);
  try {
    const urls = await Promise.all(numbers.map((number) => ready(launch(plan, members, number))));
    for (const number of numbers) void keep({ plan, members, number, signal: ending.signal });
    return { urls: urls[0] ?? { apiUrl: undefined, authUrl: undefined }, stop };
  } catch (error) {
    await stop(1);
    throw error;
  }
}

/**
 * How much of what a busy function calls V8 takes into its machine code: twice and three times as much as is
 * standard. The write path is many small functions: their calls cost more than what they do (decision 19).
 */
const COMPILER_OPTIONS = ['--max-inlined-bytecode-size=920', '--max-inlined-bytecode-size-cumulative=2760'];

/** The file beside this one: built as .js, in tests as .ts. */
const ENTRY = join(dirname(fileURLToPath(import.meta.url)), `worker${extname(import.meta.url)}`);

function launch(plan: TeamPlan, members: Members, number: number): Worker {
  const args = [
    `--worker=${number}`,
    `--parts=${plan.parts.join(',')}`,
    `--core=${plan.cores[number - 1] ?? ''}`,
  ];
  const execArgv = [...process.execArgv, ...MEMORY_OPTIONS, ...COMPILER_OPTIONS];
  cluster.setupPrimary({ exec: ENTRY, args, execArgv });
  const worker = cluster.fork(plan.environment);
  members.set(number, worker);
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'figuresOfAllWanted') void answerScrape([...members.values()], worker, message);
  });
  worker.on('error', () => {});
  worker.once('exit', () => {
    if (members.get(number) === worker) members.delete(number);
  });
  return worker;
}

/** Where it serves, once it does; throws what it said, or how it ended. */
function ready(worker: Worker): Promise<Urls> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') resolve(message.urls);
    });
    void ended(worker).then(({ how, why }) =>
      reject(new StartFailure(why ?? `a worker ended while it started (${how})`)),
    );
  });
}

interface Ending {
  /** The signal or the exit code. */
  readonly how: string;
  /** What it said itself. */
  readonly why: string | undefined;
}

async function ended(worker: Worker): Promise<Ending> {
  let why: string | undefined;
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'failed') why = message.why;
  });
  const how = await new Promise<string>((resolve) => {
    worker.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  // Its last words may still be on their way.
  if (worker.isConnected()) await within(1_000, new Promise((resolve) => worker.once('disconnect', resolve)));
  return { how, why };
}

interface Place {
  readonly plan: TeamPlan;
  readonly members: Members;
  readonly number: number;
  readonly signal: AbortSignal;
}

/** Has a worker at this place until the team ends. */
async function keep({ plan, members, number, signal }: Place): Promise<void> {
  let quickDeaths = 0;
  for (let worker = members.get(number); ; worker = launch(plan, members, number)) {
    const since = performance.now();
    const ending = worker === undefined ? UNSEEN : await ended(worker);
    if (signal.aborted) return;
    const next = restartAfter({ livedMilliseconds: performance.now() - since, quickDeaths });
    if (next === 'giveUp') return plan.onGivenUp(givenUp(number, ending));
    quickDeaths = next.quickDeaths;
    plan.say(`${told(number, ending)}; another one starts in ${next.milliseconds / 1000} s`);
    await pause(next.milliseconds, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
  }
}

const UNSEEN: Ending = { how: 'before anybody looked', why: undefined };

const told = (number: number, { how, why }: Ending): string =>
  why === undefined ? `worker ${number} ended (${how})` : `worker ${number} ended: ${why}`;

const givenUp = (number: number, ending: Ending): StartFailure =>
  new StartFailure(`${told(number, ending)}; it ends at once again and again: the lines above say why`);

/** Those that have ended by themselves are past asking. */
async function endAll(members: Members, seconds: number): Promise<void> {
  const workers = [...members.values()].filter((worker) => !worker.isDead());
  const ends = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
  const wish: ToWorker = { kind: 'stop' };
  for (const worker of workers) if (worker.isConnected()) worker.send(wish, () => {});
  if (await within(seconds * 1000, Promise.all(ends))) return;
  for (const worker of workers) worker.process.kill('SIGKILL');
  await within(1_000, Promise.all(ends));
}

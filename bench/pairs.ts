/** One scenario on two books whose servers are both up: short closed loops, in turns (share.ts tells why). */
import { runClosedLoop } from './load/closedLoop.ts';
import { openTally, type Tally } from './load/tally.ts';
import { type Expected, watchLedger } from './place/balance.ts';
import { settle } from './place/server.ts';
import { meanShare, type Share, shareBetween, usageOf } from './place/usage.ts';
import { type Play, targetOf } from './play.ts';
import { namesOf, noteRun } from './runs.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { median, type Pair, type ShareFigures, type SizeShare, shareOf, turnsOf } from './share.ts';
import { percent } from './tables.ts';

/** The connections that books are compared at. */
const COMPARED_CONNECTIONS = 64;

export interface Compared {
  readonly small: Play;
  readonly large: Play;
}

export async function playPairs({ small, large }: Compared, scenario: Scenario): Promise<SizeShare> {
  const { options, say } = large;
  const connections = Math.min(COMPARED_CONNECTIONS, Math.max(...options.connections));
  const load = { scenario, connections };
  // Once for both: a checkpoint between two neighbours would be a difference between them.
  for (const { server } of [small, large]) await settle(server);
  const sides = { small: await openSide(small), large: await openSide(large) };
  for (const turn of turnsOf(options.pairs)) await playTurn(sides[turn], load);
  for (const side of [sides.small, sides.large]) await closeSide(side, load);
  const pairs = pairsOf(sides.small.perSecond, sides.large.perSecond);
  const figures = shareOf(pairs);
  const [share, lowest, highest] = [figures.share, figures.lowest, figures.highest].map(percent);
  say(`${scenario.title}: the larger book does ${share} of the smaller one (${lowest} to ${highest})`);
  const { name, title } = scenario;
  return { scenario: name, title, connections, seconds: options.seconds, ...figures, pairs };
}

/**
 * A scenario in turns with something else on the same server, of which `once` answers how often a second it
 * was done; that stands as `small`, the scenario as `large`.
 */
export async function playBeside(
  play: Play,
  scenario: Scenario,
  once: () => Promise<number>,
): Promise<ShareFigures> {
  const load = { scenario, connections: COMPARED_CONNECTIONS };
  await settle(play.server);
  const side = await openSide(play);
  const others: number[] = [];
  for (const turn of turnsOf(play.options.pairs))
    if (turn === 'large') await playTurn(side, load);
    else others.push(await once());
  await closeSide(side, load);
  return shareOf(pairsOf(others, side.perSecond));
}

/** The turns of one book. */
interface Side {
  readonly play: Play;
  /** Of all turns. */
  readonly tally: Tally;
  readonly perSecond: number[];
  readonly cores: (Share | null)[];
  readonly faultsOf: (expected: Expected) => Promise<string[]>;
}

async function openSide(play: Play): Promise<Side> {
  const faultsOf = await watchLedger(play.server, play.stage.book.walletIds);
  return { play, tally: openTally(), perSecond: [], cores: [], faultsOf };
}

interface Load {
  readonly scenario: Scenario;
  readonly connections: number;
}

async function playTurn({ play, tally, perSecond, cores }: Side, load: Load): Promise<void> {
  const { server, stage, options } = play;
  const { warmupSeconds, seconds } = options;
  const next = load.scenario.open(stage);
  const loop = { target: targetOf(play), connections: load.connections, warmupSeconds, seconds, next };
  const usage = usageOf(server);
  const since = performance.now();
  perSecond.push((await runClosedLoop(loop, tally)).perSecond);
  cores.push(shareBetween(usage, usageOf(server), (performance.now() - since) / 1000));
}

async function closeSide(side: Side, { scenario, connections }: Load): Promise<void> {
  const { play, tally, perSecond, cores, faultsOf } = side;
  const summary = tally.summary();
  const { latency, calls, refused, dropped } = summary;
  play.requests.sent += calls;
  noteRun(play, {
    ...namesOf(play, scenario),
    ...{ loop: 'paired', connections, perSecond: median(perSecond) },
    ...{ latency, calls, refused, dropped, cores: meanShare(cores), faults: await faultsOf(summary) },
  });
}

const pairsOf = (small: readonly number[], large: readonly number[]): Pair[] =>
  small.map((perSecond, index) => ({ small: perSecond, large: large[index] ?? 0 }));

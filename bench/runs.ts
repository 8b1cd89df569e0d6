/** The runs of one scenario: closed loops at each number of connections, and paced ones. */
import { type Measured, runClosedLoop } from './load/closedLoop.ts';
import { type Paced, runOpenLoop } from './load/openLoop.ts';
import type { Options } from './options.ts';
import { watchLedger } from './place/balance.ts';
import { shareBetween, usageOf } from './place/usage.ts';
import { type Play, targetOf } from './play.ts';
import { bestOf, type RunResult } from './results.ts';
import type { Scenario } from './scenarios/scenario.ts';

const SHARES = [0.5, 0.8];
const PACED_CONNECTIONS = 256;

export async function playScenario(play: Play, scenario: Scenario): Promise<void> {
  for (const connections of connectionsOf(play.options, scenario))
    await playClosed(play, scenario, connections);
  if (scenario.isPaced) await playPaced(play, scenario);
}

const connectionsOf = ({ connections, readConnections }: Options, { name }: Scenario): readonly number[] =>
  name === 'read' ? readConnections : connections;

async function playClosed(play: Play, scenario: Scenario, connections: number): Promise<void> {
  const { options, stage } = play;
  const { warmupSeconds, seconds } = options;
  const next = scenario.open(stage);
  const loop = { target: targetOf(play), connections, warmupSeconds, seconds, next };
  const run = await watched(play, () => runClosedLoop(loop));
  noteRun(play, { ...namesOf(play, scenario), ...run, loop: 'closed', connections });
}

/** At shares of the most that it did until now. */
export async function playPaced(play: Play, scenario: Scenario): Promise<void> {
  const most = bestOf(play.result.runs, scenario.name)?.perSecond ?? 0;
  if (most === 0) return;
  for (const shareOfMost of SHARES) {
    const pace = { perSecond: most * shareOfMost, seconds: play.options.pacedSeconds };
    const next = scenario.open(play.stage);
    const loop = { target: targetOf(play), pace, connections: PACED_CONNECTIONS, next };
    const run = await watched(play, () => runOpenLoop(loop));
    const own = { loop: 'paced', connections: PACED_CONNECTIONS, shareOfMost } as const;
    noteRun(play, { ...namesOf(play, scenario), ...run, ...own, meantPerSecond: pace.perSecond });
  }
}

export const namesOf = ({ result }: Play, { name, title }: Scenario) => ({
  ...{ scenario: name, title, loans: result.loans },
});

type Watched = Pick<
  RunResult,
  'perSecond' | 'latency' | 'calls' | 'refused' | 'dropped' | 'cores' | 'faults'
>;

/** Runs between two looks at the ledger and at the processes. */
async function watched(play: Play, work: () => Promise<Measured | Paced>): Promise<Watched> {
  const { server, stage, requests } = play;
  const faultsOf = await watchLedger(server, stage.book.walletIds);
  const usage = usageOf(server);
  const since = performance.now();
  const run = await work();
  const cores = shareBetween(usage, usageOf(server), (performance.now() - since) / 1000);
  requests.sent += run.calls;
  const { perSecond, latency, calls, refused, dropped } = run;
  return { perSecond, latency, calls, refused, dropped, cores, faults: await faultsOf(run) };
}

/** Keeps the run, and says what it was. */
export function noteRun({ say, result }: Play, run: RunResult): void {
  result.runs = [...result.runs, run];
  const { title, perSecond, latency, faults, dropped, refused } = run;
  const wrong = [...Object.entries(refused).map(([status, times]) => `${times} x ${status}`), ...faults];
  if (dropped > 0) wrong.push(`${dropped} dropped`);
  const trouble = wrong.length > 0 ? `  (${wrong.join('; ')})` : '';
  say(
    `${title}, ${howOf(run)}: ${Math.round(perSecond)}/s, p50 ${latency.p50.toFixed(2)} ms, ` +
      `p99 ${latency.p99.toFixed(2)} ms${trouble}`,
  );
}

function howOf({ loop, loans, connections, meantPerSecond = 0 }: RunResult): string {
  if (loop === 'paced') return `paced at ${Math.round(meantPerSecond)}/s`;
  const turns = loop === 'paired' ? ` in turns on ${loans.toLocaleString('en-US')} loans` : '';
  return `${connections} connections${turns}`;
}

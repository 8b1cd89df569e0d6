/** The runs of one scenario: closed loops at each number of connections, then paced ones. */
import { type Measured, runClosedLoop } from './load/closedLoop.ts';
import { type Paced, runOpenLoop } from './load/openLoop.ts';
import type { Options } from './options.ts';
import { balanceFaults, readLedger, sampleFaults } from './place/balance.ts';
import type { FilledBook } from './place/book.ts';
import type { BenchServer } from './place/server.ts';
import { shareBetween, usageOf } from './place/usage.ts';
import { bestOf, type RunResult } from './results.ts';
import type { Scenario, Stage } from './scenarios/scenario.ts';

export interface Play {
  readonly server: BenchServer;
  readonly book: FilledBook;
  readonly stage: Stage & { readonly close: () => void };
  readonly options: Options;
  readonly loans: number;
  /** False: few runs, to compare with those of a smaller book. */
  readonly isFull: boolean;
  readonly requests: { sent: number };
  readonly say: (line: string) => void;
}

const SHARES = [0.5, 0.8];
const PACED_CONNECTIONS = 256;
/** Of a book that is only compared. */
const COMPARED_CONNECTIONS = 64;

export async function playScenario(play: Play, scenario: Scenario): Promise<RunResult[]> {
  const { options, isFull } = play;
  const most = Math.max(...options.connections);
  const levels = isFull ? options.connections : [Math.min(COMPARED_CONNECTIONS, most)];
  const runs: RunResult[] = [];
  for (const connections of levels) runs.push(await playClosed(play, scenario, connections));
  const best = bestOf(runs, scenario.name);
  if (!scenario.isPaced || !best || best.perSecond === 0) return runs;
  for (const share of SHARES)
    runs.push(await playPaced(play, scenario, { share, perSecond: best.perSecond * share }));
  return runs;
}

async function playClosed(play: Play, scenario: Scenario, connections: number): Promise<RunResult> {
  const { options, stage } = play;
  const { warmupSeconds, seconds } = options;
  const next = scenario.open(stage);
  const loop = { target: targetOf(play), connections, warmupSeconds, seconds, next };
  const run = await watched(play, () => runClosedLoop(loop));
  return told(play, { ...shared(play, scenario), ...run, loop: 'closed', connections });
}

async function playPaced(
  play: Play,
  scenario: Scenario,
  { share, perSecond }: { readonly share: number; readonly perSecond: number },
): Promise<RunResult> {
  const pace = { perSecond, seconds: play.options.pacedSeconds };
  const next = scenario.open(play.stage);
  const loop = { target: targetOf(play), pace, connections: PACED_CONNECTIONS, next };
  const run = await watched(play, () => runOpenLoop(loop));
  const own = { loop: 'paced', connections: PACED_CONNECTIONS, shareOfMost: share } as const;
  return told(play, { ...shared(play, scenario), ...run, ...own, meantPerSecond: perSecond });
}

function targetOf({ server }: Play) {
  const { hostname, port } = new URL(server.apiUrl);
  return { host: hostname, port: Number(port) };
}

const shared = ({ loans }: Play, { name, title }: Scenario) => ({ scenario: name, title, loans });

type Watched = Pick<
  RunResult,
  'perSecond' | 'latency' | 'calls' | 'refused' | 'dropped' | 'cores' | 'faults'
>;

/** Runs between two looks at the ledger and at the processes. */
async function watched(play: Play, work: () => Promise<Measured | Paced>): Promise<Watched> {
  const { server, book, requests } = play;
  const ledger = await readLedger(server);
  const usage = usageOf(server);
  const since = performance.now();
  const run = await work();
  const cores = shareBetween(usage, usageOf(server), (performance.now() - since) / 1000);
  requests.sent += run.calls;
  const { perSecond, latency, calls, refused, dropped } = run;
  const faults = [
    ...balanceFaults(ledger, await readLedger(server), run),
    ...(await sampleFaults(server, book.walletIds)),
  ];
  return { perSecond, latency, calls, refused, dropped, cores, faults };
}

function told({ say }: Play, run: RunResult): RunResult {
  const { title, loop, connections, perSecond, latency, faults, dropped, refused } = run;
  const how =
    loop === 'closed' ? `${connections} connections` : `paced at ${Math.round(run.meantPerSecond ?? 0)}/s`;
  const wrong = [...Object.entries(refused).map(([status, times]) => `${times} x ${status}`), ...faults];
  if (dropped > 0) wrong.push(`${dropped} dropped`);
  const trouble = wrong.length > 0 ? `  (${wrong.join('; ')})` : '';
  say(
    `${title}, ${how}: ${Math.round(perSecond)}/s, p50 ${latency.p50.toFixed(2)} ms, ` +
      `p99 ${latency.p99.toFixed(2)} ms${trouble}`,
  );
  return run;
}

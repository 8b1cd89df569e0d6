/** Each connection sends its next call when the last one is answered: what the server does at the most. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Connection, openConnection } from './connection.ts';
import { openTally, type Shot, type Tally, type TallySummary } from './tally.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
}

export interface ClosedLoop {
  readonly target: Target;
  readonly connections: number;
  readonly warmupSeconds: number;
  readonly seconds: number;
  readonly next: () => Shot;
}

export interface Measured extends TallySummary {
  /** Answered with 200, a second. */
  readonly perSecond: number;
}

/** After a lost connection, so that a server that is gone is not asked again without end. */
const PAUSE_MILLISECONDS = 20;

const microseconds = (): number => performance.now() * 1000;

/** With a tally of several runs: answers a second are of this run, all else is of all of them. */
export async function runClosedLoop(loop: ClosedLoop, tally: Tally = openTally()): Promise<Measured> {
  const earlier = tally.summary().latency.count;
  const start = microseconds();
  const measuredFrom = start + loop.warmupSeconds * 1_000_000;
  const end = measuredFrom + loop.seconds * 1_000_000;
  const lanes = Array.from({ length: loop.connections }, () => openConnection(loop.target));
  await Promise.all(lanes.map((lane) => runLane(lane, loop, { tally, measuredFrom, end })));
  for (const lane of lanes) lane.close();
  const summary = tally.summary();
  return { ...summary, perSecond: (summary.latency.count - earlier) / loop.seconds };
}

interface Watch {
  readonly tally: Tally;
  readonly measuredFrom: number;
  readonly end: number;
}

async function runLane(lane: Connection, { next }: ClosedLoop, watch: Watch): Promise<void> {
  const { tally, measuredFrom, end } = watch;
  for (let sent = microseconds(); sent < end; sent = microseconds()) {
    const shot = next();
    try {
      const { status } = await lane.call(shot.request);
      const heard = microseconds();
      // Counted when it was answered within the time measured, so that answers per second are just that.
      const measured = heard >= measuredFrom && heard < end;
      tally.answered(shot, { status, microseconds: heard - sent, measured });
    } catch {
      tally.dropped(shot);
      await pause(PAUSE_MILLISECONDS);
    }
  }
}

/**
 * Calls go out when they are meant to (pace.ts), as callers who know nothing of each other do. Those that
 * find every connection taken wait in line, and their waiting counts.
 */
import type { Target } from './closedLoop.ts';
import { type Connection, openConnection } from './connection.ts';
import { callsOf, dueBy, meantAt, type Pace } from './pace.ts';
import { openTally, type Shot, type TallySummary } from './tally.ts';

export interface OpenLoop {
  readonly target: Target;
  readonly pace: Pace;
  /** More than the calls that are under way at a time, or the line grows here. */
  readonly connections: number;
  readonly next: () => Shot;
}

export interface Paced extends TallySummary {
  readonly meantPerSecond: number;
  /** Answered with 200, a second, over the whole run. */
  readonly perSecond: number;
}

const TICK_MILLISECONDS = 1;
/** After the last call was meant to go out, those under way are waited for so long, then count as dropped. */
const GRACE_MICROSECONDS = 10_000_000;

export async function runOpenLoop({ target, pace, connections, next }: OpenLoop): Promise<Paced> {
  const tally = openTally();
  const idle = Array.from({ length: connections }, () => openConnection(target));
  const all = [...idle];
  const waiting: number[] = [];
  const underWay = new Set<Shot>();
  const start = performance.now() * 1000;
  const elapsed = (): number => performance.now() * 1000 - start;

  const send = (lane: Connection, meant: number): void => {
    const shot = next();
    underWay.add(shot);
    const heard = (settle: () => void): void => {
      if (!underWay.delete(shot)) return;
      settle();
      const later = waiting.shift();
      if (later === undefined) idle.push(lane);
      else send(lane, later);
    };
    lane.call(shot.request).then(
      ({ status }) =>
        heard(() => tally.answered(shot, { status, microseconds: elapsed() - meant, measured: true })),
      () => heard(() => tally.dropped(shot)),
    );
  };
  let sent = 0;
  await everyTick(() => {
    for (const due = dueBy(pace, elapsed()); sent < due; sent += 1) {
      const lane = idle.pop();
      if (lane) send(lane, meantAt(pace, sent));
      else waiting.push(meantAt(pace, sent));
    }
    const isSent = sent === callsOf(pace);
    const isOver = elapsed() > pace.seconds * 1_000_000 + GRACE_MICROSECONDS;
    return (isSent && underWay.size === 0 && waiting.length === 0) || isOver;
  });
  for (const shot of underWay) tally.dropped(shot);
  // Never sent: nothing has happened, but whoever waited for it was let down.
  for (const _meant of waiting) tally.dropped(NOTHING);
  underWay.clear();
  for (const lane of all) lane.close();
  const summary = tally.summary();
  const seconds = Math.max(pace.seconds, 0.001);
  return { ...summary, meantPerSecond: pace.perSecond, perSecond: summary.latency.count / seconds };
}

const NOTHING: Shot = { request: Buffer.alloc(0), kind: 'read', amount: 0n };

function everyTick(isOver: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      try {
        if (!isOver()) return;
        clearInterval(timer);
        resolve();
      } catch (error) {
        clearInterval(timer);
        reject(error);
      }
    }, TICK_MILLISECONDS);
  });
}

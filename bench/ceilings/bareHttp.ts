/**
 * What a repayment's call costs when nothing stands behind it: Node's own HTTP server in a process of its own
 * takes the same bytes in and answers with the same text at once, to the same caller.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runClosedLoop } from '../load/closedLoop.ts';
import { openConnection } from '../load/connection.ts';
import { type Play, targetOf } from '../play.ts';
import { repay } from '../scenarios/repay.ts';
import type { Ceiling } from './bareSql.ts';

const CONNECTIONS = 64;
const ECHO = fileURLToPath(new URL('bareHttpServer.mjs', import.meta.url));

/** Makes one real repayment, for its answer. */
export async function measureBareHttp(play: Play): Promise<Ceiling> {
  const { stage, options } = play;
  const next = repay.open(stage);
  const sample = openConnection(targetOf(play));
  const { body } = await sample.call(next().request);
  sample.close();
  const child = fork(ECHO, [], { execArgv: [], serialization: 'advanced' });
  try {
    const port = await asked<number>(child, { answer: body });
    const load = { target: { host: '127.0.0.1', port }, connections: CONNECTIONS, next };
    await runClosedLoop({ ...load, warmupSeconds: 0, seconds: options.warmupSeconds });
    const before = await secondsOf(child);
    const { calls, perSecond } = await runClosedLoop({ ...load, warmupSeconds: 0, seconds: options.seconds });
    const after = await secondsOf(child);
    const each = (seconds: number): number => (seconds * 1000) / calls;
    return {
      what: "bare HTTP, a repayment's call answered at once by one process",
      connections: CONNECTIONS,
      perSecond,
      cost: { server: each(after.child - before.child), database: 0, caller: each(after.own - before.own) },
    };
  } finally {
    child.kill();
  }
}

async function asked<Reply>(child: ChildProcess, question: object): Promise<Reply> {
  child.send(question);
  const [reply] = await once(child, 'message');
  return reply as Reply;
}

async function secondsOf(child: ChildProcess): Promise<{ child: number; own: number }> {
  const { user, system } = process.cpuUsage();
  const seconds = await asked<number>(child, { cost: true });
  return { child: seconds, own: (user + system) / 1_000_000 };
}

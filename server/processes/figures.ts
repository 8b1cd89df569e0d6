/**
 * A scrape reaches one worker and must tell of all: the worker asks the process that started it, which asks
 * every worker. One that is busy or ending is left out after a moment: a scrape with a gap is better than
 * none.
 */
import type { Worker } from 'node:cluster';
import { setTimeout as pause } from 'node:timers/promises';
import type { Peers } from '../http/edge/peers.ts';
import type { FromWorker, ToWorker } from './messages.ts';

const WORKER_MILLISECONDS = 1_000;
/** Longer than the above: one worker that is silent must not cost the answer of the others. */
const TEAM_MILLISECONDS = 2_000;

type Wanted = Extract<FromWorker, { kind: 'figuresOfAllWanted' }>;

let asks = 0;

/** In the process that started the workers. */
export async function answerScrape(
  team: readonly Worker[],
  asker: Worker,
  { ask, host }: Wanted,
): Promise<void> {
  const figures = await Promise.all(team.map((worker) => figuresOf(worker, host)));
  const texts = figures.filter((text) => text !== undefined);
  tell(asker, { kind: 'figuresOfAll', ask, texts });
}

async function figuresOf(worker: Worker, host: string): Promise<string | undefined> {
  asks += 1;
  const ask = asks;
  const late = new AbortController();
  const answer = new Promise<string>((resolve) => {
    const listen = (message: FromWorker): void => {
      if (message.kind === 'figures' && message.ask === ask) resolve(message.text);
    };
    worker.on('message', listen);
    late.signal.addEventListener('abort', () => worker.off('message', listen));
  });
  tell(worker, { kind: 'figuresWanted', ask, host });
  const nothing = pause(WORKER_MILLISECONDS, undefined, { signal: late.signal }).catch(() => undefined);
  const text = await Promise.race([answer, nothing]);
  late.abort();
  return text;
}

const tell = (worker: Worker, message: ToWorker): void => {
  if (worker.isConnected()) worker.send(message, () => {});
};

/** In a worker: its line to the others. */
export interface TeamLine {
  readonly peers: Peers;
  /** What comes from the process that started it. */
  hear(message: ToWorker): void;
}

export function openTeamLine(worker: number, say: (message: FromWorker) => void): TeamLine {
  const offered = new Map<string, () => Promise<string>>();
  const waiting = new Map<number, (texts: readonly string[]) => void>();
  const own = async (host: string): Promise<string> => (await offered.get(host)?.()) ?? '';
  const gather = async (host: string): Promise<readonly string[]> => {
    asks += 1;
    const ask = asks;
    const all = new Promise<readonly string[]>((resolve) => waiting.set(ask, resolve));
    say({ kind: 'figuresOfAllWanted', ask, host });
    const late = new AbortController();
    const alone = pause(TEAM_MILLISECONDS, undefined, { signal: late.signal }).catch(() => undefined);
    const texts = await Promise.race([all, alone]);
    late.abort();
    waiting.delete(ask);
    return texts ?? [await own(host)];
  };
  const hear = (message: ToWorker): void => {
    if (message.kind === 'figuresOfAll') waiting.get(message.ask)?.(message.texts);
    if (message.kind === 'figuresWanted')
      void own(message.host).then((text) => say({ kind: 'figures', ask: message.ask, text }));
  };
  return { peers: { worker, offer: (host, figures) => void offered.set(host, figures), gather }, hear };
}

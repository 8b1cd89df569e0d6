/**
 * The processes that share the ports. A scrape reaches one of them and must tell of all: each keeps its own
 * figures, told apart by the label `worker`, and whoever is asked gathers them.
 */
export interface Peers {
  /** Number of this process among them, from 1. */
  readonly worker: number;
  /** Says how to get this process's figures of a host, as Prometheus reads them. */
  offer(host: string, figures: () => Promise<string>): void;
  /** The figures of every process; of those that answer in time. */
  gather(host: string): Promise<readonly string[]>;
}

/** One process by itself. */
export function alone(): Peers {
  const offered = new Map<string, () => Promise<string>>();
  return {
    worker: 1,
    offer: (host, figures) => void offered.set(host, figures),
    gather: async (host) => {
      const figures = await offered.get(host)?.();
      return figures === undefined ? [] : [figures];
    },
  };
}

/** Several texts as one: each figure is described once, and its series of all processes follow. */
export function mergedFigures(texts: readonly string[]): string {
  const figures = new Map<string, { head: string[]; series: string[] }>();
  let current: { head: string[]; series: string[] } | undefined;
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const described = /^# HELP (\S+)/.exec(line)?.[1];
    if (described !== undefined) {
      const known = figures.get(described);
      current = known ?? { head: [line], series: [] };
      figures.set(described, current);
    } else if (line.startsWith('#')) {
      if (current?.head.length === 1) current.head.push(line);
    } else if (line !== '') current?.series.push(line);
  }
  return [...figures.values()].map(({ head, series }) => `${[...head, ...series].join('\n')}\n`).join('\n');
}

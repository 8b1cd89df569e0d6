/**
 * Facts remembered for a short time: read when first asked for and again when too old; who asks meanwhile
 * waits for the same reading. Age is taken by the clock and by the time that really passed, whichever is
 * more.
 */
import type { Clock } from '../../clock.ts';

export interface Remembered<Key, Fact> {
  /** The fact, at most `milliseconds` old. */
  get(key: Key): Promise<Fact>;
  /** The fact read anew. */
  refresh(key: Key): Promise<Fact>;
}

interface Options<Key, Fact> {
  readonly clock: Clock;
  readonly milliseconds: number;
  /** Bound on the facts kept; the oldest reading goes first. */
  readonly most: number;
  readonly read: (key: Key) => Promise<Fact>;
}

interface Kept<Fact> {
  readonly fact: Fact;
  readonly clockTime: number;
  readonly passedTime: number;
}

export function remembered<Key, Fact>(options: Options<Key, Fact>): Remembered<Key, Fact> {
  const { clock, milliseconds, most } = options;
  const kept = new Map<Key, Kept<Fact>>();
  const reading = new Map<Key, Promise<Fact>>();

  const isFresh = ({ clockTime, passedTime }: Kept<Fact>): boolean => {
    const age = clock.now().getTime() - clockTime;
    return age >= 0 && age < milliseconds && performance.now() - passedTime < milliseconds;
  };
  const read = async (key: Key): Promise<Fact> => {
    // Taken before the reading: what changes while it is under way must not count as seen.
    const times = { clockTime: clock.now().getTime(), passedTime: performance.now() };
    const fact = await options.read(key);
    kept.delete(key);
    kept.set(key, { fact, ...times });
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    return fact;
  };
  const refresh = (key: Key): Promise<Fact> => {
    const running = reading.get(key) ?? read(key).finally(() => reading.delete(key));
    reading.set(key, running);
    return running;
  };
  return {
    refresh,
    get: async (key) => {
      const known = kept.get(key);
      return known && isFresh(known) ? known.fact : refresh(key);
    },
  };
}

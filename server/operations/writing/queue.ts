/**
 * Commands that wait, by line: what is taken out of a line keeps it busy until it is released, so commands on
 * one loan never overtake each other and never meet in two batches at once.
 */
import type { Awaited } from './command.ts';

/** Taken out of one line, in the order of arrival. */
export interface Taken {
  readonly line: unknown;
  readonly commands: readonly Awaited[];
  /** Those behind them, which go back into the line when it is released. */
  readonly rest?: readonly Awaited[];
}

export interface Queue {
  add(command: Awaited): void;
  /** Up to so many commands, from the lines that have waited longest. */
  take(most: number): Taken[];
  /** The line may be taken from again; what was put off comes first in it. */
  release(line: unknown, putOff: readonly Awaited[]): void;
  /** How many wait. */
  size(): number;
}

export function openQueue(): Queue {
  const waiting = new Map<unknown, Awaited[]>();
  const busy = new Set<unknown>();
  /** Lines that are not busy and have commands, in the order in which they became so. */
  const ready = new Set<unknown>();
  let size = 0;

  const take = (most: number): Taken[] => {
    const taken: Taken[] = [];
    let left = most;
    for (const line of ready) {
      if (left === 0) break;
      const commands = (waiting.get(line) ?? []).splice(0, left);
      left -= commands.length;
      ready.delete(line);
      busy.add(line);
      taken.push({ line, commands });
    }
    size -= most - left;
    return taken;
  };
  return {
    take,
    size: () => size,
    add: (awaited) => {
      // Without a line of its own it gets one that nobody else can be in.
      const { line = awaited } = awaited.command;
      const commands = waiting.get(line);
      if (commands) commands.push(awaited);
      else waiting.set(line, [awaited]);
      if (!busy.has(line)) ready.add(line);
      size += 1;
    },
    release: (line, putOff) => {
      const commands = [...putOff, ...(waiting.get(line) ?? [])];
      size += putOff.length;
      busy.delete(line);
      if (commands.length === 0) return void waiting.delete(line);
      waiting.set(line, commands);
      ready.add(line);
    },
  };
}

/**
 * Passwords: argon2id in threads of its own, few at a time, because each takes 19 MiB and tens of
 * milliseconds. Whoever comes when the queue is full is told to come back, so that a flood of attempts cannot
 * starve everything else.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { TemporarilyUnavailable } from './unavailable.ts';

const AT_ONCE = 2;
const MOST_WAITING = 256;
/** OWASP's first choice for argon2id (the library's default algorithm). */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface Gate {
  run<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Lets `atOnce` pieces of work run, keeps up to `mostWaiting` in line, refuses the rest with
 * `TemporarilyUnavailable`.
 */
export function openGate({ atOnce, mostWaiting }: { atOnce: number; mostWaiting: number }): Gate {
  let running = 0;
  const waiting: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (running < atOnce) running += 1;
    else if (waiting.length >= mostWaiting)
      throw new TemporarilyUnavailable('too many passwords wait to be checked');
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };
  return {
    async run(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}

/** All password work of the process goes through here. */
export const passwordGate: Gate = openGate({ atOnce: AT_ONCE, mostWaiting: MOST_WAITING });

/** Must run inside `passwordGate`. */
export const hashPassword = (password: string): Promise<string> => hash(password, COST);

let standIn: Promise<string> | undefined;

/** A hash that no password fits, verified where there is no account, so that both take the same time. */
function standInHash(): Promise<string> {
  standIn ??= hash(randomBytes(32), COST);
  return standIn;
}

/**
 * True when the password fits. Without a hash it works as long, and is false. Must run inside `passwordGate`.
 */
export async function isPasswordOf(passwordHash: string | null, password: string): Promise<boolean> {
  const other = await standInHash();
  const fits = await verify(passwordHash ?? other, password);
  return fits && passwordHash !== null;
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password of 99 random bits that can be read out loud: `k7mwp-3hqsd-...`. */
export function generatePassword(): string {
  const group = () => Array.from({ length: 5 }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('');
  return [group(), group(), group(), group()].join('-');
}

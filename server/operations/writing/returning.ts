/**
 * Whether those who were just answered are worth waiting for. Callers who work through a list ask again at
 * once: the first of them would begin a batch with next to nobody in it, and all the others wait for it.
 * Callers who know nothing of each other are not waited for, since nobody can tell when they come.
 */
export interface Returning {
  /** So many commands were answered together; it took so many milliseconds to store them. */
  answered(commands: number, milliseconds: number): void;
  /** Another command came. */
  came(): void;
  /** Milliseconds for which those who are missing are worth waiting for. */
  patience(): number;
}

export interface ReturnLimits {
  /** They are waited for when so many of those before them came again in time. */
  readonly share: number;
  /** In time: within so much of what storing them took. */
  readonly ofStoring: number;
  readonly mostMilliseconds: number;
}

/** `now` in milliseconds from any beginning. */
export function openReturning(limits: ReturnLimits, now = (): number => performance.now()): Returning {
  const { share, ofStoring, mostMilliseconds } = limits;
  let expected = 0;
  let returned = 0;
  let until = 0;
  let areReliable = true;
  const isOver = (): boolean => returned >= expected || now() >= until;
  return {
    answered: (commands, milliseconds) => {
      if (expected > 0 && isOver()) areReliable = returned >= expected * share;
      // Nobody waits for a single one: it comes first when it comes.
      expected = commands > 1 ? commands : 0;
      returned = 0;
      until = now() + Math.min(mostMilliseconds, milliseconds * ofStoring);
    },
    came: () => {
      if (!isOver()) returned += 1;
    },
    patience: () => (areReliable && !isOver() ? until - now() : 0),
  };
}

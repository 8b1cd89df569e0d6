/**
 * Whether those who were just answered are worth waiting for. Callers who work through a list ask again at
 * once: the first of them would begin a batch with next to nobody in it, and all the others wait for it.
 * Arrivals are counted, not recognised: where about as many come as were answered, somebody works like that.
 */
export interface Returning {
  /** So many commands are answered together now; it took so many milliseconds to store them. */
  answered(commands: number, milliseconds: number): void;
  /** Another command came. */
  came(): void;
  /** Until when the next batch waits for those who are missing, on the clock that was given. */
  patientUntil(): number;
}

export interface ReturnLimits {
  /** They are waited for when so many of those before them came again in time. */
  readonly share: number;
  /** In time: within so much of what storing them took. */
  readonly ofStoring: number;
  readonly mostMilliseconds: number;
  /** Once the share has come, nobody comes for so long: the rest will not come soon. */
  readonly silenceMilliseconds: number;
}

/** `now` in milliseconds from any beginning. */
export function openReturning(limits: ReturnLimits, now = (): number => performance.now()): Returning {
  const { share, ofStoring, mostMilliseconds, silenceMilliseconds } = limits;
  let expected = 0;
  let arrived = 0;
  let lastArrival = 0;
  let until = 0;
  let areReliable = true;
  const isOver = (): boolean => arrived >= expected || now() >= until;
  const hasShare = (): boolean => arrived >= expected * share;
  return {
    answered: (commands, milliseconds) => {
      // Nobody waits for a single one: it comes first when it comes.
      if (commands < 2) return;
      if (expected > 0 && isOver()) areReliable = hasShare();
      [expected, arrived] = [commands, 0];
      until = now() + Math.min(mostMilliseconds, milliseconds * ofStoring);
    },
    came: () => {
      if (isOver()) return;
      arrived += 1;
      lastArrival = now();
    },
    patientUntil: () => {
      if (!areReliable || isOver()) return 0;
      return hasShare() ? Math.min(until, lastArrival + silenceMilliseconds) : until;
    },
  };
}

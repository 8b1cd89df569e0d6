/** Chance that can be repeated: the same seed makes the same choices. */
export interface Chance {
  /** 0 <= number < below */
  below(below: number): number;
  /** True in this share of cases. */
  in(share: number): boolean;
  one<T>(choices: readonly T[]): T;
}

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    in: (share) => next() < share,
    one: (choices) => {
      const chosen = choices[below(choices.length)];
      if (chosen === undefined) throw new Error('nothing to choose from');
      return chosen;
    },
  };
}

/**
 * As in property tests: the same choices on every run unless LOANBOOK_TEST_SEED names others, or is `random`.
 * Print it, so that a failure can be repeated.
 */
export function seedOf(): number {
  const wish = process.env.LOANBOOK_TEST_SEED ?? '20260101';
  return wish === 'random' ? Math.floor(Math.random() * 1_000_000_000) : Number(wish);
}

/** How much of it: by the environment, else a little. */
export const numberOf = (variable: string, standard: number): number =>
  Number(process.env[variable] ?? standard);

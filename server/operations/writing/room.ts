/** A room for so many at a time; who comes later waits outside, in order. */
export interface Room {
  /** Runs `work`, which never fails, as soon as there is a place. */
  enter(work: () => Promise<void>): Promise<void>;
  /** How many wait outside. */
  outside(): number;
}

export function openRoom(places: number): Room {
  let free = places;
  const outside: (() => void)[] = [];
  const leave = (): void => {
    const next = outside.shift();
    if (next) next();
    else free += 1;
  };
  return {
    outside: () => outside.length,
    enter: async (work) => {
      if (free > 0) free -= 1;
      else await new Promise<void>((enter) => outside.push(enter));
      try {
        await work();
      } finally {
        leave();
      }
    },
  };
}

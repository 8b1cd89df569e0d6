/**
 * What became of tries, stored in batches: outcomes that come in while a batch is being written make up the
 * next one, of whichever endpoints they are.
 */
import type { Database } from '../../store/database.ts';
import { type Tried, updateTried } from '../../store/webhooks/deliveries.ts';
import { type Standing, updateStandings } from '../../store/webhooks/endpoints.ts';

export interface Ended {
  readonly tried: Tried;
  /** How its endpoint stands now, where that has changed. */
  readonly standing: Standing | undefined;
}

export interface Outcomes {
  /** Answers once it is stored for good. */
  store(ended: Ended): Promise<void>;
}

interface Waiting extends Ended {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const MOST_AT_ONCE = 500;

export function openOutcomes(db: Database): Outcomes {
  const waiting: Waiting[] = [];
  let isWriting = false;
  const writeAll = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST_AT_ONCE);
      const ended = await writeBatch(db, batch).then(
        () => (each: Waiting) => each.resolve(),
        (error: unknown) => (each: Waiting) => each.reject(error),
      );
      batch.forEach(ended);
    }
    isWriting = false;
  };
  return {
    store: (ended) =>
      new Promise((resolve, reject) => {
        waiting.push({ ...ended, resolve, reject });
        if (!isWriting) void writeAll();
      }),
  };
}

/** In order of the rows, as everybody locks them. */
async function writeBatch(db: Database, batch: readonly Ended[]): Promise<void> {
  const tries = batch.map(({ tried }) => tried).sort(inOrder);
  const latest = new Map(batch.flatMap(({ standing }) => (standing ? [[standing.id, standing]] : [])));
  const standings = [...latest.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  await db.transaction(async (tx) => {
    await updateTried(tx, tries);
    await updateStandings(tx, standings);
  });
}

const inOrder = (a: Tried, b: Tried): number =>
  Number(a.loanId - b.loanId) || Number(a.seq - b.seq) || Number(a.endpointId - b.endpointId);

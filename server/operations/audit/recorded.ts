/** A transaction whose changes go into the audit trail with it: both are stored, or neither. */
import type { Clock } from '../../clock.ts';
import { shownUrl } from '../../domain/webhook.ts';
import type { Database, TransactionOptions, Tx } from '../../store/database.ts';
import { type Draft, type Lane, lanesOf } from './lanes.ts';
import { cutOff, fateOf, isUnknown } from './lostCommit.ts';
import { type Author, type Change, openTrail } from './trail.ts';

export interface Recording {
  readonly db: Database;
  readonly clock: Clock;
}

export function recorded<T>({ db, clock }: Recording, by: Author, work: (tx: Tx) => Promise<T>): Promise<T> {
  return audited(db, async (tx, append) => {
    const changes = openTrail(tx);
    const done = await work(tx);
    await append(draftsOf(changes, by, clock.now()));
    return done;
  });
}

/** Adds rows to the trail; once in a transaction. */
export type Append = (drafts: readonly Draft[]) => Promise<void>;

/** Runs `work` in a transaction that extends a chain of the trail by what it appends. */
export async function audited<T>(
  db: Database,
  work: (tx: Tx, append: Append) => Promise<T>,
  { heads = 'read', ...options }: TransactionOptions & { readonly heads?: 'read' | 'known' } = {},
): Promise<T> {
  let lane: Lane | undefined;
  let done: { readonly result: T } | undefined;
  try {
    const result = await db.transaction(
      async (tx) => {
        // An earlier attempt, which the database has undone.
        lane?.release('undone');
        lane = undefined;
        const answer = await work(tx, async (drafts) => {
          if (drafts.length === 0) return;
          lane = lanesOf(db).take();
          await lane.append(tx, drafts, heads);
        });
        done = { result: answer };
        return answer;
      },
      { ...options, numbered: true },
    );
    lane?.release('committed');
    return result;
  } catch (error) {
    const fate = await fateOf(db, error, lane?.appended());
    lane?.release(fate);
    if (fate === 'committed' && done) return done.result;
    throw fate === 'undone' && isUnknown(error) ? cutOff(error) : error;
  }
}

export function draftsOf(changes: readonly Change[], by: Author, recordedAt: Date): Draft[] {
  const { accountId, operation, address, requestId } = by;
  // Once for all of them: an import has thousands of changes, and many that say the same.
  const command = withheld(by.command ?? null);
  const factsOf = openFacts(command);
  return changes.map((change) => ({
    place: typeof change.id === 'bigint' ? change.id : 0n,
    recordedAt,
    accountId,
    operation,
    address,
    requestId,
    subjectKind: change.kind,
    subjectId: String(change.id),
    version: change.version ?? null,
    facts: factsOf(change),
  }));
}

/** Written once for changes in a row that name the same objects. */
function openFacts(command: unknown): (change: Change) => string {
  let last: Pick<Change, 'before' | 'after'> | undefined;
  let text = '';
  return ({ before, after }) => {
    if (last?.before !== before || last.after !== after) text = JSON.stringify({ before, after, command });
    last = { before, after };
    return text;
  };
}

/** Secrets never, and of persons no more than which field was given. */
const WITHHELD =
  /password|secret|token|^(first|middle|last|full)name$|^mobileNo$|^email(Address)?$|^dateOfBirth$/i;

/** What stands behind the `?` of a receiver's address may open its door. */
const isUrl = (name: string, value: unknown): value is string => name === 'url' && typeof value === 'string';

/** Nothing but numbers and texts that may be told: as with nearly every payment. */
function isPlain(command: object): boolean {
  for (const [name, value] of Object.entries(command))
    if (typeof value === 'object' || isUrl(name, value) || WITHHELD.test(name)) return false;
  return true;
}

function withheld(command: unknown): unknown {
  if (Array.isArray(command)) return command.map(withheld);
  if (typeof command !== 'object' || command === null || isPlain(command)) return command;
  const entries = Object.entries(command).map(([name, value]) => [
    name,
    WITHHELD.test(name) ? '(withheld)' : isUrl(name, value) ? shownUrl(value) : withheld(value),
  ]);
  return Object.fromEntries(entries);
}

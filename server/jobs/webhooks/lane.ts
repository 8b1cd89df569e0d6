/**
 * Messages to one endpoint: a window of tries that slides. Whenever one ends the next begins, so a try that
 * takes long keeps no other waiting; of a loan only the first pending message goes out, and no other until
 * what became of it is stored. Each endpoint has a lane of its own.
 *
 * While the endpoint fails the window is one message wide. Tries that were under way together count as one
 * failure, or a hiccup of the receiver would put it to rest for long.
 */
import { restAfter } from '../../domain/webhook.ts';
import { type Delivery, listDue } from '../../store/webhooks/deliveries.ts';
import type { Standing } from '../../store/webhooks/endpoints.ts';
import { type EventFacts, findEvents, keyOf } from '../../store/webhooks/events.ts';
import { type Delivering, deliver, lostOf, type Receiver, triedOf } from './deliver.ts';
import type { Outcomes } from './outcomes.ts';
import type { OpenSecret } from './secrets.ts';

export interface LaneWork extends Delivering {
  readonly outcomes: Outcomes;
  readonly openSecret: OpenSecret;
  readonly mayGoOn: () => boolean;
}

export interface Lane {
  /** Resolves when nothing is due and nothing is under way; rejects when something could not be stored. */
  readonly ended: Promise<void>;
  /** There may be something new; `receiver` as it is now, undefined: nothing more is to be sent to it. */
  look(receiver: Receiver | undefined): void;
}

/** A receiver of more would be asked too much at once, one that is down would hold too many sockets. */
const AT_ONCE = 8;
/** Read ahead, so that the database is not asked for each message. */
const READ_AT_ONCE = 100;

interface Due {
  readonly delivery: Delivery;
  readonly event: EventFacts | undefined;
}

interface State {
  readonly work: LaneWork;
  receiver: Receiver;
  isOpen: boolean;
  /** Tries that began before the last failure that counted are part of it. */
  failedAt: number;
  /** Numbers the tries. */
  begun: number;
  /** By loan. */
  readonly underWay: Map<bigint, Promise<void>>;
  waiting: Due[];
  /** What was due when it was last looked for is all under way or waiting. */
  hasAll: boolean;
  wake: () => void;
  failure: { readonly error: unknown } | undefined;
}

export function openLane(work: LaneWork, receiver: Receiver): Lane {
  const state: State = {
    ...{ work, receiver, isOpen: true, failedAt: -1, begun: 0, underWay: new Map(), waiting: [] },
    ...{ hasAll: false, wake: () => {}, failure: undefined },
  };
  return { ended: run(state), look: (current) => look(state, current) };
}

function look(state: State, current: Receiver | undefined): void {
  if (current === undefined) state.isOpen = false;
  // One that was not changed may have fared otherwise since it was read: the lane knows better.
  else if (current.version !== state.receiver.version) state.receiver = current;
  state.hasAll = false;
  state.wake();
}

async function run(state: State): Promise<void> {
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        state.wake = resolve;
      });
      await fill(state);
      if (state.underWay.size === 0) break;
      await Promise.race([...state.underWay.values(), woken]);
    }
  } finally {
    await Promise.all(state.underWay.values());
  }
  if (state.failure) throw state.failure.error;
}

/** Begins as many tries as there is room for. */
async function fill(state: State): Promise<void> {
  while (mayBegin(state)) {
    const next = state.waiting.shift();
    if (next) begin(state, next);
    else if (state.hasAll) return;
    else await readAhead(state);
  }
}

function mayBegin({ work, receiver, isOpen, failure, underWay }: State): boolean {
  if (!isOpen || failure !== undefined || !work.mayGoOn()) return false;
  if (receiver.restsUntil !== null && receiver.restsUntil > work.clock.now()) return false;
  // While it is down, one probe at a time.
  return underWay.size < (receiver.failuresInARow > 0 ? 1 : AT_ONCE);
}

async function readAhead(state: State): Promise<void> {
  const { work, receiver, underWay } = state;
  // Whatever ends from now on may free its loan's next message.
  state.hasAll = true;
  const due = await listDue(work.db.read, {
    endpointId: receiver.id,
    now: work.clock.now(),
    most: READ_AT_ONCE,
    besides: [...underWay.keys()],
  });
  if (due.length === READ_AT_ONCE) state.hasAll = false;
  const events = await findEvents(work.db.read, due);
  state.waiting = due.map((delivery) => ({ delivery, event: events.get(keyOf(delivery)) }));
}

function begin(state: State, due: Due): void {
  const { loanId } = due.delivery;
  state.begun += 1;
  const doing = tryOne(state, due, state.begun)
    .catch((error: unknown) => {
      state.failure = { error };
    })
    .finally(() => {
      state.underWay.delete(loanId);
      state.hasAll = false;
    });
  state.underWay.set(loanId, doing);
}

async function tryOne(state: State, { delivery, event }: Due, number: number): Promise<void> {
  const { work, receiver } = state;
  const { clock, outcomes, openSecret } = work;
  if (event === undefined)
    return outcomes.store({ tried: lostOf(delivery, clock.now()), standing: undefined });
  const outcome = await deliver(work, { receiver, event, openSecret });
  if (work.cutShort?.aborted === true && outcome.status === null) return;
  const standing = outcome.isTaken ? afterSuccess(state) : afterFailure(state, number);
  if (standing) state.receiver = { ...state.receiver, ...standing };
  await outcomes.store({ tried: triedOf(delivery, outcome, clock.now()), standing });
}

/** One that was taken proves that the endpoint lives. */
function afterSuccess({
  receiver: { id, version, failuresInARow, restsUntil },
}: State): Standing | undefined {
  if (failuresInARow === 0 && restsUntil === null) return undefined;
  return { id, version, failuresInARow: 0, restsUntil: null };
}

function afterFailure(state: State, number: number): Standing | undefined {
  if (number <= state.failedAt) return undefined;
  state.failedAt = state.begun;
  const { id, version, failuresInARow } = state.receiver;
  const failures = failuresInARow + 1;
  return { id, version, failuresInARow: failures, restsUntil: restAfter(failures, state.work.clock.now()) };
}

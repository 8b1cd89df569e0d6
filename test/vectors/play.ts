/** Plays one vector against a server: every operation a call, every expectation looked up in answers. */
import { LoanbookError } from '../../sdk/client.ts';
import type { Outcome } from '../conformance/comparison.ts';
import type { Row, Step, Vector } from '../conformance/format.ts';
import { fieldsOf } from '../conformance/operations.ts';
import type { Failure } from '../conformance/play.ts';
import { type Deployment, emptyBook } from './deployment.ts';
import { untoldReason } from './events.ts';
import { CHECKS } from './expectations.ts';
import { operate, RefusedCall } from './operations.ts';
import { NotPlayable, newPlay, type Play } from './played.ts';

export interface PlayedVector {
  readonly vector: Vector;
  readonly failure: Failure | null;
  /** Why it could not be played; null when it was. */
  readonly reason: string | null;
  /** Expectations that were compared, and those that answers do not tell. */
  readonly compared: number;
  readonly untold: number;
}

/** Why the API has no words for a vector; null when it has. */
export function obstacleOf({ steps }: Vector): string | null {
  if (steps.some(({ op, by }) => op === 'create-user' || by === 'user' || op === 'lock-loan'))
    return 'a user who is refused on loans that close of business has locked or not reached: accounts have no such right';
  const looked = steps.filter(({ expect }) => expect !== undefined);
  const untold = looked.map(untoldReason).filter((each) => each !== null);
  return untold.length > 0 && untold.length === looked.length ? (untold[0] ?? null) : null;
}

export async function playVector(deployment: Deployment, vector: Vector): Promise<PlayedVector> {
  await emptyBook(deployment);
  const play = newPlay(deployment, vector.id);
  const counts = { compared: 0, untold: 0 };
  for (const [index, step] of vector.steps.entries()) {
    const isUntold = untoldReason(step) !== null;
    if (step.expect !== undefined) counts[isUntold ? 'untold' : 'compared'] += 1;
    if (isUntold) continue;
    const found = await carryOut(play, step);
    const base = { vector, ...counts };
    if (typeof found === 'string') return { ...base, failure: null, reason: found };
    const name = `${index + 1} ${step.op ?? step.expect}`;
    if (found) return { ...base, failure: { id: vector.id, step: name, ...found }, reason: null };
  }
  return { vector, ...counts, failure: null, reason: null };
}

/** A difference, a reason why it can't be played, or null. */
async function carryOut(play: Play, step: Step): Promise<Outcome | string> {
  try {
    return await (step.op === undefined ? look(play, step) : act(play, step));
  } catch (error) {
    if (error instanceof NotPlayable) return error.message;
    return { expected: wanted(step), actual: reasonOf(error) };
  }
}

async function look(play: Play, step: Step): Promise<Outcome> {
  const check = CHECKS[String(step.expect)];
  if (!check) throw new NotPlayable(`no answer tells ${step.expect}`);
  return check(play, fieldsOf(step));
}

async function act(play: Play, step: Step): Promise<Outcome> {
  if (step.refused !== true) {
    await operate(play, step);
    return null;
  }
  const expected = `refused: ${step.reason}`;
  try {
    await operate(play, step);
  } catch (error) {
    return isRefusal(error) ? null : { expected, actual: reasonOf(error) };
  }
  return { expected, actual: 'accepted' };
}

/** By a rule; not because the call was made in words that the API does not know. */
const isRefusal = (error: unknown): boolean =>
  (error instanceof LoanbookError || error instanceof RefusedCall) &&
  [400, 403, 404, 409].includes(error.status) &&
  !error.message.includes('unknown field');

const wanted = ({ terms: _, ...fields }: Step): Row => fields as Row;

function reasonOf(error: unknown): string {
  if (error instanceof LoanbookError) return `${error.status} ${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Playing one vector from an empty book: steps in order, until one does not do what it should. */
import { Refusal } from '../../server/domain/refusal.ts';
import type { Difference, Outcome } from './comparison.ts';
import type { ConformanceFolder, Row, Step, Vector } from './format.ts';
import { HISTORY_CHECKS } from './historyExpectations.ts';
import { fieldsOf, operate } from './operations.ts';
import { SCHEDULE_CHECKS } from './scheduleExpectations.ts';
import { STATE_CHECKS } from './stateExpectations.ts';
import { newWorld, snapshot, type World } from './world.ts';

export interface Failure extends Difference {
  readonly id: string;
  /** Place of the step in the vector, from 1, and what it is. */
  readonly step: string;
}

const CHECKS = { ...SCHEDULE_CHECKS, ...HISTORY_CHECKS, ...STATE_CHECKS };

/** Null when every step does what it should, else the first that does not. */
export function playVector(vector: Vector, folder: ConformanceFolder): Failure | null {
  for (const failure of failuresOf(vector, folder)) return failure;
  return null;
}

/** Every step that does not do what it should, going on after each. */
export function* failuresOf(vector: Vector, folder: ConformanceFolder): Generator<Failure> {
  const world = newWorld(folder);
  for (const [index, step] of vector.steps.entries()) {
    const difference = step.op === undefined ? look(world, step) : act(world, step);
    if (difference) yield { id: vector.id, step: `${index + 1} ${step.op ?? step.expect}`, ...difference };
  }
}

function look(world: World, step: Step): Outcome {
  const check = CHECKS[String(step.expect)];
  if (!check) return { expected: step.expect, actual: `expectation "${step.expect}" is not known` };
  try {
    return check(world, fieldsOf(step));
  } catch (error) {
    return { expected: wanted(step), actual: reasonOf(error) };
  }
}

function act(world: World, step: Step): Outcome {
  const restore = snapshot(world);
  try {
    operate(world, step);
  } catch (error) {
    restore();
    if (step.refused === true && error instanceof Refusal) return null;
    return { expected: step.refused ? `refused: ${step.reason}` : wanted(step), actual: reasonOf(error) };
  }
  return step.refused === true ? { expected: `refused: ${step.reason}`, actual: 'accepted' } : null;
}

const wanted = ({ terms: _, ...fields }: Step): Row => fields as Row;

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return `refused (${error.code}): ${error.message}`;
  if (!(error instanceof Error)) return String(error);
  const place = error.stack?.split('\n').find((line) => line.includes('/server/')) ?? '';
  return `${error.name}: ${error.message} ${place.trim().replace(/\(.*\/server\//, '(server/')}`.trim();
}

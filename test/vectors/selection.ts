/** Which vectors a run plays. */
import type { Vector } from '../conformance/format.ts';

interface Wanted {
  readonly VECTORS_TAG?: string | undefined;
  readonly VECTORS_ID?: string | undefined;
  readonly VECTORS?: string | undefined;
}

/** What the lender's day is judged by. */
export const DAY_TAGS = [
  'cob',
  'accruals',
  'delinquency',
  'delinquency-pause',
  'charges:fee',
  'charges:penalty',
  'charges:installment',
  'charge-waiver',
  'charge-adjustment',
];

/** Of many vectors alike, one in so many; those that close days all. */
const EVERY = 12;

export function chosen(vectors: readonly Vector[], wanted: Wanted): readonly Vector[] {
  const { VECTORS_TAG: tag, VECTORS_ID: id } = wanted;
  if (id !== undefined) return vectors.filter((vector) => id.split(',').includes(vector.id));
  if (tag !== undefined) return vectors.filter(({ requires }) => requires.includes(tag));
  if (wanted.VECTORS === 'all') return vectors;
  const ofDay = vectors.filter(({ requires }) => requires.some((each) => DAY_TAGS.includes(each)));
  return ofDay.filter(({ requires }, place) => requires.includes('cob') || place % EVERY === 0);
}

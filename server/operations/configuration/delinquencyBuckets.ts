/** Delinquency buckets: products name them, loans keep the ranges that they were made with. */
import { requireSoundRanges } from '../../domain/delinquency/bucket.ts';
import { Refusal } from '../../domain/refusal.ts';
import {
  deleteBucket,
  findBucket,
  insertBucket,
  type StoredBucket,
  updateBucket,
} from '../../store/configuration/delinquencyBuckets.ts';
import type { Tx } from '../../store/database.ts';
import { LostVersion } from '../../store/failure.ts';
import { listProducts } from '../../store/loanProducts.ts';
import { noteChange } from '../audit/trail.ts';
import type { Configuring } from '../products/products.ts';
import { refreshProducts } from '../products/refreshProducts.ts';

export type BucketDraft = Omit<StoredBucket, 'version'>;

export async function requireBucket(tx: Tx, code: string): Promise<StoredBucket> {
  const found = await findBucket(tx, code);
  if (found) return found;
  throw new Refusal('not_found', 'delinquency_bucket_unknown', `delinquency bucket ${code} does not exist`);
}

export async function addBucket(tx: Tx, draft: BucketDraft): Promise<StoredBucket> {
  requireSoundRanges(draft.ranges);
  if (!(await insertBucket(tx, draft)))
    throw new Refusal('aborted', 'code_taken', 'another delinquency bucket has this code', 'code');
  const made = { ...draft, version: 1 };
  noteBucket(tx, null, made);
  return made;
}

/** Products that name it get their next version; loans stay as they were made. */
export async function changeBucket(
  tx: Tx,
  configuring: Configuring,
  draft: BucketDraft,
): Promise<StoredBucket> {
  requireSoundRanges(draft.ranges);
  const before = await requireBucket(tx, draft.code);
  if (!(await updateBucket(tx, { ...draft, version: before.version })))
    throw new LostVersion(`delinquency bucket ${draft.code} was changed by another writer`);
  const after = { ...draft, version: before.version + 1 };
  noteBucket(tx, before, after);
  await refreshProducts(tx, configuring);
  return after;
}

export async function removeBucket(tx: Tx, code: string): Promise<void> {
  const before = await requireBucket(tx, code);
  const products = await listProducts(tx);
  const user = products.find(({ terms }) => terms.delinquencyBucket?.code === code);
  if (user)
    throw new Refusal('aborted', 'delinquency_bucket_in_use', `Product ${user.name} names this bucket`);
  await deleteBucket(tx, code);
  noteBucket(tx, before, null);
}

function noteBucket(tx: Tx, before: StoredBucket | null, after: StoredBucket | null): void {
  const id = after?.code ?? before?.code ?? '';
  const facts = (bucket: StoredBucket | null) =>
    bucket && { name: bucket.name, ranges: bucket.ranges, version: bucket.version };
  noteChange(tx, { kind: 'delinquencyBucket', id, before: facts(before), after: facts(after) });
}

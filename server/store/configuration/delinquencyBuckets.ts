/** Delinquency buckets as rows. */
import type { DelinquencyBucket } from '../../domain/terms.ts';
import type { Tx } from '../database.ts';

export interface StoredBucket extends DelinquencyBucket {
  readonly name: string;
  readonly version: number;
}

const COLUMNS = 'code, name, ranges, version';

export const listBuckets = (tx: Tx): Promise<StoredBucket[]> =>
  tx.query<StoredBucket>(`select ${COLUMNS} from delinquency_bucket order by code`);

export async function findBucket(tx: Tx, code: string): Promise<StoredBucket | undefined> {
  const [row] = await tx.query<StoredBucket>(`select ${COLUMNS} from delinquency_bucket where code = $1`, [
    code,
  ]);
  return row;
}

/** Answers false, and changes nothing, when there is a bucket with the code. */
export async function insertBucket(tx: Tx, bucket: Omit<StoredBucket, 'version'>): Promise<boolean> {
  const rows = await tx.query(
    `insert into delinquency_bucket (code, name, ranges, version) values ($1, $2, $3, 1)
     on conflict do nothing returning code`,
    [bucket.code, bucket.name, JSON.stringify(bucket.ranges)],
  );
  return rows.length === 1;
}

/** Answers false when another writer came first. */
export async function updateBucket(tx: Tx, bucket: StoredBucket): Promise<boolean> {
  const rows = await tx.query(
    `update delinquency_bucket set name = $2, ranges = $3, version = version + 1
     where code = $1 and version = $4 returning code`,
    [bucket.code, bucket.name, JSON.stringify(bucket.ranges), bucket.version],
  );
  return rows.length === 1;
}

export async function deleteBucket(tx: Tx, code: string): Promise<void> {
  await tx.query('delete from delinquency_bucket where code = $1', [code]);
}

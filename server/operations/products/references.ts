import type { DelinquencyBucket } from '../../domain/terms.ts';
import { listCharges } from '../../store/charges.ts';
import type { Tx } from '../../store/database.ts';
import { listGlAccounts } from '../../store/ledger/glAccounts.ts';
import { listProducts } from '../../store/loanProducts.ts';
import { listReferences } from '../../store/references.ts';
import type { References } from './draft.ts';

/** Everything that a product may name, as it stands now. */
export async function readReferences(tx: Tx): Promise<References> {
  const [accounts, paymentTypes, buckets, charges] = await Promise.all([
    listGlAccounts(tx),
    listReferences(tx, 'payment_type'),
    knownBuckets(tx),
    listCharges(tx),
  ]);
  return { accounts, paymentTypes: paymentTypes.map(({ shortName }) => shortName), buckets, charges };
}

/** Those that products have. */
async function knownBuckets(tx: Tx): Promise<DelinquencyBucket[]> {
  const products = await listProducts(tx);
  const buckets = products.flatMap(({ terms: { delinquencyBucket } }) => delinquencyBucket ?? []);
  return [...new Map(buckets.map((bucket) => [bucket.code, bucket])).values()];
}

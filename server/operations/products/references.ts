import type { DelinquencyBucket } from '../../domain/terms.ts';
import { listCharges } from '../../store/configuration/charges.ts';
import { listBuckets } from '../../store/configuration/delinquencyBuckets.ts';
import { listReferences } from '../../store/configuration/references.ts';
import type { Tx } from '../../store/database.ts';
import { listGlAccounts } from '../../store/ledger/glAccounts.ts';
import { listProducts } from '../../store/loanProducts.ts';
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

/** Those that are configured, and those that products had before buckets were. */
async function knownBuckets(tx: Tx): Promise<DelinquencyBucket[]> {
  const [products, configured] = await Promise.all([listProducts(tx), listBuckets(tx)]);
  const ofProducts = products.flatMap(({ terms: { delinquencyBucket } }) => delinquencyBucket ?? []);
  const buckets = [...ofProducts, ...configured].map(({ code, ranges }) => ({ code, ranges }));
  return [...new Map(buckets.map((bucket) => [bucket.code, bucket])).values()];
}

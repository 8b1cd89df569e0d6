/**
 * Products keep a copy of what they name: charges and the delinquency bucket. When one of these changes, each
 * product that has it gets its next version; loans keep what they were made with.
 */
import type { LoanProduct, ProductDefinition } from '../../domain/product.ts';
import type { Tx } from '../../store/database.ts';
import { listProducts, updateProduct } from '../../store/loanProducts.ts';
import type { References } from './draft.ts';
import { type Configuring, isSame, noteProduct } from './products.ts';
import { readReferences } from './references.ts';

/** To be called in the transaction in which a charge or a bucket was changed. */
export async function refreshProducts(tx: Tx, { book, by }: Configuring): Promise<void> {
  const [products, references] = await Promise.all([listProducts(tx), readReferences(tx)]);
  for (const product of products) {
    const refreshed = { ...product, ...withReferences(product, references), version: product.version + 1 };
    if (isSame(product, refreshed)) continue;
    await updateProduct(tx, refreshed, { by: by.accountId, now: book.clock.now() });
    noteProduct(tx, product, refreshed);
  }
}

function withReferences({ terms, charges }: LoanProduct, references: References): Partial<ProductDefinition> {
  const { delinquencyBucket: bucket } = terms;
  const current = references.buckets.find(({ code }) => code === bucket?.code) ?? bucket;
  const fresh = charges?.map(
    (charge) =>
      references.charges.find(({ definition }) => definition.code === charge.code)?.definition ?? charge,
  );
  return { terms: { ...terms, delinquencyBucket: current }, ...(fresh && { charges: fresh }) };
}

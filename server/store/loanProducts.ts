/** Loan products as rows. */
import type { LoanProduct, ProductDefinition } from '../domain/product.ts';
import { find, findAll } from './batch/member.ts';
import { type Lookup, oneByOne } from './batch/readings.ts';
import type { Tx } from './database.ts';
import { readExact, writeExact } from './exactJson.ts';

interface ProductRow {
  id: bigint;
  name: string;
  short_name: string;
  description: string;
  status: 'active' | 'inactive';
  version: number;
  definition: unknown;
}

const PRODUCTS = oneByOne<bigint, LoanProduct>('products', async (tx, id) => {
  const [row] = await tx.query<ProductRow>('select * from loan_product where id = $1', [id]);
  return row && toProduct(row);
});

export const findProduct = (tx: Tx, id: bigint): Promise<LoanProduct | undefined> => find(tx, PRODUCTS, id);

export async function listProducts(tx: Tx): Promise<LoanProduct[]> {
  const rows = await tx.query<ProductRow>('select * from loan_product order by id');
  return rows.map(toProduct);
}

/** Names of the products of a page of loans. */
export async function findProductNames(tx: Tx, ids: readonly bigint[]): Promise<Map<bigint, string>> {
  const found = await findAll(tx, PRODUCT_NAMES, ids);
  return new Map([...found.values()].map((row) => [row.id, row.name]));
}

const PRODUCT_NAMES: Lookup<bigint, { readonly id: bigint; readonly name: string }> = {
  name: 'names of products',
  textOf: String,
  read: async (tx, ids) => {
    const rows = await tx.query<{ id: bigint; name: string }>(
      'select id, name from loan_product where id = any($1)',
      [ids],
    );
    return new Map(rows.map((row) => [String(row.id), row]));
  },
};

/** Leaves a product that is there as it is. */
export async function insertProduct(tx: Tx, product: LoanProduct): Promise<void> {
  const { id, name, shortName, description, status, version, terms, limits, choosable } = product;
  const definition = writeExact({ terms, limits, choosable } satisfies ProductDefinition);
  await tx.query(
    `insert into loan_product (id, name, short_name, description, status, version, definition)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [id, name, shortName, description, status, version, definition],
  );
}

function toProduct(row: ProductRow): LoanProduct {
  const { id, name, short_name: shortName, description, status, version } = row;
  return {
    id,
    name,
    shortName,
    description,
    status,
    version,
    ...readExact<ProductDefinition>(row.definition),
  };
}

/** Loan products as rows, and every version that they ever had. */
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

export async function nextProductId(tx: Tx): Promise<bigint> {
  const [row] = await tx.query<{ id: bigint }>(`select nextval('loan_product_id') as id`);
  return row?.id ?? 0n;
}

/** Who made a version, and when; null: the system itself. */
export interface Making {
  readonly by: string | null;
  readonly now: Date;
}

/** Answers false, and changes nothing, when there is a product with the number or one of the names. */
export async function insertProduct(tx: Tx, product: LoanProduct, making: Making): Promise<boolean> {
  const { id, name, shortName, description, status, version } = product;
  const rows = await tx.query(
    `insert into loan_product (id, name, short_name, description, status, version, definition)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning id`,
    [id, name, shortName, description, status, version, definitionText(product)],
  );
  if (rows.length === 1) await insertVersion(tx, product, making);
  return rows.length === 1;
}

/**
 * The next version of a product. The version goes in first: a writer that saw an older product takes a number
 * that exists, and fails.
 */
export async function updateProduct(tx: Tx, product: LoanProduct, making: Making): Promise<void> {
  const { id, name, shortName, description, version } = product;
  await insertVersion(tx, product, making);
  await tx.query(
    `update loan_product set name = $3, short_name = $4, description = $5, version = $2, definition = $6
     where id = $1`,
    [id, version, name, shortName, description, definitionText(product)],
  );
}

export async function updateProductStatus(
  tx: Tx,
  { id, status }: Pick<LoanProduct, 'id' | 'status'>,
): Promise<void> {
  await tx.query('update loan_product set status = $2 where id = $1', [id, status]);
}

async function insertVersion(tx: Tx, product: LoanProduct, { by, now }: Making): Promise<void> {
  const { id, name, shortName, description, version } = product;
  await tx.query(
    `insert into loan_product_version
       (product_id, version, name, short_name, description, definition, made_by, recorded_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, version, name, shortName, description, definitionText(product), by, now],
  );
}

export interface ProductVersion {
  readonly product: LoanProduct;
  readonly madeBy: string | null;
  readonly recordedAt: Date;
}

/** All versions of a product, the newest first. */
export async function listProductVersions(tx: Tx, id: bigint): Promise<ProductVersion[]> {
  const rows = await tx.query<ProductRow & { made_by: string | null; recorded_at: Date }>(
    `select product.id, product.status, made.name, made.short_name, made.description, made.version,
       made.definition, made.made_by, made.recorded_at
     from loan_product product join loan_product_version made on made.product_id = product.id
     where product.id = $1 order by made.version desc`,
    [id],
  );
  return rows.map((row) => ({
    product: toProduct(row),
    madeBy: row.made_by,
    recordedAt: row.recorded_at,
  }));
}

/** What of a product makes a version besides its names. */
export const definitionText = ({ terms, limits, choosable, charges, offered }: ProductDefinition): string =>
  writeExact({
    terms,
    limits,
    choosable,
    ...(charges && { charges }),
    ...(offered && { offered }),
  } satisfies ProductDefinition);

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

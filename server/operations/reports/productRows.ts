/** Rows by product, and one for all products of a currency together. */
import type { Currency } from '../../domain/money.ts';
import { currencyOf, type LoanProduct } from '../../domain/product.ts';
import type { Column, ReportRow, Row } from '../../domain/report/table.ts';
import type { Tx } from '../../store/database.ts';
import { listProducts } from '../../store/loanProducts.ts';

export const PRODUCT_COLUMNS: readonly Column[] = [
  { key: 'product', label: 'Product', type: 'text' },
  { key: 'currencyCode', label: 'Currency', type: 'text' },
];

export const ALL_PRODUCTS = 'All products';

interface OfProduct {
  readonly productId: bigint;
}

/**
 * A row for each product that there is something of, and one for all of a currency; `row` makes the cells
 * of a group.
 */
export async function rowsByProduct<Item extends OfProduct>(
  tx: Tx,
  items: readonly Item[],
  row: (items: readonly Item[]) => Row,
): Promise<ReportRow[]> {
  const products = await productsOf(tx, items);
  return rowsOf(products, items, row);
}

/** The same for each key (a day, a month), in order of keys; `head` gives the cells that name it. */
export async function rowsByKeyAndProduct<Item extends OfProduct>(
  tx: Tx,
  items: readonly Item[],
  by: {
    readonly keyOf: (item: Item) => string;
    readonly head: (key: string) => Row;
    readonly row: (items: readonly Item[], key: string) => Row;
  },
): Promise<ReportRow[]> {
  const products = await productsOf(tx, items);
  const keys = new Map<string, Item[]>();
  for (const item of items) {
    const key = by.keyOf(item);
    const group = keys.get(key);
    if (group) group.push(item);
    else keys.set(key, [item]);
  }
  return [...keys]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, group]) =>
      rowsOf(products, group, (each) => by.row(each, key)).map(({ currency, cells }) => ({
        currency,
        cells: { ...by.head(key), ...cells },
      })),
    );
}

async function productsOf(tx: Tx, items: readonly OfProduct[]): Promise<LoanProduct[]> {
  const wanted = new Set(items.map(({ productId }) => productId));
  return (await listProducts(tx)).filter(({ id }) => wanted.has(id));
}

function rowsOf<Item extends OfProduct>(
  products: readonly LoanProduct[],
  items: readonly Item[],
  row: (items: readonly Item[]) => Row,
): ReportRow[] {
  const currencies = new Map<string, Currency>();
  for (const product of products) currencies.set(currencyOf(product).code, currencyOf(product));
  return [...currencies.values()].flatMap((currency) => {
    const own = products.filter((product) => currencyOf(product).code === currency.code);
    const named = (product: string, of: readonly Item[]): ReportRow => ({
      currency,
      cells: { product, currencyCode: currency.code, ...row(of) },
    });
    const ids = new Set(own.map(({ id }) => id));
    const rows = own
      .map((product) => ({ product, of: items.filter((each) => each.productId === product.id) }))
      .filter(({ of }) => of.length > 0)
      .map(({ product, of }) => named(product.name, of));
    const all = items.filter((each) => ids.has(each.productId));
    return all.length === 0 ? rows : [...rows, named(ALL_PRODUCTS, all)];
  });
}

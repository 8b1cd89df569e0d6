/**
 * Pagination of every list: `page` and `rows`, or beyond the contract `after=<cursor>`, which stays fast
 * however deep one reads. The cursor holds the sort key and the id of the last item, so the next page is
 * found by an index.
 */
import { Type } from '@fastify/type-provider-typebox';
import type { TArray, TInteger, TObject, TOptional, TSchema, TString } from 'typebox';
import type { PageEnd, Page as PageFound, PageRequest } from '../store/page.ts';
import { isStorable } from './edge/jsonBody.ts';
import { invalidArgument } from './errors.ts';

type SortOrder = PageRequest['sortOrder'];

/** `orderBy` is one of the list's own orders; the store turns it into a column. */
export type ListRequest<Order extends string> = PageRequest & { readonly orderBy: Order };

/**
 * Query fields of a list; the first of `orders` is the default. Spread them into the list's own query schema.
 */
export function pageFields<const Order extends string>(
  orders: readonly Order[],
  sortOrder: SortOrder = 'ASC',
) {
  return {
    page: Type.Optional(Type.Integer({ minimum: 1, default: 1, description: 'Page number, from 1' })),
    rows: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, default: 10, description: 'Items per page, at most 100' }),
    ),
    orderBy: Type.Optional(
      Type.Unsafe<Order>({
        type: 'string',
        enum: [...orders],
        ...(orders[0] === undefined ? {} : { default: orders[0] }),
      }),
    ),
    sortOrder: Type.Optional(
      Type.Unsafe<SortOrder>({ type: 'string', enum: ['ASC', 'DESC'], default: sortOrder }),
    ),
    after: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1000,
        description:
          'The `nextCursor` of the page before, in place of `page`. Keep the other fields as they were.',
      }),
    ),
  };
}

type PageQuery<Order extends string> = {
  page?: number;
  rows?: number;
  orderBy?: Order;
  sortOrder?: SortOrder;
  after?: string;
};

/** The page that a validated query asks for (the schema has filled in the defaults). */
export function pageOf<Order extends string>(
  query: PageQuery<Order>,
  defaultOrder: Order,
): ListRequest<Order> {
  const { page = 1, rows = 10, orderBy = defaultOrder, sortOrder = 'ASC' } = query;
  const after = query.after === undefined ? undefined : readCursor(query.after, { orderBy, sortOrder });
  return { page, rows, orderBy, sortOrder, after };
}

/** The schema of a list's answer. */
export function pageSchema<Item extends TSchema>(
  item: Item,
): TObject<{
  items: TArray<Item>;
  total: TInteger;
  page: TInteger;
  rowsPerPage: TInteger;
  nextCursor: TOptional<TString>;
}> {
  return Type.Object({
    items: Type.Array(item),
    total: Type.Integer({ description: 'Number of items on all pages' }),
    page: Type.Integer(),
    rowsPerPage: Type.Integer(),
    nextCursor: Type.Optional(
      Type.String({ description: 'Give it as `after` to read on; absent on the last page' }),
    ),
  });
}

export interface Page<Item> {
  items: Item[];
  total: number;
  page: number;
  rowsPerPage: number;
  nextCursor?: string;
}

/** The answer of a list: the rows found, each turned into its answer. */
export function pageAnswer<Row, Item>(
  request: PageRequest,
  found: PageFound<Row>,
  answerOf: (row: Row) => Item,
): Page<Item> {
  return {
    items: found.items.map(answerOf),
    total: found.total,
    page: request.page,
    rowsPerPage: request.rows,
    ...(found.end && { nextCursor: writeCursor(request, found.end) }),
  };
}

type Sort = { orderBy: string; sortOrder: SortOrder };

function writeCursor({ orderBy, sortOrder }: Sort, { value, id }: PageEnd): string {
  return Buffer.from(JSON.stringify([orderBy, sortOrder, value, id.toString()])).toString('base64url');
}

function readCursor(text: string, { orderBy, sortOrder }: Sort): PageEnd {
  const parts = parsed(text);
  if (!Array.isArray(parts) || parts.length !== 4) throw cursorFault('is not a cursor of this list');
  const [cursorOrder, cursorSort, value, id] = parts as unknown[];
  const isValue = typeof value === 'string' && isStorable(value);
  if (!isValue || typeof id !== 'string' || !/^\d{1,18}$/.test(id))
    throw cursorFault('is not a cursor of this list');
  if (cursorOrder !== orderBy || cursorSort !== sortOrder)
    throw cursorFault('belongs to another orderBy or sortOrder');
  return { value, id: BigInt(id) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}

const cursorFault = (error: string) => invalidArgument({ field: 'after', error });

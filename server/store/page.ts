/**
 * Lists: one page of rows, and how many there are in all. Both are asked of the database with the same
 * conditions, so the total is right whatever the size. A page is found by its number, or (cheap at any
 * depth) after the last row seen.
 */
import { Refusal } from '../domain/refusal.ts';
import type { Tx } from './database.ts';

export interface PageRequest {
  readonly page: number;
  readonly rows: number;
  readonly orderBy: string;
  readonly sortOrder: 'ASC' | 'DESC';
  /** Sort value and id of the last row of the page before, as `endOf` answered them. */
  readonly after?: PageEnd | undefined;
}

/** Where a page ended: the sort column's value as text, and the id. */
export interface PageEnd {
  readonly value: string;
  readonly id: bigint;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  /** Absent on the last page. */
  readonly end?: PageEnd;
}

/** A look-up that found nothing. */
export const EMPTY_PAGE: Page<never> = { items: [], total: 0 };

/** A condition with a `?` for each of its values. */
export type Condition = readonly [sql: string, ...values: unknown[]];

export interface ListQuery {
  /** What is selected, e.g. `customer.*, office.name as office_name`. */
  readonly columns: string;
  readonly from: string;
  readonly conditions: readonly Condition[];
  readonly id: string;
  /** A cheaper way to the total than counting the rows. */
  readonly count?: () => Promise<number>;
  /** The sort column or expression, and the type its text is cast back to. */
  readonly sort: { readonly sql: string; readonly type: 'bigint' | 'date' | 'text' | 'timestamptz' };
}

/** Part of a statement with the values of its places. */
export interface Built {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Offsets beyond this are beyond any table. */
export const FAR = 1_000_000_000_000;

export async function readPage<Row extends object>(
  tx: Tx,
  query: ListQuery,
  request: PageRequest,
): Promise<Page<Row>> {
  const page = pageQuery(query, request);
  const [rows, total] = await Promise.all([
    tx.query<Row & { page_value: string; page_id: bigint }>(page.text, page.values),
    query.count?.() ?? countRows(tx, query),
  ]);
  const items = rows.slice(0, request.rows);
  const last = rows.length > request.rows ? items.at(-1) : undefined;
  const end = last && { value: last.page_value, id: last.page_id };
  return { items, total, ...(end && { end }) };
}

async function countRows(tx: Tx, { from, conditions }: ListQuery): Promise<number> {
  const { text, values } = where(conditions);
  const [row] = await tx.query<{ total: bigint }>(`select count(*) as total from ${from}${text}`, values);
  return Number(row?.total ?? 0);
}

/** One row more than asked for tells whether another page follows. */
function pageQuery(query: ListQuery, request: PageRequest): Built {
  const { sql, type } = query.sort;
  const direction = request.sortOrder === 'ASC' ? 'asc' : 'desc';
  const filter = where([
    ...query.conditions,
    ...(request.after ? [after(query, request, request.after)] : []),
  ]);
  const offset = request.after ? 0 : Math.min((request.page - 1) * request.rows, FAR);
  const order = sql === query.id ? `${sql} ${direction}` : `${sql} ${direction}, ${query.id} ${direction}`;
  const columns = `${query.columns}, (${sql})::${type}::text as page_value, ${query.id} as page_id`;
  const limit = ` order by ${order} limit ${request.rows + 1} offset ${offset}`;
  return { text: `select ${columns} from ${query.from}${filter.text}${limit}`, values: filter.values };
}

const SORT_TEXTS: Readonly<Record<ListQuery['sort']['type'], RegExp>> = {
  text: /^/,
  bigint: /^-?\d{1,18}$/,
  timestamptz: /^\d{4}-\d{2}-\d{2} [\d:.+-]{5,24}$/,
  date: /^(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|30|31)|infinity)$/,
};

/** A comparison of rows, so that the index finds the place at once. */
function after(query: ListQuery, request: PageRequest, end: PageEnd): Condition {
  if (!SORT_TEXTS[query.sort.type].test(end.value))
    throw new Refusal('invalid_argument', 'cursor_malformed', 'is not a cursor of this list', 'after');
  const compare = request.sortOrder === 'ASC' ? '>' : '<';
  return [
    `(${query.sort.sql}, ${query.id}) ${compare} (?::text::${query.sort.type}, ?::bigint)`,
    end.value,
    end.id,
  ];
}

/** ` where ...`, or nothing without conditions. */
export function where(conditions: readonly Condition[]): Built {
  const values: unknown[] = [];
  const texts = conditions.map(([sql, ...given]) => {
    let place = values.length;
    values.push(...given);
    return sql.replaceAll('?', () => `$${++place}`);
  });
  return { text: texts.length === 0 ? '' : ` where ${texts.join(' and ')}`, values };
}

/** Lists: `for await` walks over all items, page after page; `page()` answers one page with its total. */

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly page: number;
  readonly rowsPerPage: number;
  /** Where the next page begins; absent on the last one. */
  readonly nextCursor?: string;
}

export interface List<Item> extends AsyncIterable<Item> {
  /** The one page that the query names (the first, when it names none). */
  page(): Promise<Page<Item>>;
}

export interface PageQuery {
  readonly page?: number;
  readonly rows?: number;
  readonly after?: string;
}

const MOST_ROWS = 100;

export function listOf<Item, Query extends PageQuery>(
  query: Query,
  read: (query: Query) => Promise<Page<Item>>,
): List<Item> {
  return {
    page: () => read(query),
    [Symbol.asyncIterator]: () => itemsOf(query, read),
  };
}

/** From page to page by the cursor, which stays quick and exact however far it goes. */
async function* itemsOf<Item, Query extends PageQuery>(
  query: Query,
  read: (query: Query) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let next: Query = { rows: MOST_ROWS, ...query };
  for (;;) {
    const page = await read(next);
    yield* page.items;
    if (page.nextCursor === undefined) return;
    const { page: _left, ...rest } = next;
    next = { ...rest, after: page.nextCursor } as Query;
  }
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

export interface PageAsk {
  readonly limit: number;
  readonly cursor?: string;
}

const PAGE = 200;

/** Items of a list, page after page, for as long as somebody takes them. */
export async function* everyItem<T>(fetchPage: (ask: PageAsk) => Promise<Page<T>>): AsyncIterable<T> {
  let cursor: string | undefined;
  do {
    const page = await fetchPage({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    yield* page.items;
    cursor = page.next;
  } while (cursor !== undefined);
}

/** The first `limit` items of a list, over as many pages as that takes; `more` says whether there are others. */
export async function firstItems<T>(
  limit: number,
  fetchPage: (ask: PageAsk) => Promise<Page<T>>,
): Promise<{ items: T[]; more: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const ask = { limit: Math.min(PAGE, limit - items.length) };
    const page = await fetchPage(cursor === undefined ? ask : { ...ask, cursor });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined && items.length < limit);
  return { items, more: cursor !== undefined };
}

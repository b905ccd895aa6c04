import type { Client } from '../../src/wire/client.ts';
import type { RouteInput, RouteName } from '../../src/wire/routes.ts';

const PAGE = 200;

/** Everything a route lists, page by page; `filter` is what its query says besides. */
export async function all<T>(api: Client, name: RouteName, input: object, filter: object = {}): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | undefined; ;) {
    const query = { ...filter, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const page = (await api.call(name, { ...input, query } as RouteInput<typeof name>)) as {
      items: T[];
      next?: string;
    };
    items.push(...page.items);
    if (page.next === undefined) return items;
    cursor = page.next;
  }
}

import { Filters } from 'weaviate-client';
import { AppError } from '../../../core/errors.ts';
import type { MemoryItem, MemoryStore } from '../../../ports/memory-store.ts';
import { allOf, condition, idsFilter } from '../../connections/weaviate-conditions.ts';
import { filterIn } from './item-filter.ts';
import { matchesFilter } from './matching.ts';
import type { MemoryParts } from './memory-parts.ts';
import { fetchItems, laidOver, newestFirst } from './read-items.ts';
import { timeOf } from './stored-item.ts';

/** A place in the order newest first, equal times by id. */
interface Cursor {
  readonly time: number;
  readonly id: string;
}

const cursorTo = (item: MemoryItem) => `${timeOf(item)}:${item.id}`;

function cursorOf(after: string): Cursor {
  const colon = after.indexOf(':');
  const time = colon > 0 ? Number(after.slice(0, colon)) : Number.NaN;
  if (!Number.isFinite(time)) {
    throw new AppError('invalid-input', 'Expected `after` to be the `next` of an earlier page.');
  }
  return { time, id: after.slice(colon + 1) };
}

const afterFilter = ({ time, id }: Cursor) =>
  Filters.or(
    condition('time', 'LessThan', time),
    allOf(condition('time', 'Equal', time), condition('_id', 'GreaterThan', id)),
  );

const comesAfter = (item: MemoryItem, { time, id }: Cursor) =>
  timeOf(item) < time || (timeOf(item) === time && item.id > id);

/** Items by id, and page by page. */
export function itemPages(parts: MemoryParts): Pick<MemoryStore, 'get' | 'list'> {
  return {
    async get(ownerId, ids, signal) {
      if (ids.length === 0) return [];
      const query = () => ({ filter: idsFilter(ids), limit: ids.length });
      const found = await fetchItems(parts.tenants(ownerId), query, signal);
      const matches = ({ id }: MemoryItem) => ids.includes(id);
      const items = await laidOver(ownerId, { items: found, matches }, parts, signal);
      const known = new Map(items.map((item) => [item.id, item]));
      return ids.flatMap((id) => known.get(id) ?? []);
    },
    async list(ownerId, filter, { limit, after }, signal) {
      const cursor = after === undefined ? undefined : cursorOf(after);
      // One more tells whether there is more; so many may be taken away by the latest writes.
      const most = limit + 1 + parts.latest.of(ownerId).size;
      const found = await fetchItems(
        parts.tenants(ownerId),
        ({ name }) => {
          const inside = filterIn(name, filter);
          if (inside === undefined) return undefined;
          const rest = cursor === undefined ? inside : allOf(inside, afterFilter(cursor));
          return { filter: rest, limit: most, order: [['time', 'desc']] };
        },
        signal,
      );
      // Behind it nothing was read, and nothing belongs to this page.
      const edge = found.toSorted(newestFirst)[most - 1];
      const matches = (item: MemoryItem) =>
        matchesFilter(item, filter) &&
        (cursor === undefined || comesAfter(item, cursor)) &&
        (edge === undefined || newestFirst(item, edge) <= 0);
      const read = await laidOver(ownerId, { items: found, matches }, parts, signal);
      const items = read.toSorted(newestFirst);
      const page = items.slice(0, limit);
      const last = page.at(-1);
      return items.length > limit && last ? { items: page, next: cursorTo(last) } : { items: page };
    },
  };
}

import { Filters, type FilterValue } from 'weaviate-client';
import type { MemoryItem, MemoryStore, PlaceRange } from '../../../ports/memory-store.ts';
import { allOf, condition } from '../../connections/weaviate-conditions.ts';
import { filterIn } from './item-filter.ts';
import type { MemoryParts, Tenant } from './memory-parts.ts';
import { byId, fetchItems, laidOver } from './read-items.ts';

/** Objects in one answer (QUERY_MAXIMUM_RESULTS by default). */
const MOST_AT_ONCE = 10_000;
/** Narrower ranges are read together, wider ones portion by portion. */
const PORTION = 1_000;

const isWide = ({ from, to }: PlaceRange) => to - from >= PORTION;

const inRange = (item: MemoryItem, { sessionId, documentId, from, to }: PlaceRange) =>
  (item.kind === 'message' || item.kind === 'chunk') &&
  (sessionId === undefined || item.sessionId === sessionId) &&
  (documentId === undefined || item.documentId === documentId) &&
  item.position >= from &&
  item.position <= to;

function rangeFilter({ name }: Tenant, { sessionId, documentId, from, to }: PlaceRange): FilterValue {
  const places = filterIn(name, {
    kinds: ['message', 'chunk'],
    ...(sessionId === undefined ? {} : { sessionIds: [sessionId] }),
    ...(documentId === undefined ? {} : { documentIds: [documentId] }),
  });
  return allOf(
    ...(places === undefined ? [] : [places]),
    condition('position', 'GreaterThanEqual', from),
    condition('position', 'LessThanEqual', to),
  );
}

async function wideRange(tenant: Tenant, range: PlaceRange, signal: AbortSignal): Promise<MemoryItem[]> {
  const items = new Map<string, MemoryItem>();
  for (let from = range.from; ;) {
    const filter = rangeFilter(tenant, { ...range, from });
    const query = () => ({ filter, order: [['position', 'asc']] as const, limit: PORTION });
    const portion = await fetchItems([tenant], query, signal);
    for (const item of portion) items.set(item.id, item);
    const last = portion.at(-1);
    if (last === undefined || portion.length < PORTION) return [...items.values()];
    // A whole portion at one place would not get on.
    from = last.position === from ? from + 1 : last.position;
  }
}

async function narrowRanges(
  tenant: Tenant,
  ranges: readonly PlaceRange[],
  signal: AbortSignal,
): Promise<MemoryItem[]> {
  if (ranges.length === 0) return [];
  const filters = ranges.map((range) => rangeFilter(tenant, range));
  const [only] = filters;
  const filter = filters.length === 1 && only ? only : Filters.or(...filters);
  return fetchItems([tenant], () => ({ filter, limit: MOST_AT_ONCE }), signal);
}

/** Items by place, as the port says. */
export function placesOf(parts: MemoryParts): Pick<MemoryStore, 'at'> {
  return {
    async at(ownerId, ranges, signal) {
      const narrow = ranges.filter((range) => !isWide(range));
      const answers = await Promise.all(
        parts
          .tenants(ownerId)
          .flatMap((tenant) => [
            narrowRanges(tenant, narrow, signal),
            ...ranges.filter(isWide).map((range) => wideRange(tenant, range, signal)),
          ]),
      );
      const found = new Map(answers.flat().map((item) => [item.id, item]));
      const items = laidOver([...found.values()], parts, ownerId, (item) =>
        ranges.some((range) => inRange(item, range)),
      );
      return ranges.flatMap((range) =>
        items
          .filter((item) => inRange(item, range))
          .toSorted((a, b) => a.position - b.position || byId(a, b)),
      );
    },
  };
}

import { Filters, type FilterValue } from 'weaviate-client';
import { mapBounded } from '../../../core/bounded.ts';
import type { MemoryItem, MemoryStore, PlaceRange } from '../../../ports/memory-store.ts';
import { allOf, condition } from '../../connections/weaviate-conditions.ts';
import { filterIn } from './item-filter.ts';
import type { MemoryParts, Tenant } from './memory-parts.ts';
import { byId, fetchItems, laidOver } from './read-items.ts';

/** Objects in one answer (QUERY_MAXIMUM_RESULTS by default). */
const MOST_AT_ONCE = 10_000;
/** Narrower ranges are read together, wider ones portion by portion. */
const PORTION = 1_000;
/** So few places are named one by one, which Weaviate finds faster than all between two. */
const NAMED = 20;
const AT_ONCE = 4;

const isWide = ({ from, to }: PlaceRange) => to - from >= PORTION;

const inRange = (item: MemoryItem, { sessionId, documentId, from, to }: PlaceRange) =>
  (item.kind === 'message' || item.kind === 'chunk') &&
  (sessionId === undefined || item.sessionId === sessionId) &&
  (documentId === undefined || item.documentId === documentId) &&
  item.position >= from &&
  item.position <= to;

function positions({ from, to }: PlaceRange): FilterValue[] {
  const count = to - from + 1;
  if (count >= 1 && count <= NAMED)
    return [
      condition(
        'position',
        'ContainsAny',
        Array.from({ length: count }, (_, place) => from + place),
      ),
    ];
  return [condition('position', 'GreaterThanEqual', from), condition('position', 'LessThanEqual', to)];
}

function rangeFilter({ name }: Tenant, range: PlaceRange): FilterValue {
  const { sessionId, documentId } = range;
  const places = filterIn(name, {
    kinds: ['message', 'chunk'],
    ...(sessionId === undefined ? {} : { sessionIds: [sessionId] }),
    ...(documentId === undefined ? {} : { documentIds: [documentId] }),
  });
  return allOf(...(places === undefined ? [] : [places]), ...positions(range));
}

const afterFilter = ({ position, id }: MemoryItem) =>
  Filters.or(
    condition('position', 'GreaterThan', position),
    allOf(condition('position', 'Equal', position), condition('_id', 'GreaterThan', id)),
  );

async function inPortions(tenant: Tenant, range: PlaceRange, signal: AbortSignal): Promise<MemoryItem[]> {
  const items: MemoryItem[] = [];
  const inside = rangeFilter(tenant, range);
  for (;;) {
    const last = items.at(-1);
    const filter = last === undefined ? inside : allOf(inside, afterFilter(last));
    const query = () => ({ filter, order: [['position', 'asc']] as const, limit: PORTION });
    const portion = await fetchItems([tenant], query, signal);
    items.push(...portion);
    if (portion.length < PORTION) return items;
  }
}

async function together(
  tenant: Tenant,
  ranges: readonly PlaceRange[],
  signal: AbortSignal,
): Promise<MemoryItem[]> {
  if (ranges.length === 0) return [];
  const filters = ranges.map((range) => rangeFilter(tenant, range));
  const [only] = filters;
  const filter = filters.length === 1 && only ? only : Filters.or(...filters);
  const items = await fetchItems([tenant], () => ({ filter, limit: MOST_AT_ONCE }), signal);
  if (items.length < MOST_AT_ONCE) return items;
  return (await mapBounded(ranges, AT_ONCE, (range) => inPortions(tenant, range, signal))).flat();
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
            together(tenant, narrow, signal),
            ...ranges.filter(isWide).map((range) => inPortions(tenant, range, signal)),
          ]),
      );
      const found = new Map(answers.flat().map((item) => [item.id, item]));
      const matches = (item: MemoryItem) => ranges.some((range) => inRange(item, range));
      const items = await laidOver(ownerId, { items: [...found.values()], matches }, parts, signal);
      return ranges.flatMap((range) =>
        items
          .filter((item) => inRange(item, range))
          .toSorted((a, b) => a.position - b.position || byId(a, b)),
      );
    },
  };
}

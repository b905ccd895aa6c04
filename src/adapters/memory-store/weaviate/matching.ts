import type { ItemFilter, MemoryItem } from '../../../ports/memory-store.ts';
import { timeOf } from './stored-item.ts';

const among =
  <T>(value: (item: MemoryItem) => T | undefined) =>
  (item: MemoryItem, wanted: readonly T[]) => {
    const own = value(item);
    return own !== undefined && wanted.includes(own);
  };

const anyAmong =
  (values: (item: MemoryItem) => readonly string[]) => (item: MemoryItem, wanted: readonly string[]) =>
    values(item).some((value) => wanted.includes(value));

type Matches = {
  [K in keyof ItemFilter]-?: (item: MemoryItem, wanted: NonNullable<ItemFilter[K]>) => boolean;
};

/** One entry for every field a filter can have. */
const MATCHES: Matches = {
  ids: among(({ id }) => id),
  kinds: among(({ kind }) => kind),
  sessionIds: among(({ sessionId }) => sessionId),
  documentIds: among(({ documentId }) => documentId),
  parentIds: among(({ parentId }) => parentId),
  roles: among(({ role }) => role),
  authors: among(({ author }) => author),
  tags: anyAmong(({ tags }) => tags),
  sources: anyAmong(({ sources }) => sources),
  minTrust: ({ trust }, wanted) => trust >= wanted,
  from: (item, from) => timeOf(item) >= from,
  to: (item, to) => timeOf(item) < to,
};

/** Whether an item at hand matches, by the same rules as `item-filter.ts` gives Weaviate. */
export function matchesFilter(item: MemoryItem, filter: ItemFilter): boolean {
  return Object.entries(filter).every(
    ([field, wanted]) =>
      wanted === undefined ||
      (MATCHES[field as keyof ItemFilter] as (item: MemoryItem, wanted: unknown) => boolean)(item, wanted),
  );
}

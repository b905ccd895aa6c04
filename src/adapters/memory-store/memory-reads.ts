import type { SearchRequest } from '../../ports/memory-store.ts';
import { type CandidatesMessage, packCandidates } from './candidates-message.ts';
import { coverage, search, withoutVector } from './index/owner-index.ts';
import type { MemoryCalls } from './memory-calls.ts';
import { type MemoryParts, loadedSlot, resolveFilter } from './memory-parts.ts';
import { expectDimensions } from './vector-table.ts';

type Reads = Pick<
  MemoryCalls,
  'get' | 'search' | 'at' | 'list' | 'count' | 'withoutVector' | 'vectorCoverage'
>;

/** A new one each time: its buffer is handed over to the other thread. */
const nothingFound = (): CandidatesMessage => ({
  ids: [],
  names: [],
  numbers: new Float64Array(0),
  vectors: 0,
});

function searchOwner(parts: MemoryParts, ownerNo: number, request: SearchRequest): CandidatesMessage {
  const index = parts.indexes.get(ownerNo);
  const vectors = request.vectors.map(({ slot, vector }) => {
    const known = parts.vectors.slotOf(ownerNo, slot);
    if (known) expectDimensions(known, slot, vector.length);
    return { index: loadedSlot(parts, ownerNo, index, slot), vector };
  });
  const resolved = resolveFilter(parts, ownerNo, request.filter);
  const found = search(index, { ...resolved, terms: request.terms, vectors, candidates: request.candidates });
  return packCandidates(index.columns, found);
}

/** The calls that only read. */
export function memoryReads(parts: MemoryParts): Reads {
  const { owners, items, queries, indexes } = parts;
  const forOwner = <T>(ownerId: string, none: T, read: (ownerNo: number) => T): T => {
    const ownerNo = owners.numberOf(ownerId);
    return ownerNo === undefined ? none : read(ownerNo);
  };
  return {
    get: (ownerId, ids) => forOwner(ownerId, [], (owner) => items.byIds(owner, ids)),
    search: (ownerId, request) =>
      forOwner(ownerId, nothingFound(), (owner) => searchOwner(parts, owner, request)),
    at: (ownerId, ranges) =>
      forOwner(ownerId, [], (owner) => ranges.flatMap((range) => queries.at(owner, range))),
    list: (ownerId, filter, page) =>
      forOwner(ownerId, { items: [] }, (owner) => queries.list(owner, filter, page)),
    count: (ownerId, filter) => forOwner(ownerId, 0, (owner) => queries.count(owner, filter)),
    withoutVector: (ownerId, name, filter, limit) =>
      forOwner(ownerId, [], (owner) => {
        const index = indexes.get(owner);
        const slot = loadedSlot(parts, owner, index, name);
        const numbers = withoutVector(index, slot, resolveFilter(parts, owner, filter), limit);
        return items.byNumbers(numbers);
      }),
    vectorCoverage: (ownerId, name, filter) =>
      forOwner(ownerId, { items: 0, vectors: 0 }, (owner) => {
        const index = indexes.get(owner);
        return coverage(index, loadedSlot(parts, owner, index, name), resolveFilter(parts, owner, filter));
      }),
  };
}

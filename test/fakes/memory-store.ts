import { AppError } from '../../src/core/errors.ts';
import { dot } from '../../src/core/vectors.ts';
import type {
  Candidate,
  ItemFilter,
  ItemKind,
  MemoryItem,
  MemoryStore,
  PlaceRange,
  QueryTerm,
  SearchRequest,
} from '../../src/ports/memory-store.ts';

export interface FakeMemoryStoreOptions {
  readonly k1?: number;
  readonly b?: number;
  readonly batchItems?: number;
}

interface Row {
  readonly item: MemoryItem;
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
  readonly vectors: Map<string, Float32Array>;
}

/** Everything one owner has, plus document frequencies per collection (chunks, the rest). */
type Rows = Map<string, Row>;

const timeOf = (item: MemoryItem) => item.eventTime ?? item.createdAt;
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const isChunk = (item: MemoryItem) => item.kind === 'chunk';

function rowOf(item: MemoryItem, before: Row | undefined): Row {
  const terms = item.terms.split(' ').filter((term) => term !== '');
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  const vectors = before?.item.terms === item.terms ? before.vectors : new Map<string, Float32Array>();
  return { item, counts, length: terms.length, vectors };
}

const among = <T>(wanted: readonly T[] | undefined, value: T | undefined) =>
  wanted === undefined || (value !== undefined && wanted.includes(value));

const anyAmong = (wanted: readonly string[] | undefined, values: readonly string[]) =>
  wanted === undefined || values.some((value) => wanted.includes(value));

function matches(item: MemoryItem, filter: ItemFilter): boolean {
  const conditions = [
    among(filter.ids, item.id),
    among(filter.kinds, item.kind),
    among(filter.sessionIds, item.sessionId),
    among(filter.documentIds, item.documentId),
    among(filter.parentIds, item.parentId),
    among(filter.roles, item.role),
    among(filter.authors, item.author),
    anyAmong(filter.tags, item.tags),
    anyAmong(filter.sources, item.sources),
    item.trust >= (filter.minTrust ?? 0),
    timeOf(item) >= (filter.from ?? -Infinity),
    timeOf(item) < (filter.to ?? Infinity),
  ];
  return conditions.every(Boolean);
}

/** Okapi BM25 with idf ln(1 + (N − n + 0.5) / (n + 0.5)) over one collection. */
function bm25(rows: readonly Row[], terms: readonly QueryTerm[], k1: number, b: number): Map<string, number> {
  const mean = rows.reduce((sum, row) => sum + row.length, 0) / Math.max(rows.length, 1);
  const scores = new Map<string, number>();
  for (const { term, weight } of terms) {
    const found = rows.filter((row) => row.counts.has(term));
    const idf = Math.log(1 + (rows.length - found.length + 0.5) / (found.length + 0.5));
    for (const row of found) {
      const count = row.counts.get(term) ?? 0;
      const part = (idf * count * (k1 + 1)) / (count + k1 * (1 - b + (b * row.length) / mean));
      scores.set(row.item.id, (scores.get(row.item.id) ?? 0) + weight * part);
    }
  }
  return scores;
}

function bestIds(scores: ReadonlyMap<string, number>, limit: number): string[] {
  return [...scores]
    .sort(([idA, a], [idB, b]) => b - a || compareText(idA, idB))
    .slice(0, limit)
    .map(([id]) => id);
}

function candidateOf(item: MemoryItem, words: number, cosines: readonly (number | undefined)[]): Candidate {
  return {
    id: item.id,
    kind: item.kind,
    position: item.position,
    createdAt: item.createdAt,
    asks: item.asks,
    trust: item.trust,
    ...(item.sessionId === undefined ? {} : { sessionId: item.sessionId }),
    ...(item.documentId === undefined ? {} : { documentId: item.documentId }),
    ...(item.parentId === undefined ? {} : { parentId: item.parentId }),
    ...(item.role === undefined ? {} : { role: item.role }),
    ...(item.author === undefined ? {} : { author: item.author }),
    ...(item.eventTime === undefined ? {} : { eventTime: item.eventTime }),
    ...(item.language === undefined ? {} : { language: item.language }),
    words,
    cosines,
  };
}

function searchRows(
  rows: readonly Row[],
  request: SearchRequest,
  bm25Of: (rows: readonly Row[]) => Map<string, number>,
): Candidate[] {
  const visible = rows.filter(({ item }) => matches(item, request.filter));
  const words = new Map([
    ...bm25Of(rows.filter(({ item }) => isChunk(item))),
    ...bm25Of(rows.filter(({ item }) => !isChunk(item))),
  ]);
  const scoresOf = (score: (row: Row) => number | undefined) => {
    const scores = new Map<string, number>();
    for (const row of visible) {
      const value = score(row);
      if (value !== undefined) scores.set(row.item.id, value);
    }
    return scores;
  };
  const cosines = request.vectors.map(({ slot, vector }) =>
    scoresOf((row) => {
      const stored = row.vectors.get(slot);
      return stored && dot(stored, vector);
    }),
  );
  const chosen = new Set(
    [scoresOf((row) => words.get(row.item.id)), ...cosines].flatMap((scores) =>
      bestIds(scores, request.candidates),
    ),
  );
  return visible
    .filter(({ item }) => chosen.has(item.id))
    .map(({ item }) =>
      candidateOf(
        item,
        words.get(item.id) ?? 0,
        cosines.map((scores) => scores.get(item.id)),
      ),
    );
}

function inRange(item: MemoryItem, range: PlaceRange): boolean {
  if (item.kind !== 'message' && item.kind !== 'chunk') return false;
  if (range.sessionId === undefined && range.documentId === undefined) return false;
  return (
    (range.sessionId === undefined || range.sessionId === item.sessionId) &&
    (range.documentId === undefined || range.documentId === item.documentId) &&
    item.position >= range.from &&
    item.position <= range.to
  );
}

/**
 * A memory store that looks at every row for every call: slow, plain and right, so that tests of rooms and the
 * contract of the real drivers have something to compare with. Defaults are the product's (k1 1.5, b 0.9).
 */
export function fakeMemoryStore(options: FakeMemoryStoreOptions = {}): MemoryStore {
  const { k1 = 1.5, b = 0.9, batchItems = 500 } = options;
  const owners = new Map<string, Rows>();
  const rowsOf = (ownerId: string): Rows => owners.get(ownerId) ?? new Map<string, Row>();
  const all = (ownerId: string, filter: ItemFilter) =>
    [...rowsOf(ownerId).values()].filter(({ item }) => matches(item, filter));
  const checkBatch = (list: readonly unknown[]) => {
    if (list.length <= batchItems) return;
    throw new AppError('invalid-input', `Expected at most ${batchItems} in one call, got ${list.length}.`);
  };

  return {
    limits: { batchItems },
    async upsert(ownerId, items, signal) {
      signal.throwIfAborted();
      checkBatch(items);
      const rows = rowsOf(ownerId);
      for (const item of items) rows.set(item.id, rowOf(item, rows.get(item.id)));
      owners.set(ownerId, rows);
    },
    async putVectors(ownerId, slot, vectors, signal) {
      signal.throwIfAborted();
      checkBatch(vectors);
      for (const { id, vector } of vectors) rowsOf(ownerId).get(id)?.vectors.set(slot, vector.slice());
    },
    async get(ownerId, ids, signal) {
      signal.throwIfAborted();
      checkBatch(ids);
      return ids.flatMap((id) => rowsOf(ownerId).get(id)?.item ?? []);
    },
    async search(ownerId, request, signal) {
      signal.throwIfAborted();
      return searchRows([...rowsOf(ownerId).values()], request, (rows) => bm25(rows, request.terms, k1, b));
    },
    async at(ownerId, ranges, signal) {
      signal.throwIfAborted();
      checkBatch(ranges);
      const items = all(ownerId, {}).map(({ item }) => item);
      return ranges.flatMap((range) =>
        items.filter((item) => inRange(item, range)).sort((a, b) => a.position - b.position),
      );
    },
    async list(ownerId, filter, page, signal) {
      signal.throwIfAborted();
      const sorted = all(ownerId, filter)
        .map(({ item }) => item)
        .sort((a, b) => timeOf(b) - timeOf(a) || compareText(a.id, b.id));
      const start = page.after === undefined ? 0 : Number(page.after);
      const end = start + page.limit;
      return { items: sorted.slice(start, end), ...(end < sorted.length ? { next: String(end) } : {}) };
    },
    async count(ownerId, filter, signal) {
      signal.throwIfAborted();
      return all(ownerId, filter).length;
    },
    async remove(ownerId, filter, signal) {
      signal.throwIfAborted();
      if (Object.values(filter).every((condition) => condition === undefined))
        throw new AppError('invalid-input', 'Expected at least one condition on what to remove, got none.');
      const counts: Partial<Record<ItemKind, number>> = {};
      for (const { item } of all(ownerId, filter)) {
        rowsOf(ownerId).delete(item.id);
        counts[item.kind] = (counts[item.kind] ?? 0) + 1;
      }
      return counts;
    },
    async withoutVector(ownerId, slot, ...[filter, limit, signal]) {
      signal.throwIfAborted();
      return all(ownerId, filter)
        .filter(({ vectors }) => !vectors.has(slot))
        .map(({ item }) => item)
        .sort((a, b) => timeOf(a) - timeOf(b) || compareText(a.id, b.id))
        .slice(0, limit);
    },
    async vectorCoverage(ownerId, slot, filter, signal) {
      signal.throwIfAborted();
      const rows = all(ownerId, filter);
      return { items: rows.length, vectors: rows.filter(({ vectors }) => vectors.has(slot)).length };
    },
    async dropSlot(ownerId, slot, signal) {
      signal.throwIfAborted();
      for (const { vectors } of rowsOf(ownerId).values()) vectors.delete(slot);
    },
    async removeOwner(ownerId, signal) {
      signal.throwIfAborted();
      owners.delete(ownerId);
    },
    async close() {
      owners.clear();
    },
  };
}

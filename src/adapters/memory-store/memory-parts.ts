import type { DatabaseSync } from 'node:sqlite';
import type { Log } from '../../core/context.ts';
import type { ItemFilter } from '../../ports/memory-store.ts';
import { isEmptyFilter } from './empty-filter.ts';
import type { ResolvedFilter } from './index/filter-mask.ts';
import { type IndexCache, indexCache } from './index/index-cache.ts';
import { type IndexLoader, indexLoader } from './index/load-index.ts';
import { type OwnerIndex, isWorn } from './index/owner-index.ts';
import type { VectorIndex } from './index/vector-index.ts';
import { type ItemQueries, itemQueries } from './item-queries.ts';
import { type ItemTable, itemTable } from './item-table.ts';
import type { MemoryThreadData } from './memory-calls.ts';
import { type OwnerTable, ownerTable } from './owner-table.ts';
import { type SnapshotOptions, type Snapshots, snapshots } from './snapshots.ts';
import { type VectorTable, vectorTable } from './vector-table.ts';

/** The open file and the indexes built from it. */
export interface MemoryParts {
  readonly db: DatabaseSync;
  readonly owners: OwnerTable;
  readonly items: ItemTable;
  readonly vectors: VectorTable;
  readonly queries: ItemQueries;
  readonly indexes: IndexCache;
  readonly loader: IndexLoader;
  readonly snapshots: Snapshots;
  readonly log: Log;
}

export interface MemoryOptions extends Pick<MemoryThreadData, 'bm25' | 'indexBudgetBytes'> {
  readonly snapshots: SnapshotOptions;
  readonly log: Log;
  /** Milliseconds since any moment; only differences count. */
  readonly clock: () => number;
}

export function memoryParts(db: DatabaseSync, options: MemoryOptions): MemoryParts {
  const { bm25, indexBudgetBytes, log, clock } = options;
  const owners = ownerTable(db);
  const vectors = vectorTable(db);
  const loader = indexLoader(db, vectors, bm25);
  const saved = snapshots(options.snapshots, owners, loader);
  const load = (ownerNo: number) => {
    const started = clock();
    const index = saved.load(ownerNo);
    const { size } = index.columns;
    log.info('memory-index-loaded', {
      items: size,
      fromSnapshot: index.savedDocuments,
      ms: Math.round(clock() - started),
    });
    return index;
  };
  return {
    db,
    owners,
    items: itemTable(db),
    vectors,
    queries: itemQueries(db),
    indexes: indexCache({ budgetBytes: indexBudgetBytes, clock, load, log }),
    loader,
    snapshots: saved,
    log,
  };
}

/** Lets an index in memory follow a committed write; one that cannot is dropped and built anew when needed. */
export function follow(parts: MemoryParts, ownerNo: number, update: (index: OwnerIndex) => void): void {
  const { indexes, log } = parts;
  const index = indexes.peek(ownerNo);
  if (!index) return;
  try {
    update(index);
    if (isWorn(index)) indexes.drop(ownerNo);
  } catch (error) {
    indexes.drop(ownerNo);
    log.warn('memory-index-dropped', { reason: String(error) });
  }
  indexes.settle();
}

/** The vectors of a slot, read into the index when first asked for; `undefined` if the slot has none. */
export function loadedSlot(
  { vectors, loader, indexes }: MemoryParts,
  ownerNo: number,
  index: OwnerIndex,
  name: string,
): VectorIndex | undefined {
  const known = index.slots.get(name);
  if (known) return known;
  const slot = vectors.slotOf(ownerNo, name);
  if (!slot) return undefined;
  const loaded = loader.loadSlot(index, name, slot);
  indexes.settle();
  return loaded;
}

/** Lets the file answer the conditions that no column of an index does. */
export function resolveFilter({ queries }: MemoryParts, ownerNo: number, filter: ItemFilter): ResolvedFilter {
  const { ids, tags, sources } = filter;
  const unindexed = { ...(ids && { ids }), ...(tags && { tags }), ...(sources && { sources }) };
  return { filter, allowed: isEmptyFilter(unindexed) ? undefined : queries.numbers(ownerNo, unindexed) };
}

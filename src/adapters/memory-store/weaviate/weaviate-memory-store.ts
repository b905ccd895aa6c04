import type { Log } from '../../../core/context.ts';
import { turns } from '../../../core/turns.ts';
import type { MemoryStore } from '../../../ports/memory-store.ts';
import { expectBatch } from '../../connections/expect-batch.ts';
import { throwIfAborted } from '../../connections/aborts.ts';
import type { WeaviateConnection } from '../../connections/weaviate-connection.ts';
import { idleTenants } from '../../connections/weaviate-idle-tenants.ts';
import { type CollectionOptions, ensureCollections } from '../../connections/weaviate-schema.ts';
import { tenantOf } from '../../connections/weaviate-tenant.ts';
import type { Bm25 } from '../index/word-index.ts';
import { COLLECTIONS, type CollectionName, ITEM_COLLECTIONS, VECTOR_COLLECTION } from './collections.ts';
import { coverageOf } from './coverage.ts';
import { itemPages } from './item-pages.ts';
import { itemWrites } from './item-writes.ts';
import { latestWrites, noLatestWrites } from './latest-writes.ts';
import type { MemoryParts } from './memory-parts.ts';
import { memorySchema } from './schema.ts';
import { placesOf } from './places.ts';
import { signalSearch } from './signal-search.ts';
import { openSlots } from './slots.ts';

export interface WeaviateMemoryStoreOptions extends CollectionOptions {
  readonly bm25: Bm25;
  /** Stays open. */
  readonly connection: WeaviateConnection;
  readonly now: () => number;
  /** An owner unused for so long leaves the memory of Weaviate till the next call. */
  readonly idleMs: number;
  readonly log: Log;
}

const never = new AbortController().signal;

/** One batch goes in one request. */
const LIMITS = { batchItems: 200 };

/**
 * The memory store in Weaviate, a tenant for each owner in three collections: `TenantChunk` (pointers), `TenantMemory` (the
 * other kinds) and `TenantVector`. Any number of processes may use it. Limits: owner ids are names of tenants (4 to 64
 * letters, digits, `-` and `_`); statistics of words also count what was lately replaced or removed, until Weaviate has
 * merged its segments; on several replicas, `count`, `withoutVector` and `vectorCoverage` may miss what another replica has. Errors:
 * `invalid-input`, `aborted`, `timeout`, `storage-full`, `unavailable`, `unsupported` (schema of a newer version),
 * `conflict` (collection of somebody else, other replicas), `internal`.
 */
export async function openWeaviateMemoryStore(options: WeaviateMemoryStoreOptions): Promise<MemoryStore> {
  const { connection, prefix, bm25, replicas, now } = options;
  await ensureCollections(connection.client, memorySchema(bm25), options);
  const tenantIn = <N extends CollectionName>(name: N, ownerId: string) =>
    tenantOf(connection, prefix, name, ownerId);
  const idle = idleTenants({
    ...options,
    async deactivate(ownerId) {
      await Promise.all(COLLECTIONS.map((name) => tenantIn(name, ownerId).deactivate(never)));
    },
  });
  const parts: MemoryParts = {
    bm25,
    slots: openSlots(connection.client, prefix),
    latest: replicas > 1 ? latestWrites(now) : noLatestWrites,
    tenant: (ownerId, name) => tenantIn(name, ownerId),
    tenants(ownerId) {
      idle.used(ownerId);
      return ITEM_COLLECTIONS.map((name) => tenantIn(name, ownerId));
    },
    vectors: (ownerId) => tenantIn(VECTOR_COLLECTION, ownerId),
  };
  const reads = { ...itemPages(parts), ...placesOf(parts), ...coverageOf(parts) };
  const writes = itemWrites({ parts, turns: turns() });

  return {
    limits: LIMITS,
    ...reads,
    ...writes,
    async upsert(ownerId, items, signal) {
      expectBatch(LIMITS, 'items', items.length);
      throwIfAborted(signal);
      await writes.upsert(ownerId, items, signal);
    },
    async putVectors(ownerId, slot, vectors, signal) {
      expectBatch(LIMITS, 'vectors', vectors.length);
      throwIfAborted(signal);
      await writes.putVectors(ownerId, slot, vectors, signal);
    },
    async get(ownerId, ids, signal) {
      expectBatch(LIMITS, 'ids', ids.length);
      throwIfAborted(signal);
      return reads.get(ownerId, ids, signal);
    },
    async at(ownerId, ranges, signal) {
      expectBatch(LIMITS, 'ranges', ranges.length);
      throwIfAborted(signal);
      return reads.at(ownerId, ranges, signal);
    },
    async search(ownerId, request, signal) {
      throwIfAborted(signal);
      return signalSearch(ownerId, request, parts, signal);
    },
    close: async () => idle.close(),
  };
}

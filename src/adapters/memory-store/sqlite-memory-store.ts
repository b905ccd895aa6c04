import { Worker } from 'node:worker_threads';
import type { Log } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { MemoryStore } from '../../ports/memory-store.ts';
import { expectBatch } from '../connections/expect-batch.ts';
import { moduleFile } from '../connections/module-file.ts';
import { unpackCandidates } from './candidates-message.ts';
import type { Bm25 } from './index/word-index.ts';
import type { IndexStatus, MemoryThreadData, VectorsMessage } from './memory-calls.ts';
import { threadClient } from './thread-client.ts';

export interface SqliteMemoryStoreOptions {
  /** The SQLite file; made if missing, its folder must exist. */
  readonly path: string;
  readonly bm25: Bm25;
  /** What the indexes of all owners may take; the least recently used is dropped first. */
  readonly indexBudgetBytes: number;
  /** An index unused for so long is dropped. Default ten minutes. */
  readonly indexIdleMs?: number;
  readonly log: Log;
}

/** The memory store, with what benchmarks and diagnosis need beside the port. */
export interface SqliteMemoryStore extends MemoryStore {
  /** Drops the indexes unused for this long (0: all) and gives their memory back; says what is left. */
  evictIndexes(idleMs: number): Promise<IndexStatus>;
}

/** Writing so many items takes some 5 ms, which is how long a search may have to wait. */
const LIMITS = { batchItems: 100 };
const INDEX_IDLE_MS = 600_000;

/**
 * The memory store in one SQLite file with an index per owner in memory, both in a thread of their own. Limits: one
 * process a file; 16.7 million items an owner; cosines are right to about 1e-5 (vectors are kept with 16 bits a
 * dimension); a term counts at most 255 times in one item; the first search of an owner waits for its index to load.
 * Errors: `invalid-input`, `aborted`, `storage-full`, `unavailable` (thread died, file held or not writable),
 * `unsupported` (file of a newer version), `internal`.
 */
export async function openSqliteMemoryStore(options: SqliteMemoryStoreOptions): Promise<SqliteMemoryStore> {
  const { log, indexIdleMs = INDEX_IDLE_MS, path, bm25, indexBudgetBytes } = options;
  const workerData: MemoryThreadData = { path, bm25, indexBudgetBytes, indexIdleMs };
  const file = moduleFile('memory-thread', import.meta.url);
  const thread = await threadClient(() => new Worker(file, { workerData, name: 'memory' }), log);

  return {
    limits: LIMITS,
    async upsert(ownerId, items, signal) {
      expectBatch(LIMITS, 'items', items.length);
      await thread.call('upsert', { args: [ownerId, items], signal });
    },
    async putVectors(ownerId, slot, vectors, signal) {
      expectBatch(LIMITS, 'vectors', vectors.length);
      if (vectors.length === 0) return;
      const message = packVectors(vectors);
      await thread.call('putVectors', {
        args: [ownerId, slot, message],
        transfer: [message.values.buffer],
        signal,
      });
    },
    async get(ownerId, ids, signal) {
      expectBatch(LIMITS, 'ids', ids.length);
      return thread.call('get', { args: [ownerId, ids], signal });
    },
    async search(ownerId, request, signal) {
      // A view of a large buffer would cross with the whole buffer.
      const vectors = request.vectors.map(({ slot, vector }) => ({ slot, vector: vector.slice() }));
      const found = await thread.call('search', { args: [ownerId, { ...request, vectors }], signal });
      return unpackCandidates(found);
    },
    async at(ownerId, ranges, signal) {
      expectBatch(LIMITS, 'ranges', ranges.length);
      return thread.call('at', { args: [ownerId, ranges], signal });
    },
    list: (ownerId, filter, page, signal) => thread.call('list', { args: [ownerId, filter, page], signal }),
    count: (ownerId, filter, signal) => thread.call('count', { args: [ownerId, filter], signal }),
    remove: (ownerId, filter, signal) => thread.call('remove', { args: [ownerId, filter], signal }),
    withoutVector: (ownerId, slot, ...[filter, limit, signal]) =>
      thread.call('withoutVector', { args: [ownerId, slot, filter, limit], signal }),
    vectorCoverage: (ownerId, slot, filter, signal) =>
      thread.call('vectorCoverage', { args: [ownerId, slot, filter], signal }),
    dropSlot: (ownerId, slot, signal) => thread.call('dropSlot', { args: [ownerId, slot], signal }),
    removeOwner: (ownerId, signal) => thread.call('removeOwner', { args: [ownerId], signal }),
    evictIndexes: (idleMs) => thread.call('evictIndexes', { args: [idleMs] }),
    close: () => thread.close(),
  };
}

function packVectors(
  vectors: readonly { readonly id: string; readonly vector: Float32Array }[],
): VectorsMessage {
  const dimensions = vectors[0]?.vector.length ?? 0;
  const values = new Float32Array(vectors.length * dimensions);
  for (const [place, { vector }] of vectors.entries()) {
    if (vector.length !== dimensions || dimensions === 0) {
      throw new AppError(
        'invalid-input',
        `Expected vectors of one length above 0, got ${dimensions} and ${vector.length} dimensions.`,
      );
    }
    values.set(vector, place * dimensions);
  }
  return { ids: vectors.map(({ id }) => id), dimensions, values };
}

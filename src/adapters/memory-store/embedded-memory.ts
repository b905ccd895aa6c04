import type { DatabaseSync } from 'node:sqlite';
import { hasHoles } from './index/owner-index.ts';
import type { IndexStatus, MemoryCalls } from './memory-calls.ts';
import { type MemoryOptions, type MemoryParts, memoryParts } from './memory-parts.ts';
import { memoryReads } from './memory-reads.ts';
import { finishErasing, memoryWrites } from './memory-writes.ts';

export interface EmbeddedMemory extends MemoryCalls {
  /** Drops the indexes unused for so long, or all with 0, after saving what is worth it. */
  evictIndexes(idleMs: number): IndexStatus;
  /**
   * Writes snapshots of the indexes unused for so long (0: of all) that lack one. With `renew`, an index with holes is
   * built anew first, which takes as long as loading it; without, it gets none.
   */
  saveIndexes(idleMs: number, renew: boolean): void;
}

/** The memory store on an open file, without threads: every call runs to its end, or in steps, on the caller's. */
export function embeddedMemory(db: DatabaseSync, options: MemoryOptions): EmbeddedMemory {
  const parts = memoryParts(db, options);
  const { indexes } = parts;
  finishErasing(parts);
  const saveIndexes = (idleMs: number, renew: boolean) => {
    for (const ownerNo of indexes.idle(idleMs)) saveIndex(parts, ownerNo, renew);
  };
  return {
    ...memoryReads(parts),
    ...memoryWrites(parts),
    saveIndexes,
    evictIndexes(idleMs) {
      saveIndexes(idleMs, false);
      const idle = indexes.idle(idleMs);
      for (const ownerNo of idle) indexes.drop(ownerNo);
      return {
        evicted: idle.length,
        owners: indexes.owners(),
        bytes: indexes.bytes(),
        budgetBytes: options.indexBudgetBytes,
      };
    },
  };
}

function saveIndex({ indexes, snapshots, log }: MemoryParts, ownerNo: number, renew: boolean): void {
  const index = indexes.peek(ownerNo);
  if (!index || !snapshots.isWorthSaving(index)) return;
  try {
    if (renew && hasHoles(index)) indexes.drop(ownerNo);
    snapshots.save(ownerNo, indexes.peek(ownerNo) ?? indexes.get(ownerNo));
  } catch (error) {
    log.warn('memory-snapshot-failed', { reason: String(error) });
  }
}

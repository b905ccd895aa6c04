import { join } from 'node:path';
import { newId } from '../../core/ids.ts';
import { partsOf } from './index/index-snapshot.ts';
import type { IndexLoader } from './index/load-index.ts';
import { type OwnerIndex, hasHoles } from './index/owner-index.ts';
import { readSnapshot, removeSnapshot, writeSnapshot } from './index/snapshot-file.ts';
import type { OwnerTable } from './owner-table.ts';

export type Snapshots = ReturnType<typeof snapshots>;

export interface SnapshotOptions {
  /** Made when needed. */
  readonly folder: string;
  /** How many items a snapshot must lack to be written anew. */
  readonly worthItems: number;
}

/**
 * Shortcuts to the indexes on disk, one file an owner, so that a start need not read all terms again. The store's file
 * names the snapshot that holds; items added since are added to it. A replacement or a removal takes the name and the
 * snapshot away, so nothing that was removed stays in one; a new one is written in a quiet moment.
 */
export function snapshots({ folder, worthItems }: SnapshotOptions, owners: OwnerTable, loader: IndexLoader) {
  const pathOf = (ownerNo: number) => join(folder, `owner-${ownerNo}.index`);
  return {
    /** The index of an owner, by its snapshot if there is one that holds. */
    load(ownerNo: number): OwnerIndex {
      const name = owners.snapshotOf(ownerNo);
      const parts = name === undefined ? undefined : readSnapshot(pathOf(ownerNo), name);
      return parts ? loader.resume(ownerNo, parts) : loader.load(ownerNo);
    },
    /** Called in the transaction that replaces or removes items. */
    forget(ownerNo: number): void {
      if (owners.snapshotOf(ownerNo) === undefined) return;
      owners.setSnapshot(ownerNo, undefined);
      removeSnapshot(pathOf(ownerNo));
    },
    /** True when a snapshot would save much time at the next start. */
    isWorthSaving: ({ columns, savedDocuments }: OwnerIndex) => columns.size - savedDocuments >= worthItems,
    /** Writes a snapshot; not of an index with holes, for it still knows what was removed. */
    save(ownerNo: number, index: OwnerIndex): void {
      if (hasHoles(index)) return;
      const name = newId();
      writeSnapshot(pathOf(ownerNo), name, partsOf(index));
      owners.setSnapshot(ownerNo, name);
      index.savedDocuments = index.columns.size;
    },
  };
}

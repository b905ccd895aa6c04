import type { Log } from '../../../core/context.ts';
import { type OwnerIndex, indexBytes } from './owner-index.ts';

export interface IndexCacheOptions {
  /** Over all owners; an index that is larger alone is kept all the same while it is the last one used. */
  readonly budgetBytes: number;
  /** Milliseconds since any moment; only differences count. */
  readonly clock: () => number;
  readonly load: (ownerNo: number) => OwnerIndex;
  readonly log: Log;
}

export type IndexCache = ReturnType<typeof indexCache>;

/** The indexes in memory, the least recently used first out. */
export function indexCache({ budgetBytes, clock, load, log }: IndexCacheOptions) {
  const kept = new Map<number, { readonly index: OwnerIndex; readonly usedAt: number }>();
  const bytes = () => kept.values().reduce((sum, { index }) => sum + indexBytes(index), 0);
  const settle = () => {
    let used = bytes();
    for (const [ownerNo, { index }] of kept) {
      if (used <= budgetBytes || kept.size === 1) return;
      used -= indexBytes(index);
      kept.delete(ownerNo);
      log.debug('memory-index-evicted', { used, budgetBytes });
    }
  };
  return {
    bytes,
    owners: () => kept.size,
    /** Drops indexes until the budget holds or one is left; called whenever an index may have grown. */
    settle,
    /** The index of an owner, built now if it is not in memory. */
    get(ownerNo: number): OwnerIndex {
      const known = kept.get(ownerNo)?.index;
      const index = known ?? load(ownerNo);
      kept.delete(ownerNo);
      kept.set(ownerNo, { index, usedAt: clock() });
      if (!known) settle();
      return index;
    },
    /** Only if it is in memory; does not count as use. */
    peek: (ownerNo: number) => kept.get(ownerNo)?.index,
    /** The owners whose index was not used for so long. */
    idle: (idleMs: number) =>
      [...kept].filter(([, { usedAt }]) => clock() - usedAt >= idleMs).map(([ownerNo]) => ownerNo),
    drop: (ownerNo: number) => void kept.delete(ownerNo),
  };
}

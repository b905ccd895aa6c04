import type { MemoryItem } from '../../../ports/memory-store.ts';

/** A write that some replica may not have yet. */
export interface LatestWrite {
  /** `undefined` when the item was removed. */
  readonly item: MemoryItem | undefined;
  /** Slots that got a vector, with it. */
  readonly vectors: ReadonlyMap<string, Float32Array>;
}

/**
 * What this process wrote last for each owner, so that its reads see it although the replica that is asked has missed
 * it.
 */
export interface LatestWrites {
  written(ownerId: string, items: readonly MemoryItem[]): void;
  embedded(
    ownerId: string,
    slot: string,
    vectors: readonly { readonly id: string; readonly vector: Float32Array }[],
  ): void;
  removed(ownerId: string, ids: readonly string[]): void;
  dropped(ownerId: string, slot: string): void;
  /** Lets go of items that another process has removed since, but for those that were written again. */
  lost(ownerId: string, items: readonly MemoryItem[]): void;
  /** Newest last. */
  of(ownerId: string): ReadonlyMap<string, LatestWrite>;
  forget(ownerId: string): void;
}

/** By then replicas have told each other what they missed; what was not repaired by then is not by waiting. */
const KEPT_MS = 120_000;
const MOST_OF_OWNER = 256;

interface Entry extends LatestWrite {
  readonly at: number;
}

const NONE: ReadonlyMap<string, LatestWrite> = new Map();

/** For a store with one replica, where every read sees every write. */
export const noLatestWrites: LatestWrites = {
  written: () => {},
  embedded: () => {},
  removed: () => {},
  dropped: () => {},
  lost: () => {},
  of: () => NONE,
  forget: () => {},
};

function takeSlot(entries: Map<string, Entry>, slot: string): void {
  for (const [id, entry] of entries) {
    entries.set(id, { ...entry, vectors: new Map([...entry.vectors].filter(([name]) => name !== slot)) });
  }
}

export function latestWrites(now: () => number): LatestWrites {
  const owners = new Map<string, Map<string, Entry>>();
  const entriesOf = (ownerId: string) => owners.get(ownerId) ?? new Map<string, Entry>();

  /** Without what is old; the newest come last. */
  function fresh(ownerId: string): Map<string, Entry> {
    const entries = entriesOf(ownerId);
    for (const [id, { at }] of entries) {
      if (at > now() - KEPT_MS && entries.size <= MOST_OF_OWNER) break;
      entries.delete(id);
    }
    if (entries.size === 0) owners.delete(ownerId);
    return entries;
  }

  function note(ownerId: string, writes: readonly (readonly [id: string, write: LatestWrite])[]): void {
    const entries = entriesOf(ownerId);
    for (const [id, write] of writes) {
      entries.delete(id);
      entries.set(id, { ...write, at: now() });
    }
    // Who wrote last comes last, so that those who wrote nothing since are let go when somebody else writes.
    owners.delete(ownerId);
    owners.set(ownerId, entries);
    fresh(ownerId);
    for (const other of owners.keys()) if (fresh(other).size > 0) break;
  }

  return {
    written(ownerId, items) {
      const before = owners.get(ownerId);
      note(
        ownerId,
        items.map((item) => {
          const earlier = before?.get(item.id);
          const kept = earlier?.item?.terms === item.terms;
          return [item.id, { item, vectors: kept ? earlier.vectors : new Map() }];
        }),
      );
    },
    embedded(ownerId, slot, vectors) {
      const before = owners.get(ownerId);
      note(
        ownerId,
        vectors.flatMap(({ id, vector }) => {
          const earlier = before?.get(id);
          if (earlier?.item === undefined) return [];
          return [[id, { ...earlier, vectors: new Map([...earlier.vectors, [slot, vector]]) }] as const];
        }),
      );
    },
    removed: (ownerId, ids) =>
      note(
        ownerId,
        ids.map((id) => [id, { item: undefined, vectors: new Map() }]),
      ),
    dropped: (ownerId, slot) => takeSlot(entriesOf(ownerId), slot),
    lost(ownerId, items) {
      const entries = entriesOf(ownerId);
      for (const item of items) if (entries.get(item.id)?.item === item) entries.delete(item.id);
    },
    of: (ownerId) => fresh(ownerId),
    forget: (ownerId) => void owners.delete(ownerId),
  };
}

import type { Candidate, ItemFilter, MemoryStore } from '../../src/ports/memory-store.ts';

export const never = new AbortController().signal;
/** The BM25 constants a driver must be opened with for its contract. */
export const CONTRACT_BM25 = { k1: 1.5, b: 0.9 } as const;
/** Holds vectors of three dimensions. */
export const SLOT = 'text@a';

/** The store under test with an owner nobody used, and calls that most tests make. */
export interface StoreAtHand {
  readonly store: MemoryStore;
  readonly owner: string;
  /** The ids of what a search for one word finds. */
  found(term: string, filter?: ItemFilter): Promise<string[]>;
  search(slot: string, vector: Float32Array): Promise<Candidate[]>;
  /** Gives all these items the same vector. */
  putVectors(slot: string, ids: readonly string[], vector: Float32Array): Promise<void>;
}

export function storeAtHand(store: MemoryStore, owner: string): StoreAtHand {
  return {
    store,
    owner,
    async found(term, filter = {}) {
      const request = { terms: [{ term, weight: 1 }], vectors: [], filter, candidates: 400 };
      return (await store.search(owner, request, never)).map(({ id }) => id);
    },
    search: (slot, vector) =>
      store.search(owner, { terms: [], vectors: [{ slot, vector }], filter: {}, candidates: 400 }, never),
    putVectors: (slot, ids, vector) =>
      store.putVectors(
        owner,
        slot,
        ids.map((id) => ({ id, vector })),
        never,
      ),
  };
}

import type { GraphStore } from '../../src/ports/graph-store.ts';

/** The store under test with an owner nobody used. */
export interface GraphAtHand {
  readonly store: GraphStore;
  readonly owner: string;
}

export const never = new AbortController().signal;

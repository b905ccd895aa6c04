import type { ItemRole } from '../../src/ports/memory-store.ts';

/** One turn of a conversation, before the product has seen it. */
export interface BenchTurn {
  readonly id: string;
  /** Session within the group; neighbours are turns of one session. */
  readonly session: string;
  readonly role: ItemRole;
  readonly author?: string;
  readonly text: string;
  readonly caption?: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** One document; a question's gold names it, whichever of its chunks is found. */
export interface BenchDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

export interface BenchQuery {
  readonly id: string;
  readonly category: string;
  readonly question: string;
  /** Ids of the turns or documents that answer it. */
  readonly gold: readonly string[];
}

/** What one owner remembers and is asked; nothing is shared between groups. */
export interface BenchGroup {
  readonly name: string;
  readonly turns: readonly BenchTurn[];
  readonly documents: readonly BenchDocument[];
  readonly queries: readonly BenchQuery[];
}

export interface BenchSet {
  readonly name: string;
  readonly groups: readonly BenchGroup[];
}

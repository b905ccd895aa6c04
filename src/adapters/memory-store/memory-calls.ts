import type {
  ItemFilter,
  ItemKind,
  ItemPage,
  MemoryItem,
  PlaceRange,
  SearchRequest,
} from '../../ports/memory-store.ts';
import type { CandidatesMessage } from './candidates-message.ts';
import type { Bm25 } from './index/word-index.ts';

/** Long work in steps; other calls may run between two of them. */
export type InSteps<T> = Generator<undefined, T, undefined>;

/** Vectors of one call in one buffer, in the order of the ids. */
export interface VectorsMessage {
  readonly ids: readonly string[];
  readonly dimensions: number;
  readonly values: Float32Array<ArrayBuffer>;
}

/** The figures of the index, for benchmarks and diagnosis. */
export interface IndexStatus {
  /** Dropped by this call. */
  readonly evicted: number;
  readonly owners: number;
  readonly bytes: number;
  readonly budgetBytes: number;
}

/** What the thread does; the methods of the port as they cross between threads. */
export interface MemoryCalls {
  upsert(ownerId: string, items: readonly MemoryItem[]): void;
  putVectors(ownerId: string, slot: string, vectors: VectorsMessage): void;
  get(ownerId: string, ids: readonly string[]): MemoryItem[];
  search(ownerId: string, request: SearchRequest): CandidatesMessage;
  at(ownerId: string, ranges: readonly PlaceRange[]): MemoryItem[];
  list(
    ownerId: string,
    filter: ItemFilter,
    page: { readonly limit: number; readonly after?: string },
  ): ItemPage;
  count(ownerId: string, filter: ItemFilter): number;
  remove(ownerId: string, filter: ItemFilter): InSteps<Partial<Record<ItemKind, number>>>;
  withoutVector(ownerId: string, slot: string, filter: ItemFilter, limit: number): MemoryItem[];
  vectorCoverage(
    ownerId: string,
    slot: string,
    filter: ItemFilter,
  ): { readonly items: number; readonly vectors: number };
  dropSlot(ownerId: string, slot: string): InSteps<void>;
  removeOwner(ownerId: string): InSteps<void>;
}

/** What the thread can be asked. */
export interface ThreadCalls extends MemoryCalls {
  evictIndexes(idleMs: number): InSteps<IndexStatus>;
}

export type MemoryMethod = keyof ThreadCalls;

/** What a call resolves to once its steps were taken. */
export type ResultOf<M extends MemoryMethod> =
  ReturnType<ThreadCalls[M]> extends InSteps<infer T> ? T : ReturnType<ThreadCalls[M]>;

/** Calls that keep their order, and may take steps; everything else only reads. */
export const WRITES: ReadonlySet<MemoryMethod> = new Set<MemoryMethod>([
  'upsert',
  'putVectors',
  'remove',
  'dropSlot',
  'removeOwner',
  'evictIndexes',
]);

/** What the thread is started with. */
export interface MemoryThreadData {
  readonly path: string;
  readonly bm25: Bm25;
  readonly indexBudgetBytes: number;
  /** An index unused for so long is dropped. */
  readonly indexIdleMs: number;
}

import type { RecallRequest, RecallResult } from '../wire/recall.ts';
import type { Ctx } from '../core/context.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { MemoryStore } from '../ports/memory-store.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** The three stores a conversation lives in. */
export interface ChatStores {
  readonly ledger: Ledger;
  readonly objects: ObjectStore;
  readonly memory: MemoryStore;
}

/** Recall as the doors have it (folders resolved, hidden sources left out), without some sources more. */
export type Recall = (
  request: RecallRequest & { readonly excludeSources?: readonly string[] },
  ctx: Ctx,
) => Promise<RecallResult>;

/** What an answer needs beside the question. */
export interface AnswerDeps extends Pick<ChatStores, 'memory'> {
  readonly recall: Recall;
  /** The embedder that serves now, with the slot its vectors are in. */
  readonly embedder: () => { readonly embedder: Embedder; readonly slot: string };
}

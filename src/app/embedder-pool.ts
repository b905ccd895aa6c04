import type { Log } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { Embedder } from '../ports/embedder.ts';

/** The embedders that are open by slot, and which slot serves each owner. */
export interface EmbedderPool {
  /** The embedder whose vectors recall uses, with its slot. Throws `unavailable` when it could not be opened. */
  active(ownerId: string): { readonly embedder: Embedder; readonly slot: string };
  /** The slot in use, also when its embedder could not be opened. */
  activeSlot(ownerId: string): string;
  ofSlot(slot: string): Embedder | undefined;
  /** Takes an embedder in; one that was open for the slot is closed. */
  put(slot: string, embedder: Embedder): Promise<void>;
  /** A slot serves this owner from now on; an embedder that serves nobody any more is closed, its vectors stay. */
  switched(ownerId: string, slot: string): void;
  close(): Promise<void>;
}

export function embedderPool(log: Log): EmbedderPool {
  const open = new Map<string, Embedder>();
  const active = new Map<string, string>();
  const activeSlot = (ownerId: string) => {
    const slot = active.get(ownerId);
    if (slot === undefined) throw new AppError('unavailable', 'No embedder has been chosen yet.');
    return slot;
  };
  const retire = (slot: string) => {
    const embedder = open.get(slot);
    open.delete(slot);
    embedder?.close().catch((cause: unknown) => log.error('embedder-not-closed', { slot, cause }));
  };
  return {
    active(ownerId) {
      const slot = activeSlot(ownerId);
      const embedder = open.get(slot);
      if (embedder !== undefined) return { embedder, slot };
      throw new AppError('unavailable', `The embedder of ${slot} could not be opened.`);
    },
    activeSlot,
    ofSlot: (slot) => open.get(slot),
    async put(slot, embedder) {
      const before = open.get(slot);
      open.set(slot, embedder);
      // It may be busy: what it still had to do is asked of the new one, or done by words.
      await before?.close();
    },
    switched(ownerId, slot) {
      const before = active.get(ownerId);
      active.set(ownerId, slot);
      if (before !== undefined && ![...active.values()].includes(before)) retire(before);
    },
    async close() {
      for (const embedder of open.values()) await embedder.close();
    },
  };
}

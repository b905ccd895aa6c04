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
  /** Takes an embedder in; one that was open for the slot is retired. */
  put(slot: string, embedder: Embedder): void;
  /** A slot serves this owner from now on; an embedder that serves nobody any more is retired, its vectors stay. */
  switched(ownerId: string, slot: string): void;
  /** Closes all at once, also those that still have questions to answer. */
  close(): Promise<void>;
}

/** An embedder that can be retired. */
interface Lent {
  readonly embedder: Embedder;
  /**
   * Closes it when the questions that are asked of it have their answer. Stored texts are not waited for: what fills
   * a slot asks the next embedder.
   */
  retire(): Promise<void>;
  close(): Promise<void>;
}

function lent(embedder: Embedder): Lent {
  const answered = Promise.withResolvers<void>();
  let questions = 0;
  let retired = false;
  const close = () => embedder.close();
  return {
    embedder: {
      ...embedder,
      async embedQuery(text, signal) {
        questions++;
        try {
          return await embedder.embedQuery(text, signal);
        } finally {
          questions--;
          if (retired && questions === 0) answered.resolve();
        }
      },
    },
    async retire() {
      retired = true;
      if (questions > 0) await answered.promise;
      await close();
    },
    close,
  };
}

export function embedderPool(log: Log): EmbedderPool {
  const open = new Map<string, Lent>();
  const retiring = new Set<Lent>();
  const active = new Map<string, string>();
  const activeSlot = (ownerId: string) => {
    const slot = active.get(ownerId);
    if (slot === undefined) throw new AppError('unavailable', 'No embedder has been chosen yet.');
    return slot;
  };
  const retire = (slot: string) => {
    const one = open.get(slot);
    if (one === undefined) return;
    open.delete(slot);
    retiring.add(one);
    one
      .retire()
      .catch((cause: unknown) => log.error('embedder-not-closed', { slot, cause }))
      .finally(() => retiring.delete(one));
  };
  return {
    active(ownerId) {
      const slot = activeSlot(ownerId);
      const embedder = open.get(slot)?.embedder;
      if (embedder !== undefined) return { embedder, slot };
      throw new AppError('unavailable', `The embedder of ${slot} could not be opened.`);
    },
    activeSlot,
    ofSlot: (slot) => open.get(slot)?.embedder,
    put(slot, embedder) {
      retire(slot);
      open.set(slot, lent(embedder));
    },
    switched(ownerId, slot) {
      const before = active.get(ownerId);
      active.set(ownerId, slot);
      if (before !== undefined && ![...active.values()].includes(before)) retire(before);
    },
    async close() {
      for (const one of [...open.values(), ...retiring]) await one.close();
    },
  };
}

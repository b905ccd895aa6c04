import type { ModelMessage } from '../../../wire/completion.ts';

/** How long a response can be continued, and how much is kept of all of them at most; the oldest goes first. */
const KEPT_MS = 60 * 60_000;
const MOST_BYTES = 64_000_000;

/** A conversation up to the answer that ends it, and when that was asked for. */
export interface Kept {
  readonly messages: readonly ModelMessage[];
  readonly askedAt: number;
}

/** Conversations behind the last responses, in this process's memory only, each for its owner. */
export interface KeptResponses {
  keep(id: string, ownerId: string, kept: Kept): void;
  /** `undefined` when the owner has none by the id, or not any more. */
  find(id: string, ownerId: string): Kept | undefined;
}

const UTF16_BYTES = 2;
/** What a message takes beside its words. */
const EMPTY_BYTES = 200;

function bytesOf(message: ModelMessage): number {
  if (message.role !== 'user') return JSON.stringify(message).length * UTF16_BYTES;
  const sizes = message.parts.map((part) =>
    part.kind === 'image' ? part.bytes.length : part.text.length * UTF16_BYTES,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

export function keptResponses(now: () => number): KeptResponses {
  const all = new Map<string, { ownerId: string; until: number; bytes: number; kept: Kept }>();
  let total = 0;
  return {
    keep(id, ownerId, kept) {
      const bytes = kept.messages.reduce((sum, message) => sum + EMPTY_BYTES + bytesOf(message), 0);
      all.set(id, { ownerId, kept, bytes, until: now() + KEPT_MS });
      total += bytes;
      for (const [oldest, each] of all) {
        if (total <= MOST_BYTES && each.until > now()) break;
        all.delete(oldest);
        total -= each.bytes;
      }
    },
    find(id, ownerId) {
      const found = all.get(id);
      return found?.ownerId === ownerId && found.until > now() ? found.kept : undefined;
    },
  };
}

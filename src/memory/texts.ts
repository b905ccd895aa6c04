import { mapBounded } from '../core/bounded.ts';
import { AppError } from '../core/errors.ts';
import { objectKeys } from '../core/object-keys.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import type { ObjectStore } from '../ports/object-store.ts';

export interface TextReaderOptions {
  /** Chunk texts kept in memory over all owners, in bytes as UTF-16. */
  readonly cacheBytes: number;
  /** Objects read at once. */
  readonly parallel: number;
}

/** Gives the texts of items: their own, or the chunk object they point to. */
export interface TextReader {
  /** By item id; an item whose text is gone (forgotten meanwhile) is left out. */
  read(ownerId: string, items: readonly MemoryItem[], signal: AbortSignal): Promise<Map<string, string>>;
  /** Drops what was cached of an owner, or of one of their documents. */
  forget(ownerId: string, documentId?: string): void;
}

interface Cached {
  readonly ownerId: string;
  readonly documentId: string;
  readonly text: string;
}

/** Least recently used goes first; a Map keeps the order of insertion. */
function textCache(maxBytes: number) {
  const entries = new Map<string, Cached>();
  let bytes = 0;
  const drop = (key: string, entry: Cached) => {
    entries.delete(key);
    bytes -= entry.text.length * 2;
  };
  return {
    get(key: string): string | undefined {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.text;
    },
    put(key: string, entry: Cached): void {
      const before = entries.get(key);
      if (before !== undefined) drop(key, before);
      entries.set(key, entry);
      bytes += entry.text.length * 2;
      for (const [oldest, old] of entries) {
        if (bytes <= maxBytes) break;
        drop(oldest, old);
      }
    },
    forget(ownerId: string, documentId?: string): void {
      for (const [key, entry] of entries)
        if (entry.ownerId === ownerId && (documentId === undefined || entry.documentId === documentId))
          drop(key, entry);
    },
  };
}

const DEFAULTS: TextReaderOptions = { cacheBytes: 32 * 1024 * 1024, parallel: 8 };

/** Reads texts through one cache; chunk objects never change under their key, so nothing cached grows old. */
export function textReader(
  objects: Pick<ObjectStore, 'get'>,
  options: Partial<TextReaderOptions> = {},
): TextReader {
  const { cacheBytes, parallel } = { ...DEFAULTS, ...options };
  const cache = textCache(cacheBytes);
  const decoder = new TextDecoder();

  async function textOf(ownerId: string, item: MemoryItem, signal: AbortSignal): Promise<string | undefined> {
    if (item.text !== undefined) return item.text;
    if (item.documentId === undefined)
      throw new AppError('internal', `Expected a text or a document of item ${item.id}, got neither.`);
    const key = `${ownerId}/${item.id}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const body = await objects.get(ownerId, objectKeys.chunk(item.documentId, item.position), signal);
    if (body === undefined) return undefined;
    const text = decoder.decode(body);
    cache.put(key, { ownerId, documentId: item.documentId, text });
    return text;
  }

  return {
    async read(ownerId, items, signal) {
      const texts = await mapBounded(items, parallel, (item) => textOf(ownerId, item, signal));
      const found = new Map<string, string>();
      items.forEach((item, i) => {
        const text = texts[i];
        if (text !== undefined) found.set(item.id, text);
      });
      return found;
    },
    forget: (ownerId, documentId) => cache.forget(ownerId, documentId),
  };
}

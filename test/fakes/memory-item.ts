import type { MemoryItem } from '../../src/ports/memory-store.ts';

/** A message item with nothing special about it, changed by what the test gives. */
export function memoryItem(changes: Partial<MemoryItem> = {}): MemoryItem {
  return {
    id: 'item',
    kind: 'message',
    text: 'something',
    terms: 'someth',
    position: 0,
    createdAt: Date.UTC(2025, 0, 1),
    asks: false,
    tags: [],
    entities: [],
    trust: 4,
    derivedFrom: [],
    sources: [],
    analyserVersion: 1,
    version: 1,
    ...changes,
  };
}

import type { MemoryItem } from '../ports/memory-store.ts';
import type { Place } from '../wire/recall.ts';

type Optional = 'documentId' | 'sessionId' | 'page' | 'start' | 'end' | 'role' | 'author';

/**
 * Where an item came from, enough to open it there. `name` is the title of its session, or the name of its document if
 * the item does not carry it.
 */
export function placeOf(item: MemoryItem, name: string): Place {
  const present = (key: Optional) => (item[key] === undefined ? {} : { [key]: item[key] });
  return {
    kind: item.documentId === undefined ? 'conversation' : 'document',
    name: item.filename ?? name,
    position: item.position,
    time: item.eventTime ?? item.createdAt,
    ...present('documentId'),
    ...present('sessionId'),
    ...present('page'),
    ...present('start'),
    ...present('end'),
    ...present('role'),
    ...present('author'),
  };
}

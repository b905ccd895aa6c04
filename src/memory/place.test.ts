import { expect, it } from 'vitest';
import { memoryItem } from '../../test/fakes/memory-item.ts';
import { placeOf } from './place.ts';

it('of a chunk is its document, page and offsets', () => {
  const item = memoryItem({
    kind: 'chunk',
    documentId: 'd',
    filename: 'a.pdf',
    page: 3,
    start: 10,
    end: 20,
    position: 2,
  });
  expect(placeOf(item, 'unused')).toEqual({
    kind: 'document',
    documentId: 'd',
    name: 'a.pdf',
    page: 3,
    start: 10,
    end: 20,
    position: 2,
    time: item.createdAt,
  });
});

it('of a message is its conversation under its title, with when and by whom it was said', () => {
  const item = memoryItem({ sessionId: 's', role: 'person', author: 'Ana', position: 4, eventTime: 99 });
  expect(placeOf(item, 'Trip')).toEqual({
    kind: 'conversation',
    sessionId: 's',
    name: 'Trip',
    role: 'person',
    author: 'Ana',
    position: 4,
    time: 99,
  });
});
